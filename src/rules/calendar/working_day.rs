//! `working-day`.

use crate::finding::{Environment, Kind, Place, Rule};
use crate::rules::{Draft, Verdict};
use crate::survey::Survey;
use crate::tr;
use crate::workdays::rest;

pub static RULE: Rule = Rule {
    name: "working-day",
    kind: Kind::Precondition,
    holds: tr!("the date of what is not yet loaded is a working day, no holiday, and in no freeze"),
    why: tr!("when a load goes wrong, AOC, SIAD and PICA must be there to put it right"),
    mend: tr!("move the batch to a working day"),
};

pub fn check(survey: &Survey<'_>, place: usize) -> Verdict {
    let calendar = &survey.policy?.calendar;
    let view = &survey.batches[place];
    let mut found = Vec::new();
    let mut asked = false;
    for environment in Environment::BOTH {
        let mut open = view.batch.loads.iter().filter(|load| load.is_open());
        if !open.any(|load| load.loaded(environment).is_none()) {
            continue;
        }
        asked = true;
        let date = view.batch.date(environment);
        if let Some(reason) = rest(calendar, date) {
            let place = Place::start(view.file).key(environment.field());
            let message =
                tr!("{date} is no day to load on: {reason}", date = date, reason = reason);
            found.push(Draft::at(place, message).environment(environment));
        }
    }
    asked.then_some(found)
}
