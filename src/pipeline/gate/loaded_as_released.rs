//! `loaded-as-released`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use jiff::civil::Date;

use super::{Case, Judge, Refusal};
use crate::checklist::rules::gate::loaded_as_released::RULE;
use crate::inventory::Inventory;
use crate::inventory::finding::Environment;
use crate::inventory::load;
use crate::pipeline::git::Commit;
use crate::pipeline::{manifest, promotion};
use crate::tr;

/// A load that was recorded. Another seal under the same id is another load, and so is the same seal
/// that comes in once more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Recorded {
    seal: Asked,
    day: Date,
    /// How many loads of the seal were recorded before it.
    earlier: usize,
}

/// An ens, a certificate and its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Asked {
    /// The ens.
    pub ens: String,
    /// The certificate's id.
    pub certificate: String,
    /// That of its DER, as its record says it.
    pub sha256: Option<String>,
}

/// Looks for each newly recorded load in what the branch held, from its tip down.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let known = recorded(&judge.snapshots.at(&case.held)?.inventory, case.environment);
    let now = recorded(&judge.snapshots.at(&case.commit)?.inventory, case.environment);
    let mut unseen: BTreeSet<Recorded> = now.difference(&known).cloned().collect();
    let mut next = Some(case.from.clone());
    while let (Some(tip), false) = (next.take(), unseen.is_empty()) {
        let is_root = judge.roots.has(case.environment, &tip);
        // What a root asks for counts from ever.
        let day = tip.day().filter(|_| !is_root).unwrap_or(Date::MIN);
        if unseen.iter().any(|load| day <= load.day) {
            let seals = unseen.iter().map(|load| &load.seal).collect();
            let asked = asked_at(judge, &tip, case.environment, &seals)?;
            // Whoever asked before the earlier ones were recorded asked for one of those.
            let is_asked = |load: &Recorded| {
                asked.get(&load.seal).is_some_and(|&recorded| recorded >= load.earlier)
            };
            unseen.retain(|load| day > load.day || !is_asked(load));
        }
        if !is_root && let Some(&parent) = tip.parents.first() {
            next = Some(judge.git.commit(parent)?);
        }
    }
    Ok(unseen.into_iter().map(|unseen| refusal(unseen, case.environment)).collect())
}

fn refusal(Recorded { seal, day, .. }: Recorded, environment: Environment) -> Refusal {
    Refusal::new(
        &RULE,
        tr!(
            "`{certificate}` is recorded as loaded for `{ens}` in {environment} on {day}, but no manifest that the branch held by then asked for it",
            certificate = seal.certificate,
            ens = seal.ens,
            environment = environment.shown(),
            day = day
        ),
        tr!("take the record back, or record the day on which what was promoted was loaded"),
    )
}

/// The loads that an inventory records in `environment`.
fn recorded(inventory: &Inventory, environment: Environment) -> BTreeSet<Recorded> {
    let mut days: BTreeMap<Asked, Vec<Date>> = BTreeMap::new();
    for load in inventory.loads() {
        let Some(day) = load.loaded(environment) else { continue };
        let seal = Asked::of(inventory, load.ens.as_str(), load.certificate.as_str());
        days.entry(seal).or_default().push(day);
    }
    let mut recorded = BTreeSet::new();
    for (seal, mut days) in days {
        days.sort_unstable();
        let of_seal = days.into_iter().enumerate();
        recorded.extend(of_seal.map(|(earlier, day)| Recorded {
            seal: seal.clone(),
            day,
            earlier,
        }));
    }
    recorded
}

impl Asked {
    /// The seal of that id for that ens.
    pub fn of(inventory: &Inventory, ens: &str, certificate: &str) -> Asked {
        let sha256 = inventory.sha256_of(certificate);
        Asked { ens: ens.to_owned(), certificate: certificate.to_owned(), sha256 }
    }
}

/// Which of these seals the manifest of a tip asked to load, and how many loads of each were recorded
/// there: its batches and the records of the seals tell.
pub(super) fn asked_at(
    judge: &Judge<'_>,
    tip: &Commit,
    environment: Environment,
    seals: &BTreeSet<&Asked>,
) -> Result<HashMap<Asked, usize>> {
    let held = judge.git.commit(promotion::held(tip))?;
    let Some(mut tree) = judge.git.inventory(&held)? else { return Ok(HashMap::new()) };
    let record = |seal: &&Asked| format!("inventory/certificates/{}.yaml", seal.certificate);
    let records: BTreeSet<String> = seals.iter().map(record).collect();
    tree.entries.retain(|entry| {
        entry.path.starts_with("inventory/calendars/") || records.contains(&entry.path)
    });
    let part = load::load_with(&tree, judge.snapshots.memory());
    let mut counts: HashMap<Asked, usize> = HashMap::new();
    for load in recorded(&part, environment) {
        *counts.entry(load.seal).or_default() += 1;
    }
    let asked = manifest::asked(&part, environment).into_iter();
    let counted = asked.map(|(ens, certificate)| {
        let seal = Asked::of(&part, ens, certificate);
        let count = counts.get(&seal).copied().unwrap_or_default();
        (seal, count)
    });
    Ok(counted.collect())
}
