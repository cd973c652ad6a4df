//! The files of a manifest: its text, the seals in PEM, and the digests of them all.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;

use super::{Manifest, Seal};
use crate::base::digest::Sha256;
use crate::edit::folder::{Folder, SUMS, list};
use crate::files::objects::Oid;
use crate::files::repo::{Entry, Reader, Tree, read_file};
use crate::files::x509;
use crate::inventory::load;
use crate::tr;

/// The manifest itself.
pub(super) const TEXT: &str = "manifest.yaml";

/// The folder of the seals.
const SEALS: &str = "certificates";

/// The files of a manifest, by path from its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Arc<[u8]>>);

/// The seals of the manifest that was made last, by the id of the bytes they were read from: most of
/// them are in the next one too.
#[derive(Default)]
pub struct Seals(HashMap<Oid, Pem>);

/// A seal's file.
#[derive(Clone)]
struct Pem {
    /// Of its DER.
    certificate: Sha256,
    /// Of the file.
    digest: Sha256,
    bytes: Arc<[u8]>,
}

impl Seals {
    /// The certificate of `entry`, written anew from its DER.
    fn read(&self, reader: &Reader, entry: &Entry) -> Result<Pem> {
        if let Some(known) = entry.blob().and_then(|id| self.0.get(&id)) {
            return Ok(known.clone());
        }
        let told = |why: String| tr!("{why}", why = why);
        let content = reader.read(entry, load::LARGE).map_err(|why| told(why.to_string()))?;
        let der = x509::from_pem(&content.bytes).map_err(|why| told(why.to_string()))?;
        let bytes = x509::to_pem(&der).into_bytes();
        let (certificate, digest) = (Sha256::of(&der), Sha256::of(&bytes));
        Ok(Pem { certificate, digest, bytes: bytes.into() })
    }

    /// The files of a manifest's seals, which lie in `tree`; they take the place of what was kept.
    fn replace(&mut self, seals: Vec<&Seal>, tree: &Tree) -> Result<Vec<Pem>> {
        let read = |reader: &mut Reader, seal: &Seal| {
            let path = format!("inventory/certificates/{}.pem", seal.id);
            let cannot_read = || tr!("cannot read `{file}`", file = &path);
            let entry = tree.entry(&path).with_context(cannot_read)?;
            let pem = self.read(reader, entry).with_context(cannot_read)?;
            ensure!(pem.certificate.to_string() == seal.sha256, cannot_read());
            Ok((entry.blob(), pem))
        };
        let seals = seals.into_par_iter().with_min_len(64).map_init(|| tree.reader(), read);
        let read: Vec<(Option<Oid>, Pem)> = seals.collect::<Result<_>>()?;
        self.0 = read.iter().filter_map(|(blob, pem)| Some(((*blob)?, pem.clone()))).collect();
        Ok(read.into_iter().map(|(_, pem)| pem).collect())
    }
}

impl Files {
    /// The files of `manifest`, whose seals lie in `tree`; `seals` become those of this one.
    ///
    /// # Errors
    /// When a seal cannot be read.
    pub fn of(manifest: &Manifest, tree: &Tree, seals: &mut Seals) -> Result<Files> {
        let restored =
            manifest.restore.iter().filter_map(|restoring| restoring.certificate.as_ref());
        let loaded = manifest.load.iter().map(|loading| &loading.certificate);
        let held = manifest.state.iter().filter_map(|held| held.certificate.as_ref());
        let named: BTreeMap<&str, &Seal> =
            held.chain(loaded).chain(restored).map(|seal| (&*seal.file, seal)).collect();
        let pems = seals.replace(named.values().copied().collect(), tree)?;
        let text: Arc<[u8]> = manifest.to_yaml().into_bytes().into();
        let mut sums = BTreeMap::from([(TEXT, Sha256::of(&text))]);
        let mut files = BTreeMap::from([(TEXT.to_owned(), text)]);
        for (file, pem) in named.into_keys().zip(pems) {
            sums.insert(file, pem.digest);
            files.insert(file.to_owned(), pem.bytes);
        }
        let sums = sums.into_iter().map(|(path, digest)| format!("{digest}  {path}\n"));
        let sums = sums.collect::<String>().into_bytes().into();
        files.insert(SUMS.to_owned(), sums);
        Ok(Files(files))
    }

    /// The manifest's digest: the SHA-256 of `SHA256SUMS`, which covers all other files.
    pub fn digest(&self) -> Sha256 {
        Sha256::of(&self.0[SUMS])
    }

    /// Writes the folder `out`, whole or not at all. What a manifest left there before is replaced;
    /// a folder with anything else is refused.
    ///
    /// # Errors
    /// When it cannot be written, something else lies there, or another segell is writing it.
    pub fn write(&self, out: &Path) -> Result<()> {
        let shown = out.display().to_string();
        let folder = Folder::begin(out, is_own)?;
        let written = self.0.iter().try_for_each(|(path, bytes)| folder.put(path, bytes));
        written
            .and_then(|()| folder.sync())
            .with_context(|| tr!("cannot write `{folder}`", folder = &shown))?;
        folder.finish()
    }

    /// Reads a folder that should hold a manifest, and says what in it is not as here. Nothing:
    /// it is the same, to the byte.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn differences(&self, folder: &Path) -> Result<Vec<Difference>> {
        let mut differences = Vec::new();
        let mut there = Vec::new();
        list(folder, "", &BTreeSet::from([SEALS]), &mut there).with_context(|| {
            tr!("cannot read the folder `{folder}`", folder = folder.display().to_string())
        })?;
        there.sort();
        for (path, is_file) in &there {
            match self.0.get(path) {
                None => differences.push(Difference::Extra(path.clone())),
                Some(bytes) if !is_file || !same(&folder.join(path), bytes) => {
                    differences.push(Difference::Changed(path.clone()));
                }
                Some(_) => {}
            }
        }
        let is_there = |path: &String| there.binary_search_by(|(known, _)| known.cmp(path)).is_ok();
        let missing = self.0.keys().filter(|path| !is_there(path));
        differences.extend(missing.cloned().map(Difference::Missing));
        Ok(differences)
    }
}

/// How a folder is not what a commit yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A file that should not be there.
    Extra(String),
    /// A file with other bytes, or no plain file.
    Changed(String),
    /// A file that is not there.
    Missing(String),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Difference::Extra(path) => tr!("`{path}` should not be there", path = path).fmt(f),
            Difference::Changed(path) => tr!("`{path}` has other bytes", path = path).fmt(f),
            Difference::Missing(path) => tr!("`{path}` is missing", path = path).fmt(f),
        }
    }
}

/// Whether a manifest has files of this name.
fn is_own(path: &str) -> bool {
    let below = path.strip_prefix(SEALS).and_then(|below| below.strip_prefix('/'));
    path == TEXT || below.is_some_and(|name| name.ends_with(".pem") && !name.contains(['/', '\\']))
}

fn same(path: &Path, bytes: &[u8]) -> bool {
    read_file(path, bytes.len() as u64).is_ok_and(|there| *there == *bytes)
}
