//! `pre-verified-before-pro`.

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Rule};
use crate::inventory::model::Outcome;
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "pre-verified-before-pro",
    kind: Kind::Sequence,
    at: At::Check(Some(Environment::Pre)),
    holds: tr!(
        "before PRO, the load is in PRE and its last check before the load in PRO, by AOC, works"
    ),
    why: tr!("what does not work in PRE would stop the body's requests in PRO"),
    mend: tr!("load it in PRE, check it, and record the check"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let planned = case.planned?;
    let draft = |place, message| {
        Draft::at(place, message).environment(Environment::Pro).waits_for(Actor::Aoc)
    };
    let Some(record) = &planned.load.pre else {
        let message = tr!("`{ens}` is not yet loaded in PRE", ens = case.ens.id);
        return draft(case.place(), message).into();
    };
    let day = case.load_day(Environment::Pro);
    let made = record.checks.iter().filter(|check| check.date.date() <= day).rev();
    let place = case.place().key("pre").key("checks");
    // A failure counts whoever saw it, and on the very day of the load.
    if made.clone().next().is_some_and(|last| last.result == Outcome::Fails) {
        let message = tr!("the last check of `{ens}` in PRE fails", ens = case.ens.id);
        return draft(place, message).into();
    }
    let mut works = made.take_while(|check| check.result == Outcome::Works);
    if works.any(|check| check.by.contains(&Actor::Aoc) && check.date.date() < day) {
        return HOLDS;
    }
    let message = tr!(
        "AOC has not seen `{ens}` work in PRE before the day of its load in PRO, {day}",
        ens = case.ens.id,
        day = day
    );
    draft(place, message).into()
}
