//! Two trees compared by the ids of what they hold. No attribute, filter or rename detection has a
//! part in it, so nothing hides.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use git2::Oid;

use super::Git;
use crate::files::repo::{MOST_FILES, too_many};

/// A file that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its path; what is not UTF-8 in it is replaced.
    pub path: String,
    /// Before.
    pub old: Option<Side>,
    /// After.
    pub new: Option<Side>,
}

/// A file on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its object.
    pub id: Oid,
    /// Its mode, as git writes it.
    pub mode: i32,
}

/// A tree's entries, by name. Of two with one name the second stands beside it.
type Entries = BTreeMap<(Vec<u8>, usize), (Side, bool)>;

/// How deep folders are followed.
const DEEPEST: usize = 128;

/// What has been compared so far.
#[derive(Default)]
struct Comparison {
    changed: Vec<Changed>,
    looked_at: usize,
}

impl Git {
    /// The files in which two trees differ, by path.
    ///
    /// # Errors
    /// When a tree is missing, or names more than is looked at.
    pub fn changed_files(&self, old: Oid, new: Oid) -> Result<Vec<Changed>> {
        self.changes(Some(old), Some(new))
    }

    /// The same, where one side may not be there.
    pub(super) fn changes(&self, old: Option<Oid>, new: Option<Oid>) -> Result<Vec<Changed>> {
        let mut comparison = Comparison::default();
        self.compare(old, new, "", 0, &mut comparison)?;
        Ok(comparison.changed)
    }

    fn compare(
        &self,
        old: Option<Oid>,
        new: Option<Oid>,
        prefix: &str,
        depth: usize,
        so_far: &mut Comparison,
    ) -> Result<()> {
        let (before, after) = (self.entries(old)?, self.entries(new)?);
        let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for name in names {
            let (old, new) = (before.get(name), after.get(name));
            if old == new {
                continue;
            }
            so_far.looked_at += 1;
            ensure!(so_far.looked_at <= MOST_FILES, too_many());
            let path = format!("{prefix}{}", String::from_utf8_lossy(&name.0));
            let folder =
                |side: Option<&(Side, bool)>| side.filter(|side| side.1).map(|side| side.0.id);
            let file = |side: Option<&(Side, bool)>| {
                side.filter(|side| !side.1 || depth >= DEEPEST).map(|side| side.0.clone())
            };
            if file(old).is_some() || file(new).is_some() {
                let (old, new) = (file(old), file(new));
                so_far.changed.push(Changed { path: path.clone(), old, new });
            }
            if (folder(old).is_some() || folder(new).is_some()) && depth < DEEPEST {
                self.compare(folder(old), folder(new), &format!("{path}/"), depth + 1, so_far)?;
            }
        }
        Ok(())
    }

    /// What a tree holds, and whether each is a folder.
    fn entries(&self, tree: Option<Oid>) -> Result<Entries> {
        let mut entries = Entries::new();
        let Some(id) = tree else { return Ok(entries) };
        for entry in self.tree(id)? {
            let side = Side { id: entry.id, mode: entry.mode };
            let is_folder = entry.is_folder();
            let mut key = (entry.name, 0);
            while entries.contains_key(&key) {
                key.1 += 1;
            }
            entries.insert(key, (side, is_folder));
        }
        Ok(entries)
    }
}
