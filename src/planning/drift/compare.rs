//! The comparison: each wish beside what is there, then what is there and nobody wished for.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use super::actual::{Actual, At};
use super::known::{Known, Record, stated};
use super::select::{Selection, Selector};
use super::wish::{Wish, day, digest, wishes};
use super::{Desired, Drift, Line, Looked, Other, Place, State};
use crate::base::digest::Sha256;
use crate::base::text::{Text, names};
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::files::stores::siri::subject::{self, Likeness};
use crate::files::stores::siri::{hex_key, keys_of};
use crate::files::stores::{Content, Entry, Key, Unknown};
use crate::files::x509::{Certificate, Name, Serial};
use crate::pipeline::manifest::Seal;
use crate::tr;

pub fn compare(desired: &Desired<'_>, stores: Vec<Looked>) -> anyhow::Result<Drift> {
    let wishes = wishes(desired.manifest);
    let actual = Actual::of(&stores);
    let mut comparison = Comparison {
        desired,
        selector: Selector::of(&actual),
        actual: &actual,
        known: OnceCell::new(),
        lines: Vec::new(),
        others: Vec::new(),
        unsaid: Vec::new(),
        wanted: HashSet::new(),
        spared: HashSet::new(),
        seen_rows: HashSet::new(),
        taken_out: Vec::new(),
        restored: Vec::new(),
    };
    let mut left = Vec::new();
    for wish in wishes.values() {
        comparison.wish(wish, &mut left)?;
    }
    comparison.left_behind(&wishes, left);
    comparison.strangers()?;
    let Comparison { mut lines, others, unsaid, taken_out, restored, .. } = comparison;
    lines.sort_by(|a, b| {
        let key =
            |line: &Line| (line.state, line.ens.is_none(), line.ens.clone(), line.places.clone());
        key(a).cmp(&key(b))
    });
    let mut commands = record_loaded(desired, &lines);
    commands.extend(restored.into_iter().map(|command| (State::Held, command)));
    commands.extend(taken_out.into_iter().map(|command| (State::Held, command)));
    let environment = desired.manifest.environment;
    let commit = desired.manifest.commit.clone();
    let today = desired.today;
    Ok(Drift { environment, today, commit, stores, lines, others, unsaid, commands })
}

/// Where a seal that is named stands.
#[derive(Default)]
struct Found {
    /// Its certificate.
    certificates: Vec<At>,
    /// Rows of its ens that say it.
    rows: Vec<At>,
    /// Whether one of them has another subject.
    is_misplaced: bool,
    /// Whether one of them has a subject that cannot be told.
    is_untold: bool,
}

/// What stood before a wish's seal and is still there.
struct Left<'m> {
    ens: &'m str,
    code: &'m str,
    id: &'m str,
    sha256: &'m str,
    found: Found,
    /// Until which day it may.
    until: Date,
    why: Text,
    is_removal: bool,
}

struct Comparison<'d, 'a> {
    desired: &'d Desired<'d>,
    actual: &'a Actual<'a>,
    selector: Selector<'a>,
    known: OnceCell<Known>,
    lines: Vec<Line>,
    others: Vec<Other>,
    unsaid: Vec<String>,
    /// The seals that are to be there.
    wanted: HashSet<Sha256>,
    /// What a load still to do replaces, and what is told elsewhere.
    spared: HashSet<Sha256>,
    /// The rows that are told.
    seen_rows: HashSet<At>,
    taken_out: Vec<String>,
    restored: Vec<String>,
}

impl<'d> Comparison<'d, '_> {
    fn known(&self) -> anyhow::Result<&Known> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let known = (self.desired.known)()?;
        Ok(self.known.get_or_init(|| known))
    }

    /// Where a seal of an ens stands, as certificate and in the front's table.
    fn find(&self, code: &str, id: &str, sha256: &str) -> Found {
        let mut found = Found::default();
        if let Some(digest) = digest(sha256) {
            found.certificates = self.actual.places(&digest).to_vec();
        }
        let rows = self.actual.rows(code);
        if rows.is_empty() {
            return found;
        }
        let Some((serial, name)) = (self.desired.facts)(id, sha256) else { return found };
        for &at in rows {
            match self.row_says(at, &serial, &name) {
                Some(Likeness::Different) => found.is_misplaced = true,
                Some(Likeness::Untold) => found.is_untold = true,
                Some(Likeness::Same) => {}
                None => continue,
            }
            found.rows.push(at);
        }
        found
    }

    /// How a row that has this serial stands to this name; none: it has another.
    fn row_says(&self, at: At, serial: &Serial, name: &Name) -> Option<Likeness> {
        let Content::Row { serial: written, subject, .. } = &self.actual.entry(at).content else {
            return None;
        };
        let is_it = keys_of(written).contains(&hex_key(serial.as_bytes()));
        is_it.then(|| subject::compare(subject, name))
    }

    /// Whether it is on every side that was looked at.
    fn is_there(&self, found: &Found) -> bool {
        (!self.actual.has_certificates || !found.certificates.is_empty())
            && (!self.actual.has_tables || !found.rows.is_empty())
            && self.is_anywhere(found)
    }

    fn is_anywhere(&self, found: &Found) -> bool {
        !found.certificates.is_empty() || !found.rows.is_empty()
    }

    fn wish<'m>(&mut self, wish: &Wish<'m>, left: &mut Vec<Left<'m>>) -> anyhow::Result<()> {
        let seal = wish.seal(self.desired.today);
        let found = seal.map(|seal| self.find(wish.code, &seal.id, &seal.sha256));
        let is_there = found.as_ref().is_some_and(|found| self.is_there(found));
        if let Some(seal) = seal {
            self.wanted.extend(digest(&seal.sha256));
        }
        if let Some(found) = &found {
            self.seen_rows.extend(&found.rows);
        }
        let before = self.before(wish);
        if let (Some(seal), Some(found)) = (seal, found) {
            let line = match is_there {
                true => Some(self.there(wish, seal, &found)?),
                false => self.not_there(wish, seal, &found, &before),
            };
            self.lines.extend(line);
        }
        self.after(wish, seal, is_there, before, left);
        Ok(())
    }

    /// What stands before the wish's seal, where it does; the day of the step that follows.
    fn before<'m>(&self, wish: &Wish<'m>) -> Vec<(&'m str, &'m str, Date, Found)> {
        let steps = wish.before().into_iter();
        let found = steps.map(|(id, sha256, day)| {
            let mut found = self.find(wish.code, id, sha256);
            let is_unknown = (self.desired.facts)(id, sha256).is_none();
            if is_unknown {
                // Its serial is not known: what else stands under the code is taken for it.
                let rows = self.actual.rows(wish.code).iter().copied();
                found.rows = rows.filter(|at| !self.seen_rows.contains(at)).collect();
            }
            (id, sha256, day, found)
        });
        found.collect()
    }

    /// The line of a seal that is there.
    fn there(&self, wish: &Wish<'_>, seal: &Seal, found: &Found) -> anyhow::Result<Line> {
        let mut line = self.line(wish, seal, found);
        let mut states = vec![State::Held];
        let expired = day_of_seal(seal).filter(|last| *last < self.desired.today);
        if let Some(last) = expired {
            states.push(State::Stale);
            line.notes.push(tr!("it expired on {day}", day = last));
        }
        if let Some(remove) = wish.remove {
            states.push(State::Due);
            line.notes.push(tr!("it is to be out from {day} on", day = day(&remove.date)));
        }
        if !wish.loads.is_empty() {
            let is_recorded = match digest(&seal.sha256) {
                Some(digest) => self.known()?.is_recorded(wish.ens, digest),
                None => false,
            };
            match is_recorded {
                true => line.notes.push(tr!(
                    "`main` records it as loaded; the environment's branch will when it is promoted"
                )),
                false => states.push(State::Unrecorded),
            }
        }
        states.extend(self.namesakes(wish, seal, &mut line.notes));
        states.extend(self.key(wish, seal, found, &mut line.notes));
        if found.is_misplaced {
            states.push(State::Misplaced);
            line.notes.push(tr!("the subject in the front's table is not this certificate's"));
        } else if found.is_untold {
            line.notes.push(tr!(
                "whether the subject in the front's table is this certificate's cannot be told from how it is written"
            ));
        }
        line.state = states.into_iter().min().unwrap_or(State::Held);
        Ok(line)
    }

    /// Ambiguity of names, and of rows under one code.
    fn namesakes(&self, wish: &Wish<'_>, seal: &Seal, notes: &mut Vec<Text>) -> Option<State> {
        let named = digest(&seal.sha256).and_then(|digest| self.actual.ambiguity(&digest));
        notes.extend(named.cloned());
        let rows = self.rows_apart(wish.code);
        if rows > 1 {
            notes.push(tr!(
                "the front's table has {count} seals under `{code}`",
                count = rows,
                code = wish.code
            ));
        }
        (named.is_some() || rows > 1).then_some(State::Ambiguous)
    }

    /// How many seals the rows under a code say.
    fn rows_apart(&self, code: &str) -> usize {
        let rows = self.actual.rows(code).iter();
        let said: HashSet<_> = rows
            .filter_map(|&at| match &self.actual.entry(at).content {
                Content::Row { serial, subject, .. } => Some((keys_of(serial), subject.trim())),
                Content::Certificate { .. } => None,
            })
            .collect();
        said.len()
    }

    /// What is wrong with a seal's private key, if something is.
    fn key(
        &self,
        wish: &Wish<'_>,
        seal: &Seal,
        found: &Found,
        notes: &mut Vec<Text>,
    ) -> Option<State> {
        let in_key_stores =
            found.certificates.iter().filter(|at| self.actual.kind(**at).has_keys());
        let best = in_key_stores.filter_map(|&at| key_of(self.actual.entry(at))).min();
        let mut state = None;
        match best {
            None | Some(Key::Held) => {}
            Some(Key::Unknown(why)) => notes.push(untold(why)),
            Some(Key::Other) => {
                notes.push(tr!("the private key beside it is another certificate's"));
                state = Some(State::NoKey);
            }
            Some(Key::Missing | Key::NotKept) => {
                notes.push(tr!("its private key is not there"));
                state = Some(State::NoKey);
            }
        }
        let worse = wish.key().and_then(|key| self.selected(key, seal, notes));
        state.into_iter().chain(worse).min()
    }

    /// What is wrong with what the record's `key` selects.
    fn selected(&self, key: &str, seal: &Seal, notes: &mut Vec<Text>) -> Option<State> {
        let (state, note) = match self.selector.select(key, &digest(&seal.sha256)?) {
            Selection::NotAsked | Selection::Fits => return None,
            Selection::None => {
                (State::NoKey, tr!("the record's key, `{key}`, selects none there", key = key))
            }
            Selection::Another => {
                (State::NoKey, tr!("the record's key, `{key}`, selects another seal's", key = key))
            }
            Selection::Several(count) => (
                State::Ambiguous,
                tr!("the record's key, `{key}`, selects {count}", key = key, count = count),
            ),
        };
        notes.push(note);
        Some(state)
    }

    /// The line of a seal that is not there, or not on every side; none where nothing can be said.
    fn not_there(
        &mut self,
        wish: &Wish<'_>,
        seal: &Seal,
        found: &Found,
        before: &[(&str, &str, Date, Found)],
    ) -> Option<Line> {
        let mut line = self.line(wish, seal, found);
        let is_pending = !wish.loads.is_empty() || wish.restore.is_some();
        let stands = before.iter().rev().find(|(.., found)| self.is_there(found));
        let first = wish.loads.first().filter(|_| before.is_empty()).map(|load| day(&load.date));
        let next = stands.map(|(.., day, _)| *day).or(first).filter(|_| is_pending);
        if let Some(day) = next.filter(|day| self.desired.today <= *day) {
            let old = stands.and_then(|(_, sha256, ..)| digest(sha256));
            let named = old.and_then(|old| self.actual.ambiguity(&old));
            line.state = if named.is_some() { State::Ambiguous } else { State::Due };
            line.notes.push(tr!("its day is {day}", day = day));
            line.notes.extend(named.cloned());
            return Some(line);
        }
        if !self.actual.is_whole {
            self.unsaid.push(wish.ens.to_owned());
            return None;
        }
        line.state = State::Missing;
        line.notes.push(self.where_missing(found));
        if let Some(day) = next {
            line.notes.push(tr!("its day was {day}", day = day));
        } else if is_pending && !before.is_empty() {
            let replaced = before.iter().map(|(id, ..)| *id);
            line.notes.push(tr!("nor is what it replaces: {seals}", seals = names(replaced)));
        }
        Some(line)
    }

    fn where_missing(&self, found: &Found) -> Text {
        match (found.certificates.is_empty(), found.rows.is_empty()) {
            (false, true) if self.actual.has_tables => {
                tr!("it is not under its code in the front's table")
            }
            (true, false) if self.actual.has_certificates => {
                tr!("its certificate is in no store; only the front's table has it")
            }
            _ => tr!("it is not there"),
        }
    }

    /// What was before: spared while a step is still to be done, else it has to go.
    fn after<'m>(
        &mut self,
        wish: &Wish<'m>,
        seal: Option<&Seal>,
        is_there: bool,
        before: Vec<(&'m str, &'m str, Date, Found)>,
        left: &mut Vec<Left<'m>>,
    ) {
        let is_done = is_there || seal.is_none();
        for (id, sha256, until, found) in before {
            if seal.is_some_and(|seal| seal.sha256 == sha256) {
                continue;
            }
            self.seen_rows.extend(&found.rows);
            self.spared.extend(digest(sha256));
            let is_left = self.is_anywhere(&found);
            let is_withdrawn = wish.restore.is_some_and(|it| it.withdraws.sha256 == sha256);
            if is_withdrawn && is_done && wish.loads.is_empty() && !is_left {
                self.restored.push(format!(
                    "segell record restored --batch {} --env {} --ens {}",
                    wish.restore.map_or("", |it| &it.batch),
                    self.desired.manifest.environment.word(),
                    wish.ens
                ));
            }
            if is_done && is_left {
                let why = match (is_withdrawn, seal) {
                    (false, Some(seal)) => tr!("`{by}` takes its place", by = &seal.id),
                    _ => tr!("its load was withdrawn"),
                };
                // A load that is there took the place: from then on it has to go.
                let until = if is_withdrawn { until } else { Date::MIN };
                let (ens, code) = (wish.ens, wish.code);
                left.push(Left { ens, code, id, sha256, found, until, why, is_removal: false });
            }
        }
        self.removal(wish, left);
    }

    /// What is to be taken out for good, from its day on.
    fn removal<'m>(&mut self, wish: &Wish<'m>, left: &mut Vec<Left<'m>>) {
        let Some(remove) = wish.remove.filter(|it| day(&it.date) <= self.desired.today) else {
            return;
        };
        let (id, sha256) = (&*remove.certificate.id, &*remove.certificate.sha256);
        let found = self.find(wish.code, id, sha256);
        self.seen_rows.extend(&found.rows);
        self.spared.extend(digest(sha256));
        if self.is_anywhere(&found) {
            let until = day(&remove.date);
            let why = tr!("it is to be out from {day} on", day = until);
            let (ens, code) = (wish.ens, wish.code);
            left.push(Left { ens, code, id, sha256, found, until, why, is_removal: true });
        } else if self.actual.is_whole {
            self.taken_out.push(self.removed_command(wish.ens, id));
        }
    }

    fn removed_command(&self, ens: &str, certificate: &str) -> String {
        let environment = self.desired.manifest.environment.word();
        let removes = self.desired.manifest.remove.iter();
        let is_compromised = removes
            .filter(|it| it.ens == ens)
            .any(|it| it.reason == crate::pipeline::manifest::RemovalReason::Compromised);
        let subject = match is_compromised {
            true => format!("--certificate {certificate}"),
            false => format!("--ens {ens}"),
        };
        format!("segell record removed {subject} --env {environment}")
    }

    /// Lines for what has to go; what another ens holds stays in a key store.
    fn left_behind(&mut self, wishes: &BTreeMap<&str, Wish<'_>>, left: Vec<Left<'_>>) {
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
    fn strangers(&mut self) -> anyhow::Result<()> {
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

    fn line(&self, wish: &Wish<'_>, seal: &Seal, found: &Found) -> Line {
        let places: Vec<At> = found.certificates.iter().chain(&found.rows).copied().collect();
        Line {
            state: State::Held,
            ens: Some(wish.ens.to_owned()),
            organ_code: Some(wish.code.to_owned()),
            certificate: Some(seal.id.clone()),
            sha256: Some(seal.sha256.clone()),
            not_after: seal.not_after.parse().ok(),
            places: self.places(&places),
            notes: Vec::new(),
            batch: wish.batch().map(ToOwned::to_owned),
        }
    }

    fn places(&self, places: &[At]) -> Vec<Place> {
        places.iter().map(|&at| self.place(at)).collect()
    }

    fn place(&self, at: At) -> Place {
        let entry = self.actual.entry(at);
        let line = match entry.content {
            Content::Row { line, .. } => Some(line),
            Content::Certificate { .. } => None,
        };
        Place { store: at.store, name: entry.name.clone(), line }
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

fn key_of(entry: &Entry) -> Option<Key> {
    match &entry.content {
        Content::Certificate { key, .. } => Some(*key),
        Content::Row { .. } => None,
    }
}

fn untold(why: Unknown) -> Text {
    match why {
        Unknown::NoPin => tr!("its private key was not asked for, without a PIN"),
        Unknown::NoPassword => tr!("its private key was not opened, without a password"),
        Unknown::OtherPassword => {
            tr!("its private key has a password of its own, and was not opened")
        }
        Unknown::NoPublicHalf => {
            tr!("whether the private key is its own cannot be told: its public half is not there")
        }
    }
}

/// The last day of a seal's validity.
fn day_of_seal(seal: &Seal) -> Option<Date> {
    seal.not_after.parse().ok().map(day_of)
}

/// The command lines that record all that is there and not recorded: one a batch.
fn record_loaded(desired: &Desired<'_>, lines: &[Line]) -> Vec<(State, String)> {
    let mut by_batch: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.state == State::Unrecorded) {
        if let (Some(batch), Some(ens)) = (&line.batch, &line.ens) {
            by_batch.entry(batch).or_default().push(ens);
        }
    }
    let mut asked: HashMap<&str, usize> = HashMap::new();
    for load in &desired.manifest.load {
        *asked.entry(&load.batch).or_default() += 1;
    }
    let environment = desired.manifest.environment.word();
    let command = |(batch, ens): (&str, Vec<&str>)| {
        let whom = match asked.get(batch) == Some(&ens.len()) {
            true => " --all".to_owned(),
            false => ens.iter().map(|ens| format!(" --ens {ens}")).collect(),
        };
        let line = format!("segell record loaded --batch {batch} --env {environment}{whom}");
        (State::Unrecorded, line)
    };
    by_batch.into_iter().map(command).collect()
}
