//! `not-stopped-since`.

use std::collections::{HashMap, HashSet};

use anyhow::Result;

use super::{Case, Judge, Refusal};
use crate::checklist::rules::gate::not_stopped_since::RULE;
use crate::inventory::Inventory;

use crate::inventory::model::{Batch, Certificate, Load, RetirementReason};
use crate::pipeline::manifest::Loading;
use crate::tr;

/// Why a load is to be made no more, as `main` says today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Its batch is on hold, for that reason.
    OnHold(String),
    /// It is withdrawn, for that reason.
    Withdrawn(String),
    /// The seal's private key may be known to others.
    Compromised,
    /// The batch or the record cannot be read there.
    Unknown,
}

/// Asks the tip of `main` about each load that the manifest asks for. The past is not asked.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let made = judge.snapshots.yielded(&case.commit, case.environment)?;
    if made.manifest.load.is_empty() {
        return Ok(Vec::new());
    }
    let told = |(load, why): (&Loading, Stopped)| {
        let message = tr!(
            "`{certificate}` for `{ens}` is not to be loaded any more: {why}",
            certificate = &load.certificate.id,
            ens = &load.ens,
            why = why.told()
        );
        Refusal::new(&RULE, message, RULE.mend.clone())
    };
    let tip = judge.git.commit(judge.main.tip)?;
    let today = judge.snapshots.at_or_none(&tip)?;
    let stopped = stopped(&today.inventory, &made.manifest.load);
    Ok(stopped.into_iter().map(told).collect())
}

/// The loads that `today`, the inventory of `main`'s tip, has stopped, and why. An ens is known by its
/// code as well, and a seal by its SHA-256, since both may have been renamed there.
pub fn stopped<'l>(today: &Inventory, loads: &'l [Loading]) -> Vec<(&'l Loading, Stopped)> {
    let mut known: HashMap<&str, Vec<Standing<'_>>> = HashMap::new();
    for item in today.batches.values() {
        let Some(batch) = item.value.as_deref() else { continue };
        for load in &batch.loads {
            let ens = today.ens.get(load.ens.as_str()).and_then(|item| item.value.as_deref());
            let code = ens.map(|ens| ens.organ_code.as_str());
            let sha256 = today.sha256_of(load.certificate.as_str());
            for name in code.into_iter().chain([load.ens.as_str()]) {
                let sha256 = sha256.clone();
                known.entry(name).or_default().push(Standing { id: &item.id, batch, load, sha256 });
            }
        }
    }
    let compromised = compromised(today);
    let why = |load: &'l Loading| {
        let names = [load.ens.as_str(), load.organ_code.as_str()];
        let standing = names.iter().filter_map(|name| known.get(name)).flatten();
        let standing: Vec<&Standing<'_>> = standing.filter(|it| it.is_of(load)).collect();
        if compromised.contains(&load.certificate.sha256) {
            return Some((load, Stopped::Compromised));
        }
        Some((load, stop_of_seal(today, load).or_else(|| stop_of_load(today, load, &standing))?))
    };
    loads.iter().filter_map(why).collect()
}

/// The seals whose key may be known to others, by their SHA-256.
fn compromised(today: &Inventory) -> HashSet<String> {
    let records = today.certificates.values().filter_map(|files| files.record.as_ref());
    let records = records.filter_map(|item| item.value.as_deref());
    records
        .filter(|record| is_compromised(record))
        .map(|record| record.sha256.to_string())
        .collect()
}

fn is_compromised(record: &Certificate) -> bool {
    let reason = record.retired.as_ref().map(|retired| retired.reason);
    reason == Some(RetirementReason::Compromised)
}

/// A load for the same ens, as it stands on `main`.
struct Standing<'i> {
    id: &'i str,
    batch: &'i Batch,
    load: &'i Load,
    sha256: Option<String>,
}

impl Standing<'_> {
    /// Whether it is of the same seal.
    fn is_of(&self, asked: &Loading) -> bool {
        let seal = &asked.certificate;
        self.load.certificate.as_str() == seal.id || self.sha256.as_ref() == Some(&seal.sha256)
    }

    fn stop(&self) -> Option<Stopped> {
        if let Some(withdrawal) = &self.load.withdrawn {
            return Some(Stopped::Withdrawn(withdrawal.reason.to_string()));
        }
        let hold = self.batch.running_hold()?;
        Some(Stopped::OnHold(hold.reason.to_string()))
    }
}

fn stop_of_seal(today: &Inventory, asked: &Loading) -> Option<Stopped> {
    let files = today.certificates.get(asked.certificate.id.as_str())?;
    let Some(record) = files.record.as_ref()?.value.as_deref() else {
        return Some(Stopped::Unknown);
    };
    is_compromised(record).then_some(Stopped::Compromised)
}

/// What `main` says of the load in its own batch; of one in another, where it has moved, if that is
/// stopped wherever it stands.
fn stop_of_load(today: &Inventory, asked: &Loading, standing: &[&Standing<'_>]) -> Option<Stopped> {
    if today.batches.get(asked.batch.as_str()).is_some_and(|item| item.value.is_none()) {
        return Some(Stopped::Unknown);
    }
    let is_own = |standing: &&&Standing<'_>| standing.id == asked.batch;
    let has_own = standing.iter().any(|standing| is_own(&standing));
    let counts = standing.iter().filter(|standing| !has_own || is_own(standing));
    let stops: Vec<Option<Stopped>> = counts.map(|standing| standing.stop()).collect();
    let goes_on = stops.iter().any(Option::is_none);
    stops.into_iter().flatten().next().filter(|_| !goes_on)
}

impl Stopped {
    /// In words.
    pub fn told(&self) -> crate::base::text::Text {
        match self {
            Stopped::OnHold(reason) => {
                tr!("`main` has put its batch on hold: {reason}", reason = reason)
            }
            Stopped::Withdrawn(reason) => tr!("`main` has withdrawn it: {reason}", reason = reason),
            Stopped::Compromised => tr!("`main` has retired the seal as compromised"),
            Stopped::Unknown => tr!("what `main` says of it cannot be read"),
        }
    }
}
