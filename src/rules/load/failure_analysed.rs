//! `failure-analysed`.

use crate::finding::{Actor, Environment, Kind, Place, Rule, Severity};
use crate::model::{Check, Outcome, Record, Stage};
use crate::rules::{Case, Draft, Planned, Verdict};
use crate::text::Text;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "failure-analysed",
    kind: Kind::Sequence,
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
            let place = case.place().key(environment.field()).key("checks").item(index);
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
    let mut found = Vec::new();
    let mut add = |place: Place, message: Text| found.push(Draft::at(place, message));
    let date = check.date.date();
    if check.cause.is_none() {
        add(place.clone(), tr!("the failure of {date} has no cause on record", date = date));
    }
    match (&check.corrected, next.map(|next| next.date.date())) {
        (None, _) => {
            add(
                place.clone(),
                tr!("the failure of {date} is not recorded as corrected", date = date),
            );
        }
        (Some(corrected), Some(next)) if corrected.date() > next => add(
            place.key("corrected"),
            tr!(
                "the failure of {date} is corrected only after the next check, {next}",
                date = date,
                next = next
            ),
        ),
        _ => {}
    }
    if environment == Environment::Pre && !check.discussed_with.contains(&Actor::Siad) {
        add(
            place.clone(),
            tr!("the failure of {date} in PRE was not discussed with SIAD", date = date),
        );
    }
    found
}
