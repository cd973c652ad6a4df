//! Manifests as commits on a branch that holds nothing else: its log is the history of loads, and
//! whatever follows a branch can follow it.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::Yield;
use crate::base::word::Word;
use crate::files::objects::Oid;
use crate::files::repo::Tree;
use crate::inventory::finding::Environment;
use crate::pipeline::gate::Snapshots;
use crate::pipeline::git::{Commit, Draft, Git, short};
use crate::pipeline::promotion;
use crate::tr;

/// The line of a manifest's commit that names the promotion it comes from.
const PROMOTION: &str = "promotion: ";

/// Writes to the branch `name` (a full name) the manifest of each tip of the environment's branch
/// from the one recorded last up to `tip`. Anyone can make the same commits again.
///
/// Returns the commits that were added, oldest first.
///
/// # Errors
/// When git data is missing, or the branch cannot be written.
pub fn follow(
    git: &Git,
    snapshots: &mut Snapshots<'_>,
    environment: Environment,
    tip: Oid,
    name: &str,
) -> Result<Vec<Oid>> {
    let before = git.reference(name)?;
    let recorded = match before {
        Some(before) => recorded(&git.commit(before)?),
        None => None,
    };
    let mut pending = Vec::new();
    let mut next = Some(tip);
    while let Some(id) = next.take().filter(|id| recorded != Some(*id)) {
        let commit = git.commit(id)?;
        // Below the first promotion lies `main`.
        let is_promotion = promotion::held(&commit) != commit.id;
        next = commit.parents.first().copied().filter(|_| is_promotion);
        pending.push(commit);
    }
    let mut added = Vec::new();
    for commit in pending.into_iter().rev() {
        let held = git.commit(promotion::held(&commit))?;
        let made = match snapshots.yielded(&held, environment) {
            Ok(made) => made,
            // A root passes as it stands, and so does what lies below it; what comes after is sound.
            Err(_) if commit.id != tip => continue,
            Err(error) => return Err(error),
        };
        let parent = added.last().copied().or(before);
        let inventory = &snapshots.at(&held)?.tree;
        added.push(write(git, environment, &commit, &made, inventory, parent)?);
    }
    if let Some(&last) = added.last() {
        git.update(name, before, last, "segell manifest")?;
    }
    Ok(added)
}

/// The promotion that a manifest's commit comes from.
fn recorded(commit: &Commit) -> Option<Oid> {
    let message = std::str::from_utf8(&commit.message).ok()?;
    let id = message.lines().find_map(|line| line.strip_prefix(PROMOTION))?;
    crate::pipeline::git::full_id(id).ok()
}

fn write(
    git: &Git,
    environment: Environment,
    promotion: &Commit,
    made: &Yield,
    inventory: &Tree,
    parent: Option<Oid>,
) -> Result<Oid> {
    let (id, digest) = (promotion.id, made.files.digest());
    let held = short(promotion::held(promotion));
    let message = format!(
        "Manifest of {} at {held}\n\n{PROMOTION}{id}\nmanifest: sha256:{digest}\n",
        environment.word()
    );
    let mut files = BTreeMap::new();
    made.files
        .each(inventory, &mut |path, bytes| {
            files.insert(path.to_owned(), git.write_blob(bytes)?);
            Ok(())
        })
        .with_context(|| tr!("cannot write the manifest"))?;
    let tree = git.write_files(&files).with_context(|| tr!("cannot write the manifest"))?;
    git.write_commit(&Draft {
        tree,
        parents: parent.as_slice(),
        author: &promotion.author.line,
        committer: &promotion.committer.line,
        message: &message,
    })
}
