//! What is there and has to go, or nobody wished for.

use std::collections::BTreeMap;

use super::super::actual::At;
use super::super::known::{Record, stated};
use super::super::wish::{Wish, digest};
use super::super::{Line, Other, Place, State};
use super::{Comparison, Left};
use crate::base::digest::Sha256;
use crate::base::text::{Text, names};
use crate::files::stores::siri::keys_of;
use crate::files::stores::siri::subject::{self, Likeness};
use crate::files::stores::{Content, Entry};
use crate::files::x509::Certificate;
use crate::tr;

impl Comparison<'_, '_> {
    /// Lines for what has to go; what another ens holds stays in a key store.
    pub(super) fn left_behind(&mut self, wishes: &BTreeMap<&str, Wish<'_>>, left: Vec<Left<'_>>) {
        for it in left {
            let is_wanted = digest(it.sha256).is_some_and(|digest| self.wanted.contains(&digest));
            let certificates = if is_wanted { &[][..] } else { &it.found.certificates };
            let places: Vec<At> = certificates.iter().chain(&it.found.rows).copied().collect();
            if places.is_empty() {
                if it.is_removal {
                    self.taken_out.push(self.removed_command(it.ens, it.id));
                }
                continue;
            }
            let state = if self.desired.today <= it.until { State::Due } else { State::Stale };
            let batch = wishes.get(it.ens).and_then(Wish::batch).map(ToOwned::to_owned);
            self.lines.push(Line {
                state,
                ens: Some(it.ens.to_owned()),
                organ_code: Some(it.code.to_owned()),
                certificate: Some(it.id.to_owned()),
                sha256: Some(it.sha256.to_owned()),
                not_after: self.not_after(&places),
                places: self.places(&places),
                notes: vec![it.why],
                batch: batch.filter(|_| !it.is_removal),
            });
        }
    }

    /// The validity of the certificate at one of these places.
    fn not_after(&self, places: &[At]) -> Option<jiff::Timestamp> {
        places.iter().find_map(|&at| match &self.actual.entry(at).content {
            Content::Certificate { der, .. } => {
                Certificate::read(der).ok().map(|facts| facts.not_after)
            }
            Content::Row { .. } => None,
        })
    }

    /// What is there and no wish speaks of.
    pub(super) fn strangers(&mut self) -> anyhow::Result<()> {
        let mut certificates: BTreeMap<Sha256, Vec<At>> = BTreeMap::new();
        let mut rows = Vec::new();
        for (at, entry) in self.actual.all() {
            match &entry.content {
                Content::Certificate { sha256, .. } => {
                    if !self.wanted.contains(sha256) && !self.spared.contains(sha256) {
                        certificates.entry(*sha256).or_default().push(at);
                    }
                }
                Content::Row { .. } if self.seen_rows.contains(&at) => {}
                Content::Row { serial, subject, .. } => rows.push((at, entry, serial, subject)),
            }
        }
        for (sha256, places) in certificates {
            self.stranger(sha256, &places)?;
        }
        for (at, entry, serial, subject) in rows {
            self.strange_row(at, entry, serial, subject)?;
        }
        self.others.sort_by(|a, b| a.place.cmp(&b.place));
        Ok(())
    }

    fn stranger(&mut self, sha256: Sha256, places: &[At]) -> anyhow::Result<()> {
        let Content::Certificate { der, .. } = &self.actual.entry(places[0]).content else {
            return Ok(());
        };
        let facts = Certificate::read(der).ok();
        let mut line = Line {
            sha256: Some(sha256.to_string()),
            not_after: facts.as_ref().map(|facts| facts.not_after),
            ..Line::unknown(self.places(places))
        };
        if let Some(record) = self.known()?.record(&sha256) {
            line.is_of(record, judged(record));
            self.lines.push(line);
            return Ok(());
        }
        let stated = facts.as_ref().filter(|facts| !facts.is_authority).map(stated);
        match self.known()?.named(&stated.unwrap_or_default()) {
            Some((ens, nif)) => {
                line.ens = Some(ens.to_owned());
                line.notes.push(tr!("it has the NIF `{nif}`, and no record knows it", nif = nif));
                self.lines.push(line);
            }
            None => self.other(line, facts.as_ref()),
        }
        Ok(())
    }

    /// A certificate that has nothing to do with any ens.
    fn other(&mut self, line: Line, facts: Option<&Certificate>) {
        let subject = match facts {
            Some(facts) => facts.subject.to_string(),
            None => tr!("a certificate that is not read strictly").to_string(),
        };
        let Line { sha256, places, .. } = line;
        self.others.extend(places.into_iter().map(|place| Other {
            place,
            sha256: sha256.clone(),
            subject: subject.clone(),
        }));
    }

    /// A row that says nothing that was wished for under its code.
    fn strange_row(
        &mut self,
        at: At,
        entry: &Entry,
        serial: &str,
        subject: &str,
    ) -> anyhow::Result<()> {
        let known = self.known()?;
        let owner = known.owner(&entry.name).map(ToOwned::to_owned);
        let keys = keys_of(serial);
        let with_serial = keys.iter().flat_map(|key| known.with_serial(key).iter().copied());
        let candidates: Vec<Sha256> = with_serial.collect();
        let seal = self.likely(&candidates, owner.as_deref(), subject)?;
        let place = self.place(at);
        if owner.is_none() && seal.is_none() {
            let subject = subject.trim().to_owned();
            self.others.push(Other { place, sha256: None, subject });
            return Ok(());
        }
        let mut line = Line {
            organ_code: Some(entry.name.clone()),
            sha256: seal.map(|seal| seal.to_string()),
            ens: owner.clone(),
            ..Line::unknown(vec![place])
        };
        match seal.and_then(|seal| known.record(&seal)) {
            None => line.notes.push(tr!(
                "it stands under the code of `{ens}`, and no record knows its serial",
                ens = owner.as_deref().unwrap_or_default()
            )),
            Some(record) => {
                line.certificate = Some(record.id.clone());
                let is_own = owner.as_ref().is_some_and(|owner| record.ens.contains(owner));
                (line.state, line.notes) = match is_own {
                    true => judged(record),
                    false => (State::Misplaced, vec![under_another(record, &entry.name)]),
                };
            }
        }
        self.lines.push(line);
        Ok(())
    }

    /// Of seals with one serial, the one that the row means: of the code's own ens, then with its subject.
    fn likely(
        &self,
        candidates: &[Sha256],
        owner: Option<&str>,
        subject: &str,
    ) -> anyhow::Result<Option<Sha256>> {
        let known = self.known()?;
        let rank = |sha256: &&Sha256| {
            let record = known.record(sha256);
            let is_own = record
                .is_some_and(|it| owner.is_some_and(|own| it.ens.iter().any(|ens| ens == own)));
            let facts = record.and_then(|it| (self.desired.facts)(&it.id, &sha256.to_string()));
            let likeness = facts.map(|(_, name)| subject::compare(subject, &name));
            (likeness.unwrap_or(Likeness::Untold), !is_own)
        };
        Ok(candidates.iter().min_by_key(rank).copied())
    }
}

impl Line {
    /// What is there and not known.
    fn unknown(places: Vec<Place>) -> Line {
        Line {
            state: State::Unknown,
            ens: None,
            organ_code: None,
            certificate: None,
            sha256: None,
            not_after: None,
            places,
            notes: Vec::new(),
            batch: None,
        }
    }

    fn is_of(&mut self, record: &Record, (state, notes): (State, Vec<Text>)) {
        (self.state, self.notes) = (state, notes);
        self.ens = record.ens.first().cloned();
        self.organ_code = record.codes.first().cloned();
        self.certificate = Some(record.id.clone());
    }
}

fn under_another(record: &Record, code: &str) -> Text {
    tr!(
        "`{certificate}` is the seal of {ens}, and stands under the code `{code}`",
        certificate = &record.id,
        ens = names(&record.ens),
        code = code
    )
}

/// A known seal that is not to be there: no longer, or not yet.
fn judged(record: &Record) -> (State, Vec<Text>) {
    match &record.gone {
        Some(why) => (State::Stale, vec![why.clone()]),
        None => (State::Early, vec![tr!("it is not released for this environment")]),
    }
}
