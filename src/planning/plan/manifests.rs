//! What a change does to the manifests.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::Result;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use similar::TextDiff;

use crate::inventory::finding::Environment;
use crate::pipeline::gate::Snapshots;
use crate::pipeline::git::Commit;
use crate::pipeline::log::Step;
use crate::pipeline::manifest::Manifest;

/// What changes in one environment's manifest.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ManifestChange {
    /// The environment.
    pub environment: Environment,
    /// What is newly to be loaded.
    pub gains: Vec<Step>,
    /// What is no longer to be loaded, because it has been, or is taken out.
    pub loses: Vec<Step>,
    /// Of which ens the seal in the end is another.
    pub replaces: Vec<Step>,
    /// What is newly to be restored.
    pub restores: Vec<Step>,
    /// What is newly to be taken out for good.
    pub removes: Vec<Step>,
    /// Whether the inventory is too broken to yield a manifest.
    pub broken: bool,
    /// The unified diff of `manifest.yaml`, the lines that name commit and tree left out.
    pub diff: String,
}

impl ManifestChange {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.diff.is_empty() && !self.broken
    }
}

/// The changes in PRE and in PRO.
pub fn of(
    snapshots: &mut Snapshots<'_>,
    base: &Commit,
    head: &Commit,
) -> Result<Vec<ManifestChange>> {
    let (old, new) = (snapshots.manifests(base)?, snapshots.manifests(head)?);
    let both = Environment::BOTH.into_par_iter().enumerate();
    let changes = both.map(|(place, environment)| {
        let [old, new] = [&old, &new].map(|both| both.as_ref().map(|both| &both[place]));
        change(environment, old, new)
    });
    let mut changes: Vec<ManifestChange> = changes.collect();
    let snapshot = snapshots.at_or_none(head)?;
    let in_pro = changes.iter_mut().filter(|change| change.environment == Environment::Pro);
    in_pro.for_each(|change| Step::prove(&mut change.gains, &snapshot.inventory));
    Ok(changes)
}

fn change(
    environment: Environment,
    old: Option<&Manifest>,
    new: Option<&Manifest>,
) -> ManifestChange {
    let (before, after) = (steps(old), steps(new));
    let (text_before, text_after) = (text(old), text(new));
    let diff = TextDiff::from_lines(&text_before, &text_after);
    ManifestChange {
        environment,
        gains: only_in(&after.load, &before.load),
        loses: only_in(&before.load, &after.load),
        replaces: replaced(&before.state, &after.state),
        restores: only_in(&after.restore, &before.restore),
        removes: only_in(&after.remove, &before.remove),
        broken: new.is_none(),
        diff: diff.unified_diff().context_radius(3).header("before", "after").to_string(),
    }
}

/// A manifest in short.
#[derive(Default)]
struct Steps {
    load: Vec<Step>,
    restore: Vec<Step>,
    remove: Vec<Step>,
    state: BTreeMap<String, String>,
}

fn steps(manifest: Option<&Manifest>) -> Steps {
    let Some(manifest) = manifest else { return Steps::default() };
    let load = manifest.load.iter().map(Step::of_load).collect();
    let restore = manifest.restore.iter().map(Step::of_restoring).collect();
    let seal = |held: &crate::pipeline::manifest::Held| {
        Some((held.ens.clone(), held.certificate.as_ref()?.id.clone()))
    };
    let remove = manifest.remove.iter().map(Step::of_removing).collect();
    Steps { load, restore, remove, state: manifest.state.iter().filter_map(seal).collect() }
}

fn only_in(these: &[Step], those: &[Step]) -> Vec<Step> {
    let known: HashSet<(&str, Option<&str>)> =
        those.iter().map(|step| (step.ens.as_str(), step.certificate.as_deref())).collect();
    let new = |step: &&Step| !known.contains(&(step.ens.as_str(), step.certificate.as_deref()));
    these.iter().filter(new).cloned().collect()
}

fn replaced(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<Step> {
    let ens: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = ens.into_iter().filter(|ens| before.get(*ens) != after.get(*ens));
    changed
        .map(|ens| Step {
            ens: ens.clone(),
            certificate: after.get(ens).cloned(),
            replaces: before.get(ens).cloned(),
            proved_in_pre: false,
        })
        .collect()
}

/// The manifest's text without the lines that are another for every commit.
fn text(manifest: Option<&Manifest>) -> String {
    let yaml = manifest.map(Manifest::to_yaml).unwrap_or_default();
    let lines = yaml.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("commit:") && !line.starts_with("tree:")).collect()
}
