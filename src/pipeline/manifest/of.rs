//! From an inventory to the manifest of an environment.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Confirmed, Held, Identity, Loading, Manifest, RemovalReason, Removing, Restoring, SCHEMA, Seal,
};
use crate::checklist::rules::ens::authorisation_in_place::grants;
use crate::inventory::Inventory;
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::model::{Ens, Evidence, RetirementReason};
use crate::inventory::survey::{CertificateView, EnsView, LoadIndex, LoadView, Resolved};

/// Why nothing comes back.
const NOTHING: &str = "none: what was there before is not in force, or retired";

impl Manifest {
    /// What the inventory of `commit`, whose tree is `tree`, asks of `environment`.
    pub fn of(
        resolved: &Resolved<'_>,
        environment: Environment,
        commit: &str,
        tree: &str,
    ) -> Manifest {
        let mut manifest = Manifest {
            schema: SCHEMA.to_owned(),
            environment,
            commit: commit.to_owned(),
            tree: tree.to_owned(),
            restore: Vec::new(),
            load: Vec::new(),
            remove: Vec::new(),
            state: Vec::new(),
        };
        let mut loads = Vec::new();
        for ens in &resolved.ens {
            let plan = Plan::of(resolved, ens, environment);
            manifest.restore.extend(plan.restoring());
            loads
                .extend(plan.to_load.iter().map(|&place| (plan.order(place), plan.loading(place))));
            manifest.remove.extend(plan.removing());
            manifest.state.extend(plan.held());
        }
        manifest
            .restore
            .sort_by(|a, b| (&a.date, &a.batch, &a.ens).cmp(&(&b.date, &b.batch, &b.ens)));
        manifest.remove.sort_by(|a, b| (&a.date, &a.ens).cmp(&(&b.date, &b.ens)));
        loads.sort_by_key(|(order, _)| *order);
        manifest.load = loads.into_iter().filter_map(|(_, loading)| loading).collect();
        manifest
    }
}

/// The seals that an inventory asks to load in `environment`, by ens and certificate. The batches
/// are enough to know them.
pub fn asked(inventory: &Inventory, environment: Environment) -> Vec<(&str, &str)> {
    let batches = inventory.batches.values().filter_map(|item| item.value.as_deref());
    let asking = batches.filter(|batch| batch.releases(environment));
    let loads = asking.flat_map(|batch| &batch.loads);
    loads
        .filter(|load| load.withdrawn.is_none() && load.record(environment).is_none())
        .map(|load| (load.ens.as_str(), load.certificate.as_str()))
        .collect()
}

/// The ens whose seal in the state of `environment` no load brings: the baseline has it.
pub(super) fn adopted(resolved: &Resolved<'_>, environment: Environment) -> BTreeSet<String> {
    let is_adopted = |ens: &&EnsView<'_>| {
        let by = resolved.current_by(ens, environment);
        by.is_some_and(|(_, load)| load.is_none())
            && Plan::of(resolved, ens, environment).to_load.is_empty()
    };
    resolved.ens.iter().filter(is_adopted).map(|ens| ens.id.to_owned()).collect()
}

/// What is to be done for one ens in one environment.
struct Plan<'s, 'a> {
    resolved: &'s Resolved<'a>,
    ens: &'s EnsView<'a>,
    environment: Environment,
    /// What it has today.
    current: Option<&'s CertificateView<'a>>,
    /// The loads still to do, by their place in the resolved, in order.
    to_load: Vec<LoadIndex>,
}

impl<'s, 'a> Plan<'s, 'a> {
    fn of(resolved: &'s Resolved<'a>, ens: &'s EnsView<'a>, environment: Environment) -> Self {
        let waits = |&&place: &&LoadIndex| {
            let view = &resolved[place];
            resolved[view.batch].batch.releases(environment)
                && view.load.withdrawn.is_none()
                && view.load.record(environment).is_none()
        };
        let to_load = ens.loads.iter().filter(waits).copied().collect();
        let current = resolved.current(ens, environment);
        let mut plan = Plan { resolved, ens, environment, current, to_load };
        let mut to_load = std::mem::take(&mut plan.to_load);
        to_load.sort_by_key(|&place| plan.order(place));
        plan.to_load = to_load;
        plan
    }

    /// By day, then as the batches stand in the resolved.
    fn order(&self, place: LoadIndex) -> (Date, LoadIndex) {
        (self.date(&self.resolved[place]), place)
    }

    /// D(E) of a load.
    fn date(&self, view: &LoadView<'_>) -> Date {
        self.resolved[view.batch].batch.date(self.environment)
    }

    fn certificate(&self, place: LoadIndex) -> Option<&'s CertificateView<'a>> {
        self.resolved[place].certificate.map(|place| &self.resolved[place])
    }

    /// What is there just before the load at `index` of those to do.
    fn before(&self, index: usize) -> Option<&'s CertificateView<'a>> {
        match index.checked_sub(1) {
            Some(earlier) => self.certificate(self.to_load[earlier]),
            None => self.current,
        }
    }

    fn loading(&self, place: LoadIndex) -> Option<Loading> {
        let view = &self.resolved[place];
        let batch = &self.resolved[view.batch];
        let certificate = self.certificate(place)?;
        let date = self.date(view);
        let index = self.to_load.iter().position(|&known| known == place)?;
        let before = self.before(index);
        let comes_back =
            |old: &&CertificateView<'_>| old.is_in_force_on(date) && !old.is_retired_on(date);
        Some(Loading {
            batch: batch.id.to_owned(),
            day: batch.number,
            date: date.to_string(),
            ens: self.ens.id.to_owned(),
            organ_code: self.ens.ens.organ_code.to_string(),
            services: services(self.ens.ens, self.environment, date),
            certificate: self.seal(certificate, index + 1 == self.to_load.len())?,
            key: certificate.record.key_in(self.environment).map(ToOwned::to_owned),
            replaces: before.map(identity),
            restores: before.filter(comes_back).map(identity),
            confirmation: confirmation(certificate, self.environment),
            verified_by: verified_by(self.environment),
        })
    }

    /// The load that has been withdrawn and waits for what was before, as it still stands there.
    fn restoring(&self) -> Option<Restoring> {
        let place = self.resolved.to_restore(self.ens, self.environment)?;
        let view = &self.resolved[place];
        let withdrawal = view.load.withdrawn.as_ref()?;
        let batch = &self.resolved[view.batch];
        Some(Restoring {
            batch: batch.id.to_owned(),
            day: batch.number,
            date: withdrawal.date.to_string(),
            ens: self.ens.id.to_owned(),
            organ_code: self.ens.ens.organ_code.to_string(),
            withdraws: identity(self.certificate(place)?),
            certificate: self.current.and_then(|back| self.seal(back, self.to_load.is_empty())),
            key: self
                .current
                .and_then(|back| back.record.key_in(self.environment))
                .map(ToOwned::to_owned),
            warning: self.current.is_none().then(|| NOTHING.to_owned()),
            verified_by: verified_by(self.environment),
        })
    }

    /// What is to be taken out for good, unless a load takes its place.
    fn removing(&self) -> Option<Removing> {
        if !self.to_load.is_empty() {
            return None;
        }
        let removal = self.resolved.removal(self.ens, self.environment)?;
        let reason = match removal.reason {
            RetirementReason::Compromised => RemovalReason::Compromised,
            RetirementReason::Ceased | RetirementReason::Superseded => RemovalReason::Ceased,
        };
        Some(Removing {
            ens: self.ens.id.to_owned(),
            organ_code: self.ens.ens.organ_code.to_string(),
            certificate: identity(removal.certificate),
            key: removal.certificate.record.key_in(self.environment).map(ToOwned::to_owned),
            date: removal.date.to_string(),
            reason,
        })
    }

    /// What the ens has when all is done; none for an ens that never had or gets anything, and for one
    /// whose seal was taken out for good.
    fn held(&self) -> Option<Held> {
        let last = self.to_load.last().map_or(self.current, |&place| self.certificate(place));
        let mut loads = self.ens.loads.iter().map(|&place| self.resolved[place].load);
        let had = loads.any(|load| load.record(self.environment).is_some());
        if last.is_none() && (!had || self.resolved.is_removed(self.ens, self.environment)) {
            return None;
        }
        Some(Held {
            ens: self.ens.id.to_owned(),
            organ_code: self.ens.ens.organ_code.to_string(),
            certificate: last.and_then(|last| self.seal(last, true)),
            key: last.and_then(|last| last.record.key_in(self.environment)).map(ToOwned::to_owned),
            warning: last.is_none().then(|| NOTHING.to_owned()),
        })
    }

    /// A seal and its file: what the ens ends with has the plain name.
    fn seal(&self, view: &CertificateView<'_>, is_last: bool) -> Option<Seal> {
        let (facts, _) = view.pem?;
        // An id has no dot, so no ens can have this other name.
        let interim = if is_last { String::new() } else { format!(".{}", facts.sha256) };
        Some(Seal {
            id: view.id.to_owned(),
            file: format!("certificates/{}{interim}.pem", self.ens.id),
            sha256: facts.sha256.to_string(),
            spki_sha256: facts.public_key_sha256.to_string(),
            serial: facts.serial.to_string(),
            subject: facts.subject.to_rfc4514(),
            issuer: facts.issuer.to_rfc4514(),
            not_before: facts.not_before.to_string(),
            not_after: facts.not_after.to_string(),
        })
    }
}

fn identity(view: &CertificateView<'_>) -> Identity {
    let sha256 = view.record.sha256.to_string();
    Identity { id: view.id.to_owned(), sha256 }
}

/// The services that AEAT grants in `environment` on `day`.
fn services(ens: &Ens, environment: Environment, day: Date) -> Vec<String> {
    let granted = ens.authorisations.iter().filter(|known| grants(known, environment, day));
    granted.map(|authorisation| authorisation.service.to_string()).collect()
}

fn confirmation(view: &CertificateView<'_>, environment: Environment) -> Option<Confirmed> {
    view.record.confirmations.get(environment).map(|confirmation| Confirmed {
        date: confirmation.date.to_string(),
        serial: confirmation.serial.as_ref().map(|serial| serial.as_str().to_owned()),
        sha256: confirmation.sha256.as_ref().map(ToString::to_string),
        evidence: confirmation
            .evidence
            .iter()
            .filter_map(Evidence::shown)
            .map(str::to_owned)
            .collect(),
    })
}

/// AOC checks PRE; PICA and AOC check PRO.
fn verified_by(environment: Environment) -> Vec<Actor> {
    match environment {
        Environment::Pre => vec![Actor::Aoc],
        Environment::Pro => vec![Actor::Pica, Actor::Aoc],
    }
}
