//! A folder that is made as a whole: written beside where it will be, then put in its place. What an
//! earlier one left there is replaced, and nothing else: its `SHA256SUMS` names what that is.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::files::repo::read_file;
use crate::tr;

/// The file that covers all others of a folder.
pub const SUMS: &str = "SHA256SUMS";

/// The largest `SHA256SUMS` that is read.
const LARGEST_SUMS: u64 = 64 << 20;

/// A folder that is being written.
pub struct Folder {
    out: PathBuf,
    staging: Staging,
    /// What lies at `out`: the files that may be replaced. None: there is no folder.
    old: Option<BTreeSet<String>>,
}

impl Folder {
    /// Begins to write what will be `out`; `is_own` tells the files that such a folder has. Until it is
    /// finished nothing of it is seen there.
    ///
    /// # Errors
    /// When something else lies there, it cannot be written, or another segell is writing it.
    pub fn begin(out: &Path, is_own: fn(&str) -> bool) -> Result<Folder> {
        let staging = Staging::begin(out, is_own)?;
        let old = replaceable(out, is_own)?;
        fs::create_dir(staging.coming()).with_context(|| cannot_write(out))?;
        Ok(Folder { out: out.to_owned(), staging, old })
    }

    /// Writes one of its files, which has not been written yet; several threads may do so.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.staging.coming().join(path);
        let file = fs::File::create_new(&path);
        let mut file = match (file, path.parent()) {
            (Err(error), Some(parent)) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(parent)?;
                fs::File::create_new(&path)?
            }
            (file, _) => file?,
        };
        file.write_all(bytes)
    }

    /// Has the disk hold what was written.
    ///
    /// # Errors
    /// When it does not.
    pub fn sync(&self) -> io::Result<()> {
        sync(&self.staging.coming())
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// When it cannot be put there: then what was there before is there again, or it is said where it is.
    pub fn finish(self) -> Result<()> {
        let Folder { out, staging, old } = self;
        let (new, aside) = (staging.coming(), staging.aside());
        if old.is_some() {
            fs::rename(&out, &aside).with_context(|| cannot_write(&out))?;
        }
        if let Err(error) = fs::rename(&new, &out) {
            let back = if old.is_some() { fs::rename(&aside, &out) } else { Ok(()) };
            let error = anyhow::Error::new(error).context(cannot_write(&out));
            return Err(match back {
                Ok(()) => error,
                Err(_) => error.context(lies_at(&aside)),
            });
        }
        staging.end(&old.unwrap_or_default())
    }
}

fn cannot_write(folder: &Path) -> crate::base::text::Text {
    tr!("cannot write `{folder}`", folder = folder.display().to_string())
}

/// Has the disk hold what was written below `folder`: at once, for a file at a time takes longer than
/// to write them all.
#[cfg(target_os = "linux")]
fn sync(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(fs::File::open(folder)?)?)
}

/// Has the disk hold what was written below `folder`.
#[cfg(not(target_os = "linux"))]
fn sync(folder: &Path) -> io::Result<()> {
    for item in fs::read_dir(folder)? {
        let item = item?;
        match item.file_type()?.is_dir() {
            true => sync(&item.path())?,
            // Windows does so only for who may write.
            false => fs::OpenOptions::new()
                .read(true)
                .write(cfg!(windows))
                .open(item.path())?
                .sync_all()?,
        }
    }
    Ok(())
}

/// Where a folder is made, beside where it will be: `.NAME.segell`, locked by who makes it,
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

    fn begin(out: &Path, is_own: fn(&str) -> bool) -> Result<Staging> {
        let folder = Staging::at(out)?;
        fs::create_dir_all(&folder).with_context(|| cannot_write(out))?;
        let path = folder.join("lock");
        let lock = fs::OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let lock = lock.with_context(|| cannot_write(out))?;
        lock.try_lock().with_context(|| {
            let folder = out.display().to_string();
            tr!("another segell is writing `{folder}`; try again", folder = folder)
        })?;
        let staging = Staging { folder, _lock: lock };
        staging.put_right(out, is_own).with_context(|| cannot_write(out))?;
        Ok(staging)
    }

    fn coming(&self) -> PathBuf {
        self.folder.join("new")
    }

    fn aside(&self) -> PathBuf {
        self.folder.join("old")
    }

    /// Takes away what was being written, and puts back what was there before.
    fn put_right(&self, out: &Path, is_own: fn(&str) -> bool) -> Result<()> {
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
        let named = replaceable(&self.aside(), is_own)?;
        remove(&self.aside(), &named.unwrap_or_default())
    }

    /// Takes the folder away with the files that the old sums named, and nothing else.
    fn end(self, named: &BTreeSet<String>) -> Result<()> {
        let old = self.aside();
        if old.symlink_metadata().is_ok() {
            remove(&old, named).with_context(|| lies_at(&old))?;
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

/// Where the folder lies that was to be replaced by a run that did not end.
pub fn left_behind(out: &Path) -> Option<PathBuf> {
    let old = Staging::at(out).ok()?.join("old");
    (out.symlink_metadata().is_err() && old.is_dir()).then_some(old)
}

/// Removes these files of a folder, and the folders in which nothing else lies.
fn remove(folder: &Path, named: &BTreeSet<String>) -> Result<()> {
    for path in named {
        match fs::remove_file(folder.join(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    for inner in folders(named).iter().rev() {
        let _ = fs::remove_dir(folder.join(inner));
    }
    Ok(fs::remove_dir(folder)?)
}

/// The folders in which these files lie, each before those in it.
pub fn folders(files: &BTreeSet<String>) -> BTreeSet<&str> {
    let of = |path: &'_ String| -> Vec<usize> { path.match_indices('/').map(|it| it.0).collect() };
    files.iter().flat_map(|path| of(path).into_iter().map(|end| &path[..end])).collect()
}

/// The files that may be replaced where such a folder lies: those that its sums name. None: there
/// is no folder.
fn replaceable(out: &Path, is_own: fn(&str) -> bool) -> Result<Option<BTreeSet<String>>> {
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
    list(out, "", &folders(&own), &mut there)?;
    let foreign = there.iter().find(|(path, is_file)| !is_file || !own.contains(path));
    if let Some((path, _)) = foreign {
        bail!(tr!(
            "`{folder}` holds `{file}`, which the `SHA256SUMS` there does not name; name another folder with `--out`",
            folder = folder,
            file = path
        ));
    }
    Ok(Some(own))
}

/// Lists what lies in a folder and in those of its folders that are `known`, links not followed: paths,
/// and whether each is a plain file.
pub fn list(
    folder: &Path,
    prefix: &str,
    known: &BTreeSet<&str>,
    there: &mut Vec<(String, bool)>,
) -> io::Result<()> {
    for item in fs::read_dir(folder)? {
        let item = item?;
        let path = format!("{prefix}{}", item.file_name().to_string_lossy());
        let file_type = item.file_type()?;
        if file_type.is_dir() && known.contains(path.as_str()) {
            list(&item.path(), &format!("{path}/"), known, there)?;
        } else {
            there.push((path, file_type.is_file()));
        }
    }
    Ok(())
}
