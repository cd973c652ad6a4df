//! `taken-out`.

use jiff::civil::Date;

use crate::base::word::Word;
use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Place, Rule, Severity};
use crate::inventory::model::RetirementReason;
use crate::inventory::step::At;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "taken-out",
    kind: Kind::Pending,
    at: At::Check(None),
    holds: tr!(
        "what is held of an ens that ceases, or under a seal retired as ceased, is taken out of each environment, and `removed` says when"
    ),
    why: tr!("a seal that is left behind still signs in the name of a body that is no more"),
    mend: tr!("take the seal out, and record it with `segell record removed`"),
};

pub fn check(survey: &Survey<'_>, ens: &EnsView<'_>) -> Verdict {
    let mut found = Vec::new();
    let mut asked = false;
    for environment in Environment::BOTH {
        let Some(current) = survey.current(ens, environment) else { continue };
        let Some((day, place, help)) = end(ens, current, environment) else { continue };
        asked = true;
        let message = tr!(
            "`{certificate}` of `{ens}` is still in {environment}, and is to be taken out on {day}",
            certificate = current.id,
            ens = ens.id,
            environment = environment.shown(),
            day = day
        );
        let severity = if survey.today > day { Severity::Warning } else { Severity::Pending };
        let draft = Draft::at(place, message).severity(severity).waits_for(Actor::Aoc);
        found.push(draft.help(help).environment(environment).certificate(current.id));
    }
    asked.then_some(found)
}

/// The day from which nothing may be left of it, and where that is said: when the ens ceases, or its
/// seal is retired with it, whichever comes first.
fn end(
    ens: &EnsView<'_>,
    current: &CertificateView<'_>,
    environment: Environment,
) -> Option<(Date, Place, crate::base::text::Text)> {
    let environment = environment.word();
    let ceased = ens.ens.ceased.as_ref().map(|ceased| {
        let help = tr!(
            "take it out, and record it: `segell record removed --ens {ens} --env {environment}`",
            ens = ens.id,
            environment = environment
        );
        (ceased.date.date(), Place::start(ens.file).key("ceased"), help)
    });
    let retired = current.record.retired.as_ref();
    let retired = retired.filter(|retired| retired.reason == RetirementReason::Ceased);
    let retired = retired.map(|retired| {
        let help = tr!(
            "take it out, and record it: `segell record removed --certificate {certificate} --env {environment}`",
            certificate = current.id,
            environment = environment
        );
        (retired.date.date(), Place::start(current.file).key("retired"), help)
    });
    ceased.into_iter().chain(retired).min_by_key(|(day, ..)| *day)
}
