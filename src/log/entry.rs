//! One commit of the line, as the record tells it.

use std::collections::BTreeSet;

use anyhow::Result;

use super::{Approver, Entry, Step};
use crate::gate::{Judge, authors};
use crate::git::Commit;
use crate::manifest::Manifest;
use crate::promotion;
use crate::reviewer::{reviewers_at, role_name, whose};

/// Reads the entry of `commit`.
pub fn read(judge: &mut Judge<'_>, commit: &Commit, verify: bool) -> Result<Entry> {
    let held = judge.git.commit(promotion::held(commit))?;
    let made = judge.snapshots.yielded(&held, judge.environment)?;
    let from = match commit.parents.first() {
        Some(&from) if held.id != commit.id => Some(judge.git.commit(from)?),
        _ => None,
    };
    let (mut loads, mut restores) = (BTreeSet::new(), BTreeSet::new());
    let mut wrote = BTreeSet::new();
    if let Some(from) = &from {
        let before = judge.git.commit(promotion::held(from))?;
        wrote = authors(judge.git, before.id, held.id)?;
        if let Ok(made) = made.as_ref() {
            let known = judge.snapshots.yielded(&before, judge.environment)?;
            let known = known.as_ref().as_ref().ok().map(|known| &known.manifest);
            loads = added(loaded(&made.manifest), known.map(loaded));
            restores = added(restored(&made.manifest), known.map(restored));
        }
    }
    Ok(Entry {
        environment: judge.environment,
        commit: commit.id.to_string(),
        day: commit.day().to_string(),
        committer: format!("{} <{}>", commit.committer.name, commit.committer.email),
        root: judge.roots.contains(&commit.id),
        main: held.id.to_string(),
        manifest: made.as_ref().as_ref().ok().map(|made| format!("sha256:{}", made.files.digest())),
        loads: loads.into_iter().collect(),
        restores: restores.into_iter().collect(),
        wrote: wrote.into_iter().collect(),
        approved: approved(judge, commit, from.as_ref())?,
        refused: if verify { refused(judge, commit)? } else { Vec::new() },
    })
}

fn added(now: BTreeSet<Step>, before: Option<BTreeSet<Step>>) -> BTreeSet<Step> {
    let before = before.unwrap_or_default();
    now.difference(&before).cloned().collect()
}

fn loaded(manifest: &Manifest) -> BTreeSet<Step> {
    manifest.load.iter().map(Step::of_load).collect()
}

fn restored(manifest: &Manifest) -> BTreeSet<Step> {
    manifest.restore.iter().map(Step::of_restoring).collect()
}

/// Who approved, by the policy of the tip that was promoted from.
fn approved(judge: &Judge<'_>, commit: &Commit, from: Option<&Commit>) -> Result<Vec<Approver>> {
    let (Some(record), Some(from)) = (promotion::read(commit), from) else { return Ok(Vec::new()) };
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

fn refused(judge: &mut Judge<'_>, commit: &Commit) -> Result<Vec<String>> {
    let refusals = judge.verify(commit)?;
    Ok(refusals
        .into_iter()
        .map(|refusal| format!("{}: {}", refusal.rule.name, refusal.message))
        .collect())
}
