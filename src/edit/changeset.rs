//! A change of several files, looked at and checked before anything is written.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;

use super::diff::Diff;
use super::value::Value;
use super::write;
use super::yaml::Yaml;
use crate::files::repo::{self, Checkout, Stamp, Tree};
use crate::inventory::Inventory;
use crate::inventory::load::{self, FileKind, Memory, kind_of};
use crate::inventory::model::Shape;
use crate::tr;

/// What is meant to become of the files of a working tree. Nothing is written before
/// [`Changeset::write`].
pub struct Changeset {
    checkout: Checkout,
    /// The files as they were listed.
    tree: Tree,
    /// What they state, once somebody has asked.
    before: OnceCell<Rc<Inventory>>,
    /// What their bytes came to.
    memory: Memory,
    /// What shows that each is still as it was read, once one has been.
    seen: OnceCell<Vec<Option<Stamp>>>,
    /// The changes, by path.
    pub(super) files: BTreeMap<String, Change>,
}

/// A file's bytes before and after; none where there is no file.
pub(super) struct Change {
    pub before: Option<Arc<[u8]>>,
    pub after: Option<Arc<[u8]>>,
}

impl Changeset {
    /// Begins a change of the working tree below `root`.
    ///
    /// # Errors
    /// When there is no inventory, or its repository cannot be asked.
    pub fn begin(root: &Path) -> Result<Changeset> {
        write::recover(root)?;
        let checkout = Checkout::open(root)?;
        let tree = checkout.tree()?;
        Ok(Changeset::of(checkout, tree))
    }

    /// Begins a change below `root`, where there may be no inventory yet.
    ///
    /// # Errors
    /// When its repository cannot be asked.
    pub fn begin_anew(root: &Path) -> Result<Changeset> {
        match root.join("inventory").symlink_metadata() {
            Ok(_) => Changeset::begin(root),
            Err(_) => Ok(Changeset::of(Checkout::open(root)?, Tree::empty())),
        }
    }

    fn of(checkout: Checkout, tree: Tree) -> Changeset {
        let (before, seen, files) = (OnceCell::new(), OnceCell::new(), BTreeMap::new());
        Changeset { checkout, tree, before, memory: Memory::of_paths(), seen, files }
    }

    /// The working tree that is changed.
    pub fn checkout(&self) -> &Checkout {
        &self.checkout
    }

    /// The folder that holds `inventory/`.
    pub fn root(&self) -> &Path {
        self.checkout.root()
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
        let inventory = load::load_with(tree, &self.memory);
        self.seen();
        inventory
    }

    /// What shows of each file: of one that was read, what did when it was; of others, what does now.
    fn seen(&self) -> &[Option<Stamp>] {
        self.seen.get_or_init(|| {
            let stamp = |path: &str| {
                self.memory.stamp(path).or_else(|| repo::stamp_of(&self.root().join(path)))
            };
            self.tree.entries.iter().map(|entry| stamp(&entry.path)).collect()
        })
    }

    /// Whether what lies on the disk is what was read.
    fn is_as_seen(&self, now: &Tree) -> bool {
        let (then, seen, root) = (&self.tree.entries, self.seen(), self.root());
        then.len() == now.entries.len()
            && now.entries.par_iter().zip(then).zip(seen).all(|((now, then), stamp)| {
                (&now.path, now.kind) == (&then.path, then.kind)
                    && repo::stamp_of(&root.join(&now.path)) == *stamp
            })
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
        let _lock = write::lock(self.root())?;
        let changed = || tr!("the inventory changed meanwhile; nothing was written: run it again");
        let tree = match self.root().join("inventory").symlink_metadata() {
            Ok(_) => self.checkout.tree()?,
            Err(_) => Tree::empty(),
        };
        ensure!(self.is_as_seen(&tree), changed());
        for (path, change) in &self.files {
            ensure!(self.on_disk(path)? == change.before, changed());
        }
        let is_new = |change: &Change| change.before.is_none() && change.after.is_some();
        let new = self.files.iter().filter(|(_, change)| is_new(change));
        if let Some(path) = self.checkout.first_ignored(new.map(|(path, _)| path.as_str()))? {
            bail!(tr!("git ignores `{file}`, so that nobody else would see it", file = path));
        }
        let written = self.files.iter().filter(|(_, change)| change.after.is_some());
        self.checkout.ensure_unfiltered(written.map(|(path, _)| path.as_str()))?;
        write::sweep(self.root(), &tree);
        write::write(self.root(), &self.files)
    }

    /// The bytes of the plain file at `path`, no link on the way to it being followed.
    fn on_disk(&self, path: &str) -> Result<Option<Arc<[u8]>>> {
        write::ensure_plain(self.root(), path)?;
        let file = self.root().join(path);
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
