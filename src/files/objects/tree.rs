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
        let raw = next(&mut rest)?;
        let digits = std::str::from_utf8(raw.mode).ok()?;
        let is_octal =
            (1..=7).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
        let mode = is_octal.then(|| i32::from_str_radix(digits, 8).ok()).flatten()?;
        if raw.name.is_empty() {
            return None;
        }
        entries.push(TreeEntry { mode, name: raw.name.to_owned(), id: raw.id });
    }
    Some(entries)
}

/// The id of the first entry of that name. Each entry is looked at: in a tree that is not sorted as git
/// sorts, a search by halves would pass over some. None when the bytes are no tree.
pub fn find_in_tree(bytes: &[u8], name: &[u8]) -> Option<Option<Oid>> {
    let (mut rest, mut found) = (bytes, None);
    while !rest.is_empty() {
        let raw = next(&mut rest)?;
        if raw.name == name {
            found = found.or(Some(raw.id));
        }
    }
    Some(found)
}

/// An entry as it stands in the bytes.
struct Raw<'t> {
    mode: &'t [u8],
    name: &'t [u8],
    id: Oid,
}

/// Takes one entry, `mode SP name NUL id`, off the beginning.
fn next<'t>(rest: &mut &'t [u8]) -> Option<Raw<'t>> {
    let head = &rest[..memchr::memchr(0, rest)?];
    let blank = memchr::memchr(b' ', head)?;
    let (id, after) = rest[head.len() + 1..].split_at_checked(20)?;
    *rest = after;
    Some(Raw { mode: &head[..blank], name: &head[blank + 1..], id: Oid::from_bytes(id).ok()? })
}
