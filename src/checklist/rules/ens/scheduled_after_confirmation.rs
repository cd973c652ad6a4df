//! `scheduled-after-confirmation`.

use crate::base::time::plus_days;
use crate::base::word::Word;
use crate::checklist::rules::{Case, Draft, Verdict};
use crate::inventory::finding::{Environment, Kind, Place, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "scheduled-after-confirmation",
    kind: Kind::Precondition,
    at: At::Load,
    holds: tr!(
        "in each environment the load comes no earlier than AEAT's confirmation and the policy's lead days after it"
    ),
    why: tr!("until the day AEAT confirms for, its side does not know the key"),
    mend: tr!("move the batch, or correct the confirmation's date"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let lead = case.policy()?.calendar.lead_days.count();
    let planned = case.planned?;
    let mut found = Vec::new();
    for environment in Environment::BOTH {
        let Some(confirmation) = case.certificate.record.confirmations.get(environment) else {
            continue;
        };
        let earliest = plus_days(confirmation.date.date(), lead);
        let day = case.load_day(environment);
        // A date still to come is told by `dates-in-order`.
        if day >= earliest || confirmation.date.date() > case.survey.today {
            continue;
        }
        let message = tr!(
            "`{ens}` is loaded in {environment} on {day}, before {earliest}, the first day that AEAT's confirmation allows",
            ens = case.ens.id,
            environment = environment.shown(),
            day = day,
            earliest = earliest
        );
        let place = match planned.load.record(environment) {
            Some(_) => case.place().key(environment.word()).key("loaded"),
            None => Place::start(planned.batch.file).key(environment.word()),
        };
        let record = case.certificate_place().key("confirmations").key(environment.word());
        let draft = Draft::at(place, message).environment(environment);
        found.push(draft.related(record.key("date"), tr!("confirmed for this day")));
    }
    Some(found)
}
