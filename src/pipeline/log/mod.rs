//! The approval record, read from an environment branch's history: what was promoted, who wrote
//! it, who approved it, and what that asked to load.

mod entry;
mod signers;

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::base::text::Text;
use crate::inventory::Inventory;
use crate::inventory::finding::Environment;
use crate::inventory::load::Memory;
use crate::inventory::model::{Load, Record};
use crate::pipeline::gate::Judge;
use crate::pipeline::git::{Commit, Git};
use crate::pipeline::manifest::{Loading, Removing, Restoring};
use crate::pipeline::promotion;
use crate::tr;

use entry::Asked;

pub use signers::allowed_signers;

/// The version of the format.
pub const SCHEMA: &str = "segell.log/v1";

/// The record of one or both environments.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Log {
    /// `segell.log/v1`.
    pub schema: String,
    /// Whether every signature and rule was checked again.
    pub verified: bool,
    /// The environments, PRE first; of each, the newest commit first.
    pub entries: Vec<Entry>,
}

/// One commit of an environment branch's line.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Entry {
    /// The environment.
    pub environment: Environment,
    /// The commit: 40 hexadecimal digits.
    pub commit: String,
    /// The day in Europe/Madrid on which it was committed, `YYYY-MM-DD`; absent: it bears none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// Who committed it: name and e-mail.
    pub committer: String,
    /// Whether an administrator lists it as a root: it passes as it stands.
    pub root: bool,
    /// Whether it lies below the line's latest root, so that it no longer decides anything.
    pub before_root: bool,
    /// The commit of `main` that it holds.
    pub main: String,
    /// The digest of the manifest that it yields, `sha256:…`; absent: it yields none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// What its manifest newly asks to load.
    pub loads: Vec<Step>,
    /// What its manifest newly asks to restore.
    pub restores: Vec<Step>,
    /// What its manifest newly asks to remove.
    pub removes: Vec<Step>,
    /// The e-mails of those who wrote what it brings.
    pub wrote: Vec<String>,
    /// Who approved it.
    pub approved: Vec<Approver>,
    /// With `--verify`: what does not hold.
    #[serde(serialize_with = "as_sentences")]
    #[schemars(with = "Vec<String>")]
    pub refused: Vec<Text>,
    /// With `--rules`: what today's checklist says of it. Rules change, so it decides nothing.
    pub remarks: Vec<String>,
}

/// Sentences, for programs: in the language of whoever asked.
fn as_sentences<S: Serializer>(texts: &[Text], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(texts.iter().map(ToString::to_string))
}

/// One ens and its seal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Step {
    /// The ens.
    pub ens: String,
    /// The seal that is loaded, or comes back; absent: none comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The seal that goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Of a load in PRO: whether AOC's working check in PRE was proved by its message.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proved_in_pre: bool,
}

impl Step {
    /// A load of a manifest.
    pub fn of_load(load: &Loading) -> Step {
        Step {
            ens: load.ens.clone(),
            certificate: Some(load.certificate.id.clone()),
            replaces: load.replaces.as_ref().map(|replaced| replaced.id.clone()),
            proved_in_pre: false,
        }
    }

    /// In a few words.
    pub fn told(&self) -> Text {
        match self.proved_in_pre {
            true => tr!("{what}, proved in PRE", what = self.words()),
            false => self.words(),
        }
    }

    fn words(&self) -> Text {
        let ens = self.ens.as_str();
        match (&self.certificate, &self.replaces) {
            (Some(new), Some(old)) => {
                tr!("{ens}: {new} in place of {old}", ens = ens, new = new, old = old)
            }
            (Some(new), None) => tr!("{ens}: {new}", ens = ens, new = new),
            (None, Some(old)) => tr!("{ens}: nothing in place of {old}", ens = ens, old = old),
            (None, None) => tr!("{ens}: nothing", ens = ens),
        }
    }

    /// Marks the loads whose working check in PRE was proved by its message in `inventory`.
    pub fn prove(loads: &mut [Step], inventory: &Inventory) {
        let is_proved = |load: &&Load| {
            load.withdrawn.is_none() && load.pre.as_ref().is_some_and(Record::is_proved)
        };
        let proved: HashSet<(&str, &str)> = inventory
            .loads()
            .filter(is_proved)
            .map(|load| (load.ens.as_str(), load.certificate.as_str()))
            .collect();
        for step in loads {
            let seal = step.certificate.as_deref();
            step.proved_in_pre = seal.is_some_and(|seal| proved.contains(&(&step.ens, seal)));
        }
    }

    /// What a manifest takes out for good.
    pub fn of_removing(removing: &Removing) -> Step {
        let replaces = Some(removing.certificate.id.clone());
        Step { ens: removing.ens.clone(), certificate: None, replaces, proved_in_pre: false }
    }

    /// What a manifest restores.
    pub fn of_restoring(restoring: &Restoring) -> Step {
        Step {
            ens: restoring.ens.clone(),
            certificate: restoring.certificate.as_ref().map(|seal| seal.id.clone()),
            replaces: Some(restoring.withdraws.id.clone()),
            proved_in_pre: false,
        }
    }
}

/// Who approved.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Approver {
    /// The name in the policy of that day.
    pub name: String,
    /// The e-mail in the policy of that day.
    pub email: String,
    /// For whom: `AOC` or `SIAD`.
    pub role: String,
    /// The last day on which the approval counted, `YYYY-MM-DD`.
    pub expires: String,
}

impl Log {
    /// The record of these environments, newest first; with `verify`, each promotion is judged again
    /// as of its own day; with `rules`, today's checklist is asked of each.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn of(judges: &mut [Judge<'_>], verify: bool, rules: bool) -> Result<Log> {
        let mut entries = Vec::new();
        for judge in judges {
            entries.extend(entries_of(judge, verify, rules)?);
        }
        Ok(Log { schema: SCHEMA.to_owned(), verified: verify, entries })
    }

    /// The record where nothing has been promoted.
    pub fn empty() -> Log {
        Log { schema: SCHEMA.to_owned(), verified: false, entries: Vec::new() }
    }

    /// Whether something does not hold, from the tips down to their line's latest root.
    pub fn is_refused(&self) -> bool {
        self.entries.iter().any(|entry| !entry.before_root && !entry.refused.is_empty())
    }
}

/// The JSON Schema (draft 2020-12) of a log.
pub fn schema() -> schemars::Schema {
    crate::inventory::model::schema_of::<Log>()
}

/// The shortest part of a line that is read by itself: each begins with what its neighbour reads too, and
/// holds inventories of its own.
const SHORTEST: usize = 16;

/// The entries of one environment, newest first. The line is cut into as many parts as there are
/// cores, each read from its oldest commit up, so that neighbours share what they have in common.
fn entries_of(judge: &mut Judge<'_>, verify: bool, rules: bool) -> Result<Vec<Entry>> {
    let line = line(judge)?;
    let (folder, environment) = (judge.git.folder(), judge.environment);
    let roots = &judge.roots.clone();
    let root = line.iter().position(|commit| roots.has(environment, commit));
    let line: Vec<(Commit, Asked)> = line
        .into_iter()
        .enumerate()
        .map(|(depth, commit)| {
            let before_root = root.is_some_and(|root| depth > root);
            (commit, Asked { verify, rules, before_root })
        })
        .collect();
    let memory = read_first(judge, line.last().map(|(commit, _)| commit));
    let read = |part: &[(Commit, Asked)]| {
        let git = Git::named(folder)?;
        let mut judge = Judge::sharing(&git, environment, roots, Arc::clone(&memory))?;
        let entries = part.iter().rev().map(|(commit, asked)| {
            let entry = entry::read(&mut judge, commit, *asked);
            match entry {
                Err(why) if asked.before_root => Ok(entry::unreadable(&judge, commit, &why)),
                entry => entry,
            }
        });
        entries.collect::<Result<Vec<_>>>()
    };
    let length = line.len().div_ceil(rayon::current_num_threads()).max(SHORTEST);
    let parts = line.par_chunks(length);
    let parts: Vec<Result<Vec<Entry>>> = parts.map(read).collect();
    let mut entries = Vec::new();
    for part in parts {
        entries.extend(part?.into_iter().rev());
    }
    Ok(entries)
}

/// The memory that all parts share, with what the oldest commit holds: else each of them would find it
/// missing at once. Whether it can be read, its own part tells.
fn read_first(judge: &mut Judge<'_>, oldest: Option<&Commit>) -> Arc<Memory> {
    let held = oldest.map(|commit| judge.git.commit(promotion::held(commit)));
    if let Some(Ok(held)) = held {
        let _ = judge.snapshots.at_or_none(&held);
    }
    Arc::clone(judge.snapshots.memory())
}

/// The commits of an environment branch's line, newest first, down to where it leaves `main`.
fn line(judge: &mut Judge<'_>) -> Result<Vec<Commit>> {
    let mut commits = vec![judge.tip()?];
    while let Some(last) = commits.last() {
        let is_bottom = judge.main.depth(last.id)?.is_some();
        match last.parents.first() {
            Some(&parent) if !is_bottom => commits.push(judge.git.commit(parent)?),
            _ => break,
        }
    }
    Ok(commits)
}
