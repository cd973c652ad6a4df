//! What a write is about to do, noted beside its lock before it touches a file: whoever comes after
//! one that was cut off undoes it whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::write::beside;
use crate::base::digest::Sha256;
use crate::files::repo;
use crate::tr;

/// The files of a write, below which folder.
#[derive(Serialize, Deserialize)]
pub(super) struct Journal {
    root: PathBuf,
    files: Vec<Noted>,
}

/// A file, by its path, and the digests of what it held and is to hold; none where it is not there.
#[derive(Serialize, Deserialize)]
pub(super) struct Noted {
    pub path: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

fn path_of(root: &Path) -> PathBuf {
    repo::lock_of(root).with_extension("cut")
}

/// Notes what is to be written below `root`, and says where.
pub(super) fn begin(root: &Path, files: Vec<Noted>) -> io::Result<PathBuf> {
    let path = path_of(root);
    let journal = Journal { root: root.to_owned(), files };
    let mut file = File::create(&path)?;
    file.write_all(&serde_json::to_vec(&journal)?)?;
    file.sync_all()?;
    Ok(path)
}

/// Whether a write below `root`, or in the same repository, was cut off.
pub(super) fn is_there(root: &Path) -> bool {
    path_of(root).exists()
}

/// Undoes the write that was cut off, and says of which files; called under the lock.
///
/// # Errors
/// When a file has been changed since by somebody else: then nothing is undone.
pub(super) fn undo(root: &Path) -> Result<Vec<String>> {
    let path = path_of(root);
    let Ok(bytes) = fs::read(&path) else { return Ok(Vec::new()) };
    // One that is itself cut off was followed by nothing.
    let Ok(Journal { root, files }) = serde_json::from_slice(&bytes) else {
        return Ok(fs::remove_file(&path).map(|()| Vec::new())?);
    };
    let mut taken = Vec::new();
    for noted in &files {
        let now = digest(&root.join(&noted.path));
        if now == noted.before {
            continue;
        }
        ensure!(
            now == noted.after,
            tr!(
                "a write was cut off, and `{file}` was changed since: decide which of it is right, then delete `{journal}`",
                file = &noted.path,
                journal = path.display().to_string()
            )
        );
        taken.push(noted);
    }
    for noted in &taken {
        restore(&root.join(&noted.path), noted)?;
    }
    for noted in &files {
        let place = root.join(&noted.path);
        for left in [beside(&place, "new"), beside(&place, "old")] {
            let _ = fs::remove_file(left);
        }
    }
    fs::remove_file(&path)?;
    Ok(taken.into_iter().map(|noted| noted.path.clone()).collect())
}

/// Puts back what a file held.
fn restore(place: &Path, noted: &Noted) -> Result<()> {
    let cannot = || tr!("cannot undo the write of `{file}` that was cut off", file = &noted.path);
    if noted.before.is_none() {
        return fs::remove_file(place).with_context(cannot);
    }
    let old = beside(place, "old");
    if digest(&old) != noted.before {
        bail!(cannot());
    }
    fs::rename(old, place).with_context(cannot)
}

fn digest(path: &Path) -> Option<String> {
    fs::read(path).ok().map(|bytes| Sha256::of(&bytes).to_string())
}
