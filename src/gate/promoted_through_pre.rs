//! `promoted-through-pre`.

use std::collections::HashSet;

use anyhow::Result;

use super::{Case, Judge, Refusal};
use crate::finding::{Environment, Kind, Rule};
use crate::git::Commit;
use crate::manifest::Seal;
use crate::{promotion, tr};

pub static RULE: Rule = Rule {
    name: "promoted-through-pre",
    kind: Kind::Gate,
    holds: tr!("each seal that PRO is to load is what PRE holds for that ens; restoring is exempt"),
    why: tr!("PRO may only get what PRE has shown to work"),
    mend: tr!("promote the batch to PRE first"),
};

/// An ens, a certificate and its SHA-256: another seal under the same id is another seal.
type Loaded<'m> = (&'m str, &'m str, &'m str);

/// Compares what PRO asks to load with the state that `env/pre` yields.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    if case.environment == Environment::Pre {
        return Ok(Vec::new());
    }
    let pro = judge.snapshots.yielded(&case.commit, Environment::Pro)?;
    let Ok(pro) = pro.as_ref() else { return Ok(Vec::new()) };
    let asked: Vec<Loaded<'_>> =
        pro.manifest.load.iter().map(|load| loaded(&load.ens, &load.certificate)).collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut refusals =
        vec![Refusal::new(&RULE, tr!("there is no `env/pre`"), tr!("promote to PRE first"))];
    for tip in tips_of_pre(judge, case)? {
        refusals = lacking(judge, &tip, &asked)?;
        if refusals.is_empty() {
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
    let Ok(pre) = pre.as_ref() else {
        return Ok(vec![Refusal::new(
            &RULE,
            tr!("what `env/pre` holds yields no manifest"),
            tr!("mend the inventory and promote to PRE first"),
        )]);
    };
    let state = pre.manifest.state.iter();
    let has: HashSet<Loaded<'_>> =
        state.filter_map(|held| Some(loaded(&held.ens, held.certificate.as_ref()?))).collect();
    let lacking = asked.iter().filter(|asked| !has.contains(*asked));
    Ok(lacking
        .map(|(ens, certificate, _)| {
            Refusal::new(
                &RULE,
                tr!(
                    "`{certificate}` for `{ens}` is not what `env/pre` holds",
                    certificate = *certificate,
                    ens = *ens
                ),
                tr!("promote its batch to PRE and see that it works there first"),
            )
        })
        .collect())
}

/// The tip of `env/pre`. For a promotion of the past, each commit that was the tip on its day, the
/// latest first: promotions are not dated before the other environment's tip, and within a day
/// nobody knows the order.
fn tips_of_pre(judge: &Judge<'_>, case: &Case) -> Result<Vec<Commit>> {
    let Some(tip) = judge.git.branch("env/pre")? else { return Ok(Vec::new()) };
    let mut tips = vec![judge.git.commit(tip)?];
    let (true, Some(record)) = (case.is_history, &case.record) else { return Ok(tips) };
    let day = record.promotion.day();
    while let Some(tip) = tips.last().filter(|tip| tip.day() >= day) {
        // Below where the branch begins lies `main`.
        let is_promotion = promotion::held(tip) != tip.id;
        let Some(&parent) = tip.parents.first().filter(|_| is_promotion) else { break };
        tips.push(judge.git.commit(parent)?);
    }
    tips.retain(|tip| tip.day() <= day);
    Ok(tips)
}
