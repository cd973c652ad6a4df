//! What a commit yields: its manifest and the manifest's files.

use std::collections::BTreeSet;

use anyhow::Result;
use jiff::civil::Date;

use super::of::adopted;
use super::{Files, Manifest};
use crate::checklist::rules;
use crate::files::repo::Tree;
use crate::inventory::Inventory;
use crate::inventory::finding::{Environment, Finding, Kind, Severity};
use crate::inventory::load::Memory;
use crate::inventory::survey::{Resolved, Survey};

/// A manifest and its files.
#[derive(Clone, Debug)]
pub struct Yield {
    /// The manifest.
    pub manifest: Manifest,
    /// The ens whose seal in its state no load brought: the baseline has it.
    pub adopted: BTreeSet<String>,
    /// Its files.
    pub files: Files,
}

/// The manifest of `environment` that a commit yields: `inventory` is what its `tree` states.
///
/// # Errors
/// When a seal cannot be read again. Whoever calls has seen to it that nothing breaks integrity.
pub fn yield_of(
    inventory: &Inventory,
    tree: &Tree,
    environment: Environment,
    (commit, root): (&str, &str),
    memory: &Memory,
) -> Result<Yield> {
    let resolved = Resolved::of(inventory);
    let manifest = Manifest::of(&resolved, environment, commit, root);
    let files = Files::of(&manifest, tree, memory)?;
    Ok(Yield { manifest, adopted: adopted(&resolved, environment), files })
}

/// What breaks the integrity of an inventory on any day: what is recorded for days to come is told by
/// `check`, and keeps no manifest from being made: on the last of all days nothing is to come any more.
pub fn broken_integrity(inventory: &Inventory) -> Vec<Finding> {
    let survey = Survey::of(inventory, Date::MAX);
    let mut findings = rules::check_integrity(&survey);
    findings.retain(|finding| {
        finding.rule.kind == Kind::Integrity && finding.severity == Severity::Error
    });
    findings
}
