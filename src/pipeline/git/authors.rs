//! Who wrote what `main` brings: the authors of the commits that touch the inventory.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use git2::Oid;

use super::{Commit, Git};

/// Those who wrote something, by their e-mails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authors {
    /// The e-mails, as the commits have them.
    pub emails: BTreeSet<String>,
    /// The commits that name no e-mail: nobody's.
    pub nobodys: BTreeSet<Oid>,
}

impl Git {
    /// Who wrote the commits that touch `inventory/` between `held` and `tip`. Of a merge only what
    /// it edits itself counts: a file that is not as any of its parents has it.
    ///
    /// # Errors
    /// When a commit or a tree is missing.
    pub fn authors(&self, held: Oid, tip: Oid) -> Result<Authors> {
        let mut authors = Authors::default();
        for id in self.between(held, tip)? {
            let commit = self.commit(id)?;
            if !self.touches_inventory(&commit)? {
                continue;
            }
            if commit.author.email().is_empty() {
                authors.nobodys.insert(id);
            }
            authors.emails.extend(commit.emails());
        }
        Ok(authors)
    }

    fn touches_inventory(&self, commit: &Commit) -> Result<bool> {
        let now = self.inventory_in(commit.tree)?;
        let mut before = Vec::new();
        for &parent in &commit.parents {
            let parent = self.commit(parent)?;
            // The same tree holds the same inventory, whatever is in it.
            let same = parent.tree == commit.tree;
            before.push(if same { now } else { self.inventory_in(parent.tree)? });
        }
        match before.as_slice() {
            [] => Ok(now.is_some()),
            before if before.contains(&now) => Ok(false),
            [_] => Ok(true),
            several => self.edits(now, several),
        }
    }

    /// Whether a merge's folder has a file that differs from every parent's.
    fn edits(&self, now: Option<Oid>, parents: &[Option<Oid>]) -> Result<bool> {
        let mut changes: BTreeMap<String, usize> = BTreeMap::new();
        for &parent in parents {
            for file in self.changes(parent, now)? {
                *changes.entry(file.path).or_default() += 1;
            }
        }
        Ok(changes.values().any(|&count| count >= parents.len()))
    }
}
