//! A working tree that holds an inventory.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use git2::{
    AttrCheckFlags, AttrValue, ErrorCode, FileMode, Index, IndexEntryExtendedFlag, Repository,
};
use rayon::prelude::*;

use super::commit::{Folders, folder_at, objects_of, tree_of};
use super::place::{explained, prefix_of, search, shown};
use super::{
    Bytes, DEEPEST, Entry, From, INVENTORY, Kind, MOST_FILES, Tree, look_alike, name, sorted,
    too_many,
};
use crate::tr;

/// The files of the working tree below `root`, those that git ignores left out.
///
/// # Errors
/// When there is no inventory, or its repository cannot be asked.
pub fn working_tree(root: &Path) -> Result<Tree> {
    Checkout::open(root)?.tree()
}

/// A working tree, and the repository that it is of, where there is one.
pub struct Checkout {
    root: PathBuf,
    repository: Option<Repository>,
    /// From the repository's folder to the root, with a `/` at its end unless empty.
    prefix: String,
}

impl Checkout {
    /// Opens the one below `root`, the folder that holds `inventory/` or will.
    ///
    /// # Errors
    /// When its repository cannot be asked.
    pub fn open(root: &Path) -> Result<Checkout> {
        let found = match search(root)? {
            Ok(repository) => Some(repository),
            Err(error) if error.code() == ErrorCode::NotFound => None,
            Err(error) => return Err(explained(error, root)),
        };
        let repository = found.filter(|repository| repository.workdir().is_some());
        let below = repository.as_ref().map(|repository| prefix_of(repository, root));
        let prefix = below.unwrap_or_default().iter().map(|part| format!("{part}/")).collect();
        Ok(Checkout { root: root.to_owned(), repository, prefix })
    }

    /// The folder that holds `inventory/`, or will.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files that lie there now, those that git ignores left out.
    ///
    /// # Errors
    /// When there is no inventory, or the repository cannot be asked.
    pub fn tree(&self) -> Result<Tree> {
        let tracked = self.tracked().map_err(|error| explained(error, &self.root))?;
        let inventory = self.root.join(INVENTORY);
        if inventory.symlink_metadata().is_err() {
            self.ensure_all_there(&tracked, &[])?;
            bail!(tr!(
                "no `inventory/` in `{folder}`; name the folder that holds it with `--root DIR`",
                folder = shown(&self.root)
            ));
        }
        let trusts_modes = self.trusts_modes();
        let mut entries = self.listed(inventory, &tracked)?;
        if !trusts_modes {
            entries.iter_mut().for_each(|entry| tracked.tell_mode(entry));
        }
        entries.extend(beside(&self.root));
        let mut tree = sorted(From::Folder { root: self.root.clone(), trusts_modes }, entries);
        tree.folder.clone_from(&self.prefix);
        self.ensure_all_there(&tracked, &tree.entries)?;
        Ok(tree)
    }

    /// What lies in `inventory` and below it.
    fn listed(&self, inventory: PathBuf, tracked: &Tracked) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut folders = Vec::new();
        match inventory_kind(&inventory) {
            Some(kind) => {
                entries.push(Entry { path: INVENTORY.to_owned(), kind, bytes: Bytes::None });
            }
            None => folders.push(Folder { disk: inventory, path: INVENTORY.to_owned(), depth: 0 }),
        }
        let mut looked_at = 0;
        while !folders.is_empty() {
            let listed: Vec<_> = folders.par_iter().map(Folder::list).collect();
            for (folder, listing) in std::mem::take(&mut folders).into_iter().zip(listed) {
                match listing {
                    Ok(Listing { below, files }) => {
                        looked_at += below.len() + files.len();
                        ensure!(looked_at <= MOST_FILES, too_many());
                        folders.extend(below);
                        let files = files.into_iter();
                        entries.extend(files.filter(|it| !self.ignores(tracked, &it.path)));
                    }
                    Err(kind) => {
                        entries.push(Entry { path: folder.path, kind, bytes: Bytes::None });
                    }
                }
            }
        }
        Ok(entries)
    }

    /// The first of these files that git ignores, so that nobody else would ever get it.
    ///
    /// # Errors
    /// When the repository cannot be asked.
    pub fn first_ignored<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Result<Option<&'p str>> {
        let mut paths = paths.into_iter().peekable();
        if paths.peek().is_none() {
            return Ok(None);
        }
        let tracked = self.tracked().map_err(|error| explained(error, &self.root))?;
        Ok(paths.find(|path| self.ignores(&tracked, path)))
    }

    /// Sees to it that git keeps these files as they are: through a filter, Git LFS's for one, what is
    /// committed would be something else than what was looked at.
    ///
    /// # Errors
    /// When git has a filter for one.
    pub fn ensure_unfiltered<'p>(&self, paths: impl IntoIterator<Item = &'p str>) -> Result<()> {
        let Some(repository) = &self.repository else { return Ok(()) };
        for path in paths {
            let below = format!("{}{path}", self.prefix);
            let filter =
                repository.get_attr(Path::new(&below), "filter", AttrCheckFlags::default());
            let AttrValue::String(filter) = AttrValue::from_string(filter.ok().flatten()) else {
                continue;
            };
            bail!(tr!(
                "git has the filter `{filter}` for `{file}`, so that something else would be committed; write `/{folder}/** -filter` in `.gitattributes`",
                filter = filter,
                file = &below,
                folder = format!("{}{INVENTORY}", self.prefix)
            ));
        }
        Ok(())
    }

    /// What git's index says now: it is read again only when it has changed.
    fn tracked(&self) -> Result<Tracked, git2::Error> {
        let Some(repository) = &self.repository else { return Ok(Tracked::default()) };
        let mut index = repository.index()?;
        index.read(false)?;
        Ok(Tracked::of(&index, format!("{}{INVENTORY}/", self.prefix).as_bytes()))
    }

    /// Whether the disk's executable bits say something: git's `core.filemode`.
    fn trusts_modes(&self) -> bool {
        let config = self.repository.as_ref().and_then(|repository| repository.config().ok());
        config.and_then(|config| config.get_bool("core.filemode").ok()).unwrap_or(true)
    }

    /// Whether git ignores the file: what it tracks, it does not ignore.
    fn ignores(&self, tracked: &Tracked, path: &str) -> bool {
        let Some(repository) = &self.repository else { return false };
        let below = path.strip_prefix(INVENTORY).and_then(|below| below.strip_prefix('/'));
        if below.is_some_and(|below| tracked.has(below)) {
            return false;
        }
        repository.is_path_ignored(format!("{}{path}", self.prefix)).unwrap_or(false)
    }

    /// Sees to it that no sparse checkout leaves out files of the inventory: it would seem that they are
    /// not there. What is in the last commit and not here was deleted, unless git keeps it back, or its
    /// index knows of nothing at all.
    fn ensure_all_there(&self, tracked: &Tracked, here: &[Entry]) -> Result<()> {
        let Some(repository) = &self.repository else { return Ok(()) };
        let config = repository.config().and_then(|config| config.get_bool("core.sparsecheckout"));
        if !config.unwrap_or(false) && tracked.kept_back.is_empty() {
            return Ok(());
        }
        let Some(head) = repository.head().ok().and_then(|head| head.target()) else {
            return Ok(());
        };
        let objects = Arc::new(objects_of(repository, None));
        let below: Vec<String> = self.prefix.split_terminator('/').map(str::to_owned).collect();
        let tree = folder_at(&objects, name::tree_of(&objects, head)?, &below)?;
        let committed =
            tree.map(|tree| tree_of(&objects, tree, &Folders::default())).transpose()?.flatten();
        let is_hidden = |entry: &&Entry| {
            let below = entry.path.get(INVENTORY.len() + 1..).unwrap_or_default();
            let is_kept_back =
                tracked.paths.is_empty() || tracked.kept_back.contains(below.as_bytes());
            is_kept_back && here.binary_search_by(|it| it.path.cmp(&entry.path)).is_err()
        };
        let committed = committed.map(|tree| tree.entries).unwrap_or_default();
        match committed.iter().find(is_hidden) {
            None => Ok(()),
            Some(hidden) => bail!(tr!(
                "the checkout is sparse and hides `{file}`, so nothing can be said of the inventory; run `git sparse-checkout add {folder}`, or `git sparse-checkout disable`",
                file = &hidden.path,
                folder = format!("{}{INVENTORY}", self.prefix)
            )),
        }
    }
}

/// What lies beside the inventory under a name that other disks would take for its own. A disk that
/// does so itself lists one of the two.
fn beside(root: &Path) -> Vec<Entry> {
    let names = fs::read_dir(root).into_iter().flatten().flatten().map(|item| item.file_name());
    let names: Vec<_> = names.filter(|name| name.eq_ignore_ascii_case(INVENTORY)).collect();
    let others = names.iter().filter(|name| *name != INVENTORY && names.len() > 1);
    others.map(|name| look_alike(name.as_encoded_bytes())).collect()
}

/// A folder of the working tree.
struct Folder {
    disk: PathBuf,
    /// From the root, as an entry has it.
    path: String,
    depth: usize,
}

/// What lies in a folder of the working tree.
struct Listing {
    below: Vec<Folder>,
    files: Vec<Entry>,
}

impl Folder {
    /// What lies in it, or why it is not looked into.
    fn list(&self) -> Result<Listing, Kind> {
        if self.depth > DEEPEST {
            return Err(Kind::TooDeep);
        }
        if self.depth > 0 && self.disk.file_name().is_some_and(|name| name.to_str().is_none()) {
            return Err(Kind::NotUtf8);
        }
        let mut listing = Listing { below: Vec::new(), files: Vec::new() };
        for item in fs::read_dir(&self.disk).map_err(|_| Kind::Unlistable)? {
            let item = item.map_err(|_| Kind::Unlistable)?;
            let name = item.file_name();
            if name == ".git" {
                return Err(Kind::Submodule);
            }
            let path = [&self.path, "/", &name.to_string_lossy()].concat();
            let file_type = item.file_type();
            if file_type.as_ref().is_ok_and(fs::FileType::is_dir) {
                listing.below.push(Folder { disk: item.path(), path, depth: self.depth + 1 });
                continue;
            }
            let kind = match file_type {
                _ if name.to_str().is_none() => Kind::NotUtf8,
                Ok(file_type) if file_type.is_symlink() => Kind::Symlink,
                Ok(file_type) if file_type.is_file() => Kind::File,
                _ => Kind::Special,
            };
            // What is read has a name in UTF-8, so its path is the disk's.
            listing.files.push(Entry { path, kind, bytes: Bytes::OnDisk });
        }
        Ok(listing)
    }
}

/// Why `inventory` itself is not looked into, if so.
fn inventory_kind(inventory: &Path) -> Option<Kind> {
    let metadata = inventory.symlink_metadata().ok()?;
    match metadata.file_type() {
        file_type if file_type.is_symlink() => Some(Kind::Symlink),
        file_type if !file_type.is_dir() => Some(Kind::Special),
        _ => None,
    }
}

/// What git's index knows below the inventory.
#[derive(Default)]
struct Tracked {
    /// The paths, sorted.
    paths: Vec<Vec<u8>>,
    executable: HashSet<Vec<u8>>,
    /// Those that git keeps from the working tree.
    kept_back: HashSet<Vec<u8>>,
}

impl Tracked {
    /// What lies in the folder whose path is `start`.
    fn of(index: &Index, start: &[u8]) -> Tracked {
        let mut tracked = Tracked::default();
        for mut entry in index.iter() {
            if let Some(path) = entry.path.strip_prefix(start) {
                if entry.mode == u32::from(FileMode::BlobExecutable) {
                    tracked.executable.insert(path.to_owned());
                }
                if entry.flags_extended & IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0 {
                    tracked.kept_back.insert(path.to_owned());
                }
                entry.path.drain(..start.len());
                tracked.paths.push(entry.path);
            }
        }
        // Git keeps it so.
        tracked.paths.sort_unstable();
        tracked
    }

    fn has(&self, below: &str) -> bool {
        self.paths.binary_search_by(|it| (**it).cmp(below.as_bytes())).is_ok()
    }

    /// Where the disk keeps no executable bits, git's index does.
    fn tell_mode(&self, entry: &mut Entry) {
        let below = entry.path.as_bytes().get(INVENTORY.len() + 1..).unwrap_or_default();
        if entry.kind == Kind::File && self.executable.contains(below) {
            entry.kind = Kind::Executable;
        }
    }
}
