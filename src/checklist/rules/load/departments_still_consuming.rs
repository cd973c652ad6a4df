//! `departments-still-consuming`.

use jiff::civil::Date;

use crate::checklist::rules::{Draft, HOLDS, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Place, Rule, Severity};
use crate::inventory::model::{Batch, Outcome};
use crate::inventory::step::At;
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "departments-still-consuming",
    kind: Kind::Sequence,
    at: At::Check(Some(Environment::Pro)),
    holds: tr!(
        "after a batch's last load in PRO, the last check of the departments works, before the next batch's stage leaves `planned`"
    ),
    why: tr!(
        "the departments share the Generalitat's seal: a change for one body must not stop them"
    ),
    mend: tr!("check that the departments still consume, and record it under `departments`"),
};

pub fn check(survey: &Survey<'_>, view: &BatchView<'_>) -> Verdict {
    let last_load = last_load_in_pro(view.batch)?;
    let mut checks = view.batch.departments.iter().filter(|check| check.date.date() >= last_load);
    let message = match checks.next_back().map(|check| check.result) {
        Some(Outcome::Works) => return HOLDS,
        Some(Outcome::Fails) => tr!("the departments do not consume since the last load in PRO"),
        None => tr!(
            "nobody has seen the departments consume since the last load in PRO, on {date}",
            date = last_load
        ),
    };
    let mut later = survey.later_days(view.at).iter();
    let next = later.find(|next| next.batch.asks_for(Environment::Pre));
    let own = Place::start(view.file).key("departments");
    let draft =
        |place| Draft::at(place, message).environment(Environment::Pro).waits_for(Actor::Aoc);
    match next {
        Some(next) => draft(Place::start(next.file).key("stage"))
            .batch(next.id)
            .severity(Severity::Error)
            .related(own, tr!("the departments' checks of `{batch}`", batch = view.id))
            .into(),
        None => draft(own).severity(Severity::Pending).into(),
    }
}

/// The day of the batch's last load in PRO, once none of its loads waits for it. One that was taken
/// out again counts: it was there.
fn last_load_in_pro(batch: &Batch) -> Option<Date> {
    let days = batch.loads.iter().map(|load| (load, load.loaded(Environment::Pro)));
    let days = days.filter(|(load, day)| load.withdrawn.is_none() || day.is_some());
    let days: Option<Vec<Date>> = days.map(|(_, day)| day).collect();
    days?.into_iter().max()
}
