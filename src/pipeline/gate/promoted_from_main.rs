//! `promoted-from-main`.

use anyhow::Result;

use super::{Case, Judge, Refusal, shown};

use crate::checklist::rules::gate::promoted_from_main::RULE;
use crate::tr;

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
