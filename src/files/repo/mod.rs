//! The files of an inventory, from the working tree or from a commit. Only this module knows git
//! and the disk.

mod checkout;
mod commit;
pub(crate) mod name;
mod place;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use git2::Oid;

use crate::base::text::Text;
use crate::files::objects::{Failure, Objects};
use crate::tr;

pub use checkout::{Checkout, working_tree};
pub use commit::{Folders, Revision, revision, revision_tree};
pub(crate) use commit::{objects_of, part_of, tree_of};
pub use place::find_root;
pub(crate) use place::{lock_of, open, open_at, open_named};

/// The folder of the inventory, below the root.
const INVENTORY: &str = "inventory";

/// How deep folders may nest below `inventory/`.
const DEEPEST: usize = 32;

/// The most files and folders that are looked at in one tree: a few folders that hold each other's objects many
/// times over can name more than any machine holds.
pub(crate) const MOST_FILES: usize = 500_000;

/// Where an inventory is read from.
#[derive(Clone, Debug)]
pub struct Tree {
    from: From,
    /// From the repository's folder to the root, with a `/` at its end unless empty.
    folder: String,
    /// Everything below `inventory/` but its folders, sorted by path.
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
enum From {
    Folder {
        /// The folder that holds `inventory/`.
        root: PathBuf,
        /// Whether the disk's executable bits say something: git's `core.filemode`.
        trusts_modes: bool,
    },
    Repository(Arc<Objects>),
}

/// Something that lies in the inventory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// From the root, with `/` between its parts: `inventory/ens/sct.yaml`. What is not UTF-8 in
    /// it is replaced.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    bytes: Bytes,
}

impl Entry {
    /// Whether its bytes are read from the disk.
    pub(crate) fn is_on_disk(&self) -> bool {
        matches!(self.bytes, Bytes::OnDisk)
    }

    /// The id of its bytes, where git keeps them.
    pub(crate) fn blob(&self) -> Option<Oid> {
        match self.bytes {
            Bytes::Blob(id) => Some(id),
            Bytes::None | Bytes::OnDisk | Bytes::Held(_) => None,
        }
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A plain file.
    File,
    /// A file that git has as executable. Of one on a disk that keeps that bit, only
    /// [`Reader::read`] knows.
    Executable,
    /// A symbolic link; never followed.
    Symlink,
    /// Another repository inside this one.
    Submodule,
    /// A pipe, a socket or a device; never opened.
    Special,
    /// Its name is not UTF-8.
    NotUtf8,
    /// A git tree holds its name more than once.
    Twice,
    /// A git tree gives it a name that no file can have: with a slash, or one of a folder's own.
    Misnamed,
    /// Its name differs from another's in letters of another case alone.
    LookAlike,
    /// A folder nested too deep to be looked into.
    TooDeep,
    /// A folder that cannot be listed.
    Unlistable,
}

#[derive(Clone, Debug)]
enum Bytes {
    None,
    /// On the disk, at the entry's path.
    OnDisk,
    Blob(Oid),
    /// Not written yet.
    Held(Arc<[u8]>),
}

/// Why an entry's bytes cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It has more bytes than the limit.
    TooLarge {
        /// The most bytes that are read.
        limit: u64,
    },
    /// The system gave this reason.
    Failed(String),
    /// Git keeps it in an object that cannot be had.
    Lost {
        /// Why not.
        why: String,
        /// Whether it is here, and damaged.
        is_damaged: bool,
    },
}

fn sorted(from: From, mut entries: Vec<Entry>) -> Tree {
    entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    tell_look_alikes(&mut entries);
    Tree { from, folder: String::new(), entries }
}

/// Two paths that differ in the case of letters alone are one file on many disks.
fn tell_look_alikes(entries: &mut [Entry]) {
    let has_capitals = |entry: &&Entry| entry.path.bytes().any(|byte| byte.is_ascii_uppercase());
    let mut seen = HashMap::new();
    let mut alike = Vec::new();
    for (place, entry) in entries.iter().enumerate().filter(|(_, entry)| has_capitals(entry)) {
        let lower = entry.path.to_ascii_lowercase();
        let is_there = entries.binary_search_by(|other| other.path.as_str().cmp(&lower)).is_ok();
        if seen.insert(lower, place).is_some() || is_there {
            alike.push(place);
        }
    }
    for place in alike {
        if entries[place].kind == Kind::File {
            entries[place].kind = Kind::LookAlike;
        }
    }
}

/// Whether a name is the inventory's in letters of another case: one folder on many disks.
fn is_beside(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(INVENTORY.as_bytes()) && name != INVENTORY.as_bytes()
}

fn look_alike(name: &[u8]) -> Entry {
    let path = String::from_utf8_lossy(name).into_owned();
    Entry { path, kind: Kind::LookAlike, bytes: Bytes::None }
}

/// A tree names more files than are looked at.
pub(crate) fn too_many() -> Text {
    tr!("the tree names more than {most} files and folders; no inventory does", most = MOST_FILES)
}

/// Reads the bytes of entries.
pub struct Reader {
    from: From,
}

/// What a file holds.
#[derive(Debug)]
pub struct Content {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether its executable bit is set.
    pub executable: bool,
    /// What shows whether it changes, where it lies on a disk.
    pub stamp: Option<Stamp>,
}

/// What shows whether a file on a disk changes: its size in bytes and the time of its last change.
pub type Stamp = (u64, SystemTime);

/// That of what lies at `path`, no link being followed; none where nothing can be told of it.
pub fn stamp_of(path: &Path) -> Option<Stamp> {
    stamp(&path.symlink_metadata().ok()?)
}

fn stamp(metadata: &fs::Metadata) -> Option<Stamp> {
    Some((metadata.len(), metadata.modified().ok()?))
}

impl Tree {
    /// A tree without files.
    pub fn empty() -> Tree {
        sorted(From::Folder { root: PathBuf::new(), trusts_modes: true }, Vec::new())
    }

    /// What lies at `path`.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let place = self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        Some(&self.entries[place])
    }

    /// The tree as it would be with other files: bytes take the place of what is there, or are added;
    /// none take it away.
    #[must_use]
    pub fn with(&self, changes: &BTreeMap<String, Option<Arc<[u8]>>>) -> Tree {
        let kept = self.entries.iter().filter(|entry| !changes.contains_key(&entry.path));
        let mut entries: Vec<Entry> = kept.cloned().collect();
        for (path, bytes) in changes {
            let Some(bytes) = bytes else { continue };
            let kind = self.entry(path).map_or(Kind::File, |entry| entry.kind);
            entries.push(Entry { path: path.clone(), kind, bytes: Bytes::Held(Arc::clone(bytes)) });
        }
        Tree { folder: self.folder.clone(), ..sorted(self.from.clone(), entries) }
    }

    /// From the repository's folder to the one that holds `inventory/`, with a `/` at its end; empty where
    /// that is the same.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// A reader for the entries of this tree.
    pub fn reader(&self) -> Reader {
        Reader { from: self.from.clone() }
    }
}

impl Reader {
    /// What a file of at most `limit` bytes holds.
    ///
    /// # Errors
    /// When it is larger, or cannot be read. Nothing beyond the limit is ever held in memory.
    pub fn read(&self, entry: &Entry, limit: u64) -> Result<Content, Unread> {
        let bytes = match &entry.bytes {
            Bytes::OnDisk => {
                let From::Folder { root, trusts_modes } = &self.from else {
                    return Err(cannot_open());
                };
                let content = content_of(&root.join(&entry.path), limit)?;
                let executable =
                    if *trusts_modes { content.executable } else { entry.kind == Kind::Executable };
                return Ok(Content { executable, ..content });
            }
            Bytes::Held(bytes) if bytes.len() as u64 > limit => {
                return Err(Unread::TooLarge { limit });
            }
            Bytes::Held(bytes) => bytes.to_vec(),
            Bytes::Blob(id) => match &self.from {
                From::Repository(objects) => read_blob(objects, *id, limit)?,
                From::Folder { .. } => return Err(cannot_open()),
            },
            Bytes::None => return Err(cannot_open()),
        };
        Ok(Content { bytes, executable: entry.kind == Kind::Executable, stamp: None })
    }
}

fn cannot_open() -> Unread {
    Unread::Failed(tr!("it cannot be opened").to_string())
}

/// The bytes of a plain file of at most `limit` bytes.
///
/// # Errors
/// When it is none, is larger, or cannot be read.
pub fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    content_of(path, limit).map(|content| content.bytes)
}

fn content_of(path: &Path, limit: u64) -> Result<Content, Unread> {
    let failed = |error: std::io::Error| Unread::Failed(error.to_string());
    let failed_to_open = |error: std::io::Error| match path.is_symlink() {
        true => Unread::Failed(tr!("it is a symbolic link; name the file itself").to_string()),
        false => failed(error),
    };
    let file = open_plain(path).map_err(failed_to_open)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(Unread::Failed(tr!("it is no longer a plain file").to_string()));
    }
    if metadata.len() > limit {
        return Err(Unread::TooLarge { limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // What is added meanwhile is not looked at: it was not there when the file was opened.
    file.take(metadata.len()).read_to_end(&mut bytes).map_err(failed)?;
    let executable = has_executable_bit(&metadata);
    Ok(Content { bytes, executable, stamp: stamp(&metadata) })
}

/// Opens a file that may have become a link or a pipe since it was listed, without following or
/// waiting for it.
#[cfg(unix)]
fn open_plain(path: &Path) -> std::io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;

    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    fs::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open_plain(path: &Path) -> std::io::Result<fs::File> {
    fs::File::open(path)
}

fn read_blob(objects: &Objects, id: Oid, limit: u64) -> Result<Vec<u8>, Unread> {
    let object = objects.read(id, limit).map_err(|why| match why {
        Failure::TooLarge => Unread::TooLarge { limit },
        why => Unread::Lost { why: why.of(id).to_string(), is_damaged: why != Failure::Missing },
    });
    object.map(|object| object.bytes)
}

#[cfg(unix)]
fn has_executable_bit(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn has_executable_bit(_: &fs::Metadata) -> bool {
    false
}
