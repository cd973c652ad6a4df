//! `unique-identity`.

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;

use crate::finding::{Environment, Kind, Place, Rule};
use crate::model::{Block, KeyLocation};
use crate::rules::{Draft, Verdict};
use crate::survey::Survey;
use crate::text::{Argument, Text};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "unique-identity",
    kind: Kind::Integrity,
    holds: tr!(
        "an organ code and a DIR3 belong to one ens, a NIF to one (departments apart), a certificate to one record, a key URI to one public key; ens that have ceased do not count"
    ),
    why: tr!(
        "two bodies under one code, or two records of one certificate, and nobody can say whose requests a seal signs"
    ),
    mend: tr!("find out which of the two is right, and correct the other"),
};

/// What was seen first under each key.
struct Seen<K>(HashMap<K, (Place, String)>);

impl<K: Hash + Eq + Clone> Seen<K> {
    /// Notes `key`; when it was seen under another name, says so at the later place.
    fn note(
        &mut self,
        key: K,
        place: Place,
        name: &str,
        message: impl Fn(&str) -> Text,
    ) -> Option<Draft> {
        match self.0.get(&key) {
            None => {
                self.0.insert(key, (place, name.to_owned()));
                None
            }
            Some((first, other)) => {
                let also = tr!("here it is that of `{other}`", other = other);
                Some(Draft::at(place, message(other)).related(first.clone(), also))
            }
        }
    }
}

pub fn check(survey: &Survey<'_>) -> Verdict {
    let mut found = Vec::new();
    ens(survey, &mut found);
    certificates(survey, &mut found);
    keys(survey, &mut found);
    Some(found)
}

fn ens(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    let mut codes = Seen(HashMap::new());
    let mut units = Seen(HashMap::new());
    let mut nifs = Seen(HashMap::new());
    for view in survey.ens.iter().filter(|view| !view.has_ceased_by(survey.today)) {
        let place = Place::start(view.file);
        let mut add = |draft: Option<Draft>| found.extend(draft.map(|draft| draft.ens(view.id)));
        let code = view.ens.organ_code.as_str();
        add(codes.note(code, place.key("organ_code"), view.id, shared(tr!("organ code"), code)));
        if let Some(unit) = &view.ens.dir3 {
            add(units.note(unit.as_str(), place.key("dir3"), view.id, shared(tr!("DIR3"), unit)));
        }
        if view.ens.block != Block::Departments {
            let nif = view.ens.nif.as_str();
            add(nifs.note(nif, place.key("nif"), view.id, shared(tr!("NIF"), nif)));
        }
    }
}

/// Says of a code that it is already that of another ens.
pub fn shared(what: Text, code: impl Display) -> impl Fn(&str) -> Text {
    let code = code.to_string();
    move |other| {
        tr!(
            "the {what} `{code}` is already that of `{other}`",
            what = what.clone(),
            code = &code,
            other = other
        )
    }
}

fn certificates(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    let mut digests = Seen(HashMap::new());
    for view in &survey.certificates {
        let place = Place::start(view.file).key("sha256");
        let message =
            |other: &str| tr!("the same certificate is recorded as `{other}`", other = other);
        let draft = digests.note(view.record.sha256.0, place, view.id, message);
        found.extend(draft.map(|draft| draft.certificate(view.id)));
    }
}

/// One URI may stand in several records only for the same public key.
fn keys(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    let mut uris: HashMap<&str, (&str, Place, crate::digest::Sha256)> = HashMap::new();
    for view in &survey.certificates {
        let Some((facts, _)) = view.pem else { continue };
        for (place, uri) in places(&view.record.key, &Place::start(view.file).key("key")) {
            let key = facts.public_key_sha256;
            let (other, first, known) =
                uris.entry(uri).or_insert_with(|| (view.id, place.clone(), key));
            if *known != key {
                let message = tr!(
                    "this key URI is already that of another public key, of `{other}`",
                    other = *other
                );
                let also = tr!("here it is that of `{other}`", other = Argument::from(*other));
                let draft = Draft::at(place, message).certificate(view.id);
                found.push(draft.related(first.clone(), also));
            }
        }
    }
}

fn places<'k>(key: &'k KeyLocation, place: &Place) -> Vec<(Place, &'k str)> {
    match key {
        KeyLocation::Same(uri) => vec![(place.clone(), uri.as_str())],
        each => Environment::BOTH
            .map(|environment| (place.key(environment.field()), each.get(environment)))
            .into(),
    }
}
