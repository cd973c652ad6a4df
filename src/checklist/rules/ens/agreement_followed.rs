//! `agreement-followed`.

use jiff::civil::Date;

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Place, Rule, Severity};
use crate::inventory::model::{Block, Load};
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{EnsView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "agreement-followed",
    kind: Kind::Precondition,
    at: At::Step(Step::Authorised),
    holds: tr!(
        "for a body of block `new`, DGTJ's agreement change and registration is recorded, signed by the day of the load in PRE, with evidence"
    ),
    why: tr!(
        "a body that did not consume before may do so only under the changed agreement (*conveni*)"
    ),
    mend: tr!("ask DGTJ for the signed agreement, and record it under `agreement`"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    ask(case.survey, case.ens, case.load_day(Environment::Pre))
}

/// A body that has no seal yet hears of it too: the agreement takes longest.
pub fn check_without_seal(survey: &Survey<'_>, view: &EnsView<'_>) -> Verdict {
    if !waits_without_seal(survey, view) {
        return None;
    }
    let found = ask(survey, view, survey.today)?.into_iter();
    Some(found.map(|draft| draft.severity(Severity::Pending)).collect())
}

/// Whether the ens is there, and has neither a seal nor a load of one that is open.
pub fn waits_without_seal(survey: &Survey<'_>, view: &EnsView<'_>) -> bool {
    let mut loads = view.loads.iter().map(|&place| survey[place].load);
    view.ens.block == Block::New
        && !view.has_ceased_by(survey.today)
        && survey.latest(view).is_none()
        && !loads.any(Load::is_open)
}

fn ask(survey: &Survey<'_>, view: &EnsView<'_>, day: Date) -> Verdict {
    if view.ens.block != Block::New {
        return None;
    }
    let place = Place::start(view.file).key("agreement");
    let Some(agreement) = &view.ens.agreement else {
        let message = tr!("`{ens}` has no agreement on record", ens = view.id);
        return Draft::at(place, message).waits_for(Actor::Dgtj).into();
    };
    let message = match &agreement.signed {
        None => tr!("the agreement of `{ens}` is not signed", ens = view.id),
        // A date still to come is told by `dates-in-order`.
        Some(signed) if signed.date() > survey.today => return HOLDS,
        Some(signed) if signed.date() > day => tr!(
            "the agreement of `{ens}` is signed on {signed}, after the load in PRE on {day}",
            ens = view.id,
            signed = signed.date(),
            day = day
        ),
        Some(_) if agreement.evidence.is_empty() => {
            tr!("nothing shows the agreement of `{ens}`: it has no evidence", ens = view.id)
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
