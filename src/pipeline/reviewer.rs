//! Who may approve, as the policy of a commit lists them.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::files::objects::{ObjectType, Oid};
use crate::files::signature::Key;
use crate::files::yaml;
use crate::inventory::model::Role;
use crate::pipeline::git::{Commit, Git};
use crate::tr;

/// Somebody who may approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    /// Their name.
    pub name: String,
    /// Their e-mail.
    pub email: String,
    /// Further addresses under which they commit.
    pub emails: Vec<String>,
    /// For whom they approve.
    pub role: Role,
    /// Their keys: today's, and the one that takes its place.
    pub keys: Vec<Key>,
}

/// The largest policy that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// What counts of a policy here. What else it has is passed over, so that a policy of another
/// version of segell locks nobody out.
#[derive(Deserialize)]
struct Policy {
    reviewers: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    email: String,
    #[serde(default)]
    emails: Vec<String>,
    role: String,
    signing_key: String,
    next_key: Option<String>,
}

impl Reviewer {
    /// Whether a key is theirs.
    pub fn has(&self, key: &Key) -> bool {
        self.keys.contains(key)
    }

    /// Whether an e-mail is theirs; case is ignored.
    pub fn is_at(&self, email: &str) -> bool {
        let email = email.to_lowercase();
        std::iter::once(&self.email).chain(&self.emails).any(|known| known.to_lowercase() == email)
    }

    fn of(entry: Entry) -> Option<Reviewer> {
        let role = match entry.role.as_str() {
            "aoc" => Role::Aoc,
            "siad" => Role::Siad,
            _ => return None,
        };
        let keys = [Some(&entry.signing_key), entry.next_key.as_ref()];
        let keys = keys.into_iter().flatten().filter_map(|key| Key::read(key).ok()).collect();
        let Entry { name, email, emails, .. } = entry;
        Some(Reviewer { name, email, emails, role, keys })
    }
}

/// The id of the policy of `commit`; none when it has none.
///
/// # Errors
/// When a tree cannot be read.
pub fn policy_at(git: &Git, commit: &Commit) -> Result<Option<Oid>> {
    let Some(inventory) = git.inventory_in(commit.tree)? else { return Ok(None) };
    git.entry(inventory, "policy.yaml")
}

/// The reviewers that the policy of `commit` lists.
///
/// # Errors
/// When the commit has no policy that can be read.
pub fn reviewers_at(git: &Git, commit: &Commit) -> Result<Vec<Reviewer>> {
    let unreadable = || {
        tr!(
            "commit {id} has no `inventory/policy.yaml` that can be read",
            id = commit.id.to_string()
        )
    };
    let policy = policy_at(git, commit).with_context(unreadable)?.with_context(unreadable)?;
    let (size, _) = git.header(policy).with_context(unreadable)?;
    anyhow::ensure!(size <= LARGEST, unreadable());
    let text = String::from_utf8(git.object(policy, ObjectType::Blob)?).with_context(unreadable)?;
    let document = yaml::parse(&text);
    let is_read = document.problems.iter().all(yaml::Problem::leaves_its_value);
    anyhow::ensure!(is_read, unreadable());
    let policy = Policy::deserialize(&document.root.with_context(unreadable)?);
    let policy = policy.ok().with_context(unreadable)?;
    Ok(policy.reviewers.into_iter().filter_map(Reviewer::of).collect())
}

/// Of these reviewers, the one whose key it is.
pub fn whose<'r>(reviewers: &'r [Reviewer], key: &Key) -> Option<&'r Reviewer> {
    reviewers.iter().find(|reviewer| reviewer.has(key))
}

/// A role in a sentence.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Aoc => "AOC",
        Role::Siad => "SIAD",
    }
}
