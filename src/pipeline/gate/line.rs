//! The line of an environment's branch, held against its record down to a root.

use anyhow::Result;

use super::{Judge, Refusal, history_kept};
use crate::files::objects::Oid;
use crate::inventory::finding::Environment;
use crate::pipeline::git::Commit;

/// Why the line of `environment` that ends in `tip` does not hold: its first promotion, from the tip
/// down, that breaks a rule on its own day. Inventories are not read again: that is `log --verify`.
pub fn check(
    judge: &mut Judge<'_>,
    environment: Environment,
    tip: &Commit,
) -> Result<Vec<Refusal>> {
    let mut next = tip.clone();
    let mut walked: Vec<(Environment, Oid)> = Vec::new();
    while !judge.sound.contains(&(environment, next.id)) && !judge.roots.has(environment, &next) {
        let refusals = match judge.past(environment, &next)? {
            Err(refusal) => vec![refusal],
            Ok(case) => judge.check_record(&case)?,
        };
        if !refusals.is_empty() {
            return Ok(refusals);
        }
        let Some(&parent) = next.parents.first() else {
            return Ok(vec![history_kept::no_root(environment)]);
        };
        walked.push((environment, next.id));
        next = judge.git.commit(parent)?;
    }
    judge.sound.extend(walked);
    Ok(Vec::new())
}
