//! `failure-analysed`.

use crate::base::text::Argument;
use crate::base::word::Word;
use crate::checklist::rules::{Case, Draft, Planned, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Place, Rule, Severity};
use crate::inventory::model::{Check, Day, Outcome, Record, Stage};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "failure-analysed",
    kind: Kind::Sequence,
    at: At::Check(None),
    holds: tr!(
        "a failing check has a cause, a correction no later than the next check, and in PRE was discussed with SIAD; pending until something later is recorded for the load"
    ),
    why: tr!("a failure that nobody understood comes back in PRO"),
    mend: tr!("record `cause`, `corrected` and, in PRE, `discussed_with: [siad]`"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let planned = case.planned?;
    let mut found = Vec::new();
    let mut asked = false;
    for environment in Environment::BOTH {
        let Some(record) = planned.load.record(environment) else { continue };
        for (index, check) in record.checks.iter().enumerate() {
            if check.result == Outcome::Works {
                continue;
            }
            asked = true;
            let later = goes_on(&planned, environment, record, index);
            let severity = if later { Severity::Error } else { Severity::Pending };
            let next = record.checks.get(index + 1);
            let place = case.place().key(environment.word()).key("checks").item(index);
            let drafts = faults(check, next, environment, &place);
            found.extend(drafts.into_iter().map(|draft| {
                draft.severity(severity).environment(environment).waits_for(Actor::Aoc)
            }));
        }
    }
    asked.then_some(found)
}

/// Whether something later than the check at `index` is recorded for the load.
fn goes_on(
    planned: &Planned<'_, '_>,
    environment: Environment,
    record: &Record,
    index: usize,
) -> bool {
    let failed = record.checks[index].date.date();
    record.checks.len() > index + 1
        || record.informed.as_ref().is_some_and(|informed| informed.date.date() >= failed)
            && environment == Environment::Pre
        || environment == Environment::Pre && planned.batch.batch.stage == Stage::Pro
}

fn faults(
    check: &Check,
    next: Option<&Check>,
    environment: Environment,
    place: &Place,
) -> Vec<Draft> {
    let date = check.date.date();
    let mut lacks = Vec::new();
    if check.cause.is_none() {
        lacks.push(tr!("its cause"));
    }
    if check.corrected.is_none() {
        lacks.push(tr!("the day it was corrected"));
    }
    if environment == Environment::Pre && !check.discussed_with.contains(&Actor::Siad) {
        lacks.push(tr!("that it was discussed with SIAD"));
    }
    let mut found = Vec::new();
    if !lacks.is_empty() {
        let lacks = Argument::List(lacks.into_iter().map(Argument::Text).collect());
        let message =
            tr!("of the failure of {date} is not recorded: {lacks}", date = date, lacks = lacks);
        found.push(Draft::at(place.clone(), message));
    }
    let next = next.map(|next| next.date.date());
    let corrected = check.corrected.as_ref().map(Day::date);
    if let (Some(corrected), Some(next)) = (corrected, next)
        && corrected > next
    {
        let message = tr!(
            "the failure of {date} is corrected only after the next check, {next}",
            date = date,
            next = next
        );
        found.push(Draft::at(place.key("corrected"), message));
    }
    found
}
