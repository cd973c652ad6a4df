//! What segell writes to a repository: blobs, trees of files, commits and refs; never the working
//! tree, the index or a branch that is checked out.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use git2::{FileMode, ObjectType, Oid, Signature, Time};

use super::{Git, Person};
use crate::tr;

/// What a commit is to say.
pub struct Draft<'a> {
    /// Its tree.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: &'a [Oid],
    /// Its author's line.
    pub author: &'a [u8],
    /// Its committer's line.
    pub committer: &'a [u8],
    /// Its message.
    pub message: &'a str,
}

impl Draft<'_> {
    /// The bytes of the commit: these headers, once each, and no others.
    pub fn encode(&self) -> Vec<u8> {
        let mut raw = format!("tree {}\n", self.tree).into_bytes();
        for parent in self.parents {
            raw.extend_from_slice(format!("parent {parent}\n").as_bytes());
        }
        for (name, line) in [("author", self.author), ("committer", self.committer)] {
            raw.extend_from_slice(name.as_bytes());
            raw.push(b' ');
            raw.extend_from_slice(line);
            raw.push(b'\n');
        }
        raw.push(b'\n');
        raw.extend_from_slice(self.message.as_bytes());
        raw
    }
}

impl Git {
    /// Writes a commit.
    ///
    /// # Errors
    /// When the repository cannot be written to.
    pub fn write_commit(&self, draft: &Draft<'_>) -> Result<Oid> {
        self.write(ObjectType::Commit, &draft.encode())
    }

    /// Writes a blob.
    ///
    /// # Errors
    /// When the repository cannot be written to.
    pub fn write_blob(&self, bytes: &[u8]) -> Result<Oid> {
        self.write(ObjectType::Blob, bytes)
    }

    fn write(&self, kind: ObjectType, bytes: &[u8]) -> Result<Oid> {
        let objects = self.repository.odb()?;
        objects.write(kind, bytes).with_context(|| tr!("cannot write to the repository"))
    }

    /// Writes the tree that holds these blobs, by path, and nothing else.
    ///
    /// # Errors
    /// When the repository cannot be written to.
    pub fn write_files(&self, files: &BTreeMap<String, Oid>) -> Result<Oid> {
        let mut folders: BTreeMap<&str, BTreeMap<String, Oid>> = BTreeMap::new();
        let mut builder = self.repository.treebuilder(None)?;
        for (path, &blob) in files {
            match path.split_once('/') {
                None => {
                    builder.insert(path, blob, FileMode::Blob.into())?;
                }
                Some((folder, below)) => {
                    folders.entry(folder).or_default().insert(below.to_owned(), blob);
                }
            }
        }
        for (folder, files) in folders {
            builder.insert(folder, self.write_files(&files)?, FileMode::Tree.into())?;
        }
        Ok(builder.write()?)
    }

    /// Lets a ref point to `to`, if it still points to `from` (none: if there is no such ref).
    ///
    /// # Errors
    /// When it points elsewhere by now, or cannot be written.
    pub fn update(&self, name: &str, from: Option<Oid>, to: Oid, why: &str) -> Result<()> {
        let moved =
            || tr!("`{name}` has moved meanwhile, or cannot be written; try again", name = name);
        match from {
            Some(from) => self.repository.reference_matching(name, to, true, from, why),
            None => self.repository.reference(name, to, false, why),
        }
        .with_context(moved)
        .map(drop)
    }

    /// Whether a working tree has this branch checked out.
    pub fn is_checked_out(&self, name: &str) -> bool {
        let head = self.repository.find_reference("HEAD").ok();
        let target = head.as_ref().and_then(|head| head.symbolic_target().ok().flatten());
        !self.repository.is_bare() && target == Some(name)
    }

    /// Who works here, by git's configuration, at that instant.
    ///
    /// # Errors
    /// When `user.name` or `user.email` is not set, or could not stand in a commit.
    pub fn person(&self, at: jiff::Timestamp) -> Result<Person> {
        let unset = || {
            tr!(
                "git does not know who you are; run `git config user.name` and `git config user.email`"
            )
        };
        let name = self.setting("user.name").with_context(unset)?;
        let email = self.setting("user.email").with_context(unset)?;
        let signature = Signature::new(&name, &email, &Time::new(at.as_second(), 0));
        let signature = signature.with_context(unset)?;
        let line = format!("{} <{}> {} +0000", name.trim(), email.trim(), at.as_second());
        let person = Person { line: line.into_bytes() };
        ensure!(person.is_plain() && signature.email().is_ok(), unset());
        Ok(person)
    }
}
