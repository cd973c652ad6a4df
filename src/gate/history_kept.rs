//! `history-kept`.

use anyhow::Result;
use git2::Oid;

use super::{Case, Judge, Refusal, again, shown};
use crate::finding::{Environment, Kind, Rule};
use crate::git::Commit;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "history-kept",
    kind: Kind::Gate,
    holds: tr!(
        "an environment's branch begins at a root and only grows from its tip, one promotion at a time, each dated no earlier than what both branches hold and none in the future"
    ),
    why: tr!(
        "the branch is the record of what was loaded and who approved it; what is taken off it could be put back later without anyone's approval"
    ),
    mend: tr!(
        "promote from the branch's tip; for a branch that is spoilt, an administrator lists an unapproved promotion as a root: `git config --add segell.ENV.root COMMIT`"
    ),
};

/// The branch is not where whoever asks believes it to be.
pub fn moved(branch: &str) -> Refusal {
    Refusal::new(
        &RULE,
        tr!(
            "`{branch}` does not point to the commit that is to be its tip until now",
            branch = branch
        ),
        tr!("fetch, and promote from the tip that it has"),
    )
}

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
        tr!(
            "`env/{environment}` does not begin at a root that is listed here",
            environment = environment
        ),
        tr!(
            "an administrator lists the commit where it begins: `git config --add segell.{environment}.root COMMIT`, or `--root COMMIT` in CI",
            environment = environment
        ),
    )
}

/// The days: none before the tip's or the other environment's, none after today. The log could not
/// tell otherwise what PRE held when something went to PRO.
pub fn check(judge: &Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let mut tips = vec![case.from.clone()];
    if !case.is_history {
        tips.extend(tip_of_the_other(judge)?);
    }
    let Some(record) = &case.record else {
        return Ok(tips.iter().filter(|tip| tip.day() > case.today).map(future).collect());
    };
    let new = &record.promotion;
    let early = tips.iter().filter(|tip| new.day() < tip.day());
    let mut refusals: Vec<Refusal> = early.map(|tip| before(new, tip)).collect();
    if new.day() > case.today {
        refusals.push(future(new));
    }
    Ok(refusals)
}

fn tip_of_the_other(judge: &Judge<'_>) -> Result<Option<Commit>> {
    let mut others = Environment::BOTH.into_iter().filter(|other| *other != judge.environment);
    let Some(other) = others.next() else { return Ok(None) };
    let tip = judge.git.branch(&format!("env/{}", other.field()))?;
    tip.map(|tip| judge.git.commit(tip)).transpose()
}

fn before(new: &Commit, tip: &Commit) -> Refusal {
    let (commit, tip) = (shown(new), shown(tip));
    let message = tr!(
        "{commit} is dated before {tip}, the tip of an environment's branch",
        commit = commit,
        tip = tip
    );
    Refusal::new(&RULE, message, again())
}

fn future(commit: &Commit) -> Refusal {
    Refusal::new(
        &RULE,
        tr!("{commit} is dated {day}, in the future", commit = shown(commit), day = commit.day()),
        tr!("set the clock of the machine that made it, and promote again"),
    )
}
