//! A tree, entry by entry, in whatever order they stand.

use git2::Oid;

/// What a tree has under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// Its mode, as git writes it.
    pub mode: i32,
    /// Its name.
    pub name: Vec<u8>,
    /// Its object.
    pub id: Oid,
}

impl TreeEntry {
    /// Whether it is a tree itself.
    pub fn is_folder(&self) -> bool {
        self.mode & 0o170_000 == 0o040_000
    }

    /// Whether it is a commit of another repository.
    pub fn is_submodule(&self) -> bool {
        self.mode & 0o170_000 == 0o160_000
    }
}

/// Reads a tree's bytes. None when they are none.
pub fn read_tree(bytes: &[u8]) -> Option<Vec<TreeEntry>> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = memchr::memchr(0, rest)?;
        let blank = memchr::memchr(b' ', &rest[..end])?;
        let digits = std::str::from_utf8(&rest[..blank]).ok()?;
        let is_octal = (1..=7).contains(&blank) && digits.bytes().all(|it| it.is_ascii_digit());
        let mode = is_octal.then(|| i32::from_str_radix(digits, 8).ok()).flatten()?;
        let (id, after) = rest[end + 1..].split_at_checked(20)?;
        let name = rest[blank + 1..end].to_owned();
        if name.is_empty() {
            return None;
        }
        entries.push(TreeEntry { mode, name, id: Oid::from_bytes(id).ok()? });
        rest = after;
    }
    Some(entries)
}
