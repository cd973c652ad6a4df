//! The last day on which somebody can begin to keep a break from happening.

use jiff::civil::Date;

use crate::base::time::{day_of, plus_days};
use crate::checklist::rules::certificate::strong_enough::key_turns;
use crate::checklist::rules::certificate::{in_force, not_revoked, strong_enough};
use crate::inventory::finding::{Environment, Finding, Severity};
use crate::inventory::model::Policy;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::inventory::workdays::{last_until, working_days_before};

/// The last day to act against what `finding` says on the survey's day.
///
/// A seal that is loaded and runs out, or whose key is no longer accepted, needs another in its
/// place in PRO the day before it hurts. Each of its ens has some of the way before it: the issue,
/// AEAT's confirmation, the days from PRE to PRO, as the policy counts them. So has a load whose own
/// certificate will not do any more. Anything else is mended on a working day before.
pub fn last_day(survey: &Survey<'_>, finding: &Finding) -> Option<Date> {
    let policy = survey.policy?;
    let eve = plus_days(day_of_harm(survey, policy, finding), -1);
    let is_of_seal = [in_force::RULE.name, strong_enough::RULE.name].contains(&finding.rule.name);
    let certificate = finding.subject.certificate.as_deref();
    let view = certificate.and_then(|id| survey.certificate(id)).filter(|_| is_of_seal);
    let ways: Vec<Way> = match (&finding.subject.ens, &finding.subject.batch, view) {
        (_, None, Some(view)) => {
            view.users.iter().map(|&ens| Way::to_replace(survey, &survey[ens], view)).collect()
        }
        (Some(ens), Some(_), Some(view)) => {
            survey.ens(ens).map(|ens| Way::of(survey, ens, view)).into_iter().collect()
        }
        _ => Vec::new(),
    };
    let calendar = &policy.calendar;
    let longest = ways.into_iter().max().unwrap_or(Way::Mend);
    longest.last_day(policy, last_until(calendar, eve)?)
}

/// What lies before an ens until another seal is in PRO, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// A day's work.
    Mend,
    /// PRE, then PRO.
    Load,
    /// AEAT's confirmation before that.
    Confirm,
    /// The seal itself before that.
    Issue,
}

impl Way {
    /// Until another seal than `old` is in PRO.
    fn to_replace(survey: &Survey<'_>, ens: &EnsView<'_>, old: &CertificateView<'_>) -> Way {
        let latest = survey.latest(ens).filter(|latest| latest.not_before() > old.not_before());
        latest.map_or(Way::Issue, |latest| Way::of(survey, ens, latest))
    }

    /// Until this one is.
    fn of(survey: &Survey<'_>, ens: &EnsView<'_>, view: &CertificateView<'_>) -> Way {
        let current = survey.current(ens, Environment::Pre);
        let confirmations = &view.record.confirmations;
        let is_confirmed =
            Environment::BOTH.iter().all(|&environment| confirmations.get(environment).is_some());
        match current.is_some_and(|current| current.id == view.id) {
            true => Way::Mend,
            false if is_confirmed => Way::Load,
            false => Way::Confirm,
        }
    }

    /// The last day on which one may set out to be in PRO on the working day `pro`.
    fn last_day(self, policy: &Policy, pro: Date) -> Option<Date> {
        let calendar = &policy.calendar;
        if self == Way::Mend {
            return Some(pro);
        }
        let pre = last_until(calendar, plus_days(pro, -calendar.days_from_pre_to_pro.count()))?;
        if self == Way::Load {
            return Some(pre);
        }
        let waits = policy.certificates.days_for_confirmation.count() + calendar.lead_days.count();
        let asked = plus_days(pre, -waits);
        if self == Way::Confirm {
            return last_until(calendar, asked);
        }
        let days = u32::try_from(policy.certificates.working_days_to_issue.count()).ok()?;
        working_days_before(calendar, asked, days)
    }
}

/// The day from which requests fail, or may: a warning comes before it, an error after it. It is the same
/// whatever the day on which one looks.
fn day_of_harm(survey: &Survey<'_>, policy: &Policy, finding: &Finding) -> Date {
    let certificate = finding.subject.certificate.as_deref();
    let view = certificate.and_then(|id| survey.certificate(id));
    let Some((facts, _)) = view.and_then(|view| view.pem) else { return survey.today };
    let is_error = finding.severity != Severity::Warning;
    let compromised = view.and_then(|view| view.record.retired.as_ref()).filter(|_| is_error);
    let compromised = compromised.map(|retired| retired.date.date());
    let harm = match finding.rule.name {
        name if name == in_force::RULE.name => {
            let expired = plus_days(day_of(facts.not_after), 1);
            Some(compromised.map_or(expired, |day| day.min(expired)))
        }
        name if name == strong_enough::RULE.name && is_error => {
            let turns = key_turns(facts, policy).into_iter();
            let since = turns.filter(|day| *day <= survey.today).max();
            Some(since.unwrap_or_else(|| day_of(facts.not_before)))
        }
        name if name == strong_enough::RULE.name => {
            strong_enough::first_weak_day(facts, policy, survey.today, Date::MAX)
                .map(|(day, _)| day)
        }
        name if name == not_revoked::RULE.name => {
            let lists = survey.inventory.lists.iter().map(|file| &file.list);
            let own = lists.filter(|list| list.issuer.matches(&facts.issuer));
            own.filter_map(|list| list.revoked(&facts.serial)).map(|it| day_of(it.date)).min()
        }
        _ => None,
    };
    harm.unwrap_or(survey.today)
}
