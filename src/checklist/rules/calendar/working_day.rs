//! `working-day`.

use jiff::civil::Date;

use crate::base::word::Word;
use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::finding::{Environment, Kind, Place, Rule, Severity};
use crate::inventory::model::CalendarPolicy;
use crate::inventory::step::At;
use crate::inventory::survey::{BatchView, Survey};
use crate::inventory::workdays::rest;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "working-day",
    kind: Kind::Precondition,
    at: At::Load,
    holds: tr!(
        "the date of what is not yet loaded is a working day, no holiday, and in no freeze; one in a year for which the policy lists no holiday is a warning"
    ),
    why: tr!("when a load goes wrong, AOC, SIAD and PICA must be there to put it right"),
    mend: tr!("move the batch to a working day"),
};

pub fn check(survey: &Survey<'_>, view: &BatchView<'_>) -> Verdict {
    let calendar = &survey.policy?.calendar;
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
            let place = Place::start(view.file).key(environment.word());
            let message =
                tr!("{date} is no day to load on: {reason}", date = date, reason = reason);
            found.push(Draft::at(place, message).environment(environment));
        } else if !knows_year(calendar, date) && !found.iter().any(is_warning) {
            found.push(unknown_year(date, Place::start(view.file).key(environment.word())));
        }
    }
    asked.then_some(found)
}

fn is_warning(draft: &Draft) -> bool {
    draft.severity == Some(Severity::Warning)
}

/// Whether the list of holidays goes so far, or begins so early.
fn knows_year(calendar: &CalendarPolicy, date: Date) -> bool {
    calendar.holidays.iter().any(|holiday| holiday.date().year() == date.year())
}

fn unknown_year(date: Date, place: Place) -> Draft {
    let message = tr!(
        "whether {date} is a holiday is not known: the policy lists none of {year}",
        date = date,
        year = i64::from(date.year())
    );
    let help = tr!("add that year's holidays to the policy's `calendar.holidays`");
    Draft::at(place, message).help(help).severity(Severity::Warning)
}
