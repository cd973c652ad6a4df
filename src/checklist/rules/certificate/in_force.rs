//! `certificate-in-force`.

use jiff::civil::Date;

use crate::base::text::Text;
use crate::base::time::{day_of, days_between, plus_days};
use crate::checklist::rules::{Case, Draft, HOLDS, Loaded, Verdict};
use crate::inventory::finding::{Environment, Kind, Place, Rule, Severity};
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;

use super::held;

pub static RULE: Rule = Rule {
    name: "certificate-in-force",
    kind: Kind::PreconditionAndNow,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "in each environment the certificate is valid on the day of the load, has the policy's days left after it, and is not retired by then; what is loaded is neither expired nor compromised"
    ),
    why: tr!("an expired seal stops all requests of the body at once"),
    mend: tr!("ask for the renewed seal, and load it instead"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let (facts, policy) = (case.facts()?, case.policy()?);
    let needed = policy.certificates.days_left_after_load.count();
    let (first, last) = (day_of(facts.not_before), day_of(facts.not_after));
    let id = case.certificate.id;
    for environment in Environment::BOTH {
        let day = case.load_day(environment);
        let left = days_between(day, last);
        let message = if first > day {
            tr!(
                "`{certificate}` is not valid until {first}, after its load in {environment} on {day}",
                certificate = id,
                first = first,
                environment = environment.shown(),
                day = day
            )
        } else if last < day {
            tr!(
                "`{certificate}` expires on {last}, before its load in {environment} on {day}",
                certificate = id,
                last = last,
                environment = environment.shown(),
                day = day
            )
        } else if last < plus_days(day, needed) {
            tr!(
                "`{certificate}` expires on {last}: {left} days after its load in {environment} on {day}, {needed} are needed",
                certificate = id,
                last = last,
                left = left,
                environment = environment.shown(),
                day = day,
                needed = needed
            )
        } else {
            continue;
        };
        return Draft::at(case.certificate_named(), message).environment(environment).into();
    }
    retired(case).map_or(HOLDS, Verdict::from)
}

fn retired(case: &Case<'_, '_>) -> Option<Draft> {
    let retired = case.certificate.record.retired.as_ref()?;
    let (environment, day) = case.last_load_day();
    if retired.date.date() > day {
        return None;
    }
    let message = tr!(
        "`{certificate}` is retired from {date} on, and is to be loaded in {environment} on {day}",
        certificate = case.certificate.id,
        date = retired.date.date(),
        environment = environment.shown(),
        day = day
    );
    let record = case.certificate_place().key("retired");
    let draft = Draft::at(case.certificate_named(), message).environment(environment);
    Some(
        draft
            .related(record, tr!("retired here"))
            .help(tr!("withdraw the load (`segell withdraw`), and plan one of the certificate that takes its place")),
    )
}

pub fn check_current(survey: &Survey<'_>, view: &CertificateView<'_>, loaded: &Loaded) -> Verdict {
    let ((facts, _), policy) = (view.pem?, survey.policy?);
    if loaded.in_use.is_empty() && !view.is_compromised_on(survey.today) {
        return None;
    }
    let place = Place::start(view.file);
    let Some((place, message, severity)) = state(
        view,
        &place,
        survey.today,
        day_of(facts.not_after),
        policy.certificates.warn_days_before_expiry.count(),
    ) else {
        return HOLDS;
    };
    // Of two that were loaded on one day one alone is there: which, the next load will tell.
    if !view.is_compromised_on(survey.today) && survey.is_only_beside(view) {
        return HOLDS;
    }
    let mut draft = Draft::at(place, message).severity(severity);
    if let [only] = *loaded.environments {
        draft = draft.environment(only);
    }
    held::named(survey, view, draft).into()
}

/// Of a certificate alone, wherever it is.
pub fn check_alone(survey: &Survey<'_>, view: &CertificateView<'_>) -> Verdict {
    let ((facts, _), policy) = (view.pem?, survey.policy?);
    let last = day_of(facts.not_after);
    let warned = plus_days(survey.today, policy.certificates.warn_days_before_expiry.count());
    let first = day_of(facts.not_before);
    let (message, severity) = if survey.today < first {
        (
            tr!("`{certificate}` is not valid until {first}", certificate = view.id, first = first),
            Severity::Warning,
        )
    } else if last < survey.today {
        (
            tr!("`{certificate}` expired on {last}", certificate = view.id, last = last),
            Severity::Error,
        )
    } else if last <= warned {
        (
            tr!("`{certificate}` expires on {last}", certificate = view.id, last = last),
            Severity::Warning,
        )
    } else {
        return HOLDS;
    };
    Draft::at(Place::start(view.file), message).severity(severity).into()
}

fn state(
    view: &CertificateView<'_>,
    place: &Place,
    today: Date,
    last: Date,
    warned: i64,
) -> Option<(Place, Text, Severity)> {
    if view.is_compromised_on(today) {
        let message =
            tr!("`{certificate}` is compromised, and is still loaded", certificate = view.id);
        return Some((place.key("retired"), message, Severity::Error));
    }
    let place = place.key("sha256");
    if last < today {
        let message = tr!(
            "`{certificate}` expired on {last}, and is still loaded",
            certificate = view.id,
            last = last
        );
        return Some((place, message, Severity::Error));
    }
    if last <= plus_days(today, warned) {
        let message = tr!(
            "`{certificate}`, which is loaded, expires on {last}",
            certificate = view.id,
            last = last
        );
        return Some((place, message, Severity::Warning));
    }
    None
}
