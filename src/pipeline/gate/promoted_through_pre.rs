//! `promoted-through-pre`.

use std::collections::{BTreeSet, HashSet};

use anyhow::Result;

use super::{Case, Judge, Refusal, again, line};
use crate::checklist::rules::gate::promoted_through_pre::RULE;
use crate::files::objects::Oid;
use crate::inventory::finding::Environment;
use crate::pipeline::git::{Commit, short};
use crate::pipeline::manifest::Seal;
use crate::pipeline::promotion;
use crate::tr;

/// An ens, a certificate and its SHA-256: another seal under the same id is another seal.
type Loaded<'m> = (&'m str, &'m str, &'m str);

/// PRE's own record: the tip of `env/pre` that the statement names stands on that branch's line, and
/// the line holds down to a root of PRE. Of what is to come in now, from its present tip.
pub fn check_line(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    if case.environment == Environment::Pre {
        return Ok(Vec::new());
    }
    let Some(present) = judge.git.branch(&Environment::Pre.branch())? else {
        return Ok(vec![without_pre()]);
    };
    let Some(pre) = case.pre else { return Ok(vec![without_pre()]) };
    if judge.depth_in_pre(pre)?.is_none() {
        let message =
            tr!("{pre}, which it rests on, is not on the line of `env/pre`", pre = short(pre));
        return Ok(vec![Refusal::new(&RULE, message, again())]);
    }
    let tip = judge.git.commit(if case.is_past() { pre } else { present })?;
    line::check(judge, Environment::Pre, &tip)
}

fn without_pre() -> Refusal {
    Refusal::new(&RULE, tr!("there is no `env/pre`"), tr!("promote to PRE first"))
}

/// Compares what PRO asks to load with the state that `env/pre` yields: at the tip that the statement
/// names and, of what is to come in now, at its present one as well.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    if case.environment == Environment::Pre {
        return Ok(Vec::new());
    }
    let pro = judge.snapshots.yielded(&case.commit, Environment::Pro)?;
    let asked: Vec<Loaded<'_>> =
        pro.manifest.load.iter().map(|load| loaded(&load.ens, &load.certificate)).collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let present = judge.git.branch(&Environment::Pre.branch())?;
    let present = present.filter(|_| !case.is_past());
    let tips: BTreeSet<Oid> = case.pre.into_iter().chain(present).collect();
    let mut refusals = Vec::new();
    for tip in tips {
        let tip = judge.git.commit(tip)?;
        refusals.extend(lacking(judge, &tip, &asked)?);
        if !refusals.is_empty() {
            break;
        }
    }
    Ok(refusals)
}

fn loaded<'m>(ens: &'m str, seal: &'m Seal) -> Loaded<'m> {
    (ens, &seal.id, &seal.sha256)
}

/// What of the loads asked for is not in the state that a tip of `env/pre` yields.
fn lacking(judge: &mut Judge<'_>, tip: &Commit, asked: &[Loaded<'_>]) -> Result<Vec<Refusal>> {
    let held = judge.git.commit(promotion::held(tip))?;
    let pre = judge.snapshots.yielded(&held, Environment::Pre)?;
    let state = pre.manifest.state.iter();
    let has: HashSet<Loaded<'_>> =
        state.filter_map(|held| Some(loaded(&held.ens, held.certificate.as_ref()?))).collect();
    let mut refusals = Vec::new();
    for &(ens, certificate, sha256) in asked {
        let is_held = has.contains(&(ens, certificate, sha256));
        if is_held && !pre.adopted.contains(ens) {
            continue;
        }
        if is_held && is_of_a_root(judge, tip, (ens, certificate, sha256))? {
            continue;
        }
        let (message, help) = match is_held {
            true => (
                tr!(
                    "PRE has `{certificate}` of `{ens}` from the baseline alone, and no root of `env/pre` has it there",
                    certificate = certificate,
                    ens = ens
                ),
                tr!("schedule it and load it in PRE, or ask why the baseline was changed"),
            ),
            false => (
                tr!(
                    "`{certificate}` for `{ens}` is not what `env/pre` holds",
                    certificate = certificate,
                    ens = ens
                ),
                tr!("promote its batch to PRE and see that it works there first"),
            ),
        };
        refusals.push(Refusal::new(&RULE, message, help));
    }
    Ok(refusals)
}

/// Whether one of PRE's roots, on the line that ends in `tip`, has the seal in its baseline.
fn is_of_a_root(judge: &mut Judge<'_>, tip: &Commit, seal: Loaded<'_>) -> Result<bool> {
    let mut next = tip.clone();
    loop {
        let is_root = judge.roots.has(Environment::Pre, &next);
        let held = promotion::held(&next);
        if is_root {
            let held = judge.git.commit(held)?;
            let snapshot = judge.snapshots.at(&held)?;
            if has_in_baseline(&snapshot.inventory, seal) {
                return Ok(true);
            }
        }
        // Below where the branch begins lies `main`.
        let is_promotion = held != next.id;
        match next.parents.first() {
            Some(&parent) if is_promotion => next = judge.git.commit(parent)?,
            _ => return Ok(false),
        }
    }
}

fn has_in_baseline(
    inventory: &crate::inventory::Inventory,
    (ens, certificate, sha256): Loaded<'_>,
) -> bool {
    let holds = inventory.baseline.iter().flat_map(|baseline| &baseline.holds);
    let mut same = holds.filter(|held| {
        held.ens.as_str() == ens
            && held.certificate.as_str() == certificate
            && held.environments.contains(&Environment::Pre)
    });
    same.next().is_some() && inventory.sha256_of(certificate).as_deref() == Some(sha256)
}
