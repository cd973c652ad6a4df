//! `agreement-authorises-load`.

use crate::finding::{Actor, Environment, Kind, Rule};
use crate::model::Block;
use crate::rules::{Case, Draft, Verdict};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "agreement-authorises-load",
    kind: Kind::Precondition,
    holds: tr!("for a body of block `new`, the agreement authorises the load in PRE and in PRO"),
    why: tr!("AOC loads a seal on the body's behalf, and only where the agreement says so"),
    mend: tr!(
        "ask DGTJ which environments the agreement covers, and record them in `authorises_load`"
    ),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    if case.ens.ens.block != Block::New {
        return None;
    }
    // Without an agreement, `agreement-followed` says so.
    let agreement = case.ens.ens.agreement.as_ref()?;
    let missing = Environment::BOTH
        .into_iter()
        .filter(|environment| !agreement.authorises_load.contains(environment));
    let found = missing.map(|environment| {
        let message = tr!(
            "the agreement of `{ens}` does not authorise the load in {environment}",
            ens = case.ens.id,
            environment = environment.shown()
        );
        let place = case.ens_place().key("agreement").key("authorises_load");
        Draft::at(place, message).environment(environment).waits_for(Actor::Dgtj)
    });
    Some(found.collect())
}
