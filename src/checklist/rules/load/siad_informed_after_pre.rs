//! `siad-informed-after-pre`.

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "siad-informed-after-pre",
    kind: Kind::Sequence,
    at: At::Check(Some(Environment::Pre)),
    holds: tr!(
        "before PRO, SIAD was informed on or after the first working check in PRE since the last failure"
    ),
    why: tr!("SIAD speaks for the bodies, and must know before their production changes"),
    mend: tr!("tell SIAD that PRE works, and record it under `informed`"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    // Before PRE works there is nothing to tell: `pre-verified-before-pro` says so.
    let record = case.planned?.load.pre.as_ref()?;
    let first_working = record.since_last_failure().first()?;
    let place = case.place().key("pre");
    let draft = |place, message| {
        Draft::at(place, message).environment(Environment::Pro).waits_for(Actor::Aoc)
    };
    let informed = record.informed.as_ref().filter(|informed| informed.to.contains(&Actor::Siad));
    let Some(informed) = informed else {
        let message = tr!("SIAD has not been told that `{ens}` works in PRE", ens = case.ens.id);
        return draft(place, message).into();
    };
    if informed.date.date() >= first_working.date.date() {
        return HOLDS;
    }
    let message = tr!(
        "SIAD was informed on {informed}, before `{ens}` worked in PRE on {works}",
        informed = informed.date.date(),
        ens = case.ens.id,
        works = first_working.date.date()
    );
    draft(place.key("informed").key("date"), message).into()
}
