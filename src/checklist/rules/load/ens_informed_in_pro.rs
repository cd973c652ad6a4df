//! `ens-informed-in-pro`.

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "ens-informed-in-pro",
    kind: Kind::Sequence,
    at: At::Check(Some(Environment::Pro)),
    holds: tr!(
        "a check in PRO needs SIAD, which passes it on to the ens, informed between the load and the check"
    ),
    why: tr!("the body must know that its own seal signs before requests are tried with it"),
    mend: tr!("tell SIAD that the seal is loaded in PRO, and record it under `informed`"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let record = case.planned?.load.pro.as_ref()?;
    let place = case.place().key("pro");
    let draft = |place, message| {
        Draft::at(place, message).environment(Environment::Pro).waits_for(Actor::Aoc)
    };
    let informed = record.informed.as_ref().filter(|informed| informed.to.contains(&Actor::Siad));
    let first_check = record.checks.first().map(|check| check.date.date());
    let Some(informed) = informed else {
        let message =
            tr!("SIAD has not been told that `{ens}` is loaded in PRO", ens = case.ens.id);
        let draft = draft(place, message);
        return match first_check {
            Some(_) => draft.into(),
            None => draft.severity(crate::inventory::finding::Severity::Pending).into(),
        };
    };
    let day = informed.date.date();
    let message = if day < record.loaded.date() {
        tr!(
            "SIAD was informed on {day}, before the load of `{ens}` in PRO",
            day = day,
            ens = case.ens.id
        )
    } else if first_check.is_some_and(|check| check < day) {
        tr!(
            "SIAD was informed on {day}, after `{ens}` was checked in PRO",
            day = day,
            ens = case.ens.id
        )
    } else {
        return HOLDS;
    };
    draft(place.key("informed").key("date"), message).into()
}
