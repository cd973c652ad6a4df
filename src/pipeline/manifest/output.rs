//! The files of a manifest: its text, the seals in PEM, and the digests of them all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;

use super::{Manifest, Seal};
use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::edit::folder::{Folder, SUMS, list};
use crate::files::repo::{Entry, Reader, Tree, read_file};
use crate::files::x509;
use crate::inventory::load::{self, Memory};
use crate::tr;

/// The manifest itself.
pub(super) const TEXT: &str = "manifest.yaml";

/// The folder of the seals.
const SEALS: &str = "certificates";

/// How many seals are held at once when they are read.
const AT_ONCE: usize = 1024;

/// The files of a manifest. The seals' bytes stay in the tree that they lie in until they are wanted.
#[derive(Clone, Debug)]
pub struct Files {
    text: String,
    sums: String,
    /// The digests of the text and the seals, by path from the manifest's folder.
    digests: BTreeMap<String, Sha256>,
    /// The seals, by path from the manifest's folder.
    seals: BTreeMap<String, Source>,
}

/// Where a seal lies.
#[derive(Clone, Debug)]
struct Source {
    /// In the tree.
    path: String,
    /// The SHA-256 of its DER, in hexadecimal.
    certificate: String,
}

impl Files {
    /// The files of `manifest`, whose seals lie in `tree`; what `memory` knows of them is not read again.
    ///
    /// # Errors
    /// When a seal cannot be read.
    pub fn of(manifest: &Manifest, tree: &Tree, memory: &Memory) -> Result<Files> {
        let restored =
            manifest.restore.iter().filter_map(|restoring| restoring.certificate.as_ref());
        let loaded = manifest.load.iter().map(|loading| &loading.certificate);
        let held = manifest.state.iter().filter_map(|held| held.certificate.as_ref());
        let named: BTreeMap<&str, &Seal> =
            held.chain(loaded).chain(restored).map(|seal| (&*seal.file, seal)).collect();
        let seals = named.into_iter().map(|(file, seal)| (file.to_owned(), Source::of(seal)));
        let seals: BTreeMap<String, Source> = seals.collect();
        let digest = |reader: &mut Reader, (file, seal): &(&String, &Source)| {
            let known = tree.entry(&seal.path).and_then(Entry::blob).and_then(|id| memory.seal(id));
            let digest = match known {
                Some(known) => known,
                None => Sha256::of(&seal.pem(tree, reader)?),
            };
            Ok(((*file).clone(), digest))
        };
        let each: Vec<(&String, &Source)> = seals.iter().collect();
        let read = each.par_iter().with_min_len(64).map_init(|| tree.reader(), digest);
        let mut digests = read.collect::<Result<BTreeMap<String, Sha256>>>()?;
        let text = manifest.to_yaml();
        digests.insert(TEXT.to_owned(), Sha256::of(text.as_bytes()));
        let sums = digests.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect();
        Ok(Files { text, sums, digests, seals })
    }

    /// The manifest's digest: the SHA-256 of `SHA256SUMS`, which covers all other files.
    pub fn digest(&self) -> Sha256 {
        Sha256::of(self.sums.as_bytes())
    }

    /// Puts each file somewhere, by its path from the manifest's folder; the seals lie in `tree`.
    ///
    /// # Errors
    /// When a seal cannot be read, is another than when its digest was taken, or cannot be put there.
    pub fn each(&self, tree: &Tree, put: &mut dyn FnMut(&str, &[u8]) -> Result<()>) -> Result<()> {
        put(TEXT, self.text.as_bytes())?;
        put(SUMS, self.sums.as_bytes())?;
        let read = |reader: &mut Reader, (file, seal): &(&String, &Source)| {
            let bytes = seal.pem(tree, reader)?;
            let is_same = self.digests.get(*file) == Some(&Sha256::of(&bytes));
            ensure!(is_same, seal.cannot_read());
            Ok(bytes)
        };
        let seals: Vec<(&String, &Source)> = self.seals.iter().collect();
        for seals in seals.chunks(AT_ONCE) {
            let read = seals.par_iter().with_min_len(64).map_init(|| tree.reader(), read);
            let read = read.collect::<Result<Vec<Vec<u8>>>>()?;
            seals.iter().zip(read).try_for_each(|((file, _), bytes)| put(file, &bytes))?;
        }
        Ok(())
    }

    /// Writes the folder `out`, whole or not at all; the seals lie in `tree`. What a manifest left there
    /// before is replaced; a folder with anything else is refused.
    ///
    /// # Errors
    /// When it cannot be written, something else lies there, or another segell is writing it.
    pub fn write(&self, tree: &Tree, out: &Path) -> Result<()> {
        let shown = out.display().to_string();
        let folder = Folder::begin(out, is_own)?;
        self.each(tree, &mut |path, bytes| Ok(folder.put(path, bytes)?))
            .and_then(|()| Ok(folder.sync()?))
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
        let mut expected = self.digests.clone();
        expected.insert(SUMS.to_owned(), self.digest());
        for (path, is_file) in &there {
            match expected.get(path) {
                None => differences.push(Difference::Extra(path.clone())),
                Some(&digest) if !is_file || !self.is_at(&folder.join(path), path, digest) => {
                    differences.push(Difference::Changed(path.clone()));
                }
                Some(_) => {}
            }
        }
        let is_there = |path: &String| there.binary_search_by(|(known, _)| known.cmp(path)).is_ok();
        let missing = expected.keys().filter(|path| !is_there(path));
        differences.extend(missing.cloned().map(Difference::Missing));
        Ok(differences)
    }

    /// Whether the file `path` of the manifest lies there.
    fn is_at(&self, there: &Path, path: &str, digest: Sha256) -> bool {
        let limit = match path {
            TEXT => self.text.len() as u64,
            SUMS => self.sums.len() as u64,
            _ => load::LARGE,
        };
        read_file(there, limit).is_ok_and(|bytes| Sha256::of(&bytes) == digest)
    }
}

impl Source {
    fn of(seal: &Seal) -> Source {
        let path = format!("inventory/certificates/{}.pem", seal.id);
        Source { path, certificate: seal.sha256.clone() }
    }

    /// The file that a manifest has of it: its certificate, written anew from its DER.
    fn pem(&self, tree: &Tree, reader: &Reader) -> Result<Vec<u8>> {
        let told = |why: String| tr!("{why}", why = why);
        let entry = tree.entry(&self.path).with_context(|| self.cannot_read())?;
        let content = reader.read(entry, load::LARGE).map_err(|why| told(why.to_string()));
        let content = content.with_context(|| self.cannot_read())?;
        let der = x509::from_pem(&content.bytes).map_err(|why| told(why.to_string()));
        let der = der.with_context(|| self.cannot_read())?;
        ensure!(Sha256::of(&der).to_string() == self.certificate, self.cannot_read());
        Ok(x509::to_pem(&der).into_bytes())
    }

    fn cannot_read(&self) -> Text {
        tr!("cannot read `{file}`", file = &self.path)
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
