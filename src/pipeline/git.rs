//! Git's history as it is stored: raw commits, refs by their full names, roots, ancestors.
//!
//! Nothing here follows a replacement, a graft or a tag, and whatever is missing is an error that
//! says what to fetch: who cannot see everything cannot say yes.

mod authors;
mod commit;
mod diff;
mod line;
pub(crate) mod program;
mod write;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail, ensure};
use git2::{ConfigLevel, ErrorCode, ObjectType, Oid, Repository};

use crate::base::text::Text;
use crate::base::word::Word;
use crate::files::objects::{self, Failure, Objects, TreeEntry};
use crate::files::repo::{self, Folders};
use crate::inventory::finding::Environment;
use crate::tr;

pub use authors::Authors;
pub use commit::{Commit, Person};
pub use diff::{Changed, Side};
pub use line::Line;
pub use write::Draft;

/// The largest object that is read whole, in bytes.
pub const LARGEST_OBJECT: usize = 64 << 20;

/// The largest commit that is read, in bytes. The hook lets none that is larger into `main`.
pub const LARGEST_COMMIT: usize = objects::LARGEST as usize;

/// A repository whose history is read.
pub struct Git {
    repository: Repository,
    objects: Arc<Objects>,
    /// Whether whoever runs this is not who answers for it: a push's own configuration has no say.
    in_hook: bool,
    parents: RefCell<HashMap<Oid, Rc<[Oid]>>>,
    /// The folder of the inventory in each root tree that was looked into.
    inventories: RefCell<HashMap<Oid, Option<Oid>>>,
}

impl Git {
    /// Opens the repository found from `folder` upwards.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn discover(folder: &Path) -> Result<Git> {
        Ok(Git::new(repo::open(folder)?, None, false))
    }

    /// Opens the repository whose top is `folder`, the one that manifests are made of; none where there is
    /// no such repository.
    pub fn with_inventory(folder: &Path) -> Option<Git> {
        let git = Git::discover(folder).ok()?;
        let top = git.workdir()?.canonicalize().ok()?;
        (top == folder.canonicalize().ok()?).then_some(git)
    }

    /// Opens the repository that somebody names, or the one found upwards from there.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn named(folder: &Path) -> Result<Git> {
        Ok(Git::new(repo::open_named(folder)?, None, false))
    }

    /// Opens the repository that a hook runs in, with the objects that a push brings.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn in_hook(folder: &Path, quarantine: Option<PathBuf>) -> Result<Git> {
        Ok(Git::new(repo::open_at(folder)?, quarantine.as_deref(), true))
    }

    fn new(repository: Repository, quarantine: Option<&Path>, in_hook: bool) -> Git {
        let objects = Arc::new(repo::objects_of(&repository, quarantine));
        let (parents, inventories) = (RefCell::default(), RefCell::default());
        Git { repository, objects, in_hook, parents, inventories }
    }

    /// Whether the history is all there.
    ///
    /// # Errors
    /// When the clone is shallow or has grafts, with what to do about it.
    pub fn ensure_whole(&self) -> Result<()> {
        if self.repository.is_shallow() {
            bail!(tr!(
                "the clone is shallow, so history cannot be verified; run `git fetch --unshallow`"
            ));
        }
        let grafts = self.repository.commondir().join("info/grafts");
        ensure!(
            grafts.symlink_metadata().is_err(),
            tr!(
                "`{file}` changes what history looks like; remove it",
                file = grafts.display().to_string()
            )
        );
        Ok(())
    }

    /// The repository's own folder (`.git`, or the bare repository).
    pub fn folder(&self) -> &Path {
        self.repository.path()
    }

    /// The working tree's folder; none in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.repository.workdir()
    }

    /// The full name under which a branch of the server is read here: in a clone, what was fetched.
    pub fn full_name(&self, branch: &str) -> String {
        let is_clone = !self.repository.is_bare() && self.repository.find_remote("origin").is_ok();
        match is_clone {
            true => format!("refs/remotes/origin/{branch}"),
            false => format!("refs/heads/{branch}"),
        }
    }

    /// The commit that a branch of the server points to.
    ///
    /// # Errors
    /// When the ref cannot be read.
    pub fn branch(&self, branch: &str) -> Result<Option<Oid>> {
        self.reference(&self.full_name(branch))
    }

    /// The same, of a branch that must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn existing_branch(&self, branch: &str) -> Result<Oid> {
        let name = self.full_name(branch);
        self.reference(&name)?.with_context(|| self.why_missing(branch, &name))
    }

    /// Why a branch of the server is not here, and what brings it.
    fn why_missing(&self, branch: &str, name: &str) -> Text {
        let origin = self.repository.find_remote("origin");
        let remotes = self.repository.remotes().ok();
        let other = remotes.as_ref().and_then(|all| all.iter().flatten().flatten().next());
        match (&origin, other) {
            (Err(_), Some(other)) if !self.repository.is_bare() => tr!(
                "there is no `{name}` here; segell reads the remote `origin`: run `git remote rename {other} origin`, then `git fetch origin`",
                name = name,
                other = other
            ),
            (Ok(origin), _) if !brings(origin, branch) => tr!(
                "there is no `{name}` here, and the clone fetches other branches only; run `git remote set-branches origin '*'`, then `git fetch origin`",
                name = name
            ),
            _ => tr!(
                "there is no `{name}` here; run `git fetch origin`, or, if the branch has not been begun, see docs/bare-server.md",
                name = name
            ),
        }
    }

    /// The object that a ref points to, by its full name.
    ///
    /// # Errors
    /// When it cannot be read, or points to another ref.
    pub fn reference(&self, name: &str) -> Result<Option<Oid>> {
        let cannot_read = || tr!("cannot read the ref `{name}`", name = name);
        match self.repository.find_reference(name) {
            Ok(reference) => Ok(Some(reference.target().with_context(cannot_read)?)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).with_context(cannot_read),
        }
    }

    /// The refs whose names begin so, sorted, and what they point to.
    ///
    /// # Errors
    /// When refs cannot be read.
    pub fn references(&self, prefix: &str) -> Result<Vec<(String, Oid)>> {
        let mut found = Vec::new();
        for reference in self.repository.references_glob(&format!("{prefix}*"))? {
            let reference = reference?;
            if let (Ok(name), Some(id)) = (reference.name(), reference.target()) {
                found.push((name.to_owned(), id));
            }
        }
        found.sort();
        Ok(found)
    }

    /// The commit that a name given by a person stands for.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, name: &str) -> Result<Oid> {
        repo::name::commit(&self.repository, &self.objects, name)
    }

    /// The roots of an environment's branch that git's configuration lists. In a hook that is the
    /// repository's and the system's: a pusher may well have one of their own.
    ///
    /// # Errors
    /// When one is not the full id of a commit.
    pub fn roots(&self, environment: Environment) -> Result<Vec<Oid>> {
        let name = format!("segell.{}.root", environment.word());
        let config = self.repository.config().and_then(|mut config| config.snapshot())?;
        let mut roots = Vec::new();
        let entries = config.multivar(&name, None);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(roots),
            Err(error) => return Err(error.into()),
        };
        while let Some(entry) = entries.next() {
            let entry = entry?;
            if self.in_hook && matches!(entry.level(), ConfigLevel::Global | ConfigLevel::XDG) {
                continue;
            }
            let value = entry.value().unwrap_or_default().to_owned();
            roots.push(
                full_id(&value)
                    .with_context(|| tr!("in git's configuration, `{name}`", name = &name))?,
            );
        }
        Ok(roots)
    }

    /// The address of `origin`.
    pub fn origin(&self) -> Option<String> {
        let origin = self.repository.find_remote("origin").ok()?;
        origin.url().ok().map(str::to_owned)
    }

    /// A raw object of the kind that is expected.
    ///
    /// # Errors
    /// When it is missing, corrupt, of another kind or larger than is read.
    pub fn object(&self, id: Oid, expected: ObjectType) -> Result<Vec<u8>> {
        let limit = if expected == ObjectType::Commit { LARGEST_COMMIT } else { LARGEST_OBJECT };
        let object = self.objects.read(id, limit as u64).map_err(|why| anyhow!(why.of(id)))?;
        ensure!(
            object.kind == expected,
            tr!(
                "{id} is a {kind}, where a {wanted} should be",
                id = id.to_string(),
                kind = object.kind.str(),
                wanted = expected.str()
            )
        );
        Ok(object.bytes)
    }

    /// What a tree holds, in its own order.
    ///
    /// # Errors
    /// When it is missing, corrupt or no tree.
    fn tree(&self, id: Oid) -> Result<Vec<TreeEntry>> {
        let raw = self.object(id, ObjectType::Tree)?;
        objects::read_tree(&raw).with_context(|| Failure::Damaged.of(id))
    }

    /// The id of what a tree holds under a name.
    ///
    /// # Errors
    /// When the tree cannot be read.
    pub fn entry(&self, tree: Oid, name: &str) -> Result<Option<Oid>> {
        let raw = self.object(tree, ObjectType::Tree)?;
        let odd = || tr!("tree {id} is not as git writes trees", id = tree.to_string());
        objects::find_in_tree(&raw, name.as_bytes()).with_context(odd)
    }

    /// How many bytes an object has, and its kind.
    ///
    /// # Errors
    /// When it is missing.
    pub fn header(&self, id: Oid) -> Result<(usize, ObjectType)> {
        let (size, kind) = self.objects.header(id).map_err(|why| anyhow!(why.of(id)))?;
        Ok((usize::try_from(size).unwrap_or(usize::MAX), kind))
    }

    /// A commit, from its raw bytes.
    ///
    /// # Errors
    /// When it is missing, no commit, or its tree or a parent has no id.
    pub fn commit(&self, id: Oid) -> Result<Commit> {
        let raw = self.object(id, ObjectType::Commit)?;
        Commit::read(id, &raw)
            .with_context(|| tr!("commit {id} is not as git writes commits", id = id.to_string()))
    }

    /// The files of a commit's inventory; none when it has no inventory. Folders that are known are not
    /// read again.
    ///
    /// # Errors
    /// When its tree cannot be read.
    pub fn inventory(&self, commit: &Commit, known: &Folders) -> Result<Option<repo::Tree>> {
        let tree = repo::tree_of(&self.objects, commit.tree, known);
        tree.with_context(|| tr!("cannot read the tree of {id}", id = commit.id.to_string()))
    }

    /// The same of the folders and files alone that are wanted, by path.
    ///
    /// # Errors
    /// When its tree cannot be read.
    pub fn part_of_inventory(
        &self,
        commit: &Commit,
        wants: &dyn Fn(&str) -> bool,
    ) -> Result<Option<repo::Tree>> {
        let tree = repo::part_of(&self.objects, commit.tree, &Folders::default(), wants);
        tree.with_context(|| tr!("cannot read the tree of {id}", id = commit.id.to_string()))
    }

    /// The folder of the inventory in the root tree `tree`, remembered.
    ///
    /// # Errors
    /// When the tree cannot be read.
    pub fn inventory_in(&self, tree: Oid) -> Result<Option<Oid>> {
        if let Some(&known) = self.inventories.borrow().get(&tree) {
            return Ok(known);
        }
        let inventory = self.entry(tree, "inventory")?;
        self.inventories.borrow_mut().insert(tree, inventory);
        Ok(inventory)
    }

    /// The parents of a commit, remembered.
    fn parents(&self, id: Oid) -> Result<Rc<[Oid]>> {
        if let Some(known) = self.parents.borrow().get(&id) {
            return Ok(Rc::clone(known));
        }
        let raw = self.object(id, ObjectType::Commit)?;
        let odd = || tr!("commit {id} is not as git writes commits", id = id.to_string());
        let parents: Rc<[Oid]> = commit::parents(&raw).with_context(odd)?.into();
        self.parents.borrow_mut().insert(id, Rc::clone(&parents));
        Ok(parents)
    }

    /// The commits that can be reached from `tip` and not from `base`.
    ///
    /// # Errors
    /// When one of them is missing.
    pub fn between(&self, base: Oid, tip: Oid) -> Result<Vec<Oid>> {
        let before: HashSet<Oid> = self.reach(base, &HashSet::new())?.into_iter().collect();
        self.reach(tip, &before)
    }

    /// The commits that can be reached from `tip` without passing through `closed`.
    fn reach(&self, tip: Oid, closed: &HashSet<Oid>) -> Result<Vec<Oid>> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let mut open = vec![tip];
        while let Some(id) = open.pop() {
            if closed.contains(&id) || !seen.insert(id) {
                continue;
            }
            found.push(id);
            open.extend(self.parents(id)?.iter());
        }
        Ok(found)
    }
}

/// Whether what is fetched from a remote holds the branch.
fn brings(remote: &git2::Remote<'_>, branch: &str) -> bool {
    let branch = format!("refs/heads/{branch}");
    remote.refspecs().any(|refspec| {
        refspec.direction() == git2::Direction::Fetch && refspec.src_matches(&branch)
    })
}

/// Reads the full id of a commit: 40 hexadecimal digits.
///
/// # Errors
/// When it is anything else.
pub fn full_id(text: &str) -> Result<Oid> {
    let is_full = text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    ensure!(
        is_full,
        tr!("`{id}` is not the full id of a commit, 40 hexadecimal digits", id = text)
    );
    Ok(Oid::from_str(text)?)
}

/// The first twelve digits of an id, as people read it.
pub fn short(id: Oid) -> String {
    id.to_string()[..12].to_owned()
}
