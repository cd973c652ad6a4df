//! What a change brings: the findings of an inventory told apart from those that its base had.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::finding::{Cause, Environment, Finding, Place, Severity, Subject};
use crate::inventory::Inventory;
use crate::rules::calendar::record_kept;
use crate::rules::{self, Outcome};
use crate::survey::Survey;

/// What makes two findings the same: rule, severity, subject, file and named pointer.
type Key = (&'static str, Severity, Subject, String, String);

/// Checks `head` against `base`, which was committed on the day `committed`.
///
/// Both sides' policies and waivers are tried on `head`, so that a change cannot exempt itself;
/// of a finding under both, the graver counts. What the change closes is asked as if it were open,
/// so that no load is recorded past the checklist. Each finding gets its cause.
pub fn check(head: &Inventory, base: &Inventory, committed: Date, today: Date) -> Outcome {
    let before = Survey::of(base, today);
    let after = Survey::of(head, today).closing_since(&before);
    let mut outcome = rules::check(&after);
    if base.policy.is_some() && !has_same_terms(head, base) {
        let survey = Survey::under(head, base.policy.as_deref(), today).closing_since(&before);
        let under_base = rules::check_with(&survey, &base.waivers);
        add_graver(&mut outcome.findings, under_base);
    }
    let mut kept = record_kept::check(&facts(&before, head), &facts(&after, base));
    for finding in &mut kept {
        for policy in [&head.policy, &base.policy] {
            finding.severity = rules::raised(finding.rule, finding.severity, policy.as_deref());
        }
    }
    let mut under_base = kept.clone();
    rules::waive(&after, &head.waivers, &mut kept);
    rules::waive(&after, &base.waivers, &mut under_base);
    kept.iter_mut().zip(under_base).for_each(|(finding, other)| keep_graver(finding, other));
    outcome.findings.extend(kept);
    let touched = touched_batches(head, base);
    let mut now = counted(&before);
    let mut then =
        if committed < today { counted(&Survey::of(base, committed)) } else { now.clone() };
    let keys = keys(&outcome.findings, head);
    for (finding, key) in outcome.findings.iter_mut().zip(keys) {
        finding.cause = Some(if take(&mut then, &key) {
            take(&mut now, &key);
            Cause::Existing
        } else if take(&mut now, &key) {
            Cause::Clock
        } else {
            Cause::Change
        });
        let about = finding.subject.batch.as_deref();
        finding.touched = touched.contains(&*finding.place.file)
            || about.is_some_and(|batch| touched.contains(batch));
    }
    rules::sort(&mut outcome.findings, &head.sources);
    outcome
}

/// Checks `head`, which is not written yet, on the day `today`; each finding is told to be the
/// change's, or `base`'s on that day already.
pub fn news(head: &Inventory, base: &Inventory, today: Date) -> Vec<Finding> {
    let (before, after) = (Survey::of(base, today), Survey::of(head, today));
    let mut findings = rules::check(&after).findings;
    findings.extend(record_kept::check(&facts(&before, head), &facts(&after, base)));
    let mut known = counted(&before);
    let keys = keys(&findings, head);
    for (finding, key) in findings.iter_mut().zip(keys) {
        let is_known = take(&mut known, &key);
        finding.cause = Some(if is_known { Cause::Existing } else { Cause::Change });
    }
    rules::sort(&mut findings, &head.sources);
    findings
}

/// The errors that `head` has today under its own policy and waivers, and of each whether `base`
/// does not have it today.
pub fn errors_against(head: &Inventory, base: &Inventory, today: Date) -> Vec<(Finding, bool)> {
    let mut errors = rules::check(&Survey::of(head, today)).findings;
    errors.retain(|finding| finding.severity == Severity::Error);
    if errors.is_empty() {
        return Vec::new();
    }
    let mut known = counted(&Survey::of(base, today));
    let keys = keys(&errors, head);
    let told = |(finding, key)| (finding, !take(&mut known, &key));
    errors.into_iter().zip(keys).map(told).collect()
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

fn keys(findings: &[Finding], inventory: &Inventory) -> Vec<Key> {
    let key = |finding: &Finding| {
        let pointer = inventory.sources.named_pointer(&finding.place);
        let file = finding.place.file.to_string();
        (finding.rule.name, finding.severity, finding.subject.clone(), file, pointer)
    };
    findings.par_iter().map(key).collect()
}

/// The findings of the base on the survey's day, and how often each is there.
fn counted(base: &Survey<'_>) -> HashMap<Key, usize> {
    let mut counts = HashMap::new();
    if base.inventory.files > 0 {
        for key in keys(&rules::check(base).findings, base.inventory) {
            *counts.entry(key).or_insert(0) += 1;
        }
    }
    counts
}

/// Takes one of a kind out, if there is one.
fn take(counts: &mut HashMap<Key, usize>, key: &Key) -> bool {
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
    let changed = head
        .batches
        .values()
        .filter(|item| head.sources.text(&item.file) != base.sources.text(&item.file));
    changed.flat_map(|item| [&*item.id, &*item.file]).collect()
}

/// A recorded fact: what it is of, by which it is found again on the other side.
pub type FactKey = (Subject, &'static str, String);

/// What was recorded, and where.
#[derive(Debug)]
pub struct Fact {
    /// What the record says.
    pub value: String,
    /// Where.
    pub place: Place,
}

/// The facts that an inventory records: granted, confirmed, loaded, checks, informed, and which
/// certificate it was that was loaded. What stands in a file that `other` has as well, word for word,
/// is kept there; what it says in a file that is broken there, nobody knows.
fn facts(survey: &Survey<'_>, other: &Inventory) -> BTreeMap<FactKey, Fact> {
    let sources = &survey.inventory.sources;
    let is_broken = |file: &str| other.problems.iter().any(|problem| *problem.file == *file);
    let is_kept = |file: &str| sources.text(file) == other.sources.text(file) || is_broken(file);
    let mut facts = BTreeMap::new();
    permissions(survey, &is_kept, &mut facts);
    confirmations(survey, &is_kept, &mut facts);
    identities(survey, &is_kept, &mut facts);
    loads(survey, &is_kept, &mut facts);
    facts
}

fn permissions(
    survey: &Survey<'_>,
    is_kept: &dyn Fn(&str) -> bool,
    facts: &mut BTreeMap<FactKey, Fact>,
) {
    for view in survey.ens.iter().filter(|view| !is_kept(view.file)) {
        for (index, authorisation) in view.ens.authorisations.iter().enumerate() {
            for environment in Environment::BOTH {
                let permission = authorisation.permission(environment);
                let Some(granted) = permission.and_then(|permission| permission.granted.as_ref())
                else {
                    continue;
                };
                let subject = Subject {
                    ens: Some(view.id.to_owned()),
                    environment: Some(environment),
                    ..Subject::default()
                };
                let authorisations = Place::start(view.file).key("authorisations");
                let place = authorisations.item(index).key(environment.field()).key("granted");
                let key = (subject, "granted", authorisation.service.to_string());
                facts.insert(key, Fact { value: granted.to_string(), place });
            }
        }
    }
}

fn confirmations(
    survey: &Survey<'_>,
    is_kept: &dyn Fn(&str) -> bool,
    facts: &mut BTreeMap<FactKey, Fact>,
) {
    for view in survey.certificates.iter().filter(|view| !is_kept(view.file)) {
        for environment in Environment::BOTH {
            let Some(confirmation) = view.record.confirmations.get(environment) else { continue };
            let subject = Subject {
                certificate: Some(view.id.to_owned()),
                environment: Some(environment),
                ..Subject::default()
            };
            let place = Place::start(view.file).key("confirmations").key(environment.field());
            let serial = confirmation.serial.as_ref().map(|serial| serial.as_str());
            let sha256 = confirmation.sha256.as_ref().map(ToString::to_string);
            let value = format!("{} {serial:?} {sha256:?}", confirmation.date);
            facts.insert((subject, "confirmed", String::new()), Fact { value, place });
        }
    }
}

/// Of the certificates that are recorded as loaded, which they are.
fn identities(
    survey: &Survey<'_>,
    is_kept: &dyn Fn(&str) -> bool,
    facts: &mut BTreeMap<FactKey, Fact>,
) {
    let recorded = survey.loads.iter().filter(|view| {
        Environment::BOTH.iter().any(|&environment| view.load.loaded(environment).is_some())
    });
    let loaded: BTreeSet<&str> = recorded.map(|view| view.load.certificate.as_str()).collect();
    let changed = survey.certificates.iter().filter(|view| !is_kept(view.file));
    for view in changed.filter(|view| loaded.contains(view.id)) {
        let subject = Subject { certificate: Some(view.id.to_owned()), ..Subject::default() };
        let place = Place::start(view.file).key("sha256");
        let value = view.record.sha256.to_string();
        facts.insert((subject, "sha256", String::new()), Fact { value, place });
    }
}

fn loads(survey: &Survey<'_>, is_kept: &dyn Fn(&str) -> bool, facts: &mut BTreeMap<FactKey, Fact>) {
    let of_changed = survey.batches.iter().filter(|batch| !is_kept(batch.file));
    for view in of_changed.flat_map(|batch| &survey.loads[batch.loads.clone()]) {
        for environment in Environment::BOTH {
            let Some(record) = view.load.record(environment) else { continue };
            let subject = Subject {
                ens: Some(view.load.ens.to_string()),
                certificate: Some(view.load.certificate.to_string()),
                batch: None,
                environment: Some(environment),
            };
            let place = survey.place_of(view).key(environment.field());
            let mut add = |what, which: String, value: String, place| {
                facts.insert((subject.clone(), what, which), Fact { value, place });
            };
            add("loaded", String::new(), record.loaded.to_string(), place.key("loaded"));
            for (index, check) in record.checks.iter().enumerate() {
                let value = format!("{} {:?} {:?}", check.date, check.by, check.result);
                add("check", index.to_string(), value, place.key("checks").item(index));
            }
            if let Some(informed) = &record.informed {
                let value = format!("{} {:?}", informed.date, informed.to);
                add("informed", String::new(), value, place.key("informed"));
            }
        }
    }
}
