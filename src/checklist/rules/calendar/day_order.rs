//! `day-order`.

use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::finding::{Kind, Place, Rule};
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "day-order",
    kind: Kind::Integrity,
    at: At::Step(Step::Planned),
    holds: tr!(
        "in a calendar the number in the file's name is the day, days rise, and each day ends before the next begins: PRE before PRO, PRO before PRE of the next day; days whose loads are all withdrawn bind nothing"
    ),
    why: tr!("a batch starts only once the one before it works in PRO"),
    mend: tr!("move the batch: correct `day`, `pre` or `pro`, or the file's name"),
};

pub fn check(survey: &Survey<'_>, view: &BatchView<'_>) -> Verdict {
    let file = Place::start(view.file);
    let mut found = Vec::new();
    if view.batch.day.count() != i64::from(view.number) {
        let message = tr!(
            "the batch is day {day}, its file's name says {number}",
            day = view.batch.day.count(),
            number = view.number
        );
        found.push(Draft::at(file.key("day"), message));
    }
    if is_withdrawn(view) {
        return Some(found);
    }
    let (pre, pro) = (view.batch.pre.date(), view.batch.pro.date());
    if pre >= pro {
        let message = tr!("PRO, {pro}, does not come after PRE, {pre}", pro = pro, pre = pre);
        found.push(Draft::at(file.key("pro"), message).related(file.key("pre"), tr!("PRE")));
    }
    let before = survey.earlier_days(view.at).iter().rfind(|earlier| !is_withdrawn(earlier));
    if let Some(before) = before {
        let earlier = Place::start(before.file);
        let last = before.batch.pro.date();
        if before.number == view.number {
            let message = tr!("day {number} is there twice in the calendar", number = view.number);
            found.push(
                Draft::at(file.key("day"), message).related(earlier.key("day"), tr!("the first")),
            );
        } else if pre <= last {
            let message = tr!(
                "PRE, {pre}, does not come after PRO of the day before, {last}",
                pre = pre,
                last = last
            );
            let draft = Draft::at(file.key("pre"), message);
            found.push(
                draft.related(earlier.key("pro"), tr!("PRO of `{batch}`", batch = before.id)),
            );
        }
    }
    Some(found)
}

/// Whether nothing of the batch is left to load.
pub fn is_withdrawn(view: &BatchView<'_>) -> bool {
    !view.batch.loads.is_empty() && view.batch.loads.iter().all(|load| load.withdrawn.is_some())
}
