//! `authorisation-in-place`.

use jiff::civil::Date;

use crate::base::word::Word;
use crate::checklist::rules::{Case, Draft, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Place, Rule};
use crate::inventory::model::{Authorisation, Block, Ens, Permission};
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "authorisation-in-place",
    kind: Kind::PreconditionAndSequence,
    at: At::Step(Step::Authorised),
    holds: tr!(
        "the ens has an authorisation; each is requested in PRE and in PRO (a precondition for block `new`); by the day of the load at least one is granted there, and each other granted, denied or ended"
    ),
    why: tr!("AEAT answers only whom it has authorised, for that service, in that environment"),
    mend: tr!("request what is missing, and record AEAT's answer"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let authorisations = &case.ens.ens.authorisations;
    if authorisations.is_empty() {
        let message = tr!("`{ens}` has no authorisation from AEAT", ens = case.ens.id);
        let help = tr!("record the services it may ask for under `authorisations`");
        return Draft::at(case.ens_place(), message).help(help).waits_for(Actor::Ens).into();
    }
    let mut found = Vec::new();
    for environment in Environment::BOTH {
        let before = found.len();
        requests(case, environment, &mut found);
        if found.len() == before {
            answers(case, environment, &mut found);
        }
    }
    Some(found)
}

/// Each service is requested in `environment`.
fn requests(case: &Case<'_, '_>, environment: Environment, found: &mut Vec<Draft>) {
    let severity = match case.ens.ens.block {
        Block::New => case.precondition(),
        _ => case.sequence(environment),
    };
    for (index, authorisation) in case.ens.ens.authorisations.iter().enumerate() {
        let permission = authorisation.permission(environment);
        if permission.is_some_and(|permission| permission.requested.is_some()) {
            continue;
        }
        let message = tr!(
            "`{service}` has not been requested in {environment} for `{ens}`",
            service = &authorisation.service,
            environment = environment.shown(),
            ens = case.ens.id
        );
        let draft = Draft::at(place(case, index), message).environment(environment);
        found.push(draft.severity(severity).waits_for(Actor::Ens));
    }
}

/// AEAT has answered each by the day of the load, and granted at least one.
fn answers(case: &Case<'_, '_>, environment: Environment, found: &mut Vec<Draft>) {
    let (day, today) = (case.load_day(environment), case.survey.today);
    let severity = case.sequence(environment);
    for (index, authorisation) in case.ens.ens.authorisations.iter().enumerate() {
        if !matches!(answer(authorisation, environment, day, today), Answer::Waiting) {
            continue;
        }
        let message = tr!(
            "AEAT has not answered for `{service}` in {environment} by {day}",
            service = &authorisation.service,
            environment = environment.shown(),
            day = day
        );
        let place = place(case, index).key(environment.word());
        let draft = Draft::at(place, message).environment(environment);
        found.push(draft.severity(severity).waits_for(Actor::Aeat));
    }
    if is_refused(case.ens.ens, environment, day, today) {
        let message = tr!(
            "AEAT grants `{ens}` no service in {environment} on {day}",
            ens = case.ens.id,
            environment = environment.shown(),
            day = day
        );
        let place = case.ens_place().key("authorisations");
        let draft = Draft::at(place, message).environment(environment);
        found.push(draft.severity(severity).waits_for(Actor::Aeat));
    }
}

/// Whether AEAT has answered for every service in `environment` by `day`, and grants none.
pub fn is_refused(ens: &Ens, environment: Environment, day: Date, today: Date) -> bool {
    let answer = |known| answer(known, environment, day, today);
    let mut answers = ens.authorisations.iter().map(answer);
    answers.all(|answer| matches!(answer, Answer::Refused))
}

fn place(case: &Case<'_, '_>, index: usize) -> Place {
    case.ens_place().key("authorisations").item(index)
}

enum Answer {
    Granted,
    Refused,
    Waiting,
}

/// Whether AEAT grants the ens one service at least in `environment` on `day`.
pub fn is_granted(ens: &Ens, environment: Environment, day: Date) -> bool {
    ens.authorisations.iter().any(|known| grants(known, environment, day))
}

/// Whether AEAT grants this service in `environment` on `day`.
pub fn grants(authorisation: &Authorisation, environment: Environment, day: Date) -> bool {
    matches!(answer(authorisation, environment, day, day), Answer::Granted)
}

/// What AEAT's answer is on `day`: the latest of those that hold from a day on or before it. Of
/// two of the same day, the refusal counts; one that is dated after `today` has not been given.
fn answer(
    authorisation: &Authorisation,
    environment: Environment,
    day: Date,
    today: Date,
) -> Answer {
    let Some(Permission { requested: _, granted, denied, ended, evidence: _ }) =
        authorisation.permission(environment)
    else {
        return Answer::Waiting;
    };
    let by = |date: &Option<crate::inventory::model::Day>| {
        date.as_ref().map(crate::inventory::model::Day::date).filter(|date| *date <= day)
    };
    let refused = by(denied).filter(|date| *date <= today).max(by(ended));
    match (by(granted), refused) {
        (None, None) => Answer::Waiting,
        (Some(granted), Some(refused)) if granted > refused => Answer::Granted,
        (Some(_), None) => Answer::Granted,
        (_, Some(_)) => Answer::Refused,
    }
}
