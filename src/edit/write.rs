//! Several files written whole or not at all.
//!
//! All new bytes lie flushed beside their places before the first of them takes its place, and what
//! was there is kept under another name until the last has: a full disk or a read-only folder shows
//! before anything has changed, and going back needs no room.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};

use super::changeset::Change;
use super::journal::{self, Noted};
use crate::base::digest::Sha256;
use crate::base::text::names;
use crate::files::repo::{self, Tree};
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

/// Undoes a write that was ended from outside, and says so.
pub(super) fn recover(root: &Path) -> Result<()> {
    if !journal::is_there(root) {
        return Ok(());
    }
    let _lock = lock(root)?;
    let undone = journal::undo(root)?;
    if !undone.is_empty() {
        let words = tr!(
            "a write was cut off; what it had done is undone, and nothing of it is there: {files}",
            files = names(undone)
        );
        eprintln!("{words}");
    }
    Ok(())
}

/// Clears away what a write left that was ended from outside, and says so.
pub(super) fn sweep(root: &Path, tree: &Tree) {
    let left = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.starts_with(OWN) && (name.ends_with(".new") || name.ends_with(".old"))
    };
    let paths = tree.entries.iter().map(|entry| entry.path.as_str());
    for path in paths.filter(left) {
        if fs::remove_file(root.join(path)).is_ok() {
            eprintln!(
                "{}",
                tr!("`{file}`, which a write that was cut off left, is deleted", file = path)
            );
        }
    }
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
    /// What was there, under another name.
    kept: Vec<PathBuf>,
    /// Places taken, and where what was there is kept.
    taken: Vec<(PathBuf, Option<PathBuf>)>,
}

/// Has the disk hold a file. Windows does so only for who may write to it.
fn flush(file: &Path) -> io::Result<()> {
    fs::OpenOptions::new().read(true).write(cfg!(windows)).open(file)?.sync_all()
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
    let flushed = done.waiting.iter().try_for_each(|new| flush(new));
    if let Err(why) = flushed {
        done.undo();
        return Err(why).context(tr!("cannot write to the disk; nothing was changed"));
    }
    let noted = journal::begin(root, files.iter().map(noted).collect());
    let noted = match noted {
        Ok(noted) => noted,
        Err(why) => {
            done.undo();
            return Err(why).context(tr!("cannot write to the disk; nothing was changed"));
        }
    };
    for (path, change) in files {
        if let Err(why) = done.take(&root.join(path), change) {
            done.undo();
            let _ = fs::remove_file(noted);
            return Err(why)
                .with_context(|| tr!("cannot write `{file}`; nothing was changed", file = path));
        }
    }
    // From here on it is done: what was there need not come back.
    fs::remove_file(noted).context(tr!("cannot write to the disk"))?;
    done.settle();
    Ok(())
}

fn noted((path, change): (&String, &Change)) -> Noted {
    let digest = |bytes: &Option<Arc<[u8]>>| bytes.as_ref().map(|it| Sha256::of(it).to_string());
    Noted { path: path.clone(), before: digest(&change.before), after: digest(&change.after) }
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
    if change.before.is_some() {
        let old = beside(&place, "old");
        let _ = fs::remove_file(&old);
        // Some file systems know no second name for a file.
        fs::hard_link(&place, &old).or_else(|_| fs::copy(&place, &old).map(drop))?;
        done.kept.push(old);
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
pub(super) fn beside(place: &Path, what: &str) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!("{OWN}{name}.{what}"))
}

impl Done {
    /// Lets new bytes, or nothing, take the place.
    fn take(&mut self, place: &Path, change: &Change) -> io::Result<()> {
        let kept = change.before.is_some().then(|| beside(place, "old"));
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
        let left = self.waiting.drain(..).chain(self.kept.drain(..));
        left.for_each(|path| drop(fs::remove_file(path)));
        self.folders.drain(..).rev().for_each(|folder| drop(fs::remove_dir(folder)));
    }

    /// Clears away what was kept, and flushes the folders.
    fn settle(&mut self) {
        self.kept.drain(..).for_each(|old| drop(fs::remove_file(old)));
        let folders: BTreeSet<&Path> =
            self.taken.iter().filter_map(|(place, _)| place.parent()).collect();
        for folder in folders {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::{Change, Done, journal, noted, prepare, recover, write};

    fn files(root: &Path) -> BTreeMap<String, Change> {
        let bytes = |text: &str| Some(text.as_bytes().into());
        for (file, text) in [("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\n"), ("c.yaml", "c: 1\n")] {
            fs::write(root.join(file), text).unwrap();
        }
        [
            ("a.yaml", Change { before: bytes("a: 1\n"), after: bytes("a: 2\n") }),
            ("b.yaml", Change { before: bytes("b: 1\n"), after: bytes("b: 2\n") }),
            ("c.yaml", Change { before: bytes("c: 1\n"), after: None }),
            ("new/d.yaml", Change { before: None, after: bytes("d: 2\n") }),
        ]
        .map(|(path, change)| (path.to_owned(), change))
        .into()
    }

    fn texts(root: &Path) -> Vec<Option<String>> {
        let text = |file| fs::read_to_string(root.join(file)).ok();
        ["a.yaml", "b.yaml", "c.yaml", "new/d.yaml"].map(text).into()
    }

    fn left(root: &Path) -> usize {
        let names = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".segell-")).count()
    }

    /// A write that ends after so many of its files have taken their places.
    #[test]
    fn wherever_a_write_is_cut_off_the_next_one_undoes_it_whole() {
        for taken in 0..=4 {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path();
            let files = files(root);
            let before = texts(root);
            let mut done = Done::default();
            files.iter().for_each(|(path, it)| prepare(root, path, it, &mut done).unwrap());
            journal::begin(root, files.iter().map(noted).collect()).unwrap();
            for (path, change) in files.iter().take(taken) {
                done.take(&root.join(path), change).unwrap();
            }
            recover(root).unwrap();
            assert_eq!(texts(root), before, "after {taken}");
            assert_eq!(left(root), 0);
            recover(root).unwrap();
            write(root, &files).unwrap();
            let after = [Some("a: 2\n"), Some("b: 2\n"), None, Some("d: 2\n")];
            assert_eq!(texts(root), after.map(|text| text.map(str::to_owned)));
            assert_eq!(left(root), 0);
            assert!(!journal::is_there(root));
        }
    }

    #[test]
    fn what_was_changed_since_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let files = files(root);
        let mut done = Done::default();
        files.iter().for_each(|(path, it)| prepare(root, path, it, &mut done).unwrap());
        journal::begin(root, files.iter().map(noted).collect()).unwrap();
        done.take(&root.join("a.yaml"), &files["a.yaml"]).unwrap();
        fs::write(root.join("b.yaml"), "b: 3\n").unwrap();
        assert!(recover(root).is_err());
        assert_eq!(texts(root)[..2], [Some("a: 2\n".to_owned()), Some("b: 3\n".to_owned())]);
        assert!(journal::is_there(root));
    }

    #[test]
    fn a_note_that_was_itself_cut_off_was_followed_by_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let path = journal::begin(root, files(root).iter().map(noted).collect()).unwrap();
        let note = fs::read(&path).unwrap();
        fs::write(&path, &note[..note.len() - 1]).unwrap();
        recover(root).unwrap();
        assert!(!journal::is_there(root));
    }
}
