//! `certificate-strong-enough`.

use jiff::civil::Date;

use crate::base::text::Text;
use crate::base::time::{day_of, days_between, plus_days};
use crate::checklist::rules::{Case, Draft, HOLDS, Loaded, Verdict};
use crate::files::x509::{Certificate, PublicKey};
use crate::inventory::finding::{Environment, Kind, Place, Rule, Severity};
use crate::inventory::model::Policy;
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;

use super::held;

pub static RULE: Rule = Rule {
    name: "certificate-strong-enough",
    kind: Kind::PreconditionAndNow,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "the key is accepted by the policy's table from the load until the days that must be left after it, in each environment; the signature uses SHA-2; the validity is no longer than allowed; what is loaded is accepted today"
    ),
    why: tr!(
        "RSA below 3000 bits may not be used after 2026-12-31 (CCN-STIC-221), and a SHA-1 signature can be forged"
    ),
    mend: tr!("ask for a new seal with a stronger key"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let (facts, policy) = (case.facts()?, case.policy()?);
    let days_left = policy.certificates.days_left_after_load.count();
    let weak = Environment::BOTH.into_iter().find_map(|environment| {
        let first = case.load_day(environment);
        let (day, smallest) = first_weak_day(facts, policy, first, plus_days(first, days_left))?;
        Some((environment, key_message(case.certificate.id, facts, day, smallest)))
    });
    let draft = |message| Draft::at(case.certificate_named(), message);
    let mut found: Vec<Draft> =
        weak.into_iter().map(|(at, message)| draft(message).environment(at)).collect();
    let form = form_fault(case.certificate, facts, policy);
    found.extend(form.map(|fault| Draft { place: case.certificate_named(), ..fault }));
    Some(found)
}

pub fn check_current(survey: &Survey<'_>, view: &CertificateView<'_>, loaded: &Loaded) -> Verdict {
    if loaded.in_use.is_empty() {
        return None;
    }
    let ((facts, _), policy) = (view.pem?, survey.policy?);
    let warned = plus_days(survey.today, policy.certificates.warn_days_before_expiry.count());
    let Some((day, smallest)) = first_weak_day(facts, policy, survey.today, warned) else {
        return HOLDS;
    };
    if survey.is_only_beside(view) {
        return HOLDS;
    }
    let severity = if day == survey.today { Severity::Error } else { Severity::Warning };
    let message = key_message(view.id, facts, day, smallest);
    let mut draft = Draft::at(Place::start(view.file).key("sha256"), message).severity(severity);
    if let [only] = *loaded.in_use {
        draft = draft.environment(only);
    }
    held::named(survey, view, draft).into()
}

/// The first day from `first` through `last` on which the policy does not accept the key, with the
/// smallest size it then accepts: `None` where it accepts none at all of that kind.
pub(crate) fn first_weak_day(
    facts: &Certificate,
    policy: &Policy,
    first: Date,
    last: Date,
) -> Option<(Date, Option<i64>)> {
    let changes = policy.certificates.keys.iter().map(|sizes| sizes.from.date());
    let mut days: Vec<Date> = changes.filter(|day| first < *day && *day <= last).collect();
    days.push(first);
    days.sort_unstable();
    days.into_iter().find_map(|day| Some((day, weakness(facts, policy, day)?)))
}

/// The days on which the policy begins or ceases to accept the key.
pub(crate) fn key_turns(facts: &Certificate, policy: &Policy) -> Vec<Date> {
    let is_weak = |day| weakness(facts, policy, day).is_some();
    let changes = policy.certificates.keys.iter().map(|sizes| sizes.from.date());
    changes.filter(|day| is_weak(*day) != is_weak(plus_days(*day, -1))).collect()
}

/// The smallest size that the policy accepts on `day`, where the key has less: `None` within where it
/// accepts none at all of that kind.
fn weakness(facts: &Certificate, policy: &Policy, day: Date) -> Option<Option<i64>> {
    let sizes = policy.certificates.keys_on(day);
    let (bits, smallest) = match &facts.public_key {
        PublicKey::Rsa { bits } => (*bits, sizes.map(|sizes| sizes.rsa.count())),
        PublicKey::Ec { bits, .. } => (*bits, sizes.map(|sizes| sizes.ec.count())),
        PublicKey::Other { .. } => (0, None),
    };
    let bits = i64::try_from(bits).unwrap_or(i64::MAX);
    smallest.is_none_or(|smallest| bits < smallest).then_some(smallest)
}

fn key_message(id: &str, facts: &Certificate, day: Date, smallest: Option<i64>) -> Text {
    let key = facts.public_key.to_string();
    match smallest {
        Some(smallest) => tr!(
            "the key of `{certificate}`, {key}, is not accepted on {day}: at least {smallest} bits are",
            certificate = id,
            key = key,
            day = day,
            smallest = smallest
        ),
        None => tr!(
            "the key of `{certificate}`, {key}, is of no kind that the policy accepts on {day}",
            certificate = id,
            key = key,
            day = day
        ),
    }
}

/// What is wrong with the certificate on any day, at its record.
pub fn form_fault(
    view: &CertificateView<'_>,
    facts: &Certificate,
    policy: &Policy,
) -> Option<Draft> {
    let longest = policy.certificates.longest_validity_days.count();
    let days = days_between(day_of(facts.not_before), day_of(facts.not_after));
    let message = if !facts.signature.is_sha2() {
        tr!(
            "`{certificate}` is signed with {signature}, not with SHA-2",
            certificate = view.id,
            signature = facts.signature.to_string()
        )
    } else if days > longest {
        tr!(
            "`{certificate}` is valid for {days} days; {longest} are allowed",
            certificate = view.id,
            days = days,
            longest = longest
        )
    } else {
        return None;
    };
    Some(Draft::at(Place::start(view.file), message))
}
