//! The facts that an inventory records: what happened, which nobody changes afterwards. They are
//! counted rather than looked up, since of two that are alike one may vanish.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::base::word::Word;
use crate::inventory::Inventory;
use crate::inventory::finding::{Environment, Place, Severity, Subject};
use crate::inventory::model::{
    Baseline, Check, Evidence, Load, Message, Permission, Record, Retirement, RetirementReason,
};
use crate::inventory::survey::{BatchView, CertificateView, EnsView, Survey};

/// What a fact is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum What {
    Loaded,
    Sha256,
    Withdrawn,
    Restored,
    Removed,
    Retired,
    Ceased,
    Baseline,
    Granted,
    Denied,
    Ended,
    Confirmed,
    Check,
    Departments,
    Message,
    Informed,
    Evidence,
    Query,
    Hold,
    Key,
}

impl What {
    /// Its field in a file.
    pub fn field(self) -> &'static str {
        match self {
            What::Loaded => "loaded",
            What::Sha256 => "sha256",
            What::Withdrawn => "withdrawn",
            What::Restored => "restored",
            What::Removed => "removed",
            What::Retired => "retired",
            What::Ceased => "ceased",
            What::Baseline => "holds",
            What::Granted => "granted",
            What::Denied => "denied",
            What::Ended => "ended",
            What::Confirmed => "confirmations",
            What::Check => "checks",
            What::Departments => "departments",
            What::Message => "message",
            What::Informed => "informed",
            What::Evidence => "evidence",
            What::Query => "queries",
            What::Hold => "hold",
            What::Key => "key",
        }
    }

    /// How grave it is when it changes: an error where it decides what an environment holds.
    pub fn severity(self) -> Severity {
        match self {
            What::Loaded
            | What::Sha256
            | What::Withdrawn
            | What::Restored
            | What::Removed
            | What::Retired
            | What::Ceased
            | What::Baseline => Severity::Error,
            What::Granted
            | What::Denied
            | What::Ended
            | What::Confirmed
            | What::Check
            | What::Departments
            | What::Message
            | What::Informed
            | What::Evidence
            | What::Query
            | What::Hold
            | What::Key => Severity::Warning,
        }
    }
}

/// A recorded fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is of.
    pub what: What,
    /// Whom it is about. Never a batch, as a batch may be renamed.
    pub subject: Subject,
    /// Which of several.
    pub which: String,
    /// What the record says.
    pub value: String,
    /// Where.
    pub place: Place,
    /// The batch in whose file it stands.
    pub batch: Option<String>,
}

impl Fact {
    /// What it is of, by which it is found on another side.
    pub fn name(&self) -> (What, &Subject, &str) {
        (self.what, &self.subject, &self.which)
    }
}

/// The facts of two inventories that may have changed from one to the other, before and after. What
/// stands in a file that both have, word for word, is kept there; what it says in a file that is
/// broken on the other side, nobody knows. `base` is looked at on its own day: what is to come there
/// may still be changed.
pub fn of(base: &Survey<'_>, head: &Survey<'_>) -> (Vec<Fact>, Vec<Fact>) {
    let loaded = loaded(base);
    let side = |survey, other| {
        let mut facts = Facts { survey, other, loaded: &loaded, today: base.today, found: vec![] };
        facts.collect();
        facts.found
    };
    (side(base, head.inventory), side(head, base.inventory))
}

/// The certificates that some environment has, or had, by the record.
fn loaded<'a>(base: &Survey<'a>) -> BTreeSet<&'a str> {
    let recorded = base.loads.iter().filter(|view| {
        Environment::BOTH.iter().any(|&environment| view.load.loaded(environment).is_some())
    });
    let adopted = base.inventory.baseline.iter().flat_map(|baseline| &baseline.holds);
    let recorded = recorded.map(|view| view.load.certificate.as_str());
    recorded.chain(adopted.map(|held| held.certificate.as_str())).collect()
}

struct Facts<'s, 'a> {
    survey: &'s Survey<'a>,
    other: &'s Inventory,
    /// The certificates whose identity and key's place count.
    loaded: &'s BTreeSet<&'s str>,
    today: Date,
    found: Vec<Fact>,
}

impl<'a> Facts<'_, 'a> {
    fn collect(&mut self) {
        let survey = self.survey;
        for view in &survey.ens {
            if self.may_change(view.file) {
                self.ens(view);
            }
        }
        for view in &survey.certificates {
            if self.may_change(view.file) {
                self.certificate(view);
            }
        }
        for view in &survey.batches {
            if self.may_change(view.file) {
                self.batch(view);
            }
        }
        self.baseline();
    }

    fn may_change(&self, file: &str) -> bool {
        let broken = self.other.problems.iter().any(|problem| *problem.file == *file);
        !broken && self.survey.inventory.sources.text(file) != self.other.sources.text(file)
    }

    fn add(&mut self, what: What, subject: Subject, which: &str, value: String, place: Place) {
        let (which, batch) = (which.to_owned(), None);
        self.found.push(Fact { what, subject, which, value, place, batch });
    }

    /// Each piece of evidence for something: more may come, and none may go.
    fn evidence(&mut self, of: &str, subject: &Subject, all: &[Evidence], place: &Place) {
        for (index, one) in all.iter().enumerate() {
            let place = place.key("evidence").item(index);
            self.add(What::Evidence, subject.clone(), of, shown(one), place);
        }
    }

    fn ens(&mut self, view: &EnsView<'a>) {
        let place = Place::start(view.file);
        let subject = Subject { ens: Some(view.id.to_owned()), ..Subject::default() };
        for (index, authorisation) in view.ens.authorisations.iter().enumerate() {
            for environment in Environment::BOTH {
                let Some(permission) = authorisation.permission(environment) else { continue };
                let at = place.key("authorisations").item(index).key(environment.word());
                let subject = Subject { environment: Some(environment), ..subject.clone() };
                self.permission(authorisation.service.as_str(), &subject, permission, &at);
            }
        }
        for (index, query) in view.ens.queries.iter().enumerate() {
            let value = format!("{} {:?} {}", query.asked, query.by, query.question);
            let at = place.key("queries").item(index);
            self.add(What::Query, subject.clone(), "", value, at);
        }
        let Some(ceased) = &view.ens.ceased else { return };
        let now = self.other.ens.get(view.id).and_then(|item| item.value.as_deref());
        let now = now.and_then(|ens| ens.ceased.as_ref());
        let is_kept = now.is_some_and(|now| {
            now.date.date() <= ceased.date.date()
                && (ceased.successor.is_none() || ceased.successor == now.successor)
        });
        let at = place.key("ceased");
        if ceased.date.date() <= self.today && !is_kept {
            let successor = ceased.successor.as_ref().map_or("", |id| id.as_str());
            let value = format!("{} {successor}", ceased.date);
            self.add(What::Ceased, subject.clone(), "", value, at.clone());
        }
        self.removed(&subject, &ceased.removed, &at);
    }

    fn removed(
        &mut self,
        subject: &Subject,
        removed: &crate::inventory::model::PerEnvironment<crate::inventory::model::Day>,
        place: &Place,
    ) {
        for environment in Environment::BOTH {
            let Some(day) = removed.get(environment) else { continue };
            let at = place.key("removed").key(environment.word());
            let subject = Subject { environment: Some(environment), ..subject.clone() };
            self.add(What::Removed, subject, "", day.to_string(), at);
        }
    }

    fn permission(&mut self, service: &str, of: &Subject, permission: &Permission, place: &Place) {
        let Permission { requested: _, granted, denied, ended, evidence } = permission;
        let facts = [(What::Granted, granted), (What::Denied, denied), (What::Ended, ended)];
        let mut any = false;
        for (what, day) in facts {
            let Some(day) = day.as_ref() else { continue };
            any = true;
            self.add(what, of.clone(), service, day.to_string(), place.key(what.field()));
        }
        if any {
            self.evidence(service, of, evidence, place);
        }
    }

    fn certificate(&mut self, view: &CertificateView<'a>) {
        let place = Place::start(view.file);
        let subject = Subject { certificate: Some(view.id.to_owned()), ..Subject::default() };
        if self.loaded.contains(view.id) {
            let sha256 = view.record.sha256.to_string();
            self.add(What::Sha256, subject.clone(), "", sha256, place.key("sha256"));
        }
        for environment in Environment::BOTH {
            let subject = Subject { environment: Some(environment), ..subject.clone() };
            let key = view.record.key_in(environment).filter(|_| self.loaded.contains(view.id));
            if let Some(key) = key {
                self.add(What::Key, subject.clone(), "", key.to_owned(), place.key("key"));
            }
            let Some(confirmation) = view.record.confirmations.get(environment) else { continue };
            let at = place.key("confirmations").key(environment.word());
            let serial = confirmation.serial.as_ref().map(|serial| serial.as_str());
            let sha256 = confirmation.sha256.as_ref().map(ToString::to_string);
            let value = format!("{} {serial:?} {sha256:?}", confirmation.date);
            self.add(What::Confirmed, subject.clone(), "", value, at.clone());
            self.evidence("confirmed", &subject, &confirmation.evidence, &at);
        }
        let Some(retired) = &view.record.retired else { return };
        let now = self.other.certificates.get(view.id).and_then(|files| files.record.as_ref());
        let now = now.and_then(|item| item.value.as_deref());
        let now = now.and_then(|record| record.retired.as_ref());
        let at = place.key("retired");
        if retired.date.date() <= self.today && !now.is_some_and(|now| sharpens(now, retired)) {
            let value = format!("{} {}", retired.date, retired.reason.word());
            self.add(What::Retired, subject.clone(), "", value, at.clone());
        }
        self.removed(&subject, &retired.removed, &at);
    }

    fn batch(&mut self, view: &BatchView<'a>) {
        let first = self.found.len();
        let place = Place::start(view.file);
        for (index, load) in view.batch.loads.iter().enumerate() {
            self.load(load, &place.key("loads").item(index));
        }
        let departments = place.key("departments");
        self.checks(What::Departments, &Subject::default(), &view.batch.departments, &departments);
        for (index, hold) in view.batch.holds().iter().enumerate() {
            let Some(ended) = &hold.ended else { continue };
            let value = format!("{} {ended} {:?}", hold.since, hold.by);
            self.add(What::Hold, Subject::default(), "", value, view.hold_place(index));
        }
        for fact in &mut self.found[first..] {
            fact.batch = Some(view.id.to_owned());
        }
    }

    fn load(&mut self, load: &Load, place: &Place) {
        let of_load = Subject {
            ens: Some(load.ens.to_string()),
            certificate: Some(load.certificate.to_string()),
            ..Subject::default()
        };
        for environment in Environment::BOTH {
            let subject = Subject { environment: Some(environment), ..of_load.clone() };
            if let Some(record) = load.record(environment) {
                self.record(&subject, record, &place.key(environment.word()));
            }
            let restored = load.withdrawn.as_ref().and_then(|it| it.restored.get(environment));
            if let Some(day) = restored {
                let at = place.key("withdrawn").key("restored").key(environment.word());
                self.add(What::Restored, subject, "", day.to_string(), at);
            }
        }
        if let Some(withdrawn) = &load.withdrawn {
            let at = place.key("withdrawn");
            self.add(What::Withdrawn, of_load, "", withdrawn.date.to_string(), at);
        }
    }

    fn record(&mut self, subject: &Subject, record: &Record, place: &Place) {
        let loaded = record.loaded.to_string();
        self.add(What::Loaded, subject.clone(), "", loaded, place.key("loaded"));
        self.checks(What::Check, subject, &record.checks, &place.key("checks"));
        let Some(informed) = &record.informed else { return };
        let mut to: Vec<&str> = informed.to.iter().map(|actor| actor.word()).collect();
        to.sort_unstable();
        let at = place.key("informed");
        let value = format!("{} {to:?}", informed.date);
        self.add(What::Informed, subject.clone(), "", value, at.clone());
        self.evidence("informed", subject, &informed.evidence, &at);
    }

    fn checks(&mut self, what: What, subject: &Subject, checks: &[Check], place: &Place) {
        for (index, check) in checks.iter().enumerate() {
            let mut by: Vec<&str> = check.by.iter().map(|actor| actor.word()).collect();
            by.sort_unstable();
            let value = format!("{} {by:?} {}", check.date, check.result.word());
            let at = place.item(index);
            self.evidence(&value, subject, &check.evidence, &at);
            self.message(&value, subject, check, &at.key("message"));
            self.add(what, subject.clone(), "", value, at);
        }
    }

    /// What proves a check: its answer may come later.
    fn message(&mut self, of: &str, subject: &Subject, check: &Check, place: &Place) {
        let Some(message) = &check.message else { return };
        let Message { request, sent, code, answer, service, organ_code, signed_by, sha256 } =
            message;
        let sent = sent.timestamp();
        let value = format!("{request} {sent} {service} {organ_code} {signed_by} {sha256}");
        self.add(What::Message, subject.clone(), of, value, place.clone());
        if let Some(code) = code {
            let value = format!("{code} {answer:?}");
            self.add(
                What::Message,
                subject.clone(),
                &format!("{of} answer"),
                value,
                place.key("code"),
            );
        }
    }

    /// What each ens had before segell: environment by environment.
    fn baseline(&mut self) {
        let Some(baseline) = &self.survey.inventory.baseline else { return };
        if !self.may_change(Baseline::FILE) {
            return;
        }
        let place = Place::start(&Baseline::FILE.into()).key("holds");
        for (index, held) in baseline.holds.iter().enumerate() {
            for &environment in &held.environments {
                let subject = Subject {
                    ens: Some(held.ens.to_string()),
                    environment: Some(environment),
                    ..Subject::default()
                };
                let value = held.certificate.to_string();
                self.add(What::Baseline, subject, "", value, place.item(index));
            }
        }
    }
}

/// Whether a retirement says as much as another did: since no later day, for the same reason or
/// because the key may be known to others.
fn sharpens(now: &Retirement, before: &Retirement) -> bool {
    let reason = now.reason == before.reason || now.reason == RetirementReason::Compromised;
    reason && now.date.date() <= before.date.date()
}

fn shown(evidence: &Evidence) -> String {
    let Evidence { ticket, file, sha256, csv } = evidence;
    let words = ticket.as_ref().or(file.as_ref()).or(csv.as_ref());
    let sha256 = sha256.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{} {sha256}", words.map_or("", |words| words.as_str()))
}
