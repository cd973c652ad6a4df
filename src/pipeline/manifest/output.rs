//! The files of a manifest: its text, the seals in PEM, and the digests of them all.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;

use super::{Manifest, Seal};
use crate::base::digest::Sha256;
use crate::files::objects::Oid;
use crate::files::repo::{Entry, Reader, Tree, read_file};
use crate::files::x509;
use crate::inventory::load;
use crate::tr;

/// The manifest itself.
pub(super) const TEXT: &str = "manifest.yaml";

/// The folder of the seals.
const SEALS: &str = "certificates";

/// The file that covers all others.
pub(super) const SUMS: &str = "SHA256SUMS";

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
        let cannot_write = || tr!("cannot write `{folder}`", folder = &shown);
        let staging = Staging::begin(out)?;
        let old = replaceable(out)?;
        let (new, aside) = (staging.coming(), staging.aside());
        self.write_new(&new).with_context(cannot_write)?;
        if old.is_some() {
            fs::rename(out, &aside).with_context(cannot_write)?;
        }
        if let Err(error) = fs::rename(&new, out) {
            let back = if old.is_some() { fs::rename(&aside, out) } else { Ok(()) };
            let error = anyhow::Error::new(error).context(cannot_write());
            return Err(match back {
                Ok(()) => error,
                Err(_) => error.context(lies_at(&aside)),
            });
        }
        staging.end(old.unwrap_or_default())
    }

    fn write_new(&self, folder: &Path) -> std::io::Result<()> {
        fs::create_dir(folder)?;
        let mut made = BTreeSet::from([folder.to_owned()]);
        for (path, bytes) in &self.0 {
            let path = folder.join(path);
            if let Some(parent) = path.parent()
                && made.insert(parent.to_owned())
            {
                fs::create_dir_all(parent)?;
            }
            fs::File::create_new(&path)?.write_all(bytes)?;
        }
        sync(folder, self.0.keys().map(|path| folder.join(path)).chain(made.into_iter().rev()))
    }

    /// Reads a folder that should hold a manifest, and says what in it is not as here. Nothing:
    /// it is the same, to the byte.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn differences(&self, folder: &Path) -> Result<Vec<Difference>> {
        let mut differences = Vec::new();
        let mut there = Vec::new();
        list(folder, "", &mut there).with_context(|| {
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

/// Has the disk hold what was written below `folder`: at once, for a file at a time takes longer than
/// to write them all.
#[cfg(target_os = "linux")]
fn sync(folder: &Path, _: impl Iterator<Item = PathBuf>) -> std::io::Result<()> {
    Ok(rustix::fs::syncfs(fs::File::open(folder)?)?)
}

/// Has the disk hold what was written below `folder`. Windows does so only for who may write.
#[cfg(not(target_os = "linux"))]
fn sync(_: &Path, mut written: impl Iterator<Item = PathBuf>) -> std::io::Result<()> {
    let flush =
        |path| fs::OpenOptions::new().read(true).write(cfg!(windows)).open(path)?.sync_all();
    written.try_for_each(flush)
}

/// Where a manifest's folder is made, beside where it will be: `.NAME.segell`, locked by who makes it,
/// gone when it is done. What one leaves there that did not end, the next one puts right.
struct Staging {
    folder: PathBuf,
    _lock: fs::File,
}

impl Staging {
    fn at(out: &Path) -> Result<PathBuf> {
        let shown = out.display().to_string();
        let name = out
            .file_name()
            .with_context(|| tr!("`{folder}` is no folder's name", folder = shown))?;
        Ok(out.with_file_name(format!(".{}.segell", name.to_string_lossy())))
    }

    fn begin(out: &Path) -> Result<Staging> {
        let folder = Staging::at(out)?;
        let shown = out.display().to_string();
        let cannot_write = || tr!("cannot write `{folder}`", folder = &shown);
        fs::create_dir_all(&folder).with_context(cannot_write)?;
        let path = folder.join("lock");
        let lock = fs::OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let lock = lock.with_context(cannot_write)?;
        lock.try_lock().with_context(|| {
            tr!("another segell is writing `{folder}`; try again", folder = &shown)
        })?;
        let staging = Staging { folder, _lock: lock };
        staging.put_right(out).with_context(cannot_write)?;
        Ok(staging)
    }

    fn coming(&self) -> PathBuf {
        self.folder.join("new")
    }

    fn aside(&self) -> PathBuf {
        self.folder.join("old")
    }

    /// Takes away what was being written, and puts back what was there before.
    fn put_right(&self, out: &Path) -> Result<()> {
        if self.coming().symlink_metadata().is_ok() {
            fs::remove_dir_all(self.coming())?;
        }
        if self.aside().symlink_metadata().is_err() {
            return Ok(());
        }
        if out.symlink_metadata().is_err() {
            fs::rename(self.aside(), out)?;
            return Ok(());
        }
        let named = replaceable(&self.aside())?;
        remove(&self.aside(), &named.unwrap_or_default())
    }

    /// Takes the folder away with the files that the old manifest named, and nothing else.
    fn end(self, named: BTreeSet<String>) -> Result<()> {
        let old = self.aside();
        if old.symlink_metadata().is_ok() {
            remove(&old, &named).with_context(|| lies_at(&old))?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.coming());
        if self.aside().symlink_metadata().is_err() {
            let _ = fs::remove_file(self.folder.join("lock"));
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

fn lies_at(old: &Path) -> crate::base::text::Text {
    tr!("what was there before lies at `{folder}`", folder = old.display().to_string())
}

/// Where the manifest's folder lies that was to be replaced by a run that did not end.
pub fn left_behind(out: &Path) -> Option<PathBuf> {
    let old = Staging::at(out).ok()?.join("old");
    (out.symlink_metadata().is_err() && old.is_dir()).then_some(old)
}

/// Removes these files of a folder, and the folder where nothing else lies in it.
fn remove(folder: &Path, named: &BTreeSet<String>) -> Result<()> {
    for path in named {
        match fs::remove_file(folder.join(path)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let _ = fs::remove_dir(folder.join(SEALS));
    Ok(fs::remove_dir(folder)?)
}

/// The largest `SHA256SUMS` that is read.
const LARGEST_SUMS: u64 = 64 << 20;

/// The files that may be replaced where a manifest's folder lies: those that its sums name. None: there
/// is no folder.
fn replaceable(out: &Path) -> Result<Option<BTreeSet<String>>> {
    let Ok(metadata) = out.symlink_metadata() else { return Ok(None) };
    let folder = out.display().to_string();
    if !metadata.is_dir() {
        bail!(tr!("`{folder}` is no folder; name another with `--out`", folder = folder));
    }
    let sums = read_file(&out.join(SUMS), LARGEST_SUMS).unwrap_or_default();
    let sums = String::from_utf8_lossy(&sums);
    let named = sums.lines().filter_map(|line| line.split_once("  ")).map(|(_, path)| path);
    let mut own: BTreeSet<String> = named.filter(|path| is_own(path)).map(str::to_owned).collect();
    own.insert(SUMS.to_owned());
    let mut there = Vec::new();
    list(out, "", &mut there)?;
    let foreign = there.iter().find(|(path, is_file)| !is_file || !own.contains(path));
    if let Some((path, _)) = foreign {
        bail!(tr!(
            "`{folder}` holds `{file}`, which no manifest's `SHA256SUMS` there names; name another folder with `--out`",
            folder = folder,
            file = path
        ));
    }
    Ok(Some(own))
}

/// Whether a manifest has files of this name.
fn is_own(path: &str) -> bool {
    let below = path.strip_prefix(SEALS).and_then(|below| below.strip_prefix('/'));
    path == TEXT || below.is_some_and(|name| name.ends_with(".pem") && !name.contains(['/', '\\']))
}

/// Lists what lies in a folder, links not followed: paths, and whether each is a plain file.
fn list(folder: &Path, prefix: &str, there: &mut Vec<(String, bool)>) -> std::io::Result<()> {
    for item in fs::read_dir(folder)? {
        let item = item?;
        let path = format!("{prefix}{}", item.file_name().to_string_lossy());
        let file_type = item.file_type()?;
        if file_type.is_dir() && path == SEALS {
            list(&item.path(), "certificates/", there)?;
        } else {
            there.push((path, file_type.is_file()));
        }
    }
    Ok(())
}

fn same(path: &Path, bytes: &[u8]) -> bool {
    read_file(path, bytes.len() as u64).is_ok_and(|there| *there == *bytes)
}
