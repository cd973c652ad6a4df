//! The one comparison of two inventories: what a change brings, told from what its base had. `check
//! --base`, `plan`, the verbs that write and the gate all ask it, each with its [`Terms`].

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::checklist::rules::calendar::record_kept;
use crate::checklist::rules::load::not_on_hold;
use crate::checklist::rules::{self, Outcome};
use crate::inventory::Inventory;
use crate::inventory::finding::{Cause, Finding, Severity, Subject};
use crate::inventory::survey::Survey;

/// What makes two findings the same: rule, severity, subject, file and pointer. In a file that both sides
/// have alike it is the pointer as it stands, else one that names the items of lists.
type Key<'f> = (&'static str, Severity, &'f Subject, &'f str, Cow<'f, str>);

/// Two inventories to compare, seen on the day that counts as today.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'s, 'i> {
    /// Before.
    pub base: &'s Survey<'i>,
    /// After.
    pub head: &'s Survey<'i>,
    /// After, read with the base's `trust/`, where that is another.
    pub under_base: Option<&'i Inventory>,
}

/// On which terms two inventories are compared.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The day on which the base was committed, where that tells what only the clock has brought.
    pub committed: Option<Date>,
    /// By whose policy, waivers and trust the change is judged.
    pub judged: Judged,
    /// Of which findings the cause is told: of those that are at least so grave. Where there are none, the
    /// base is not asked.
    pub causes: Severity,
}

/// By whose policy, waivers and trust a change is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// By the base's and by its own, so that it cannot exempt itself; what it closes is asked as if
    /// it were open.
    ByBoth,
    /// By its own alone, since each step to it was judged by both: its errors. The record is asked
    /// apart, as a waiver lifts what it covered on the day of each step.
    ByItsOwn,
}

/// Checks the change from one side to the other. Each finding gets its cause; of one that is found
/// by both sides' terms, the graver counts.
pub fn compare(sides: Sides<'_, '_>, terms: Terms) -> Outcome {
    let Sides { base, head, .. } = sides;
    let closing;
    let after = match terms.judged {
        Judged::ByBoth => {
            closing = head.clone().closing_since(base);
            &closing
        }
        Judged::ByItsOwn => head,
    };
    let mut outcome = rules::check(after);
    match terms.judged {
        Judged::ByBoth => {
            add_under_base(&mut outcome.findings, sides, after);
            let of_the_change = of_the_change(base, after);
            outcome.findings.extend(waived_by_both(of_the_change, base, after));
        }
        Judged::ByItsOwn => {
            outcome.findings.retain(|finding| finding.severity == Severity::Error);
        }
    }
    tell_causes(&mut outcome.findings, sides, terms);
    tell_what_closes(&mut outcome.findings, base, after);
    rules::sort(&mut outcome.findings, &head.inventory.sources);
    outcome
}

/// What only a comparison finds: the record, and holds.
fn of_the_change(before: &Survey<'_>, after: &Survey<'_>) -> Vec<Finding> {
    let kept = record_kept::check(before, after).into_iter().map(|(_, finding)| finding);
    let mut found: Vec<Finding> = kept.chain(not_on_hold::check_change(before, after)).collect();
    for finding in &mut found {
        for policy in [after.policy, before.policy] {
            finding.severity = rules::raised(finding.rule, finding.severity, policy);
        }
    }
    found
}

/// Lifts what the waivers of both sides cover.
fn waived_by_both(
    found: Vec<Finding>,
    before: &Survey<'_>,
    after: &Survey<'_>,
) -> impl Iterator<Item = Finding> {
    let (mut own, mut under_base) = (found.clone(), found);
    rules::waive(after, &after.inventory.waivers, &mut own);
    rules::waive(after, &before.inventory.waivers, &mut under_base);
    own.iter_mut().zip(under_base).for_each(|(finding, other)| keep_graver(finding, other));
    own.into_iter()
}

/// Judges the change by the base's policy, waivers and trust as well, where those are others. Of the
/// files in `trust/` themselves only the change's are asked.
fn add_under_base<'i>(findings: &mut Vec<Finding>, sides: Sides<'_, 'i>, after: &Survey<'i>) {
    let Sides { base, head, under_base } = sides;
    let has_same_terms = || has_same_terms(head.inventory, base.inventory);
    if base.policy.is_none() || (under_base.is_none() && has_same_terms()) {
        return;
    }
    let other = under_base.map(|head| Survey::of(head, base.today).closing_since(base));
    let survey = other.as_ref().unwrap_or(after).under(base.policy);
    let mut found = rules::check_with(&survey, &base.inventory.waivers);
    found.retain(|finding| !finding.place.file.starts_with("inventory/trust/"));
    add_graver(findings, found);
}

/// Gives the findings that the terms name their cause, and tells whether they are about a batch that the
/// change touches.
fn tell_causes(findings: &mut [Finding], sides: Sides<'_, '_>, terms: Terms) {
    let Sides { base: before, head, .. } = sides;
    let is_asked = |finding: &&mut Finding| finding.severity <= terms.causes;
    let mut asked: Vec<&mut Finding> = findings.iter_mut().filter(is_asked).collect();
    if asked.is_empty() {
        return;
    }
    let now = found_in(before);
    // The day of the base never lies after today.
    let committed = terms.committed.unwrap_or(before.today).min(before.today);
    let then = (committed < before.today).then(|| found_in(&before.on(committed)));
    let mut then = counted(then.as_ref().unwrap_or(&now), sides);
    let mut now = counted(&now, sides);
    let keys: Vec<Key<'_>> =
        asked.par_iter().map(|finding| key(finding, head.inventory, sides)).collect();
    let causes: Vec<Cause> = keys.iter().map(|key| cause(key, &mut then, &mut now)).collect();
    let touched = touched_batches(head.inventory, before.inventory);
    for (finding, cause) in asked.iter_mut().zip(causes) {
        finding.cause = Some(cause);
        let about = finding.subject.batch.as_deref();
        finding.touched = touched.contains(&*finding.place.file)
            || about.is_some_and(|batch| touched.contains(batch));
    }
}

/// Tells which findings are about a load that is open before the change, and not after it.
fn tell_what_closes(findings: &mut [Finding], before: &Survey<'_>, after: &Survey<'_>) {
    let open: BTreeSet<(&str, &str)> = before.open().map(named).collect();
    let closed = after.loads.iter().filter(|view| !view.load.is_open()).map(named);
    let closed: BTreeSet<(&str, &str)> = closed.filter(|load| open.contains(load)).collect();
    let of_batch = |view: &crate::inventory::survey::LoadView<'_>| closed.contains(&named(view));
    let batches: BTreeSet<&str> =
        after.loads.iter().filter(|view| of_batch(view)).map(|view| after[view.batch].id).collect();
    for finding in findings {
        let Subject { ens, certificate, batch, .. } = &finding.subject;
        finding.closes = batch.as_deref().is_some_and(|batch| batches.contains(batch))
            && match (ens, certificate) {
                (Some(ens), Some(certificate)) => {
                    closed.contains(&(ens.as_str(), certificate.as_str()))
                }
                _ => true,
            };
    }
}

fn named<'a>(view: &crate::inventory::survey::LoadView<'a>) -> (&'a str, &'a str) {
    (view.load.ens.as_str(), view.load.certificate.as_str())
}

/// Whether both sides' policies and waivers say the same.
fn has_same_terms(head: &Inventory, base: &Inventory) -> bool {
    fn terms(inventory: &Inventory) -> impl Iterator<Item = Option<&str>> {
        let waivers = inventory.waivers.values().map(|item| &*item.file);
        let files = std::iter::once("inventory/policy.yaml").chain(waivers);
        files.flat_map(|file| [Some(file), inventory.sources.text(file)])
    }
    terms(head).eq(terms(base))
}

/// Adds what is found under the base's policy and waivers only, or is graver there.
fn add_graver(findings: &mut Vec<Finding>, under_base: Vec<Finding>) {
    let what =
        |finding: &Finding| (finding.rule.name, finding.subject.clone(), finding.place.clone());
    let mut known: HashMap<_, Vec<usize>> = HashMap::new();
    for (index, finding) in findings.iter().enumerate() {
        known.entry(what(finding)).or_default().push(index);
    }
    // Those that say the same are the same; of the others the words may quote the two policies.
    let mut reworded = Vec::new();
    for finding in under_base {
        let alike = known.entry(what(&finding)).or_default();
        match alike.iter().position(|&index| findings[index].message == finding.message) {
            Some(place) => keep_graver(&mut findings[alike.swap_remove(place)], finding),
            None => reworded.push(finding),
        }
    }
    for finding in reworded {
        match known.get_mut(&what(&finding)).and_then(Vec::pop) {
            Some(index) => keep_graver(&mut findings[index], finding),
            None => findings.push(finding),
        }
    }
}

fn keep_graver(finding: &mut Finding, under_base: Finding) {
    if under_base.severity < finding.severity {
        *finding = under_base;
    }
}

/// The cause of a finding, by what the base had on the day it was committed and what it has today, each
/// of which answers for one finding.
fn cause<'f>(key: &Key<'f>, then: &mut Counts<'f>, now: &mut Counts<'f>) -> Cause {
    match (take(then, key), take(now, key)) {
        (true, _) => Cause::Existing,
        (false, true) => Cause::Clock,
        (false, false) => Cause::Change,
    }
}

/// What makes a finding of `inventory`, one of both sides, the same as others.
fn key<'f>(finding: &'f Finding, inventory: &Inventory, sides: Sides<'_, '_>) -> Key<'f> {
    let file = &*finding.place.file;
    let (base, head) = (sides.base.inventory, sides.head.inventory);
    let pointer = match head.sources.has_same(&base.sources, file) {
        true => Cow::Borrowed(finding.place.pointer()),
        false => Cow::Owned(inventory.sources.named_pointer(&finding.place)),
    };
    (finding.rule.name, finding.severity, &finding.subject, file, pointer)
}

/// The findings of the base on the survey's day.
fn found_in(base: &Survey<'_>) -> Vec<Finding> {
    match base.inventory.files {
        0 => Vec::new(),
        _ => rules::check(base).findings,
    }
}

/// How often each finding of the base is there.
type Counts<'f> = HashMap<Key<'f>, usize>;

fn counted<'f>(findings: &'f [Finding], sides: Sides<'_, '_>) -> Counts<'f> {
    let mut counts = HashMap::new();
    let keys: Vec<_> = findings.par_iter().map(|it| key(it, sides.base.inventory, sides)).collect();
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

/// Takes one of a kind out, if there is one.
fn take<'f>(counts: &mut Counts<'f>, key: &Key<'f>) -> bool {
    match counts.get_mut(key) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

/// The batches whose file is not the same on both sides, by their ids and by their files: of one
/// that cannot be read no finding says which batch it is about.
fn touched_batches<'h>(head: &'h Inventory, base: &Inventory) -> BTreeSet<&'h str> {
    let changed =
        head.batches.values().filter(|item| !head.sources.has_same(&base.sources, &item.file));
    changed.flat_map(|item| [&*item.id, &*item.file]).collect()
}
