//! The comparison: each wish beside what is there, then what is there and nobody wished for.

mod strangers;
mod wished;

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use super::actual::{Actual, At};
use super::known::Known;
use super::select::Selector;
use super::wish::{Wish, digest, wishes};
use super::{Desired, Drift, Line, Looked, Other, Place, State};
use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::base::word::Word;
use crate::files::stores::Content;
use crate::files::stores::siri::subject::{self, Likeness};
use crate::files::stores::siri::{hex_key, keys_of};
use crate::files::x509::{Name, Serial};
use crate::pipeline::manifest::Seal;

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
