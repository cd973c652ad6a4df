//! `loaded-as-released`.

use std::collections::{BTreeSet, HashSet};

use anyhow::Result;
use jiff::civil::Date;

use super::{Case, Judge, Refusal};
use crate::finding::{Environment, Kind, Rule};
use crate::git::Commit;
use crate::inventory::Inventory;
use crate::{load, manifest, promotion, tr};

pub static RULE: Rule = Rule {
    name: "loaded-as-released",
    kind: Kind::Gate,
    holds: tr!(
        "each load that is newly recorded stood in a manifest that the environment's branch held on or before its day"
    ),
    why: tr!(
        "a record of a load that nobody approved would make it the state, and what comes back after a withdrawal"
    ),
    mend: tr!(
        "promote the batch before it is loaded; what was there before segell goes into `baseline.yaml`"
    ),
};

/// Ens, certificate and the day on which it was loaded.
type Recorded = (String, String, Date);

/// Looks for each newly recorded load in what the branch held, from its tip down.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let known = recorded(&judge.snapshots.at(&case.held)?.inventory, case.environment);
    let now = recorded(&judge.snapshots.at(&case.commit)?.inventory, case.environment);
    let mut unseen: BTreeSet<Recorded> = now.difference(&known).cloned().collect();
    let mut next = Some(case.from.clone());
    while let (Some(tip), false) = (next.take(), unseen.is_empty()) {
        let day = tip.day();
        if unseen.iter().any(|(_, _, loaded)| day <= *loaded) {
            let asked = asked_at(judge, &tip, case.environment)?;
            unseen.retain(|(ens, certificate, loaded)| {
                day > *loaded || !asked.contains(&(ens.clone(), certificate.clone()))
            });
        }
        if !judge.roots.contains(&tip.id)
            && let Some(&parent) = tip.parents.first()
        {
            next = Some(judge.git.commit(parent)?);
        }
    }
    Ok(unseen.into_iter().map(|unseen| refusal(unseen, case.environment)).collect())
}

fn refusal((ens, certificate, day): Recorded, environment: Environment) -> Refusal {
    Refusal::new(
        &RULE,
        tr!(
            "`{certificate}` is recorded as loaded for `{ens}` in {environment} on {day}, but no manifest that the branch held by then asked for it",
            certificate = certificate,
            ens = ens,
            environment = environment.shown(),
            day = day
        ),
        tr!("take the record back, or record the day on which what was promoted was loaded"),
    )
}

/// The loads that an inventory records in `environment`.
fn recorded(inventory: &Inventory, environment: Environment) -> BTreeSet<Recorded> {
    let batches = inventory.batches.values().filter_map(|item| item.value.as_deref());
    let loads = batches.flat_map(|batch| &batch.loads);
    loads
        .filter_map(|load| {
            let day = load.loaded(environment)?;
            Some((load.ens.to_string(), load.certificate.to_string(), day))
        })
        .collect()
}

/// What the manifest of a tip asked to load: its batches tell.
fn asked_at(
    judge: &Judge<'_>,
    tip: &Commit,
    environment: Environment,
) -> Result<HashSet<(String, String)>> {
    let held = judge.git.commit(promotion::held(tip))?;
    let Some(mut tree) = judge.git.inventory(&held)? else { return Ok(HashSet::new()) };
    tree.entries.retain(|entry| entry.path.starts_with("inventory/calendars/"));
    let batches = load::load(&tree);
    let asked = manifest::asked(&batches, environment).into_iter();
    Ok(asked.map(|(ens, certificate)| (ens.to_owned(), certificate.to_owned())).collect())
}
