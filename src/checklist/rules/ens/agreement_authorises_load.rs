//! `agreement-authorises-load`.

use super::agreement_followed::waits_without_seal;
use crate::checklist::rules::{Case, Draft, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Place, Rule, Severity};
use crate::inventory::model::Block;
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{EnsView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "agreement-authorises-load",
    kind: Kind::Precondition,
    at: At::Step(Step::Authorised),
    holds: tr!("for a body of block `new`, the agreement authorises the load in PRE and in PRO"),
    why: tr!("AOC loads a seal on the body's behalf, and only where the agreement says so"),
    mend: tr!(
        "ask DGTJ which environments the agreement covers, and record them in `authorises_load`"
    ),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    ask(case.ens)
}

pub fn check_without_seal(survey: &Survey<'_>, view: &EnsView<'_>) -> Verdict {
    if !waits_without_seal(survey, view) {
        return None;
    }
    Some(ask(view)?.into_iter().map(|draft| draft.severity(Severity::Pending)).collect())
}

fn ask(view: &EnsView<'_>) -> Verdict {
    if view.ens.block != Block::New {
        return None;
    }
    // Without an agreement, `agreement-followed` says so.
    let agreement = view.ens.agreement.as_ref()?;
    let missing = Environment::BOTH
        .into_iter()
        .filter(|environment| !agreement.authorises_load.contains(environment));
    let found = missing.map(|environment| {
        let message = tr!(
            "the agreement of `{ens}` does not authorise the load in {environment}",
            ens = view.id,
            environment = environment.shown()
        );
        let place = Place::start(view.file).key("agreement").key("authorises_load");
        Draft::at(place, message).environment(environment).waits_for(Actor::Dgtj)
    });
    Some(found.collect())
}
