//! One commit of the line, as the record tells it.

use std::collections::BTreeSet;

use anyhow::Result;

use super::{Approver, Entry, Step};
use crate::base::text::Text;
use crate::checklist::rules;
use crate::inventory::finding::{Environment, Severity};
use crate::inventory::survey::Survey;
use crate::pipeline::gate::Judge;
use crate::pipeline::git::Commit;
use crate::pipeline::manifest::Manifest;
use crate::pipeline::promotion;
use crate::pipeline::reviewer::{reviewers_at, role_name, whose};
use crate::tr;

/// Reads the entry of `commit`. What cannot be read below a root stops nobody: it is told there.
pub fn read(judge: &mut Judge<'_>, commit: &Commit, asked: Asked) -> Result<Entry> {
    let held = judge.git.commit(promotion::held(commit))?;
    let made = match judge.git.inventory_in(held.tree)? {
        Some(_) => Some(judge.snapshots.yielded(&held, judge.environment)?),
        None => None,
    };
    let from = match commit.parents.first() {
        Some(&from) if held.id != commit.id => Some(judge.git.commit(from)?),
        _ => None,
    };
    let mut entry = Entry {
        main: held.id.to_string(),
        manifest: made.as_ref().map(|made| format!("sha256:{}", made.files.digest())),
        approved: approved(judge, commit, from.as_ref())?,
        refused: if asked.verify { refused(judge, commit)? } else { Vec::new() },
        remarks: if asked.rules { remarks(judge, commit, &held)? } else { Vec::new() },
        ..bare(judge, commit, asked.before_root)
    };
    let Some(from) = &from else { return Ok(entry) };
    let before = judge.git.commit(promotion::held(from))?;
    entry.wrote = judge.git.authors(before.id, held.id)?.emails.into_iter().collect();
    let known = match judge.git.inventory_in(before.tree)? {
        Some(_) => Some(judge.snapshots.yielded(&before, judge.environment)?),
        None => None,
    };
    let known = known.as_ref().map(|known| &known.manifest);
    if let Some(made) = &made {
        entry.loads = added(loaded(&made.manifest), known.map(loaded));
        if judge.environment == Environment::Pro {
            let snapshot = judge.snapshots.at_or_none(&held)?;
            Step::prove(&mut entry.loads, &snapshot.inventory);
        }
        entry.restores = added(restored(&made.manifest), known.map(restored));
        entry.removes = added(removed(&made.manifest), known.map(removed));
    }
    Ok(entry)
}

/// What an entry is to say besides what was promoted.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Whether the promotion holds.
    pub verify: bool,
    /// What today's checklist would say of it.
    pub rules: bool,
    /// Whether it lies below the line's latest root.
    pub before_root: bool,
}

/// An entry of a commit that cannot be read as one.
pub fn unreadable(judge: &Judge<'_>, commit: &Commit, why: &anyhow::Error) -> Entry {
    Entry { refused: vec![tr!("{why}", why = format!("{why:#}"))], ..bare(judge, commit, true) }
}

/// What a commit says by itself, whatever was promoted with it.
fn bare(judge: &Judge<'_>, commit: &Commit, before_root: bool) -> Entry {
    Entry {
        environment: judge.environment,
        commit: commit.id.to_string(),
        day: commit.day().map(|day| day.to_string()),
        committer: format!("{} <{}>", commit.committer.name(), commit.committer.email()),
        root: judge.roots.has(judge.environment, commit),
        before_root,
        main: commit.id.to_string(),
        manifest: None,
        loads: Vec::new(),
        restores: Vec::new(),
        removes: Vec::new(),
        wrote: Vec::new(),
        approved: Vec::new(),
        refused: Vec::new(),
        remarks: Vec::new(),
    }
}

/// What today's checklist finds wrong with what was promoted: a remark, since rules change.
fn remarks(judge: &mut Judge<'_>, promotion: &Commit, held: &Commit) -> Result<Vec<String>> {
    let Some(day) = promotion.day() else { return Ok(Vec::new()) };
    let snapshot = judge.snapshots.at_or_none(held)?;
    let survey = Survey::of(&snapshot.inventory, day);
    let findings = rules::tell_once(&survey, rules::check(&survey).findings);
    let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    Ok(errors.map(|finding| snapshot.told(&finding).to_string()).collect())
}

fn added(now: BTreeSet<Step>, before: Option<BTreeSet<Step>>) -> Vec<Step> {
    let before = before.unwrap_or_default();
    now.difference(&before).cloned().collect()
}

fn loaded(manifest: &Manifest) -> BTreeSet<Step> {
    manifest.load.iter().map(Step::of_load).collect()
}

fn restored(manifest: &Manifest) -> BTreeSet<Step> {
    manifest.restore.iter().map(Step::of_restoring).collect()
}

fn removed(manifest: &Manifest) -> BTreeSet<Step> {
    manifest.remove.iter().map(Step::of_removing).collect()
}

/// Who approved, by the policy of the tip that was promoted from.
fn approved(judge: &Judge<'_>, commit: &Commit, from: Option<&Commit>) -> Result<Vec<Approver>> {
    let (Some(record), Some(from)) = (promotion::read(commit), from) else { return Ok(Vec::new()) };
    if record.approvals.is_empty() {
        return Ok(Vec::new());
    }
    let reviewers = reviewers_at(judge.git, from)?;
    let approvers = record.approvals.iter().filter_map(|approval| {
        let reviewer = whose(&reviewers, &approval.signature.key())?;
        approval.verifies(&record.statement).then(|| Approver {
            name: reviewer.name.clone(),
            email: reviewer.email.clone(),
            role: role_name(reviewer.role).to_owned(),
            expires: approval.expires.to_string(),
        })
    });
    Ok(approvers.collect())
}

fn refused(judge: &mut Judge<'_>, commit: &Commit) -> Result<Vec<Text>> {
    let refusals = judge.verify(commit)?;
    Ok(refusals
        .into_iter()
        .map(|refusal| tr!("{rule}: {what}", rule = refusal.rule.name, what = refusal.message))
        .collect())
}
