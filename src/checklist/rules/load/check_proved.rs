//! `check-proved`.

use crate::base::word::Word;
use crate::checklist::rules::{Case, Draft, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Rule};
use crate::inventory::model::{Check, Outcome};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "check-proved",
    kind: Kind::Sequence,
    at: At::Check(None),
    holds: tr!(
        "from the policy's `checks.message_from` on, a working check of a load by AOC has its message, with the answer"
    ),
    why: tr!(
        "that requests work is somebody's word until the request shows by its own signature which seal signed it, under which code and for which service; of the answer, which is not signed, it is still AOC's word"
    ),
    mend: tr!(
        "record the check with its message: `segell record check --request FILE --answer FILE`; a body whose requests are not signed (TLS client certificates, MTOM) has a waiver"
    ),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let from = case.policy()?.checks.message_from.as_ref()?.date();
    let planned = case.planned?;
    let is_asked = |check: &Check| {
        check.date.date() >= from
            && check.result == Outcome::Works
            && check.by.contains(&Actor::Aoc)
    };
    let mut found = Vec::new();
    let mut asked = false;
    for environment in Environment::BOTH {
        let Some(record) = planned.load.record(environment) else { continue };
        for (index, check) in record.checks.iter().enumerate().filter(|(_, it)| is_asked(it)) {
            asked = true;
            if check.is_proved() {
                continue;
            }
            let (date, ens) = (check.date.date(), case.ens.id);
            let message = match check.message {
                None => tr!(
                    "the check of `{ens}` on {date} has no message that proves it",
                    ens = ens,
                    date = date
                ),
                Some(_) => tr!(
                    "the message of the check of `{ens}` on {date} has no answer",
                    ens = ens,
                    date = date
                ),
            };
            let place = case.place().key(environment.word()).key("checks").item(index);
            found.push(Draft::at(place, message).environment(environment).waits_for(Actor::Aoc));
        }
    }
    asked.then_some(found)
}
