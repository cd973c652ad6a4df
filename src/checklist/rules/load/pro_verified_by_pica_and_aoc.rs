//! `pro-verified-by-pica-and-aoc`.

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Environment, Kind, Rule, Severity};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "pro-verified-by-pica-and-aoc",
    kind: Kind::Sequence,
    at: At::Check(Some(Environment::Pro)),
    holds: tr!("since the last failure, the working checks in PRO cover PICA and AOC"),
    why: tr!(
        "the requests of the Generalitat's bodies pass through PICA: AOC alone cannot see that they work"
    ),
    mend: tr!("check it with PICA, and record the check"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let record = case.planned?.load.pro.as_ref()?;
    let missing = record.unverified_by();
    let Some(first) = missing.first() else { return HOLDS };
    let message = match missing.len() {
        1 if *first == crate::inventory::finding::Actor::Pica => {
            tr!("PICA has not yet seen `{ens}` work in PRO", ens = case.ens.id)
        }
        1 => tr!("AOC has not yet seen `{ens}` work in PRO", ens = case.ens.id),
        _ => tr!("neither AOC nor PICA has yet seen `{ens}` work in PRO", ens = case.ens.id),
    };
    let place = case.place().key("pro").key("checks");
    let draft = Draft::at(place, message).environment(Environment::Pro);
    draft.severity(Severity::Pending).waits_for(*first).into()
}
