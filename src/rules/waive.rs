//! Lifts what AOC and SIAD have agreed to except for a while.

use super::identity::waiver_valid;
use crate::finding::{Finding, Severity};
use crate::inventory::Item;
use crate::model::Waiver;
use crate::survey::Survey;

/// Marks the findings that a waiver covers, and finds the waivers that cover nothing.
pub fn waive(survey: &Survey<'_>, findings: &mut Vec<Finding>) {
    let mut unused = Vec::new();
    for item in survey.inventory.waivers.values() {
        let Some(waiver) = item.value.as_deref() else { continue };
        if !waiver_valid::counts(survey, item) {
            continue;
        }
        let mut covers_any = false;
        for finding in findings.iter_mut().filter(|finding| covers(waiver, finding)) {
            covers_any = true;
            finding.severity = Severity::Waived;
            finding.waived_by = Some(item.id.to_string());
        }
        if !covers_any {
            unused.push(unused_finding(item));
        }
    }
    findings.extend(unused);
}

/// Whether the finding is of the waiver's rule, in its file and about its ens.
fn covers(waiver: &Waiver, finding: &Finding) -> bool {
    let below = finding.place.file.strip_prefix("inventory/");
    finding.rule.may_be_waived()
        && finding.rule.name == waiver.rule.as_str()
        && matches!(finding.severity, Severity::Error | Severity::Warning)
        && below == Some(waiver.subject.as_str())
        && waiver
            .ens
            .as_ref()
            .is_none_or(|ens| finding.subject.ens.as_deref() == Some(ens.as_str()))
}

fn unused_finding(item: &Item<Waiver>) -> Finding {
    let draft = waiver_valid::unused(item);
    Finding {
        rule: &waiver_valid::RULE,
        severity: Severity::Warning,
        message: draft.message,
        label: None,
        help: draft.help.unwrap_or_else(|| waiver_valid::RULE.mend.clone()),
        actor: draft.actor,
        subject: draft.subject,
        place: draft.place,
        related: draft.related,
        cause: None,
        touched: false,
        waived_by: None,
    }
}
