//! Git's objects, read from the files in which they lie. Nothing in those files is trusted: whatever a
//! power cut, a full disk or whoever pushes has left in one, an object is what its id says, or an error,
//! in bounded time and memory.

mod delta;
mod loose;
mod pack;
mod stream;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
pub use git2::{ObjectType, Oid};

use crate::base::text::Text;
use crate::tr;

use pack::Pack;

pub use tree::{TreeEntry, find_in_tree, read_tree};

/// The largest object that is ever held in memory, in bytes: who reads one says how much of that it may
/// have.
pub const LARGEST: u64 = 256 << 20;

/// The largest tree that is read, in bytes.
const LARGEST_TREE: u64 = 64 << 20;

/// The objects of a repository, and of those that it borrows from.
pub struct Objects {
    /// The folders in which they lie.
    folders: Vec<PathBuf>,
    packs: RwLock<Arc<Vec<Pack>>>,
}

/// An object's bytes.
#[derive(Clone, Debug)]
pub struct Object {
    /// What it is.
    pub kind: ObjectType,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Why an object cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No file here holds it.
    Missing,
    /// What should hold it is damaged.
    Damaged,
    /// It has more bytes than the limit.
    TooLarge,
    /// The system gave this reason.
    Unread(String),
}

impl Failure {
    /// It in words, and what to do about it.
    pub fn of(&self, id: Oid) -> Text {
        let id = id.to_string();
        match self {
            Failure::Missing => tr!(
                "object {id} is not here; if the clone is partial, run `git fetch --refetch --no-filter`, else `git fetch`",
                id = id
            ),
            Failure::Damaged => tr!("object {id} cannot be read; run `git fsck`", id = id),
            Failure::TooLarge => tr!("object {id} is larger than is read", id = id),
            Failure::Unread(why) => {
                tr!("object {id} cannot be read: {reason}", id = id, reason = why)
            }
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Unread(error.to_string())
    }
}

/// How many repositories may borrow from each other in a row, as in git.
const DEEPEST: usize = 5;

impl Objects {
    /// The objects in `folder` and where it borrows from, and those in `quarantine`.
    pub fn of(folder: &Path, quarantine: Option<&Path>) -> Objects {
        let mut folders = Vec::new();
        for start in std::iter::once(folder).chain(quarantine) {
            with_alternates(start, DEEPEST, &mut folders);
        }
        let indexes: Vec<PathBuf> = folders.iter().flat_map(|folder| indexes(folder)).collect();
        let packs = RwLock::new(Arc::new(Pack::all(&indexes)));
        Objects { folders, packs }
    }

    /// An object of at most `limit` bytes.
    ///
    /// # Errors
    /// When it is missing, damaged or larger. Nothing beyond the limit is ever held in memory.
    pub fn read(&self, id: Oid, limit: u64) -> Result<Object, Failure> {
        self.sought(&|| self.read_once(id, limit.min(LARGEST)))
    }

    /// How many bytes an object has, and what it is; whether that is so its bytes alone can tell.
    ///
    /// # Errors
    /// When it is missing, or damaged where that is written.
    pub fn header(&self, id: Oid) -> Result<(u64, ObjectType), Failure> {
        self.sought(&|| self.header_once(id))
    }

    /// What a tree holds, in its own order.
    ///
    /// # Errors
    /// When it is missing, damaged or no tree.
    pub fn tree(&self, id: Oid) -> Result<Vec<TreeEntry>, Failure> {
        let object = self.read(id, LARGEST_TREE)?;
        let is_tree = object.kind == ObjectType::Tree;
        is_tree.then(|| read_tree(&object.bytes)).flatten().ok_or(Failure::Damaged)
    }

    /// The ids that begin with these hexadecimal digits; two at most, for two are too many.
    pub fn beginning(&self, digits: &str) -> Vec<Oid> {
        let packs = self.packs();
        let loose = self.folders.iter().flat_map(|folder| loose::beginning(folder, digits));
        let packed = packs.iter().flat_map(|pack| pack.beginning(digits));
        let mut found: Vec<Oid> = Vec::new();
        for id in packed.chain(loose) {
            if !found.contains(&id) {
                found.push(id);
            }
            if found.len() > 1 {
                break;
            }
        }
        found
    }

    /// What is sought, and once more where it is missing and a pack has come meanwhile. What is missing
    /// while an index is damaged may well be here.
    fn sought<T>(&self, seek: &dyn Fn() -> Result<T, Failure>) -> Result<T, Failure> {
        let mut found = seek();
        if matches!(found, Err(Failure::Missing)) && self.look_again() {
            found = seek();
        }
        match found {
            Err(Failure::Missing) if !self.packs().iter().all(Pack::is_whole) => {
                Err(Failure::Damaged)
            }
            found => found,
        }
    }

    fn read_once(&self, id: Oid, limit: u64) -> Result<Object, Failure> {
        let packs = self.packs();
        let packed = packs.iter().filter_map(|pack| Some((pack, pack.find(id)?)));
        let packed = packed.map(|(pack, place)| pack.read(place?, limit));
        let loose = self.folders.iter().filter_map(|folder| loose::read(folder, id, limit));
        first_of(packed.chain(loose).map(|object| {
            let object = object?;
            let is_it = Oid::hash_object(object.kind, &object.bytes).is_ok_and(|hash| hash == id);
            is_it.then_some(object).ok_or(Failure::Damaged)
        }))
    }

    fn header_once(&self, id: Oid) -> Result<(u64, ObjectType), Failure> {
        let packs = self.packs();
        let packed = packs.iter().filter_map(|pack| Some((pack, pack.find(id)?)));
        let packed = packed.map(|(pack, place)| pack.header(place?));
        let loose = self.folders.iter().filter_map(|folder| loose::header(folder, id));
        first_of(packed.chain(loose))
    }

    fn packs(&self) -> Arc<Vec<Pack>> {
        Arc::clone(&self.packs.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there are packs that were not here before; they are read from now on.
    fn look_again(&self) -> bool {
        let known = self.packs();
        let now: Vec<PathBuf> = self.folders.iter().flat_map(|folder| indexes(folder)).collect();
        if now.iter().all(|index| known.iter().any(|pack| pack.index == *index)) {
            return false;
        }
        let packs = Arc::new(Pack::all(&now));
        *self.packs.write().unwrap_or_else(PoisonError::into_inner) = packs;
        true
    }
}

/// The id that git gives a file of these bytes.
pub(crate) fn id_of_file(bytes: &[u8]) -> Option<Oid> {
    let mut digest = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    digest.update(format!("blob {}\0", bytes.len()).as_bytes());
    digest.update(bytes);
    Oid::from_bytes(digest.finish().as_ref()).ok()
}

/// The first that can be had; else why the first could not.
fn first_of<T>(found: impl Iterator<Item = Result<T, Failure>>) -> Result<T, Failure> {
    let mut failure = None;
    for found in found {
        match found {
            Ok(found) => return Ok(found),
            Err(why) => failure = failure.or(Some(why)),
        }
    }
    Err(failure.unwrap_or(Failure::Missing))
}

/// Adds a folder of objects, and those that it borrows from.
fn with_alternates(folder: &Path, depth: usize, folders: &mut Vec<PathBuf>) {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if folders.contains(&folder) {
        return;
    }
    let alternates = fs::read_to_string(folder.join("info/alternates")).unwrap_or_default();
    folders.push(folder.clone());
    if depth > 0 {
        for line in alternates.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            with_alternates(&folder.join(line), depth - 1, folders);
        }
    }
}

/// The indexes of a folder's packs, in an order that is always the same.
fn indexes(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder.join("pack")).into_iter().flatten().flatten();
    let is_index = |path: &PathBuf| path.extension().is_some_and(|end| end == "idx");
    let mut indexes: Vec<PathBuf> = listed.map(|item| item.path()).filter(is_index).collect();
    indexes.sort_unstable();
    indexes
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Objects").field("folders", &self.folders).finish_non_exhaustive()
    }
}
