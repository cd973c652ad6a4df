//! Lifts what AOC and SIAD have agreed to except for a while.

use super::calendar::record_kept;
use super::identity::waiver_valid;
use super::run::raised;
use crate::inventory::finding::{Finding, Severity};
use crate::inventory::model::{Slug, Waiver};
use crate::inventory::survey::Survey;
use crate::inventory::{Item, Waivers};

/// Marks the findings that one of `waivers` covers, and returns the waivers that cover nothing.
pub fn waive<'w>(
    survey: &Survey<'_>,
    waivers: &'w Waivers,
    findings: &mut [Finding],
) -> Vec<&'w Item<Waiver>> {
    let mut unused = Vec::new();
    for item in waivers.values() {
        let Some(waiver) = item.value.as_deref() else { continue };
        if !waiver_valid::counts(survey, item) {
            continue;
        }
        let mut covers_any = false;
        for finding in findings.iter_mut().filter(|finding| covers(survey, waiver, finding)) {
            covers_any = true;
            finding.severity = Severity::Waived;
            finding.waived_by = Some(item.id.to_string());
        }
        // What a change does to the record is asked with `--base` alone.
        if !covers_any && waiver.rule.as_str() != record_kept::RULE.name {
            unused.push(item);
        }
    }
    unused
}

/// Whether the finding is of the waiver's rule, in its file and about its ens.
pub fn covers(survey: &Survey<'_>, waiver: &Waiver, finding: &Finding) -> bool {
    let below = finding.place.file.strip_prefix("inventory/");
    finding.rule.may_be_waived()
        && finding.rule.name == waiver.rule.as_str()
        && matches!(finding.severity, Severity::Error | Severity::Warning)
        && below == Some(waiver.subject.as_str())
        && waiver.ens.as_ref().is_none_or(|ens| is_about(survey, finding, ens.all()))
}

/// Whether the finding is about these ens; one about a whole batch is about all whose loads are not
/// withdrawn, so that who joins later is not waived unseen.
fn is_about(survey: &Survey<'_>, finding: &Finding, ens: &[Slug]) -> bool {
    match (&finding.subject.ens, &finding.subject.batch) {
        (Some(about), _) => ens.iter().any(|named| named.as_str() == about),
        (None, Some(batch)) => survey.batch(batch).is_some_and(|view| {
            let mut loads = view.batch.loads.iter().filter(|load| load.withdrawn.is_none());
            loads.all(|load| ens.contains(&load.ens))
        }),
        (None, None) => false,
    }
}

/// What is told of a waiver that covers nothing.
pub fn unused_finding(survey: &Survey<'_>, item: &Item<Waiver>) -> Finding {
    let rule = &waiver_valid::RULE;
    waiver_valid::unused(item).into_finding(rule, raised(rule, Severity::Warning, survey.policy))
}
