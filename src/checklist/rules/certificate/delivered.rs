//! `certificate-delivered`.

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Rule};
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-delivered",
    kind: Kind::Precondition,
    at: At::Step(Step::Certificate),
    holds: tr!("the support desk's ticket is recorded, on or before the day of the load in PRE"),
    why: tr!("the ticket shows that the seal came from the body itself, the agreed way"),
    mend: tr!("record the ticket under `delivered`"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let place = case.certificate_place().key("delivered");
    let Some(delivered) = &case.certificate.record.delivered else {
        let message =
            tr!("`{certificate}` has no delivery ticket", certificate = case.certificate.id);
        let draft = Draft::at(case.certificate_named(), message).waits_for(Actor::Ens);
        return match case.planned {
            Some(_) => draft.related(case.certificate_place(), tr!("its record")).into(),
            None => draft.into(),
        };
    };
    let day = case.load_day(Environment::Pre);
    // A date still to come is told by `dates-in-order`.
    if delivered.date.date() <= day || delivered.date.date() > case.survey.today {
        return HOLDS;
    }
    let message = tr!(
        "`{certificate}` is delivered on {date}, after its load in PRE on {day}",
        certificate = case.certificate.id,
        date = delivered.date.date(),
        day = day
    );
    Draft::at(place.key("date"), message).into()
}
