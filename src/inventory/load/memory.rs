//! What files came to: facts of bytes, never verdicts. What two trees share is understood once, whether it
//! lies in a commit or on a disk.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{File, FileKind};
use crate::base::digest::Sha256;
use crate::files::objects::{Oid, id_of_file};
use crate::files::repo::{Content, Entry, Folders, Kind, Stamp};
use crate::files::x509::{self, Signatures, TrustStore};

/// How many bytes are kept at most, roughly; then all is forgotten. An inventory of 100,000 ens takes
/// half of it.
const MOST: usize = 1 << 30;

/// What one entry takes besides its text, roughly: what a certificate states.
const EACH: usize = 1 << 10;

/// What was read in this run. Threads share one.
#[derive(Default)]
pub struct Memory {
    keeps: Keeps,
    /// Whether the digests of seals' files are remembered.
    of_seals: bool,
    files: RwLock<Files>,
    /// The folders of commits.
    pub folders: Folders,
    /// The signatures that were verified.
    pub(super) signatures: Arc<Signatures>,
}

/// By what files are remembered.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Keeps {
    /// By nothing: no file is read twice.
    #[default]
    Nothing,
    /// By their bytes.
    Bytes,
    /// By their paths.
    Paths,
}

#[derive(Default)]
struct Files {
    known: HashMap<Key, File>,
    bytes: usize,
    /// Of what lies on a disk, what showed when it was read first.
    stamps: HashMap<Arc<str>, Stamp>,
    /// The digests of the files that manifests have of the seals in these blobs.
    seals: HashMap<Oid, Sha256>,
}

/// What a file came to follows from this.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    what: What,
    /// Of a certificate, who is trusted: whether it chains is part of what its file came to.
    trust: Option<Sha256>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum What {
    /// Bytes with this id, in a file of this kind.
    Bytes(FileKind<'static>, bool, Oid),
    /// What lies here.
    Path(Arc<str>),
}

impl Memory {
    /// One that remembers files by their bytes, wherever they lie.
    pub fn of_bytes() -> Memory {
        Memory { keeps: Keeps::Bytes, ..Memory::default() }
    }

    /// The same, which also remembers of each seal the digest of the file that a manifest has of it.
    pub fn of_seals() -> Memory {
        Memory { of_seals: true, ..Memory::of_bytes() }
    }

    /// One of a working tree, each file of which is read once: whoever writes sees to it that it has
    /// not changed meanwhile.
    pub fn of_paths() -> Memory {
        Memory { keeps: Keeps::Paths, ..Memory::default() }
    }

    /// Makes room for so many files.
    pub(super) fn expect(&self, files: usize) {
        if self.keeps != Keeps::Nothing {
            let mut known = self.files.write().unwrap_or_else(PoisonError::into_inner);
            let missing = files.saturating_sub(known.known.len());
            known.known.reserve(missing);
        }
    }

    /// What is known of an entry before its bytes are.
    pub(super) fn key(&self, entry: &Entry, kind: FileKind<'_>, store: &TrustStore) -> Option<Key> {
        let what = match (self.keeps, entry.blob()) {
            (Keeps::Bytes, Some(id)) => {
                What::Bytes(kind.without_id(), entry.kind == Kind::Executable, id)
            }
            (Keeps::Paths, None) if entry.is_on_disk() => What::Path(entry.path.as_str().into()),
            _ => return None,
        };
        Some(Key::of(what, kind, store))
    }

    /// What is known of a file on the disk once its bytes are. Evidence is digested each time.
    pub(super) fn key_of_bytes(
        &self,
        content: &Content,
        kind: FileKind<'_>,
        store: &TrustStore,
    ) -> Option<Key> {
        let is_kept = self.keeps == Keeps::Bytes && kind != FileKind::Evidence;
        let id = is_kept.then(|| id_of_file(&content.bytes)).flatten()?;
        let what = What::Bytes(kind.without_id(), content.executable, id);
        Some(Key::of(what, kind, store))
    }

    /// What a file came to.
    pub(super) fn get(&self, key: &Key) -> Option<File> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.known.get(key).cloned()
    }

    /// What showed of the file at `path` when it was read first, by one that remembers by paths; none when
    /// it was not read.
    pub fn stamp(&self, path: &str) -> Option<Stamp> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.stamps.get(path).copied()
    }

    /// The digest of the file that a manifest has of the seal in `blob`: its certificate in PEM, written
    /// anew. None when it is not known.
    pub fn seal(&self, blob: Oid) -> Option<Sha256> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.seals.get(&blob).copied()
    }

    /// Remembers the seal in the blob of `entry`, whose certificate has this DER, where that is wanted.
    pub(super) fn keep_seal(&self, entry: &Entry, der: &[u8]) {
        let Some(blob) = entry.blob().filter(|_| self.of_seals) else { return };
        let digest = Sha256::of(x509::to_pem(der).as_bytes());
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.seals.insert(blob, digest);
    }

    /// Remembers what it came to.
    pub(super) fn keep(&self, key: Key, file: &File, stamp: Option<Stamp>) {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        if let (What::Path(path), Some(stamp)) = (&key.what, stamp) {
            files.stamps.entry(Arc::clone(path)).or_insert(stamp);
        }
        let bytes = EACH + file.text.as_ref().map_or(0, |text| text.len());
        if files.bytes + bytes > MOST {
            (files.known, files.bytes) = (HashMap::new(), 0);
        }
        if files.known.insert(key, file.clone()).is_none() {
            files.bytes += bytes;
        }
    }
}

impl Key {
    fn of(what: What, kind: FileKind<'_>, store: &TrustStore) -> Key {
        let trust = matches!(kind, FileKind::Pem(_)).then(|| store.identity());
        Key { what, trust }
    }
}
