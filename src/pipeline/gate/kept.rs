//! The record between what a branch holds and what is to be promoted: the two trees are compared, and
//! a waiver lifts what it covered on the day on which `main` changed it.

use std::sync::Arc;

use anyhow::Result;
use jiff::civil::Date;

use super::{Case, Judge};
use crate::checklist::facts::Fact;
use crate::checklist::rules::calendar::record_kept;
use crate::checklist::rules::{covers, identity::waiver_valid, raised};
use crate::inventory::Item;
use crate::inventory::finding::{Finding, Severity};
use crate::inventory::model::{Policy, Waiver};
use crate::inventory::survey::Survey;

/// The facts that are lost, as findings: those whose change no waiver of what is promoted lifts.
pub fn lost(
    judge: &mut Judge<'_>,
    case: &Case,
    before: &Survey<'_>,
    after: &Survey<'_>,
) -> Result<Vec<Finding>> {
    let lost = errors(before, after);
    let waivers: Vec<&Item<Waiver>> = after.inventory.waivers.values().filter(is_of_it).collect();
    if lost.is_empty() || waivers.is_empty() {
        return Ok(lost.into_iter().map(|(_, finding)| finding).collect());
    }
    let steps = steps(judge, case)?;
    let lifts = |finding: &Finding, step: &Step| {
        waivers.iter().any(|item| {
            let waiver = item.value.as_deref();
            waiver.is_some_and(|waiver| covers(after, waiver, finding))
                && step
                    .day
                    .is_some_and(|day| waiver_valid::counts_on(step.policy.as_deref(), item, day))
        })
    };
    // Whoever changed it first, and whoever changed it again: each was to be covered.
    let is_lifted = |(fact, finding): &(Fact, Finding)| {
        let mut days = steps.iter().filter(|step| step.fact.name() == fact.name()).peekable();
        days.peek().is_some() && days.all(|step| lifts(finding, step))
    };
    let lost = lost.into_iter().filter(|lost| !is_lifted(lost));
    Ok(lost.map(|(_, finding)| finding).collect())
}

fn is_of_it(item: &&Item<Waiver>) -> bool {
    let waiver = item.value.as_deref();
    waiver.is_some_and(|waiver| waiver.rule.as_str() == record_kept::RULE.name)
}

/// The errors of `record-kept`, with the facts that are lost.
fn errors(before: &Survey<'_>, after: &Survey<'_>) -> Vec<(Fact, Finding)> {
    let mut lost = record_kept::check(before, after);
    for (_, finding) in &mut lost {
        finding.severity = raised(finding.rule, finding.severity, after.policy);
    }
    lost.retain(|(_, finding)| finding.severity == Severity::Error);
    lost
}

/// A change of the record in one commit of `main`'s line.
struct Step {
    fact: Fact,
    /// The day of the commit; none when it bears no date.
    day: Option<Date>,
    /// Who might agree on a waiver then.
    policy: Option<Arc<Policy>>,
}

/// The changes of the record, step by step, from what the branch holds to what is promoted.
fn steps(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Step>> {
    let line = judge.main.between(case.commit.id, case.held.id)?.to_vec();
    let mut steps = Vec::new();
    for pair in line.windows(2) {
        let (after, before) = (judge.git.commit(pair[0])?, judge.git.commit(pair[1])?);
        if judge.git.inventory_in(after.tree)? == judge.git.inventory_in(before.tree)? {
            continue;
        }
        let old = judge.snapshots.at_or_none(&before)?;
        let new = judge.snapshots.at_or_none(&after)?;
        let policy = &new.inventory.policy;
        let old = Survey::of(&old.inventory, case.today);
        let new = Survey::of(&new.inventory, case.today);
        let lost = errors(&old, &new).into_iter();
        steps.extend(lost.map(|(fact, _)| Step { fact, day: after.day(), policy: policy.clone() }));
    }
    Ok(steps)
}
