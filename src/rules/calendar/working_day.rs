//! `working-day`.

use jiff::civil::Date;

use crate::finding::{Environment, Kind, Place, Rule};
use crate::model::{CalendarPolicy, Day, Weekday};
use crate::rules::{Draft, Verdict};
use crate::survey::Survey;
use crate::text::Text;
use crate::tr;

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

/// Why nothing is loaded on `date`, if so.
pub fn rest(calendar: &CalendarPolicy, date: Date) -> Option<Text> {
    let weekday = Weekday::of(date);
    if !calendar.working_days.contains(&weekday) {
        return Some(match weekday {
            Weekday::Mon => tr!("it is a Monday"),
            Weekday::Tue => tr!("it is a Tuesday"),
            Weekday::Wed => tr!("it is a Wednesday"),
            Weekday::Thu => tr!("it is a Thursday"),
            Weekday::Fri => tr!("it is a Friday"),
            Weekday::Sat => tr!("it is a Saturday"),
            Weekday::Sun => tr!("it is a Sunday"),
        });
    }
    if calendar.holidays.iter().map(Day::date).any(|holiday| holiday == date) {
        return Some(tr!("it is a holiday"));
    }
    let freeze = calendar
        .freezes
        .iter()
        .find(|freeze| freeze.from.date() <= date && date <= freeze.to.date())?;
    Some(tr!(
        "it is in a freeze until {to} ({reason})",
        to = freeze.to.date(),
        reason = &freeze.reason
    ))
}
