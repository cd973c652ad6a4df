//! A tree, read from its raw bytes: whatever order its entries are in, each is looked at.

use anyhow::{Context, Result};
use git2::{ObjectType, Oid};

use super::Git;
use crate::tr;

/// The bytes of an id.
const ID: usize = 20;

impl Git {
    /// The id of what a tree holds under a name. Each entry is looked at: in a tree that is not
    /// sorted as git sorts, a search by halves would pass over some.
    ///
    /// # Errors
    /// When the tree cannot be read.
    pub fn entry(&self, tree: Oid, name: &str) -> Result<Option<Oid>> {
        let raw = self.object(tree, ObjectType::Tree)?;
        let odd = || tr!("tree {id} is not as git writes trees", id = tree.to_string());
        find(&raw, name.as_bytes()).with_context(odd)
    }
}

/// The first entry of that name: `mode SP name NUL id`, one after the other. None when the bytes are
/// anything else.
fn find(mut raw: &[u8], name: &[u8]) -> Option<Option<Oid>> {
    let mut found = None;
    while !raw.is_empty() {
        let end = memchr::memchr(0, raw)?;
        let space = memchr::memchr(b' ', &raw[..end])?;
        let id = raw.get(end + 1..end + 1 + ID)?;
        if found.is_none() && &raw[space + 1..end] == name {
            found = Some(Oid::from_bytes(id).ok()?);
        }
        raw = &raw[end + 1 + ID..];
    }
    Some(found)
}
