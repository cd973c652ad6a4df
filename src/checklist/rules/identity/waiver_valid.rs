//! `waiver-valid`.

use jiff::civil::Date;

use crate::base::time::days_between;
use crate::checklist::rules::calendar::record_kept;
use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::Item;
use crate::inventory::finding::{Kind, Place, Rule, Severity};
use crate::inventory::model::{Policy, Role, Waiver};
use crate::inventory::step::At;
use crate::inventory::survey::Survey;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "waiver-valid",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "a waiver is complete, at most 90 days long, and names a rule that may be waived; it covers something, and has not expired"
    ),
    why: tr!(
        "an exception is agreed on by both bodies, for a reason, for a while; anything else is a hole in the checklist"
    ),
    mend: tr!("complete the waiver, or delete it"),
};

/// The longest that a waiver may hold, in days.
const LONGEST: i64 = 90;

pub fn check(survey: &Survey<'_>) -> Verdict {
    let mut found = Vec::new();
    for item in survey.inventory.waivers.values() {
        if let Some(waiver) = item.value.as_deref() {
            let known = found.len();
            let policy = survey.policy.filter(|_| !is_history(survey, waiver));
            faults(policy, item, waiver, &mut found);
            found.extend(expired(survey, item, waiver).filter(|_| known == found.len()));
        }
    }
    Some(found)
}

/// Whether the waiver is without fault and holds today.
pub fn counts(survey: &Survey<'_>, item: &Item<Waiver>) -> bool {
    counts_on(survey.policy, item, survey.today)
}

/// Whether the waiver is without fault and held on `day`, when `policy` said who may agree on one.
pub fn counts_on(policy: Option<&Policy>, item: &Item<Waiver>, day: Date) -> bool {
    let Some(waiver) = item.value.as_deref() else { return false };
    let (Some(granted), Some(expires)) = (&waiver.granted, &waiver.expires) else { return false };
    let mut found = Vec::new();
    faults(policy, item, waiver, &mut found);
    // Without a policy nobody knows who may approve.
    let holds = (granted.date()..=expires.date()).contains(&day);
    found.is_empty() && holds && policy.is_some()
}

/// Whether a waiver of the record has expired: it stays for what was changed while it held, and those
/// who agreed on it may have left since.
pub fn is_history(survey: &Survey<'_>, waiver: &Waiver) -> bool {
    let has_expired = waiver.expires.as_ref().is_some_and(|day| day.date() < survey.today);
    waiver.rule.as_str() == record_kept::RULE.name && has_expired
}

/// What a waiver that covers nothing is told.
pub fn unused(item: &Item<Waiver>) -> Draft {
    let message = tr!("the waiver `{waiver}` covers no finding", waiver = &*item.id);
    let help = tr!("delete it; if a finding is still there, compare its rule, file and ens");
    Draft::at(Place::start(&item.file), message).help(help)
}

fn faults(policy: Option<&Policy>, item: &Item<Waiver>, waiver: &Waiver, found: &mut Vec<Draft>) {
    let place = Place::start(&item.file);
    let names_no_ens = waiver.ens.as_ref().is_none_or(|ens| ens.all().is_empty());
    let lacks = [
        ("reason", waiver.reason.is_none()),
        ("granted", waiver.granted.is_none()),
        ("expires", waiver.expires.is_none()),
        ("evidence", waiver.evidence.is_empty()),
        ("ens", waiver.subject.as_str().starts_with("calendars/") && names_no_ens),
    ];
    for (field, _) in lacks.into_iter().filter(|(_, lacks)| *lacks) {
        let message = tr!("the waiver has no `{field}`", field = field);
        let help = tr!("add `{field}`", field = field);
        found.push(Draft::at(place.clone(), message).help(help));
    }
    found.extend(rule_fault(waiver, &place));
    found.extend(approval_fault(policy, waiver, &place));
    if let (Some(granted), Some(expires)) = (&waiver.granted, &waiver.expires) {
        found.extend(term_fault(granted.date(), expires.date(), &place));
    }
}

fn rule_fault(waiver: &Waiver, place: &Place) -> Option<Draft> {
    let name = waiver.rule.as_str();
    let message = match crate::checklist::rules::named(name) {
        None => tr!("there is no rule `{rule}`", rule = name),
        Some(rule) if !rule.may_be_waived() => {
            tr!("the rule `{rule}` cannot be waived", rule = name)
        }
        Some(_) => return None,
    };
    Some(Draft::at(place.key("rule"), message).help(tr!("`segell rules` says which can be")))
}

fn approval_fault(policy: Option<&Policy>, waiver: &Waiver, place: &Place) -> Option<Draft> {
    let policy = policy?;
    let approves = |role: Role| {
        let of_role = policy.reviewers.iter().filter(|reviewer| reviewer.role == role);
        let emails = of_role.map(|reviewer| reviewer.email.as_str());
        emails.into_iter().any(|email| {
            waiver.approved_by.iter().any(|by| by.as_str().eq_ignore_ascii_case(email))
        })
    };
    if approves(Role::Aoc) && approves(Role::Siad) {
        return None;
    }
    let message = tr!("the waiver is not approved by both an AOC and a SIAD reviewer");
    let help = tr!("name one reviewer of each in `approved_by`, by the e-mail in the policy");
    Some(Draft::at(place.key("approved_by"), message).help(help))
}

fn term_fault(granted: Date, expires: Date, place: &Place) -> Option<Draft> {
    let days = days_between(granted, expires);
    let message = tr!(
        "the waiver holds for {days} days, not for 0 to {longest}",
        days = days,
        longest = LONGEST
    );
    let is_right = (0..=LONGEST).contains(&days);
    (!is_right).then(|| Draft::at(place.key("expires"), message))
}

/// A waiver that has expired. One of the record stays: what was changed while it held is lifted for
/// ever.
fn expired(survey: &Survey<'_>, item: &Item<Waiver>, waiver: &Waiver) -> Option<Draft> {
    let expires = waiver.expires.as_ref()?.date();
    if is_history(survey, waiver) || survey.today <= expires {
        return None;
    }
    let message = tr!("the waiver expired on {date}", date = expires);
    let help = tr!("delete it, or agree on a new one");
    let draft = Draft::at(Place::start(&item.file).key("expires"), message).help(help);
    Some(draft.severity(Severity::Warning))
}
