//! `unique-identity`.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::base::word::Word;
use crate::checklist::rules::{Draft, Verdict};
use crate::files::pkcs11::{Attributes, Uri};
use crate::inventory::finding::{Environment, Kind, Place, Rule};
use crate::inventory::model::{Baseline, Block, Check};
use crate::inventory::step::At;
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "unique-identity",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "an organ code and a DIR3 belong to one ens, a NIF to one (departments apart), a certificate to one record, a key's place to one public key, a message to one check; before segell an ens had one seal in an environment; ens that have ceased do not count"
    ),
    why: tr!(
        "two bodies under one code, or two records of one certificate, and nobody can say whose requests a seal signs"
    ),
    mend: tr!("find out which of the two is right, and correct the other"),
};

/// What was seen first under each key: a file and whose it is.
struct Seen<'s, K> {
    field: &'static str,
    first: HashMap<K, (&'s Arc<str>, &'s str)>,
}

impl<'s, K: Hash + Eq> Seen<'s, K> {
    /// Nothing yet of what the field states.
    fn of(field: &'static str) -> Seen<'s, K> {
        Seen { field, first: HashMap::new() }
    }

    /// Notes `key`; when it was seen under another name, says so at the later place.
    fn note(
        &mut self,
        key: K,
        file: &'s Arc<str>,
        name: &'s str,
        message: impl Fn(&str) -> Text,
    ) -> Option<Draft> {
        let (first, other) = match self.first.entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert((file, name));
                return None;
            }
            Entry::Occupied(first) => *first.get(),
        };
        let place = |file| Place::start(file).key(self.field);
        let also = tr!("here it is that of `{other}`", other = other);
        Some(Draft::at(place(file), message(other)).related(place(first), also))
    }
}

pub fn check(survey: &Survey<'_>) -> Verdict {
    let mut found = Vec::new();
    ens(survey, &mut found);
    certificates(survey, &mut found);
    keys(survey, &mut found);
    baseline(survey, &mut found);
    messages(survey, &mut found);
    Some(found)
}

/// What an ens had in one environment is one seal.
fn baseline(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    let holds = survey.inventory.baseline.iter().flat_map(|baseline| &baseline.holds).enumerate();
    let holds =
        holds.flat_map(|(index, held)| held.environments.iter().map(move |at| (index, held, at)));
    let mut first = HashMap::new();
    for (index, held, environment) in holds {
        let seal = held.certificate.as_str();
        let place = |index| {
            let file = Place::start(&Baseline::FILE.into());
            file.key("holds").item(index).key("certificate")
        };
        let (known, other) =
            *first.entry((held.ens.as_str(), *environment)).or_insert((index, seal));
        if other != seal {
            let message = tr!(
                "`{ens}` has another seal in {environment} already, `{other}`",
                ens = &held.ens,
                environment = environment.shown(),
                other = other
            );
            let draft = Draft::at(place(index), message).ens(held.ens.as_str());
            found.push(draft.related(place(known), tr!("here it has `{other}`", other = other)));
        }
    }
}

/// One message proves one check, the departments' included.
fn messages<'s>(survey: &'s Survey<'_>, found: &mut Vec<Draft>) {
    let mut first: HashMap<Sha256, Place> = HashMap::new();
    let mut note = |checks: &'s [Check], place: &dyn Fn() -> Place, ens: Option<&str>| {
        for (index, check) in checks.iter().enumerate() {
            let Some(message) = &check.message else { continue };
            let at = place().item(index).key("message").key("sha256");
            let known = match first.entry(message.sha256.0) {
                Entry::Vacant(vacant) => {
                    vacant.insert(at);
                    continue;
                }
                Entry::Occupied(known) => known.get().clone(),
            };
            let message = tr!("this message proves another check already; one message proves one");
            let draft = Draft::at(at, message).related(known, tr!("the other check"));
            found.push(match ens {
                Some(ens) => draft.ens(ens),
                None => draft,
            });
        }
    };
    for view in &survey.batches {
        let start = || Place::start(view.file);
        for (index, load) in view.batch.loads.iter().enumerate() {
            for environment in Environment::BOTH {
                let checks = load.record(environment).map_or(&[][..], |record| &record.checks);
                let load_place = || start().key("loads").item(index);
                let place = || load_place().key(environment.word()).key("checks");
                note(checks, &place, Some(load.ens.as_str()));
            }
        }
        note(&view.batch.departments, &|| start().key("departments"), None);
    }
}

fn ens(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    let mut codes = Seen::of("organ_code");
    let mut units = Seen::of("dir3");
    let mut nifs = Seen::of("nif");
    let mut departments = HashSet::new();
    for view in survey.ens.iter().filter(|view| !view.has_ceased_by(survey.today)) {
        let mut add = |draft: Option<Draft>| found.extend(draft.map(|draft| draft.ens(view.id)));
        let code = view.ens.organ_code.as_str();
        add(codes.note(code, view.file, view.id, |other| shared(tr!("organ code"), code, other)));
        if let Some(unit) = view.ens.dir3.as_ref().map(|unit| unit.as_str()) {
            add(units.note(unit, view.file, view.id, |other| shared(tr!("DIR3"), unit, other)));
        }
        // Departments share theirs with each other, and with nobody else.
        let nif = view.ens.nif.as_str();
        if view.ens.block != Block::Departments || departments.insert(nif) {
            let message = |other: &str| shared(tr!("NIF"), nif, other);
            add(nifs.note(nif, view.file, view.id, message));
        }
    }
}

/// Says of a code that it is already that of another ens.
pub fn shared(what: Text, code: &str, other: &str) -> Text {
    tr!("the {what} `{code}` is already that of `{other}`", what = what, code = code, other = other)
}

fn certificates(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    let mut digests = Seen::of("sha256");
    for view in &survey.certificates {
        let message =
            |other: &str| tr!("the same certificate is recorded as `{other}`", other = other);
        let draft = digests.note(view.record.sha256.0, view.file, view.id, message);
        found.extend(draft.map(|draft| draft.certificate(view.id)));
    }
}

/// A key's place: what of a PKCS#11 URI selects the key, or an alias, which key stores compare
/// without case. None of what is no place: `valid-identifier` says so.
fn place_of(text: &str) -> Option<Attributes<'_>> {
    match text.strip_prefix("alias:") {
        Some(name) => Some(vec![("alias", name.to_lowercase().into_bytes().into())]),
        None => Some(Uri::read(text).ok()?.place()),
    }
}

/// One place may stand in several records only for the same public key.
fn keys(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    let mut places: HashMap<_, (&CertificateView<'_>, Option<Environment>, Sha256)> =
        HashMap::new();
    for view in &survey.certificates {
        let Some((facts, _)) = view.pem else { continue };
        for (environment, text) in view.record.key_places() {
            let Some(place) = place_of(text) else { continue };
            let key = facts.public_key_sha256;
            let (first, at, known) = *places.entry(place).or_insert((view, environment, key));
            if known != key {
                let message = tr!(
                    "this key's place is already that of another public key, of `{other}`",
                    other = first.id
                );
                let also = tr!("here it is that of `{other}`", other = first.id);
                let draft = Draft::at(key_place(view, environment), message).certificate(view.id);
                found.push(draft.related(key_place(first, at), also));
            }
        }
    }
}

/// Where a record says where its key is.
pub fn key_place(view: &CertificateView<'_>, environment: Option<Environment>) -> Place {
    let place = Place::start(view.file).key("key");
    environment.map_or_else(|| place.clone(), |environment| place.key(environment.word()))
}
