//! The line of an environment's branch, held against its record down to a root.

use anyhow::Result;

use super::{Judge, Refusal, history_kept};
use crate::git::Commit;

/// Why the line that ends in `tip` does not hold: its first promotion, from the tip down, that
/// breaks a rule on its own day. Inventories are not read again: that is `log --verify`.
pub fn check(judge: &mut Judge<'_>, tip: &Commit) -> Result<Vec<Refusal>> {
    let mut next = tip.clone();
    while !judge.roots.contains(&next.id) {
        let refusals = match judge.past(&next)? {
            Err(refusal) => vec![refusal],
            Ok(case) => judge.check_record(&case)?,
        };
        if !refusals.is_empty() {
            return Ok(refusals);
        }
        let Some(&parent) = next.parents.first() else {
            return Ok(vec![history_kept::no_root(judge.environment)]);
        };
        next = judge.git.commit(parent)?;
    }
    Ok(Vec::new())
}
