//! Several files written whole or not at all.
//!
//! All new bytes lie flushed beside their places before the first of them takes its place, and what
//! was there is kept under another name until the last has: a full disk or a read-only folder shows
//! before anything has changed, and going back needs no room.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::changeset::Change;
use crate::repo::{self, Tree};
use crate::tr;

/// What the names of files begin with that a write has not finished with.
const OWN: &str = ".segell-";

/// Waits until nobody else writes below `root`. The system ends the lock with the process.
pub(super) fn lock(root: &Path) -> Result<File> {
    let path = repo::lock_of(root);
    let cannot_lock = || tr!("cannot lock `{file}`", file = path.display().to_string());
    let options = File::options().create(true).truncate(false).write(true).open(&path);
    let file = options.with_context(cannot_lock)?;
    file.lock().with_context(cannot_lock)?;
    Ok(file)
}

/// Clears away what a write left that was ended from outside.
pub(super) fn sweep(root: &Path, tree: &Tree) {
    let left = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.starts_with(OWN) && (name.ends_with(".new") || name.ends_with(".old"))
    };
    let paths = tree.entries.iter().map(|entry| entry.path.as_str());
    paths.filter(left).for_each(|path| drop(fs::remove_file(root.join(path))));
}

/// Refuses a path on which a link or anything but folders lies, or whose end is no plain file.
pub(super) fn ensure_plain(root: &Path, path: &str) -> Result<()> {
    let mut at = root.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        let Ok(metadata) = at.symlink_metadata() else { return Ok(()) };
        let fits = match parts.peek() {
            Some(_) => metadata.is_dir(),
            None => metadata.is_file(),
        };
        let shown = at.strip_prefix(root).unwrap_or(&at).display().to_string();
        ensure!(fits, tr!("`{file}` is a link, or no plain file or folder", file = shown));
    }
    Ok(())
}

/// What has been done, so that it can be undone.
#[derive(Default)]
struct Done {
    /// Folders made, outermost first.
    folders: Vec<PathBuf>,
    /// New bytes that have not taken their place yet.
    waiting: Vec<PathBuf>,
    /// Places taken, and where what was there is kept.
    taken: Vec<(PathBuf, Option<PathBuf>)>,
}

/// Writes, deletes and replaces `files` below `root`.
pub(super) fn write(root: &Path, files: &BTreeMap<String, Change>) -> Result<()> {
    let mut done = Done::default();
    for (path, change) in files {
        if let Err(why) = prepare(root, path, change, &mut done) {
            done.undo();
            return Err(why.context(tr!("cannot write `{file}`; nothing was changed", file = path)));
        }
    }
    // When all is written: the first call then flushes nearly all of it at once.
    let flushed = done.waiting.iter().try_for_each(|new| File::open(new)?.sync_all());
    if let Err(why) = flushed {
        done.undo();
        return Err(why).context(tr!("cannot write to the disk; nothing was changed"));
    }
    for (path, change) in files {
        if let Err(why) = done.take(&root.join(path), change) {
            done.undo();
            return Err(why)
                .with_context(|| tr!("cannot write `{file}`; nothing was changed", file = path));
        }
    }
    done.settle();
    Ok(())
}

/// Writes the new bytes of a file beside its place.
fn prepare(root: &Path, path: &str, change: &Change, done: &mut Done) -> Result<()> {
    ensure_plain(root, path)?;
    let place = root.join(path);
    let folder = place.parent().unwrap_or(root);
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)?;
        done.folders.push(folder.to_owned());
    }
    let Some(bytes) = &change.after else { return Ok(()) };
    let new = beside(&place, "new");
    // What an interrupted write left there.
    let _ = fs::remove_file(&new);
    let mut file = File::create_new(&new)?;
    done.waiting.push(new);
    file.write_all(bytes)?;
    if change.before.is_some() {
        file.set_permissions(fs::metadata(&place)?.permissions())?;
    }
    Ok(())
}

/// The name beside `place` of what becomes of it, or was there.
fn beside(place: &Path, what: &str) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!("{OWN}{name}.{what}"))
}

impl Done {
    /// Lets new bytes, or nothing, take the place.
    fn take(&mut self, place: &Path, change: &Change) -> io::Result<()> {
        let mut kept = None;
        if change.before.is_some() {
            let old = beside(place, "old");
            let _ = fs::remove_file(&old);
            // Some file systems know no second name for a file.
            fs::hard_link(place, &old).or_else(|_| fs::copy(place, &old).map(drop))?;
            kept = Some(old);
        }
        self.taken.push((place.to_owned(), kept));
        match change.after {
            Some(_) => fs::rename(beside(place, "new"), place),
            None => fs::remove_file(place),
        }
    }

    /// Goes back, last step first.
    fn undo(&mut self) {
        for (place, kept) in self.taken.drain(..).rev() {
            let _ = match kept {
                Some(old) => fs::rename(old, &place),
                None => fs::remove_file(&place),
            };
        }
        self.waiting.drain(..).for_each(|new| drop(fs::remove_file(new)));
        self.folders.drain(..).rev().for_each(|folder| drop(fs::remove_dir(folder)));
    }

    /// Clears away what was kept, and flushes the folders.
    fn settle(&mut self) {
        for old in self.taken.iter().filter_map(|(_, kept)| kept.as_ref()) {
            let _ = fs::remove_file(old);
        }
        let folders: BTreeSet<&Path> =
            self.taken.iter().filter_map(|(place, _)| place.parent()).collect();
        for folder in folders {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
    }
}
