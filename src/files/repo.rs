//! The files of an inventory, from the working tree or from a commit. Only this module knows git
//! and the disk.

pub(crate) mod name;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail, ensure};
use git2::{
    AttrCheckFlags, AttrValue, ErrorCode, FileMode, IndexEntryExtendedFlag, Oid, Repository,
};
use rayon::prelude::*;

use crate::base::text::Text;
use crate::files::installed_git;
use crate::files::objects::{self, Failure, Objects, TreeEntry};
use crate::tr;

/// The folder of the inventory, below the root.
const INVENTORY: &str = "inventory";

/// How deep folders may nest below `inventory/`.
const DEEPEST: usize = 32;

/// The most files and folders that are looked at in one tree: a few folders that hold each other's objects many
/// times over can name more than any machine holds.
pub(crate) const MOST_FILES: usize = 500_000;

/// Where an inventory is read from.
#[derive(Clone, Debug)]
pub struct Tree {
    from: From,
    /// From the repository's folder to the root, with a `/` at its end unless empty.
    folder: String,
    /// Everything below `inventory/` but its folders, sorted by path.
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
enum From {
    Folder {
        /// The folder that holds `inventory/`.
        root: PathBuf,
        /// Whether the disk's executable bits say something: git's `core.filemode`.
        trusts_modes: bool,
    },
    Repository(Arc<Objects>),
}

/// Something that lies in the inventory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// From the root, with `/` between its parts: `inventory/ens/sct.yaml`. What is not UTF-8 in
    /// it is replaced.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    bytes: Bytes,
}

impl Entry {
    /// Whether its bytes are read from the disk.
    pub(crate) fn is_on_disk(&self) -> bool {
        matches!(self.bytes, Bytes::OnDisk)
    }

    /// The id of its bytes, where git keeps them.
    pub(crate) fn blob(&self) -> Option<Oid> {
        match self.bytes {
            Bytes::Blob(id) => Some(id),
            Bytes::None | Bytes::OnDisk | Bytes::Held(_) => None,
        }
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A plain file.
    File,
    /// A file that git has as executable. Of one on a disk that keeps that bit, only
    /// [`Reader::read`] knows.
    Executable,
    /// A symbolic link; never followed.
    Symlink,
    /// Another repository inside this one.
    Submodule,
    /// A pipe, a socket or a device; never opened.
    Special,
    /// Its name is not UTF-8.
    NotUtf8,
    /// A git tree holds its name more than once.
    Twice,
    /// A git tree gives it a name that no file can have: with a slash, or one of a folder's own.
    Misnamed,
    /// Its name differs from another's in letters of another case alone.
    LookAlike,
    /// A folder nested too deep to be looked into.
    TooDeep,
    /// A folder that cannot be listed.
    Unlistable,
}

#[derive(Clone, Debug)]
enum Bytes {
    None,
    /// On the disk, at the entry's path.
    OnDisk,
    Blob(Oid),
    /// Not written yet.
    Held(Arc<[u8]>),
}

/// Why an entry's bytes cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It has more bytes than the limit.
    TooLarge {
        /// The most bytes that are read.
        limit: u64,
    },
    /// The system gave this reason.
    Failed(String),
    /// Git keeps it in an object that cannot be had.
    Lost {
        /// Why not.
        why: String,
        /// Whether it is here, and damaged.
        is_damaged: bool,
    },
}

/// The folder that holds `inventory/`, sought from `start` upwards and not beyond its repository.
///
/// # Errors
/// When there is none.
pub fn find_root(start: &Path) -> Result<PathBuf> {
    let start = start
        .canonicalize()
        .with_context(|| tr!("cannot read the folder `{folder}`", folder = shown(start)))?;
    for folder in start.ancestors() {
        if folder.join(INVENTORY).symlink_metadata().is_ok() {
            return Ok(folder.to_owned());
        }
        if folder.join(".git").exists() || is_bare(folder) {
            return Ok(folder.to_owned());
        }
    }
    bail!(tr!(
        "no `inventory/` in `{folder}` or above; name the folder that holds it with `--root DIR`, begin one with `segell init`, or play with one: `segell demo DIR`",
        folder = shown(&start)
    ))
}

fn is_bare(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The files of the working tree below `root`, those that git ignores left out.
///
/// # Errors
/// When there is no inventory, or its repository cannot be asked.
pub fn working_tree(root: &Path) -> Result<Tree> {
    let inventory = root.join(INVENTORY);
    let ignores = Ignores::of(root)?;
    if inventory.symlink_metadata().is_err() {
        ignores.ensure_all_there(&[])?;
        bail!(tr!(
            "no `inventory/` in `{folder}`; name the folder that holds it with `--root DIR`",
            folder = shown(root)
        ));
    }
    let mut entries = Vec::new();
    let mut folders = Vec::new();
    match inventory_kind(&inventory) {
        Some(kind) => entries.push(Entry { path: INVENTORY.to_owned(), kind, bytes: Bytes::None }),
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
                    let files = files.into_iter().filter(|entry| !ignores.covers(&entry.path));
                    entries.extend(files.map(|entry| ignores.with_its_mode(entry)));
                }
                Err(kind) => entries.push(Entry { path: folder.path, kind, bytes: Bytes::None }),
            }
        }
    }
    entries.extend(beside(root));
    let from = From::Folder { root: root.to_owned(), trusts_modes: ignores.trusts_modes };
    let mut tree = sorted(from, entries);
    tree.folder.clone_from(&ignores.prefix);
    ignores.ensure_all_there(&tree.entries)?;
    Ok(tree)
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

/// The file that whoever writes below `root` locks: in the repository's own folder, or beside the
/// inventory where there is none.
pub(crate) fn lock_of(root: &Path) -> PathBuf {
    match search(root) {
        Ok(Ok(repository)) => repository.path().join("segell.lock"),
        _ => root.join(".segell.lock"),
    }
}

/// The first of these files below `root` that git ignores, so that nobody else would ever get it.
///
/// # Errors
/// When the repository cannot be asked.
pub(crate) fn first_ignored<'p>(
    root: &Path,
    paths: impl IntoIterator<Item = &'p str>,
) -> Result<Option<&'p str>> {
    let mut paths = paths.into_iter().peekable();
    if paths.peek().is_none() {
        return Ok(None);
    }
    let ignores = Ignores::of(root)?;
    Ok(paths.find(|path| ignores.covers(path)))
}

/// Sees to it that git keeps these files below `root` as they are: through a filter, Git LFS's for one,
/// what is committed would be something else than what was looked at.
///
/// # Errors
/// When git has a filter for one, or the repository cannot be asked.
pub(crate) fn ensure_unfiltered<'p>(
    root: &Path,
    paths: impl IntoIterator<Item = &'p str>,
) -> Result<()> {
    let ignores = Ignores::without_index(root)?;
    let Some(repository) = &ignores.repository else { return Ok(()) };
    for path in paths {
        let below = format!("{}{path}", ignores.prefix);
        let filter = repository.get_attr(Path::new(&below), "filter", AttrCheckFlags::default());
        let AttrValue::String(filter) = AttrValue::from_string(filter.ok().flatten()) else {
            continue;
        };
        bail!(tr!(
            "git has the filter `{filter}` for `{file}`, so that something else would be committed; write `/{folder}/** -filter` in `.gitattributes`",
            filter = filter,
            file = &below,
            folder = format!("{}{INVENTORY}", ignores.prefix)
        ));
    }
    Ok(())
}

fn sorted(from: From, mut entries: Vec<Entry>) -> Tree {
    entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    tell_look_alikes(&mut entries);
    Tree { from, folder: String::new(), entries }
}

/// Two paths that differ in the case of letters alone are one file on many disks.
fn tell_look_alikes(entries: &mut [Entry]) {
    let has_capitals = |entry: &&Entry| entry.path.bytes().any(|byte| byte.is_ascii_uppercase());
    let mut seen = HashMap::new();
    let mut alike = Vec::new();
    for (place, entry) in entries.iter().enumerate().filter(|(_, entry)| has_capitals(entry)) {
        let lower = entry.path.to_ascii_lowercase();
        let is_there = entries.binary_search_by(|other| other.path.as_str().cmp(&lower)).is_ok();
        if seen.insert(lower, place).is_some() || is_there {
            alike.push(place);
        }
    }
    for place in alike {
        if entries[place].kind == Kind::File {
            entries[place].kind = Kind::LookAlike;
        }
    }
}

/// What git knows of the files of a working tree.
struct Ignores {
    repository: Option<Repository>,
    /// From the repository's folder to the root, with a `/` at its end unless empty.
    prefix: String,
    /// The index's paths below the inventory, sorted, and those that it has as executable.
    tracked: Vec<Vec<u8>>,
    executable: HashSet<Vec<u8>>,
    /// Those that git keeps from the working tree.
    kept_back: HashSet<Vec<u8>>,
    trusts_modes: bool,
}

impl Ignores {
    fn of(root: &Path) -> Result<Ignores> {
        let mut ignores = Ignores::without_index(root)?;
        if let Some(repository) = ignores.repository.take() {
            ignores.read_index(&repository).map_err(|error| explained(error, root))?;
            let config = repository.config().and_then(|config| config.get_bool("core.filemode"));
            ignores.trusts_modes = config.unwrap_or(true);
            ignores.repository = Some(repository);
        }
        Ok(ignores)
    }

    /// The same, but what is tracked.
    fn without_index(root: &Path) -> Result<Ignores> {
        let mut ignores = Ignores {
            repository: None,
            prefix: String::new(),
            tracked: Vec::new(),
            executable: HashSet::new(),
            kept_back: HashSet::new(),
            trusts_modes: true,
        };
        let repository = match search(root)? {
            Ok(repository) => repository,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(ignores),
            Err(error) => return Err(explained(error, root)),
        };
        let Some(folder) = repository.workdir() else { return Ok(ignores) };
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if let Ok(below) = root.strip_prefix(&folder) {
            let parts = below.iter().map(|part| part.to_string_lossy());
            ignores.prefix = parts.map(|part| format!("{part}/")).collect();
        }
        ignores.repository = Some(repository);
        Ok(ignores)
    }

    fn read_index(&mut self, repository: &Repository) -> Result<(), git2::Error> {
        let start = format!("{}{INVENTORY}/", self.prefix).into_bytes();
        for mut entry in repository.index()?.iter() {
            if let Some(path) = entry.path.strip_prefix(start.as_slice()) {
                if entry.mode == u32::from(FileMode::BlobExecutable) {
                    self.executable.insert(path.to_owned());
                }
                if entry.flags_extended & IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0 {
                    self.kept_back.insert(path.to_owned());
                }
                entry.path.drain(..start.len());
                self.tracked.push(entry.path);
            }
        }
        // Git keeps it so.
        self.tracked.sort_unstable();
        Ok(())
    }

    /// Sees to it that no sparse checkout leaves out files of the inventory: it would seem that they are
    /// not there. What is in the last commit and not here was deleted, unless git keeps it back, or its
    /// index knows of nothing at all.
    fn ensure_all_there(&self, here: &[Entry]) -> Result<()> {
        let Some(repository) = &self.repository else { return Ok(()) };
        let config = repository.config().and_then(|config| config.get_bool("core.sparsecheckout"));
        if !config.unwrap_or(false) && self.kept_back.is_empty() {
            return Ok(());
        }
        let Some(head) = repository.head().ok().and_then(|head| head.target()) else {
            return Ok(());
        };
        let objects = Arc::new(objects_of(repository, None));
        let below: Vec<String> = self.prefix.split_terminator('/').map(str::to_owned).collect();
        let tree = folder_at(&objects, name::tree_of(&objects, head)?, &below)?;
        let committed = tree.map(|tree| tree_of(&objects, tree)).transpose()?.flatten();
        let is_hidden = |entry: &&Entry| {
            let below = entry.path.get(INVENTORY.len() + 1..).unwrap_or_default();
            let is_kept_back = self.tracked.is_empty() || self.kept_back.contains(below.as_bytes());
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

    /// Whether git ignores the file: what it tracks, it does not ignore.
    fn covers(&self, path: &str) -> bool {
        let Some(repository) = &self.repository else { return false };
        let below = path.strip_prefix(INVENTORY).and_then(|below| below.strip_prefix('/'));
        let is_tracked =
            |below: &str| self.tracked.binary_search_by(|it| (**it).cmp(below.as_bytes())).is_ok();
        if below.is_some_and(is_tracked) {
            return false;
        }
        repository.is_path_ignored(format!("{}{path}", self.prefix)).unwrap_or(false)
    }

    /// Where the disk keeps no executable bits, git's index does.
    fn with_its_mode(&self, mut entry: Entry) -> Entry {
        let below = &entry.path.as_bytes()[INVENTORY.len() + 1..];
        if entry.kind == Kind::File && !self.trusts_modes && self.executable.contains(below) {
            entry.kind = Kind::Executable;
        }
        entry
    }
}

#[cfg(unix)]
fn has_executable_bit(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn has_executable_bit(_: &fs::Metadata) -> bool {
    false
}

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
        tree_of(&objects, tree)
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
fn folder_at(objects: &Objects, tree: Oid, below: &[String]) -> Result<Option<Oid>> {
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
pub(crate) fn tree_of(objects: &Arc<Objects>, id: Oid) -> Result<Option<Tree>> {
    part_of(objects, id, &|_| true)
}

/// The same of the folders and files alone that are wanted, by path: other folders are not opened.
///
/// # Errors
/// As [`tree_of`].
pub(crate) fn part_of(
    objects: &Arc<Objects>,
    id: Oid,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Option<Tree>> {
    let tree = objects.tree(id).map_err(|why| anyhow!(why.of(id)))?;
    let mut found = tree.iter().filter(|entry| entry.name == INVENTORY.as_bytes()).cloned();
    let Some(inventory) = found.next() else { return Ok(None) };
    let mut entries = Vec::new();
    if found.next().is_some() {
        entries.push(Entry { path: INVENTORY.to_owned(), kind: Kind::Twice, bytes: Bytes::None });
    }
    let mut folders = Folders::default();
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

/// Folders of a commit that were read last: one can stand in a tree under many names.
#[derive(Default)]
struct Folders(HashMap<Oid, Arc<Vec<TreeEntry>>>);

impl Folders {
    /// How many are kept.
    const MOST: usize = 64;

    fn get(&mut self, objects: &Objects, id: Oid) -> Result<Arc<Vec<TreeEntry>>, Failure> {
        if let Some(known) = self.0.get(&id) {
            return Ok(Arc::clone(known));
        }
        let folder = Arc::new(objects.tree(id)?);
        if self.0.len() >= Folders::MOST {
            self.0.clear();
        }
        self.0.insert(id, Arc::clone(&folder));
        Ok(folder)
    }
}

/// Whether a name is the inventory's in letters of another case: one folder on many disks.
fn is_beside(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(INVENTORY.as_bytes()) && name != INVENTORY.as_bytes()
}

fn look_alike(name: &[u8]) -> Entry {
    let path = String::from_utf8_lossy(name).into_owned();
    Entry { path, kind: Kind::LookAlike, bytes: Bytes::None }
}

/// A tree names more files than are looked at.
pub(crate) fn too_many() -> Text {
    tr!("the tree names more than {most} files and folders; no inventory does", most = MOST_FILES)
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

/// Opens the repository found from `root` upwards.
///
/// # Errors
/// When there is none, or it cannot be opened.
pub(crate) fn open(root: &Path) -> Result<Repository> {
    search(root)?.map_err(|error| explained(error, root))
}

/// Opens the repository that somebody names: one that lies in another's working tree too.
///
/// # Errors
/// When there is none, or it cannot be opened.
pub(crate) fn open_named(folder: &Path) -> Result<Repository> {
    if is_bare(folder) { open_at(folder) } else { open(folder) }
}

/// Looks for a repository from `start` upwards. A folder that is one itself, and lies in another's
/// working tree, may have come with a clone, its configuration and so its roots too: that one is never
/// found.
///
/// # Errors
/// When such a folder comes first.
fn search(start: &Path) -> Result<std::result::Result<Repository, git2::Error>> {
    let repository = match Repository::discover(start) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::Owner => match trusted(start) {
            Some(repository) => repository,
            None => return Ok(Err(error)),
        },
        Err(error) => return Ok(Err(error)),
    };
    let (start, found) = (start.canonicalize(), repository.path().canonicalize());
    if let (Ok(start), Ok(found)) = (start, found)
        && start.starts_with(&found)
        && let Some(outer) = working_tree_around(&found)
    {
        bail!(tr!(
            "the repository at `{folder}` lies in the working tree of `{outer}`, so anybody could have put it there; name it with `--repo` or `GIT_DIR` if you mean it",
            folder = shown(&found),
            outer = shown(outer)
        ));
    }
    Ok(Ok(repository))
}

/// The repository of another user that git itself trusts, by a form of `safe.directory` that libgit2 does
/// not read. To open one as bare, libgit2 does not ask whose it is.
fn trusted(start: &Path) -> Option<Repository> {
    let (folder, tree) = installed_git::trusted(start)?;
    let repository = Repository::open_bare(folder).ok()?;
    if let Some(tree) = tree {
        repository.set_workdir(&tree, false).ok()?;
    }
    Some(repository)
}

/// The folder of the repository in whose working tree `folder` lies.
fn working_tree_around(folder: &Path) -> Option<&Path> {
    let is_around = |outer: &&Path| {
        let own = outer.join(".git");
        own.symlink_metadata().is_ok() && !folder.starts_with(own)
    };
    folder.ancestors().skip(1).find(is_around)
}

/// Opens the repository at `folder`.
///
/// # Errors
/// When it cannot be opened.
pub(crate) fn open_at(folder: &Path) -> Result<Repository> {
    Repository::open(folder).map_err(|error| explained(error, folder))
}

/// From the repository's folder to the root.
fn prefix_of(repository: &Repository, root: &Path) -> Vec<String> {
    let folder = repository.workdir().and_then(|folder| folder.canonicalize().ok());
    let root = root.canonicalize().ok();
    let below = folder
        .zip(root)
        .and_then(|(folder, root)| root.strip_prefix(folder).ok().map(|below| below.to_owned()));
    let parts = below.unwrap_or_default();
    parts.iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

/// A repository's error, with what to do about it.
fn explained(error: git2::Error, root: &Path) -> anyhow::Error {
    let folder = shown(root);
    let says = |words: &str| error.message().to_lowercase().contains(words);
    let words = match error.code() {
        ErrorCode::NotFound => tr!(
            "`{folder}` is in no git repository; go to one with `cd`, or begin one: `git init -b main`",
            folder = folder
        ),
        ErrorCode::Owner => tr!(
            "the repository at `{folder}` belongs to another user; run `git config --global --add safe.directory {folder}` if you trust it",
            folder = folder
        ),
        // libgit2 has no code for what it does not know yet.
        _ if says("partialclone") => tr!(
            "the git repository at `{folder}` has `extensions.partialClone`, which segell does not read; run `git fetch --refetch --no-filter`, then `git config --unset extensions.partialClone`",
            folder = folder
        ),
        _ if says("compatobjectformat") => tr!(
            "the git repository at `{folder}` keeps ids in SHA-1 and in SHA-256 (`extensions.compatObjectFormat`), which segell does not read; clone it anew",
            folder = folder
        ),
        _ if says("object format") || says("objectformat") || says("refstorage") => tr!(
            "the git repository at `{folder}` has a format that segell does not read, SHA-256 or reftable; keep it in SHA-1, and run `git refs migrate --ref-format=files`",
            folder = folder
        ),
        _ if says("mandatory extension: 'link'") => tr!(
            "the index of the git repository at `{folder}` is split, which segell does not read; run `git config core.splitIndex false`, then `git update-index --no-split-index`",
            folder = folder
        ),
        _ if says("mandatory extension: 'sdir'") => tr!(
            "the index of the git repository at `{folder}` is sparse, which segell does not read; run `git sparse-checkout reapply --no-sparse-index`",
            folder = folder
        ),
        _ if says("extension") => tr!(
            "the git repository at `{folder}` has something that segell does not read: {reason}",
            folder = folder,
            reason = error.message()
        ),
        _ => tr!("cannot read the git repository at `{folder}`", folder = folder),
    };
    anyhow::Error::new(error).context(words)
}

/// Reads the bytes of entries.
pub struct Reader {
    from: From,
}

/// What a file holds.
#[derive(Debug)]
pub struct Content {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether its executable bit is set.
    pub executable: bool,
}

impl Tree {
    /// A tree without files.
    pub fn empty() -> Tree {
        sorted(From::Folder { root: PathBuf::new(), trusts_modes: true }, Vec::new())
    }

    /// What lies at `path`.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let place = self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        Some(&self.entries[place])
    }

    /// The tree as it would be with other files: bytes take the place of what is there, or are added;
    /// none take it away.
    #[must_use]
    pub fn with(&self, changes: &BTreeMap<String, Option<Arc<[u8]>>>) -> Tree {
        let kept = self.entries.iter().filter(|entry| !changes.contains_key(&entry.path));
        let mut entries: Vec<Entry> = kept.cloned().collect();
        for (path, bytes) in changes {
            let Some(bytes) = bytes else { continue };
            let kind = self.entry(path).map_or(Kind::File, |entry| entry.kind);
            entries.push(Entry { path: path.clone(), kind, bytes: Bytes::Held(Arc::clone(bytes)) });
        }
        Tree { folder: self.folder.clone(), ..sorted(self.from.clone(), entries) }
    }

    /// From the repository's folder to the one that holds `inventory/`, with a `/` at its end; empty where
    /// that is the same.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// A reader for the entries of this tree.
    pub fn reader(&self) -> Reader {
        Reader { from: self.from.clone() }
    }
}

impl Reader {
    /// What a file of at most `limit` bytes holds.
    ///
    /// # Errors
    /// When it is larger, or cannot be read. Nothing beyond the limit is ever held in memory.
    pub fn read(&self, entry: &Entry, limit: u64) -> Result<Content, Unread> {
        let bytes = match &entry.bytes {
            Bytes::OnDisk => {
                let From::Folder { root, trusts_modes } = &self.from else {
                    return Err(cannot_open());
                };
                let content = content_of(&root.join(&entry.path), limit)?;
                let executable =
                    if *trusts_modes { content.executable } else { entry.kind == Kind::Executable };
                return Ok(Content { executable, ..content });
            }
            Bytes::Held(bytes) if bytes.len() as u64 > limit => {
                return Err(Unread::TooLarge { limit });
            }
            Bytes::Held(bytes) => bytes.to_vec(),
            Bytes::Blob(id) => match &self.from {
                From::Repository(objects) => read_blob(objects, *id, limit)?,
                From::Folder { .. } => return Err(cannot_open()),
            },
            Bytes::None => return Err(cannot_open()),
        };
        Ok(Content { bytes, executable: entry.kind == Kind::Executable })
    }
}

fn cannot_open() -> Unread {
    Unread::Failed(tr!("it cannot be opened").to_string())
}

/// The bytes of a plain file of at most `limit` bytes.
///
/// # Errors
/// When it is none, is larger, or cannot be read.
pub fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    content_of(path, limit).map(|content| content.bytes)
}

/// The same of a file that somebody named: links are followed, as a host may keep what it has behind one.
///
/// # Errors
/// When there is none, it is larger, or cannot be read.
pub fn read_named(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    let told = |why: std::io::Error| match why.kind() {
        std::io::ErrorKind::NotFound => tr!("there is no such file or folder").to_string(),
        _ => why.to_string(),
    };
    let path = path.canonicalize().map_err(|why| Unread::Failed(told(why)))?;
    read_file(&path, limit)
}

fn content_of(path: &Path, limit: u64) -> Result<Content, Unread> {
    let failed = |error: std::io::Error| Unread::Failed(error.to_string());
    let not_plain = || Unread::Failed(tr!("it is no plain file").to_string());
    let failed_to_open = |error: std::io::Error| match path.symlink_metadata() {
        Ok(it) if it.is_symlink() => {
            Unread::Failed(tr!("it is a symbolic link; name the file itself").to_string())
        }
        // A socket cannot even be opened.
        Ok(it) if !it.is_file() => not_plain(),
        _ => failed(error),
    };
    let file = open_plain(path).map_err(failed_to_open)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(not_plain());
    }
    if metadata.len() > limit {
        return Err(Unread::TooLarge { limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // What is added meanwhile is not looked at: it was not there when the file was opened.
    file.take(metadata.len()).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Content { bytes, executable: has_executable_bit(&metadata) })
}

/// Opens a file that may have become a link or a pipe since it was listed, without following or
/// waiting for it.
#[cfg(unix)]
fn open_plain(path: &Path) -> std::io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;

    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    fs::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open_plain(path: &Path) -> std::io::Result<fs::File> {
    fs::File::open(path)
}

fn read_blob(objects: &Objects, id: Oid, limit: u64) -> Result<Vec<u8>, Unread> {
    let object = objects.read(id, limit).map_err(|why| match why {
        Failure::TooLarge => Unread::TooLarge { limit },
        why => Unread::Lost { why: why.of(id).to_string(), is_damaged: why != Failure::Missing },
    });
    object.map(|object| object.bytes)
}
