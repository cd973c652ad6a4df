//! `promoted-from-main`.

use anyhow::Result;

use super::{Case, Judge, Refusal, shown};
use crate::inventory::finding::{Kind, Rule};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "promoted-from-main",
    kind: Kind::Gate,
    holds: tr!("what is promoted stands on `main`'s line, after what the branch holds"),
    why: tr!(
        "what was never reviewed on `main` may not be loaded, and an old state may not come back unseen"
    ),
    mend: tr!("merge it into `main` first; the way back is a revert on `main`"),
};

/// First parents only: an inner commit of a pull request was never `main`.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let (held, commit) = (shown(&case.held), shown(&case.commit));
    let message = if judge.main.depth(case.commit.id)?.is_none() {
        tr!("{commit} is not on the line of `main`", commit = &commit)
    } else if judge.main.depth(case.held.id)?.is_none() {
        tr!("{held}, which the branch holds, is not on the line of `main`", held = &held)
    } else if case.commit.id == case.held.id {
        tr!("the branch holds {commit} already", commit = &commit)
    } else if !judge.main.has_after(case.commit.id, case.held.id)? {
        tr!("{commit} comes before {held}, which the branch holds", commit = &commit, held = &held)
    } else {
        return Ok(Vec::new());
    };
    let help = tr!("promote a later commit of `main`; the way back is a revert on `main`");
    Ok(vec![Refusal::new(&RULE, message, help)])
}
