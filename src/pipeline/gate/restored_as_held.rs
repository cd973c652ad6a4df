//! `restored-as-held`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::civil::Date;

use super::loaded_as_released::{Asked, asked_at};
use super::{Case, Judge, Refusal};
use crate::checklist::rules::gate::restored_as_held::RULE;
use crate::inventory::Inventory;
use crate::inventory::finding::Environment;
use crate::inventory::load::Memory;
use crate::inventory::model::Load;
use crate::inventory::survey::{LoadIndex, Resolved};
use crate::pipeline::git::Commit;
use crate::pipeline::promotion;
use crate::tr;

/// A load that is taken out, and the seal that comes back in its place.
struct Returning {
    load: Asked,
    back: Asked,
}

/// What a load took the place of.
enum Before {
    Seal(Asked),
    Nothing,
    /// No manifest asked for the load, and no root records it.
    Unknown,
}

/// Looks for what each returning seal's load took the place of, from the branch's tip down.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let mut refusals = Vec::new();
    for returning in returning(judge, case)? {
        let refusal = match before(judge, case, &returning.load)? {
            Before::Seal(seal) if seal.sha256 == returning.back.sha256 => continue,
            Before::Seal(seal) => refusal(&returning, Some(&seal)),
            Before::Nothing => refusal(&returning, None),
            Before::Unknown => unknown(&returning.load),
        };
        refusals.push(refusal);
    }
    Ok(refusals)
}

/// What the manifest asks to restore, and what is newly recorded as restored.
fn returning(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Returning>> {
    let made = judge.snapshots.yielded(&case.commit, case.environment)?;
    let asked = made.manifest.restore.iter().filter_map(|restoring| {
        let seal = |id: &str, sha256: &str| Asked {
            ens: restoring.ens.clone(),
            certificate: id.to_owned(),
            sha256: Some(sha256.to_owned()),
        };
        let back = restoring.certificate.as_ref()?;
        let gone = &restoring.withdraws;
        let load = seal(&gone.id, &gone.sha256);
        Some(Returning { load, back: seal(&back.id, &back.sha256) })
    });
    let mut returning: Vec<Returning> = asked.collect();
    let held = judge.snapshots.at_or_none(&case.held)?;
    let now = judge.snapshots.at(&case.commit)?;
    let mut known = restored(&held.inventory, case.environment);
    let restored = restored(&now.inventory, case.environment);
    if restored == known {
        return Ok(returning);
    }
    let resolved = Resolved::of(&now.inventory);
    for view in &resolved.loads {
        let Some(done) = restored_in(&now.inventory, view.load, case.environment) else { continue };
        if known.get_mut(&done).is_some_and(take_one) {
            continue;
        }
        let Some(ens) = resolved.ens(view.load.ens.as_str()) else { continue };
        if let Some(back) = resolved.before(ens, case.environment, view.at) {
            let back = Asked::of(&now.inventory, ens.id, back.id);
            returning.push(Returning { load: done.load, back });
        }
    }
    Ok(returning)
}

/// A load after which something is recorded as restored. The same seal may come in and go out again,
/// each time from and through another day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Restored {
    load: Asked,
    loaded: Option<Date>,
    restored: Date,
}

/// The loads after which something is recorded as restored, counted.
fn restored(inventory: &Inventory, environment: Environment) -> BTreeMap<Restored, usize> {
    let mut counted = BTreeMap::new();
    for done in inventory.loads().filter_map(|load| restored_in(inventory, load, environment)) {
        *counted.entry(done).or_default() += 1;
    }
    counted
}

fn restored_in(inventory: &Inventory, load: &Load, environment: Environment) -> Option<Restored> {
    let restored = load.withdrawn.as_ref()?.restored.get(environment)?.date();
    let loaded = load.loaded(environment);
    let load = Asked::of(inventory, load.ens.as_str(), load.certificate.as_str());
    Some(Restored { load, loaded, restored })
}

/// Takes one off the count, if any is left.
fn take_one(count: &mut usize) -> bool {
    let any = *count > 0;
    *count = count.saturating_sub(1);
    any
}

/// What stood there before the load; where that one's load is withdrawn too, what stood before it.
fn before(judge: &mut Judge<'_>, case: &Case, load: &Asked) -> Result<Before> {
    let now = judge.snapshots.at(&case.commit)?;
    let mut seen = BTreeSet::new();
    let mut load = load.clone();
    loop {
        let before = replaced(judge, case, &load)?;
        match before {
            Before::Seal(seal) if is_withdrawn(&now.inventory, &seal) && seen.insert(load) => {
                load = seal;
            }
            before => return Ok(before),
        }
    }
}

/// Whether the seal's loads for its ens are all withdrawn, and there is one.
fn is_withdrawn(inventory: &Inventory, seal: &Asked) -> bool {
    let of_seal = |load: &&Load| {
        load.ens.as_str() == seal.ens && load.certificate.as_str() == seal.certificate
    };
    let mut same = inventory.loads().filter(of_seal).peekable();
    same.peek().is_some() && same.all(|load| load.withdrawn.is_some())
}

/// What the last manifest of the branch that asked for the load says it takes the place of; else what
/// the inventory of its root says came before it.
fn replaced(judge: &mut Judge<'_>, case: &Case, load: &Asked) -> Result<Before> {
    let mut next = Some(case.from.clone());
    while let Some(tip) = next.take() {
        let is_root = judge.roots.has(case.environment, &tip);
        let asked = asked_at(
            judge.git,
            &tip,
            case.environment,
            &BTreeSet::from([load]),
            &Memory::default(),
        )?;
        if asked.contains_key(load) {
            return replaces(judge, case, &tip, load);
        }
        if is_root {
            return recorded(judge, case, &tip, load);
        }
        if let Some(&parent) = tip.parents.first() {
            next = Some(judge.git.commit(parent)?);
        }
    }
    Ok(Before::Unknown)
}

fn replaces(judge: &mut Judge<'_>, case: &Case, tip: &Commit, load: &Asked) -> Result<Before> {
    let held = judge.git.commit(promotion::held(tip))?;
    let made = judge.snapshots.yielded(&held, case.environment)?;
    let mut loads = made.manifest.load.iter();
    let found = loads.find(|it| it.ens == load.ens && it.certificate.id == load.certificate);
    Ok(match found.map(|found| &found.replaces) {
        Some(Some(seal)) => Before::Seal(Asked {
            ens: load.ens.clone(),
            certificate: seal.id.clone(),
            sha256: Some(seal.sha256.clone()),
        }),
        Some(None) => Before::Nothing,
        None => Before::Unknown,
    })
}

fn recorded(judge: &mut Judge<'_>, case: &Case, root: &Commit, load: &Asked) -> Result<Before> {
    let held = judge.git.commit(promotion::held(root))?;
    let snapshot = judge.snapshots.at_or_none(&held)?;
    let resolved = Resolved::of(&snapshot.inventory);
    let Some(ens) = resolved.ens(&load.ens) else { return Ok(Before::Unknown) };
    let is_it = |at: &&LoadIndex| {
        let recorded = resolved[**at].load;
        recorded.loaded(case.environment).is_some()
            && Asked::of(&snapshot.inventory, ens.id, recorded.certificate.as_str()) == *load
    };
    let Some(&at) = ens.loads.iter().rfind(is_it) else { return Ok(Before::Unknown) };
    Ok(match resolved.stood_before(ens, case.environment, at) {
        Some(seal) => Before::Seal(Asked::of(&snapshot.inventory, ens.id, seal.id)),
        None => Before::Nothing,
    })
}

fn refusal(Returning { load, back }: &Returning, held: Option<&Asked>) -> Refusal {
    let (ens, gone, back) = (&load.ens, &load.certificate, &back.certificate);
    let message = match held {
        Some(held) => tr!(
            "`{back}` comes back for `{ens}`, but `{gone}` took the place of `{held}`, sha256:{sha256}",
            back = back,
            ens = ens,
            gone = gone,
            held = &held.certificate,
            sha256 = held.sha256.as_deref().unwrap_or_default()
        ),
        None => tr!(
            "`{back}` comes back for `{ens}`, but there was nothing before `{gone}`",
            back = back,
            ens = ens,
            gone = gone
        ),
    };
    Refusal::new(&RULE, message, RULE.mend.clone())
}

fn unknown(load: &Asked) -> Refusal {
    let message = tr!(
        "no manifest that the branch held asked to load `{gone}` for `{ens}`, so nobody knows what it took the place of",
        gone = &load.certificate,
        ens = &load.ens
    );
    let help = tr!("record only what the branch had released, and withdraw only that");
    Refusal::new(&RULE, message, help)
}
