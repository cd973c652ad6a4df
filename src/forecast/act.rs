//! The last day on which somebody can begin to keep a break from happening.

use jiff::civil::Date;

use crate::finding::{Finding, Severity};
use crate::model::Policy;
use crate::rules::certificate::{in_force, strong_enough};
use crate::survey::{CertificateView, Survey};
use crate::time::{day_of, plus_days};
use crate::workdays::{last_until, working_days_before};

/// The last day to act against what `finding` says on the survey's day.
///
/// A seal that is loaded and runs out, or whose key is no longer accepted, needs another: the days
/// that policy counts for its issue, AEAT's confirmation, the way from PRE to PRO, back from the day
/// before it hurts. Anything else, a load that slips too, is mended on a working day before.
pub fn last_day(survey: &Survey<'_>, finding: &Finding) -> Option<Date> {
    let policy = survey.policy?;
    let eve = plus_days(day_of_harm(survey, policy, finding), -1);
    let is_of_seal = finding.subject.batch.is_none()
        && [in_force::RULE.name, strong_enough::RULE.name].contains(&finding.rule.name);
    let certificate = finding.subject.certificate.as_deref();
    match certificate.and_then(|id| survey.certificate(id)) {
        Some(view) if is_of_seal && !has_successor(survey, view) => ordered_by(policy, eve),
        _ => last_until(&policy.calendar, eve),
    }
}

/// The day from which requests may fail: a warning comes before it.
fn day_of_harm(survey: &Survey<'_>, policy: &Policy, finding: &Finding) -> Date {
    if finding.severity != Severity::Warning {
        return survey.today;
    }
    let certificate = finding.subject.certificate.as_deref();
    let facts = certificate.and_then(|id| survey.certificate(id)).and_then(|view| view.pem);
    let harm = match (facts, finding.rule.name) {
        (Some((facts, _)), name) if name == in_force::RULE.name => {
            Some(plus_days(day_of(facts.not_after), 1))
        }
        (Some((facts, _)), name) if name == strong_enough::RULE.name => {
            strong_enough::first_weak_day(facts, policy, survey.today, Date::MAX)
                .map(|(day, _)| day)
        }
        _ => None,
    };
    harm.unwrap_or(survey.today)
}

/// Whether each ens that has it could load another one already.
fn has_successor(survey: &Survey<'_>, view: &CertificateView<'_>) -> bool {
    let mut users = view.users.iter().map(|&ens| &survey.ens[ens]);
    users
        .all(|ens| survey.latest(ens).is_some_and(|latest| latest.not_before() > view.not_before()))
}

/// When a seal has to be ordered to be in PRO on `day`.
fn ordered_by(policy: &Policy, day: Date) -> Option<Date> {
    let calendar = &policy.calendar;
    let in_pre = plus_days(last_until(calendar, day)?, -calendar.days_from_pre_to_pro.count());
    let waits = policy.certificates.days_for_confirmation.count() + calendar.lead_days.count();
    let issued = plus_days(last_until(calendar, in_pre)?, -waits);
    let days = u32::try_from(policy.certificates.working_days_to_issue.count()).ok()?;
    working_days_before(calendar, issued, days)
}
