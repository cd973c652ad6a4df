//! `history-kept`.

use anyhow::Result;
use jiff::civil::Date;

use super::{Case, Judge, Record, Refusal, Standing, again, shown};
use crate::base::time::plus_days;
use crate::base::word::Word;
use crate::checklist::rules::gate::history_kept::RULE;
use crate::files::objects::Oid;
use crate::inventory::finding::Environment;
use crate::pipeline::git::Commit;
use crate::pipeline::promotion;
use crate::tr;

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
                tip = crate::pipeline::git::short(old)
            ),
            tr!("make the root with `segell promote --unapproved`, from the branch as it is"),
        )],
        _ => Vec::new(),
    }
}

/// The branch, or its line, begins with a commit that is no root.
pub fn no_root(environment: Environment) -> Refusal {
    let environment = environment.word();
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

/// The days: none before the tip's or the other environment's, none after today, and none that comes
/// in later than on the next day. The log could not tell otherwise what PRE held when something went
/// to PRO.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let tips = tips(judge, case)?;
    let Some(Record { promotion: new, day, .. }) = case.record() else {
        let ahead = tips.iter().filter(|(_, day)| *day > case.today);
        return Ok(ahead.map(|(tip, day)| future(tip, *day)).collect());
    };
    let early = tips.iter().filter(|(_, tip)| day < tip);
    let mut refusals: Vec<Refusal> = early.map(|(tip, _)| before(new, tip)).collect();
    if *day > case.today {
        refusals.push(future(new, *day));
    }
    if matches!(case.standing, Standing::Pushed(_)) && *day < plus_days(case.today, -1) {
        refusals.push(late(new, *day));
    }
    Ok(refusals)
}

/// The tips that nothing may be dated before, with their days; a root that is no promotion has none.
/// Of the past: what it was promoted from, and the tip of PRE that it rests on.
fn tips(judge: &Judge<'_>, case: &Case) -> Result<Vec<(Commit, Date)>> {
    let beside = match case.is_past() {
        true => case.pre,
        false => {
            let mut others = Environment::BOTH.into_iter().filter(|it| *it != case.environment);
            let other = others.next().map(|other| judge.git.branch(&other.branch()));
            other.transpose()?.flatten()
        }
    };
    let mut tips = vec![case.from.clone()];
    tips.extend(beside.map(|tip| judge.git.commit(tip)).transpose()?);
    let is_promotion = |tip: &Commit| promotion::held(tip) != tip.id;
    let dated = tips.into_iter().filter(is_promotion);
    Ok(dated.filter_map(|tip| tip.day().map(|day| (tip, day))).collect())
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

fn late(new: &Commit, day: Date) -> Refusal {
    let message = tr!(
        "{commit} is dated {day}, and comes in later than on the day after",
        commit = shown(new),
        day = day
    );
    let help = tr!("promote again with `segell promote`: the same approvals fit");
    Refusal::new(&RULE, message, help)
}

fn future(commit: &Commit, day: Date) -> Refusal {
    Refusal::new(
        &RULE,
        tr!("{commit} is dated {day}, in the future", commit = shown(commit), day = day),
        tr!("set the clock of the machine that made it, and promote again"),
    )
}
