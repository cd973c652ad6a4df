//! `history-kept`.

use git2::Oid;

use super::{Case, Refusal, again, shown};
use crate::finding::{Environment, Kind, Rule};
use crate::git::Commit;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "history-kept",
    kind: Kind::Gate,
    holds: tr!(
        "an environment's branch begins at a root and only grows, one promotion at a time, each no earlier than the one before and none in the future"
    ),
    why: tr!(
        "the branch is the record of what was loaded and who approved it; what is taken off it could be put back later without anyone's approval"
    ),
    mend: tr!(
        "promote from the branch's tip; for a branch that is spoilt, an administrator lists an unapproved promotion as a root: `git config --add segell.ENV.root COMMIT`"
    ),
};

/// A root passes as it stands if it follows the branch's tip, or the branch is new.
pub fn root(new: &Commit, old: Option<Oid>) -> Vec<Refusal> {
    match old {
        Some(old) if new.parents.first() != Some(&old) => vec![Refusal::new(
            &RULE,
            tr!(
                "root {root} does not follow the branch's tip {tip}",
                root = shown(new),
                tip = crate::git::short(old)
            ),
            tr!("make the root with `segell promote --unapproved`, from the branch as it is"),
        )],
        _ => Vec::new(),
    }
}

/// The branch, or its line, begins with a commit that is no root.
pub fn no_root(environment: Environment) -> Refusal {
    let environment = environment.field();
    Refusal::new(
        &RULE,
        tr!("`env/{environment}` does not begin at a root", environment = environment),
        tr!(
            "an administrator lists the commit where it begins: `git config --add segell.{environment}.root COMMIT`, or `--root COMMIT` in CI",
            environment = environment
        ),
    )
}

/// The days: none before the tip's, none after today.
pub fn check(case: &Case) -> Vec<Refusal> {
    let Some(record) = &case.record else {
        return if case.from.day() > case.today { vec![future(&case.from)] } else { Vec::new() };
    };
    let new = &record.promotion;
    let mut refusals = Vec::new();
    if new.day() < case.from.day() {
        refusals.push(Refusal::new(
            &RULE,
            tr!(
                "{commit} is dated before the branch's tip, {tip}",
                commit = shown(new),
                tip = shown(&case.from)
            ),
            again(),
        ));
    }
    if new.day() > case.today {
        refusals.push(future(new));
    }
    refusals
}

fn future(commit: &Commit) -> Refusal {
    Refusal::new(
        &RULE,
        tr!("{commit} is dated {day}, in the future", commit = shown(commit), day = commit.day()),
        tr!("set the clock of the machine that made it, and promote again"),
    )
}
