//! A change of several files, looked at and checked before anything is written.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, Result, bail, ensure};

use super::diff::Diff;
use super::value::Value;
use super::write;
use super::yaml::Yaml;
use crate::files::repo::{self, Tree};
use crate::inventory::Inventory;
use crate::inventory::load::{self, FileKind, Memory, kind_of};
use crate::inventory::model::Shape;
use crate::tr;

/// What is meant to become of the files of a working tree. Nothing is written before
/// [`Changeset::write`].
pub struct Changeset {
    root: PathBuf,
    /// The files as they were read.
    tree: Tree,
    /// What they state, once somebody has asked.
    before: OnceCell<Rc<Inventory>>,
    /// What their bytes came to.
    memory: Memory,
    /// What shows that a file is still as it was read.
    seen: Vec<Seen>,
    /// The changes, by path.
    pub(super) files: BTreeMap<String, Change>,
}

/// A file's bytes before and after; none where there is no file.
pub(super) struct Change {
    pub before: Option<Arc<[u8]>>,
    pub after: Option<Arc<[u8]>>,
}

/// A file's path, size and time of change.
type Seen = (String, Option<(u64, SystemTime)>);

impl Changeset {
    /// Begins a change of the working tree below `root`.
    ///
    /// # Errors
    /// When there is no inventory, or its repository cannot be asked.
    pub fn begin(root: &Path) -> Result<Changeset> {
        write::recover(root)?;
        let tree = repo::working_tree(root)?;
        let seen = seen(root, &tree);
        Ok(Changeset::of(root, tree, seen))
    }

    /// Begins a change below `root`, where there may be no inventory yet.
    ///
    /// # Errors
    /// When its repository cannot be asked.
    pub fn begin_anew(root: &Path) -> Result<Changeset> {
        match root.join("inventory").symlink_metadata() {
            Ok(_) => Changeset::begin(root),
            Err(_) => {
                let (tree, seen) = (Tree::empty(), Vec::new());
                Ok(Changeset::of(root, tree, seen))
            }
        }
    }

    /// The folder that holds `inventory/`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn of(root: &Path, tree: Tree, seen: Vec<Seen>) -> Changeset {
        let (before, files) = (OnceCell::new(), BTreeMap::new());
        let memory = Memory::of_paths();
        Changeset { root: root.to_owned(), tree, before, memory, seen, files }
    }

    /// The inventory as it is on the disk, read once.
    pub fn before(&self) -> Rc<Inventory> {
        Rc::clone(self.before.get_or_init(|| Rc::new(self.read(&self.tree))))
    }

    /// The same, to try something in.
    ///
    /// # Errors
    /// When what git keeps of it is damaged.
    pub fn trial(&self) -> Result<Inventory> {
        let inventory = self.read(&self.tree);
        inventory.ensure_sound()?;
        Ok(inventory)
    }

    fn read(&self, tree: &Tree) -> Inventory {
        load::load_with(tree, &self.memory)
    }

    /// The inventory as it would be.
    pub fn after(&self) -> Inventory {
        let files = self.files.iter().filter(|(path, _)| path.starts_with("inventory/"));
        let change = |(path, change): (&String, &Change)| (path.clone(), change.after.clone());
        self.read(&self.tree.with(&files.map(change).collect()))
    }

    /// Whether every file stays as it is.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The paths of the files that change, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The change, to be looked at.
    pub fn diff(&self) -> Diff<'_> {
        Diff(self)
    }

    /// The bytes that `path` will have; none when there will be no such file. `path` begins with
    /// `inventory/`.
    ///
    /// # Errors
    /// When there is something that cannot be read, or is no plain file.
    pub fn bytes(&self, path: &str) -> Result<Option<Arc<[u8]>>> {
        match self.files.get(path) {
            Some(change) => Ok(change.after.clone()),
            None => self.on_disk(path),
        }
    }

    /// Edits the YAML file at `path`.
    ///
    /// # Errors
    /// When there is no such file, it is not strict YAML or not what its schema asks for, or `edit`
    /// refuses; then nothing has changed.
    pub fn edit(&mut self, path: &str, edit: impl FnOnce(&mut Yaml) -> Result<()>) -> Result<()> {
        let shape = shape_of(path)?;
        let cannot_edit = || tr!("cannot edit `{file}`", file = path);
        let bytes = self.bytes(path)?;
        let bytes = bytes.with_context(|| tr!("there is no `{file}`", file = path))?;
        let text = std::str::from_utf8(&bytes).with_context(cannot_edit)?;
        let mut yaml = Yaml::read(shape, text).with_context(cannot_edit)?;
        edit(&mut yaml).with_context(cannot_edit)?;
        self.put(path, Some(yaml.text().as_bytes().into()))
    }

    /// Creates a file. One that is there already with the same bytes stays.
    ///
    /// # Errors
    /// When there is another one, or `path` is no place for a file.
    pub fn create(&mut self, path: &str, bytes: impl Into<Arc<[u8]>>) -> Result<()> {
        let bytes = bytes.into();
        let there = self.bytes(path)?;
        ensure!(
            there.as_ref().is_none_or(|there| *there == bytes),
            tr!("`{file}` is there already, and says otherwise", file = path)
        );
        self.put(path, Some(bytes))
    }

    /// Creates a YAML file whose first line lets editors find its schema.
    ///
    /// # Errors
    /// As [`Changeset::create`].
    pub fn create_yaml(&mut self, path: &str, value: &Value) -> Result<()> {
        let text = new_yaml(path, value)?;
        self.create(path, text.into_bytes())
    }

    /// Puts other bytes in the place of a file, or none.
    ///
    /// # Errors
    /// When `path` is no place for a file.
    pub fn put(&mut self, path: &str, after: Option<Arc<[u8]>>) -> Result<()> {
        ensure!(is_clean(path), tr!("`{file}` is no path of this inventory", file = path));
        let before = match self.files.get(path) {
            Some(change) => change.before.clone(),
            None => self.on_disk(path)?,
        };
        if before == after {
            self.files.remove(path);
        } else {
            self.files.insert(path.to_owned(), Change { before, after });
        }
        Ok(())
    }

    /// Writes all of it, or nothing. Whoever writes at the same time comes before or after; what
    /// changed since it was read is not overwritten.
    ///
    /// # Errors
    /// When it cannot be written, or another file has changed meanwhile; then everything is as it
    /// was.
    pub fn write(&self) -> Result<()> {
        let _lock = write::lock(&self.root)?;
        let changed = || tr!("the inventory changed meanwhile; nothing was written: run it again");
        let tree = match self.root.join("inventory").symlink_metadata() {
            Ok(_) => repo::working_tree(&self.root)?,
            Err(_) => Tree::empty(),
        };
        ensure!(seen(&self.root, &tree) == self.seen, changed());
        for (path, change) in &self.files {
            ensure!(self.on_disk(path)? == change.before, changed());
        }
        let is_new = |change: &Change| change.before.is_none() && change.after.is_some();
        let new = self.files.iter().filter(|(_, change)| is_new(change));
        if let Some(path) = repo::first_ignored(&self.root, new.map(|(path, _)| path.as_str()))? {
            bail!(tr!("git ignores `{file}`, so that nobody else would see it", file = path));
        }
        let written = self.files.iter().filter(|(_, change)| change.after.is_some());
        repo::ensure_unfiltered(&self.root, written.map(|(path, _)| path.as_str()))?;
        write::sweep(&self.root, &tree);
        write::write(&self.root, &self.files)
    }

    /// The bytes of the plain file at `path`, no link on the way to it being followed.
    fn on_disk(&self, path: &str) -> Result<Option<Arc<[u8]>>> {
        write::ensure_plain(&self.root, path)?;
        let file = self.root.join(path);
        if file.symlink_metadata().is_err() {
            return Ok(None);
        }
        let limit = kind_of(path).map_or(load::LARGE, FileKind::limit);
        let bytes = repo::read_file(&file, limit);
        let bytes = bytes
            .map_err(|why| tr!("cannot read `{file}`: {why}", file = path, why = why.to_string()));
        Ok(Some(bytes?.into()))
    }
}

/// The text of a new YAML file at `path`.
///
/// # Errors
/// When no YAML file lies there.
pub fn new_yaml(path: &str, value: &Value) -> Result<String> {
    let up = "../".repeat(path.matches('/').count());
    let schema = shape_of(path)?.name();
    let first = format!("# yaml-language-server: $schema={up}schemas/{schema}.schema.json");
    Ok(value.document(&first))
}

/// What the YAML file at `path` holds.
fn shape_of(path: &str) -> Result<Shape> {
    Ok(match kind_of(path) {
        Some(FileKind::Policy) => Shape::Policy,
        Some(FileKind::Baseline) => Shape::Baseline,
        Some(FileKind::Ens(_)) => Shape::Ens,
        Some(FileKind::Record(_)) => Shape::Certificate,
        Some(FileKind::Batch(_)) => Shape::Batch,
        Some(FileKind::Waiver(_)) => Shape::Waiver,
        _ => bail!(tr!("`{file}` is no YAML file of an inventory", file = path)),
    })
}

/// Whether a path leads below the root, part by part.
fn is_clean(path: &str) -> bool {
    path.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && part != ".git")
        && !path.contains(['\\', '\0'])
}

/// What shows whether a file changes: its size and the time of its last change.
fn seen(root: &Path, tree: &Tree) -> Vec<Seen> {
    let stamp = |path: &str| {
        let metadata = fs::symlink_metadata(root.join(path)).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    };
    tree.entries.iter().map(|entry| (entry.path.clone(), stamp(&entry.path))).collect()
}
