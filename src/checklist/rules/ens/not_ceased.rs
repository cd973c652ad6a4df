//! `not-ceased`.

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "not-ceased",
    kind: Kind::Precondition,
    at: At::Step(Step::Authorised),
    holds: tr!("the ens has not ceased by the day of the load, in either environment"),
    why: tr!("a seal in the name of a body that is no more signs for nobody"),
    mend: tr!("withdraw the load, and plan one for the successor"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let cessation = case.ens.ens.ceased.as_ref()?;
    let (environment, day) = case.last_load_day();
    if cessation.date.date() > day {
        return HOLDS;
    }
    let message = tr!(
        "`{ens}` ceases on {date}, before its load in {environment} on {day}",
        ens = case.ens.id,
        date = cessation.date.date(),
        environment = environment.shown(),
        day = day
    );
    let ceased = case.ens_place().key("ceased");
    let draft = Draft::at(case.place().key("ens"), message).related(ceased, tr!("it ceases here"));
    match &cessation.successor {
        Some(successor) => draft
            .help(tr!("withdraw the load, and plan one for `{successor}`", successor = successor))
            .into(),
        None => draft.into(),
    }
}
