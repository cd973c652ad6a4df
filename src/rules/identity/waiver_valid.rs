//! `waiver-valid`.

use jiff::civil::Date;

use crate::finding::{Kind, Place, Rule, Severity};
use crate::inventory::Item;
use crate::model::{Role, Waiver};
use crate::rules::{Draft, Verdict};
use crate::survey::Survey;
use crate::time::days_between;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "waiver-valid",
    kind: Kind::Integrity,
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
            faults(survey, item, waiver, &mut found);
        }
    }
    Some(found)
}

/// Whether the waiver is without fault and holds today.
pub fn counts(survey: &Survey<'_>, item: &Item<Waiver>) -> bool {
    let Some(waiver) = item.value.as_deref() else { return false };
    let mut found = Vec::new();
    faults(survey, item, waiver, &mut found);
    let begun = waiver.granted.as_ref().is_some_and(|granted| granted.date() <= survey.today);
    // Without a policy nobody knows who may approve.
    found.is_empty() && begun && survey.policy.is_some()
}

/// What a waiver that covers nothing is told.
pub fn unused(item: &Item<Waiver>) -> Draft {
    let message = tr!("the waiver `{waiver}` covers no finding", waiver = &*item.id);
    let help = tr!("delete it; if a finding is still there, compare its rule, file and ens");
    Draft::at(Place::start(&item.file), message).help(help)
}

fn faults(survey: &Survey<'_>, item: &Item<Waiver>, waiver: &Waiver, found: &mut Vec<Draft>) {
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
    found.extend(approval_fault(survey, waiver, &place));
    if let (Some(granted), Some(expires)) = (&waiver.granted, &waiver.expires) {
        found.extend(term_fault(survey.today, granted.date(), expires.date(), &place));
    }
}

fn rule_fault(waiver: &Waiver, place: &Place) -> Option<Draft> {
    let name = waiver.rule.as_str();
    let message = match crate::rules::named(name) {
        None => tr!("there is no rule `{rule}`", rule = name),
        Some(rule) if !rule.may_be_waived() => {
            tr!("the rule `{rule}` cannot be waived", rule = name)
        }
        Some(_) => return None,
    };
    Some(Draft::at(place.key("rule"), message).help(tr!("`segell rules` says which can be")))
}

fn approval_fault(survey: &Survey<'_>, waiver: &Waiver, place: &Place) -> Option<Draft> {
    let policy = survey.policy?;
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

fn term_fault(today: Date, granted: Date, expires: Date, place: &Place) -> Option<Draft> {
    let days = days_between(granted, expires);
    if !(0..=LONGEST).contains(&days) {
        let message = tr!(
            "the waiver holds for {days} days, not for 0 to {longest}",
            days = days,
            longest = LONGEST
        );
        return Some(Draft::at(place.key("expires"), message));
    }
    if expires < today {
        let message = tr!("the waiver expired on {date}", date = expires);
        let help = tr!("delete it, or agree on a new one");
        let draft = Draft::at(place.key("expires"), message).help(help);
        return Some(draft.severity(Severity::Warning));
    }
    None
}
