//! `agreement-followed`.

use crate::finding::{Actor, Environment, Kind, Rule};
use crate::model::Block;
use crate::rules::{Case, Draft, HOLDS, Verdict};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "agreement-followed",
    kind: Kind::Precondition,
    holds: tr!(
        "for a body of block `new`, DGTJ's agreement change and registration is recorded, signed by the day of the load in PRE, with evidence"
    ),
    why: tr!(
        "a body that did not consume before may do so only under the changed agreement (*conveni*)"
    ),
    mend: tr!("ask DGTJ for the signed agreement, and record it under `agreement`"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    if case.ens.ens.block != Block::New {
        return None;
    }
    let place = case.ens_place().key("agreement");
    let Some(agreement) = &case.ens.ens.agreement else {
        let message = tr!("`{ens}` has no agreement on record", ens = case.ens.id);
        return Draft::at(place, message).waits_for(Actor::Dgtj).into();
    };
    let day = case.load_day(Environment::Pre);
    let message = match &agreement.signed {
        None => tr!("the agreement of `{ens}` is not signed", ens = case.ens.id),
        // A date still to come is told by `dates-in-order`.
        Some(signed) if signed.date() > case.survey.today => return HOLDS,
        Some(signed) if signed.date() > day => tr!(
            "the agreement of `{ens}` is signed on {signed}, after the load in PRE on {day}",
            ens = case.ens.id,
            signed = signed.date(),
            day = day
        ),
        Some(_) if agreement.evidence.is_empty() => {
            tr!("nothing shows the agreement of `{ens}`: it has no evidence", ens = case.ens.id)
        }
        Some(_) => return HOLDS,
    };
    let place = if agreement.signed.is_some() && !agreement.evidence.is_empty() {
        place.key("signed")
    } else {
        place
    };
    Draft::at(place, message).waits_for(Actor::Dgtj).into()
}
