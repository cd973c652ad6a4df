//! `pre-verified-before-pro`.

use crate::finding::{Actor, Environment, Kind, Rule};
use crate::model::Outcome;
use crate::rules::{Case, Draft, HOLDS, Verdict};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "pre-verified-before-pro",
    kind: Kind::Sequence,
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
    let made = record.checks.iter().filter(|check| check.date.date() <= day);
    let mut by_aoc = made.filter(|check| check.by.contains(&Actor::Aoc));
    let place = case.place().key("pre").key("checks");
    let message = match by_aoc.next_back().map(|check| check.result) {
        Some(Outcome::Works) => return HOLDS,
        Some(Outcome::Fails) => {
            tr!("the last check of `{ens}` in PRE fails", ens = case.ens.id)
        }
        None => tr!("`{ens}` has not been checked in PRE by AOC", ens = case.ens.id),
    };
    draft(place, message).into()
}
