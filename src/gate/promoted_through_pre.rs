//! `promoted-through-pre`.

use std::collections::HashSet;

use anyhow::Result;

use super::{Case, Judge, Refusal};
use crate::finding::{Environment, Kind, Rule};
use crate::git::Commit;
use crate::{promotion, tr};

pub static RULE: Rule = Rule {
    name: "promoted-through-pre",
    kind: Kind::Gate,
    holds: tr!("each seal that PRO is to load is what PRE holds for that ens; restoring is exempt"),
    why: tr!("PRO may only get what PRE has shown to work"),
    mend: tr!("promote the batch to PRE first"),
};

/// Compares what PRO asks to load with the state that `env/pre` yields.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    if case.environment == Environment::Pre {
        return Ok(Vec::new());
    }
    let pro = judge.snapshots.yielded(&case.commit, Environment::Pro)?;
    let Ok(pro) = pro.as_ref() else { return Ok(Vec::new()) };
    if pro.manifest.load.is_empty() {
        return Ok(Vec::new());
    }
    let Some(tip) = tip_of_pre(judge, case)? else {
        return Ok(vec![Refusal::new(
            &RULE,
            tr!("there is no `env/pre`"),
            tr!("promote to PRE first"),
        )]);
    };
    let held = judge.git.commit(promotion::held(&tip))?;
    let pre = judge.snapshots.yielded(&held, Environment::Pre)?;
    let Ok(pre) = pre.as_ref() else {
        return Ok(vec![Refusal::new(
            &RULE,
            tr!("what `env/pre` holds yields no manifest"),
            tr!("mend the inventory and promote to PRE first"),
        )]);
    };
    let state = pre.manifest.state.iter();
    let has: HashSet<(&str, &str)> = state
        .filter_map(|held| Some((held.ens.as_str(), held.certificate.as_ref()?.id.as_str())))
        .collect();
    let lacking = pro.manifest.asks_for().filter(|asked| !has.contains(asked));
    Ok(lacking
        .map(|(ens, certificate)| {
            Refusal::new(
                &RULE,
                tr!(
                    "`{certificate}` for `{ens}` is not what `env/pre` holds",
                    certificate = certificate,
                    ens = ens
                ),
                tr!("promote its batch to PRE and see that it works there first"),
            )
        })
        .collect())
}

/// The tip of `env/pre`; for a promotion of the past, as it was then.
fn tip_of_pre(judge: &Judge<'_>, case: &Case) -> Result<Option<Commit>> {
    let Some(tip) = judge.git.branch("env/pre")? else { return Ok(None) };
    let mut tip = judge.git.commit(tip)?;
    if let (true, Some(record)) = (case.is_history, &case.record) {
        while tip.day() > record.promotion.day() {
            let Some(&parent) = tip.parents.first() else { return Ok(None) };
            tip = judge.git.commit(parent)?;
        }
    }
    Ok(Some(tip))
}
