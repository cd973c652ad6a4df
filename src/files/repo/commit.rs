//! The files of a commit.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, Result, anyhow, bail, ensure};
use git2::{Oid, Repository};

use super::place::{open, prefix_of};
use super::{
    Bytes, DEEPEST, Entry, From, INVENTORY, Kind, MOST_FILES, Tree, is_beside, look_alike, name,
    sorted, too_many,
};
use crate::files::objects::{self, Failure, Objects, TreeEntry};
use crate::tr;

/// A commit, found by name.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Its full id.
    pub id: String,
    /// The instant at which it was committed.
    pub committed: jiff::Timestamp,
}

/// Finds the commit that `name` stands for in the repository of `root`.
///
/// # Errors
/// When there is no repository, or no such commit in it.
pub fn revision(root: &Path, name: &str) -> Result<Revision> {
    let repository = open(root)?;
    let objects = objects_of(&repository, None);
    let id = name::commit(&repository, &objects, name)?;
    let raw = objects.read(id, objects::LARGEST).map_err(|why| anyhow!(why.of(id)))?;
    let committed = name::committed(&raw.bytes)
        .with_context(|| tr!("the date of commit `{name}` is out of range", name = name))?;
    Ok(Revision { id: id.to_string(), committed })
}

/// The files of the commit that `name` stands for; no checkout is needed. None when it has no
/// inventory.
///
/// # Errors
/// When there is no repository, no such commit, or its tree cannot be read.
pub fn revision_tree(root: &Path, name: &str) -> Result<Option<Tree>> {
    let repository = open(root)?;
    let objects = Arc::new(objects_of(&repository, None));
    let id = name::commit(&repository, &objects, name)?;
    let cannot_read = || tr!("cannot read the tree of `{name}`", name = name);
    let below = prefix_of(&repository, root);
    let tree = || -> Result<Option<Tree>> {
        let Some(tree) = folder_at(&objects, name::tree_of(&objects, id)?, &below)? else {
            return Ok(None);
        };
        tree_of(&objects, tree, &Folders::default())
    };
    let mut found = tree().with_context(cannot_read)?;
    if let Some(found) = &mut found {
        found.folder = below.iter().map(|part| format!("{part}/")).collect();
    }
    Ok(found)
}

/// The objects of a repository, with those of a push beside its own.
pub(crate) fn objects_of(repository: &Repository, quarantine: Option<&Path>) -> Objects {
    Objects::of(&repository.commondir().join("objects"), quarantine)
}

/// The folder that lies so many folders below `tree`.
pub(super) fn folder_at(objects: &Objects, tree: Oid, below: &[String]) -> Result<Option<Oid>> {
    let mut tree = tree;
    for part in below {
        let entries = objects.tree(tree).map_err(|why| anyhow!(why.of(tree)))?;
        let folder = entries.into_iter().find(|entry| entry.name == part.as_bytes());
        let Some(folder) = folder else { return Ok(None) };
        tree = folder.id;
    }
    Ok(Some(tree))
}

/// The files of the inventory that the tree `id` holds; none when it holds none.
///
/// # Errors
/// When the tree cannot be read, or a folder of the inventory is damaged.
pub(crate) fn tree_of(objects: &Arc<Objects>, id: Oid, folders: &Folders) -> Result<Option<Tree>> {
    part_of(objects, id, folders, &|_| true)
}

/// The same of the folders and files alone that are wanted, by path: other folders are not opened.
///
/// # Errors
/// As [`tree_of`].
pub(crate) fn part_of(
    objects: &Arc<Objects>,
    id: Oid,
    folders: &Folders,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Option<Tree>> {
    let tree = objects.tree(id).map_err(|why| anyhow!(why.of(id)))?;
    let mut found = tree.iter().filter(|entry| entry.name == INVENTORY.as_bytes()).cloned();
    let Some(inventory) = found.next() else { return Ok(None) };
    let mut entries = Vec::new();
    if found.next().is_some() {
        entries.push(Entry { path: INVENTORY.to_owned(), kind: Kind::Twice, bytes: Bytes::None });
    }
    let mut open = vec![(inventory, INVENTORY.to_owned(), 0)];
    let mut looked_at = 0;
    while let Some((entry, path, depth)) = open.pop() {
        looked_at += 1;
        ensure!(looked_at <= MOST_FILES, too_many());
        let kind = tree_entry_kind(&entry, depth);
        if kind != Kind::Unlistable {
            entries.push(Entry { path, kind, bytes: Bytes::Blob(entry.id) });
            continue;
        }
        let folder = match folders.get(objects, entry.id) {
            Ok(folder) => folder,
            Err(Failure::Missing) => {
                entries.push(Entry { path, kind, bytes: Bytes::None });
                continue;
            }
            Err(why) => bail!(why.of(entry.id)),
        };
        let mut names = HashSet::new();
        for item in &*folder {
            let below = format!("{path}/{}", String::from_utf8_lossy(&item.name));
            if !wants(&below) {
                continue;
            }
            let kind = match &*item.name {
                b"" | b"." | b".." => Some(Kind::Misnamed),
                name if name.contains(&b'/') => Some(Kind::Misnamed),
                _ => (!names.insert(item.name.clone())).then_some(Kind::Twice),
            };
            match kind {
                Some(kind) => entries.push(Entry { path: below, kind, bytes: Bytes::None }),
                None => open.push((item.clone(), below, depth + 1)),
            }
        }
    }
    let beside = tree.iter().filter(|entry| is_beside(&entry.name));
    entries.extend(beside.map(|entry| look_alike(&entry.name)));
    Ok(Some(sorted(From::Repository(Arc::clone(objects)), entries)))
}

/// Folders of commits that were read before: one can stand in a tree under many names, and most of those of
/// a commit stand in the next as well. Threads share them.
#[derive(Default)]
pub struct Folders(RwLock<Known>);

#[derive(Default)]
struct Known {
    folders: HashMap<Oid, Arc<Vec<TreeEntry>>>,
    entries: usize,
}

impl Folders {
    /// How many entries are kept at most; then all are forgotten. Those of ten thousand bodies are 40,000.
    const MOST: usize = 1 << 17;

    fn get(&self, objects: &Objects, id: Oid) -> Result<Arc<Vec<TreeEntry>>, Failure> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).folders.get(&id).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let folder = Arc::new(objects.tree(id)?);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.entries + folder.len() > Folders::MOST {
            *known = Known::default();
        }
        if known.folders.insert(id, Arc::clone(&folder)).is_none() {
            known.entries += folder.len();
        }
        Ok(folder)
    }
}

/// What a tree's entry is; `Unlistable` for a folder, until it has been listed.
fn tree_entry_kind(entry: &TreeEntry, depth: usize) -> Kind {
    match entry.mode {
        _ if std::str::from_utf8(&entry.name).is_err() => Kind::NotUtf8,
        _ if entry.is_folder() && depth > DEEPEST => Kind::TooDeep,
        _ if entry.is_folder() => Kind::Unlistable,
        _ if entry.is_submodule() => Kind::Submodule,
        0o120_000 => Kind::Symlink,
        0o100_755 => Kind::Executable,
        _ => Kind::File,
    }
}
