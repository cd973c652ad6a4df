//! What a change means, in the operators' words.
//!
//! Each type of the model is taken apart field by field, without `..`: a field added to it later
//! does not compile here until somebody has decided what it means.

mod batch;
mod certificate;
mod ens;
mod trust;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::{FileChange, Sides, Subject};
use crate::base::text::{Text, names};
use crate::inventory::Item;
use crate::inventory::finding::Environment;
use crate::inventory::model::{Baseline, Day, Held, PerEnvironment, Slug, Waiver};
use crate::tr;

/// What happens, in the order in which a reviewer asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Whom the inventory trusts changes.
    Trust,
    /// The policy changes.
    Policy,
    /// A rule is waived, or is so no longer.
    Waiver,
    /// A file outside `inventory/` changes.
    Outside,
    /// A load is scheduled.
    Scheduled,
    /// A planned day moves.
    Moved,
    /// A batch is released, or its release is taken back.
    Released,
    /// A batch is stopped, or goes on.
    Held,
    /// A load is taken off its batch.
    Dropped,
    /// A load is withdrawn, or what was before has come back.
    Withdrawn,
    /// Something that happened is recorded.
    Recorded,
    /// A seal takes the place of another.
    Renewed,
    /// A seal is new, or what is known of it changes.
    Certificate,
    /// AEAT has confirmed.
    Confirmed,
    /// A seal is no longer to be used.
    Retired,
    /// An ens is new, or what is known of it changes.
    Ens,
    /// An ens is no more.
    Ceased,
    /// What was there before segell changes.
    Baseline,
    /// Evidence, authorities, and what nothing else speaks of.
    File,
}

/// One thing that a change means.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Event {
    /// What kind of thing.
    pub what: What,
    /// The file that says so.
    pub file: String,
    /// The sentence.
    #[serde(serialize_with = "super::as_sentence")]
    #[schemars(with = "String")]
    pub message: Text,
}

/// Collects what the files say.
pub(super) struct Events(Vec<Event>);

impl Events {
    fn add(&mut self, what: What, file: &str, message: Text) {
        self.0.push(Event { what, file: file.to_owned(), message });
    }
}

/// What a change means. Each file that changes is spoken of at least once.
pub fn of(sides: &Sides<'_>, subjects: &[Subject], outside: &[FileChange]) -> Vec<Event> {
    let mut events = Events(Vec::new());
    policy(subjects, &mut events);
    trust::compare(sides, &mut events);
    waivers(sides, &mut events);
    for file in outside {
        events.add(What::Outside, &file.path, file_message(file));
    }
    batch::compare(sides, &mut events);
    certificate::compare(sides, &mut events);
    ens::compare(sides, &mut events);
    baseline(sides, &mut events);
    let told: BTreeSet<String> = events.0.iter().map(|event| event.file.clone()).collect();
    for subject in subjects.iter().filter(|subject| !told.contains(&subject.file.path)) {
        let path = &subject.file.path;
        let message = match subject.form_only {
            true => tr!("{file} changes in form only: comments, order or spacing", file = path),
            false => file_message(&subject.file),
        };
        // A certificate's files are told of together.
        let record = path.replace(".pem", ".yaml");
        if !path.ends_with(".pem") || !told.contains(&record) {
            events.add(What::File, path, message);
        }
    }
    events.0.sort_by_key(|event| event.what);
    events.0
}

fn file_message(file: &FileChange) -> Text {
    let path = &file.path;
    match (&file.old, &file.new) {
        (None, _) => tr!("{file} is new", file = path),
        (Some(_), None) => tr!("{file} is deleted", file = path),
        (Some(_), Some(_)) => tr!("{file} changes", file = path),
    }
}

/// Every value of the policy that changes is told: it decides all else.
fn policy(subjects: &[Subject], events: &mut Events) {
    let policy = subjects.iter().find(|subject| subject.file.path == "inventory/policy.yaml");
    for field in policy.iter().flat_map(|policy| &policy.fields) {
        let name = field.name.as_str();
        let message = match (&field.old, &field.new) {
            (Some(old), Some(new)) => {
                tr!("policy: {name} was {old}, becomes {new}", name = name, old = old, new = new)
            }
            (None, Some(new)) => tr!("policy: {name} is new: {new}", name = name, new = new),
            (Some(old), None) => tr!("policy: {name} goes, was {old}", name = name, old = old),
            (None, None) => continue,
        };
        events.add(What::Policy, "inventory/policy.yaml", message);
    }
}

fn waivers(sides: &Sides<'_>, events: &mut Events) {
    for (id, item) in &sides.head.waivers {
        let Some(waiver) = item.value.as_deref() else { continue };
        match sides.base.waivers.get(id).and_then(|item| item.value.as_deref()) {
            None => events.add(What::Waiver, &item.file, new_waiver(waiver)),
            Some(before) if !same_waiver(before, waiver) => {
                let message =
                    tr!("the waiver {id} changes: {now}", id = &**id, now = new_waiver(waiver));
                events.add(What::Waiver, &item.file, message);
            }
            Some(_) => {}
        }
    }
    for (id, item) in gone(&sides.base.waivers, &sides.head.waivers) {
        events.add(What::Waiver, &item.file, tr!("the waiver {id} goes", id = id));
    }
}

fn new_waiver(waiver: &Waiver) -> Text {
    let Waiver { rule, subject, ens, reason, approved_by: _, evidence: _, granted: _, expires } =
        waiver;
    let reason = reason.as_ref().map_or("", |reason| reason.as_str());
    let until = expires.as_ref().map_or_else(String::new, ToString::to_string);
    match ens {
        Some(ens) => tr!(
            "{rule} is waived for {ens} in {subject} until {until}: {reason}",
            rule = rule,
            ens = ens.all().iter().map(Slug::as_str).collect::<Vec<_>>().join(", "),
            subject = subject,
            until = until,
            reason = reason
        ),
        None => tr!(
            "{rule} is waived in {subject} until {until}: {reason}",
            rule = rule,
            subject = subject,
            until = until,
            reason = reason
        ),
    }
}

fn same_waiver(a: &Waiver, b: &Waiver) -> bool {
    format!("{a:?}") == format!("{b:?}")
}

fn baseline(sides: &Sides<'_>, events: &mut Events) {
    let file = Baseline::FILE;
    let held = |baseline: Option<&Baseline>| -> BTreeSet<(String, String, String)> {
        let Some(Baseline { as_of: _, evidence: _, holds }) = baseline else {
            return BTreeSet::new();
        };
        let each = |Held { ens, certificate, environments }: &Held| {
            let environments: Vec<&str> = environments.iter().map(|env| env.shown()).collect();
            (ens.to_string(), certificate.to_string(), environments.join(", "))
        };
        holds.iter().map(each).collect()
    };
    let (old, new) = (held(sides.base.baseline.as_deref()), held(sides.head.baseline.as_deref()));
    for (ens, certificate, environments) in new.difference(&old) {
        events.add(
            What::Baseline,
            file,
            tr!(
                "before segell, {ens} had {certificate} in {environments}",
                ens = ens,
                certificate = certificate,
                environments = environments
            ),
        );
    }
    for (ens, certificate, environments) in old.difference(&new) {
        events.add(
            What::Baseline,
            file,
            tr!(
                "no longer: before segell, {ens} had {certificate} in {environments}",
                ens = ens,
                certificate = certificate,
                environments = environments
            ),
        );
    }
}

/// The days on which a seal was taken out, as they are recorded or erased.
fn removed(
    (what, file): (What, &str),
    id: &str,
    before: Option<&PerEnvironment<Day>>,
    after: Option<&PerEnvironment<Day>>,
    events: &mut Events,
) {
    for environment in Environment::BOTH {
        let day = |side: Option<&PerEnvironment<Day>>| side?.get(environment).map(Day::date);
        let shown = environment.shown();
        let message = match (day(before), day(after)) {
            (before, Some(day)) if before != Some(day) => tr!(
                "the seal of {id} was taken out of {environment} on {day}",
                id = id,
                environment = shown,
                day = day
            ),
            (Some(_), None) => tr!(
                "that the seal of {id} was taken out of {environment} is erased",
                id = id,
                environment = shown
            ),
            _ => continue,
        };
        events.add(what, file, message);
    }
}

/// What is on the old side only.
fn gone<'i, T>(
    old: &'i std::collections::BTreeMap<Box<str>, Item<T>>,
    new: &'i std::collections::BTreeMap<Box<str>, Item<T>>,
) -> impl Iterator<Item = (&'i str, &'i Item<T>)> {
    old.iter().filter(|(id, _)| !new.contains_key(*id)).map(|(id, item)| (&**id, item))
}

/// Ids in a sentence, or how many there are where they would fill the screen.
fn several(ids: &[&str]) -> crate::base::text::Argument {
    const MOST: usize = 12;
    if ids.len() <= MOST {
        return names(ids);
    }
    let text = tr!("{first} and {more} more", first = names(&ids[..MOST]), more = ids.len() - MOST);
    crate::base::text::Argument::Text(text)
}
