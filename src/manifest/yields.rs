//! What a commit yields: its manifest and the manifest's files.

use anyhow::Result;
use jiff::civil::Date;

use super::{Files, Manifest, Seals};
use crate::finding::{Environment, Finding, Kind, Severity};
use crate::inventory::Inventory;
use crate::repo::Tree;
use crate::rules;
use crate::survey::Survey;

/// A manifest and its files.
#[derive(Clone, Debug)]
pub struct Yield {
    /// The manifest.
    pub manifest: Manifest,
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
    seals: &mut Seals,
) -> Result<Yield> {
    // The day has no part in what a manifest says.
    let survey = Survey::of(inventory, Date::MIN);
    let manifest = Manifest::of(&survey, environment, commit, root);
    let files = Files::of(&manifest, tree, seals)?;
    Ok(Yield { manifest, files })
}

/// What breaks the integrity of an inventory on the day on which its commit was made: it yields no
/// manifest then, on any later day.
pub fn broken_integrity(inventory: &Inventory, committed: Date) -> Vec<Finding> {
    let survey = Survey::of(inventory, committed);
    let mut findings = rules::check_integrity(&survey);
    findings.retain(|finding| {
        finding.rule.kind == Kind::Integrity && finding.severity == Severity::Error
    });
    findings
}
