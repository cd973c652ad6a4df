//! Where an inventory and its repository lie.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use git2::{ErrorCode, Repository};

use super::INVENTORY;
use crate::files::installed_git;
use crate::tr;

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

pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The file that whoever writes below `root` locks: in the repository's own folder, or beside the
/// inventory where there is none.
pub(crate) fn lock_of(root: &Path) -> PathBuf {
    match search(root) {
        Ok(Ok(repository)) => repository.path().join("segell.lock"),
        _ => root.join(".segell.lock"),
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
pub(super) fn search(start: &Path) -> Result<std::result::Result<Repository, git2::Error>> {
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

/// From the repository's folder to the root, the parts of the path.
pub(super) fn prefix_of(repository: &Repository, root: &Path) -> Vec<String> {
    let Some(folder) = repository.workdir() else { return Vec::new() };
    let [folder, root] =
        [folder, root].map(|it| it.canonicalize().unwrap_or_else(|_| it.to_owned()));
    let below = root.strip_prefix(&folder).unwrap_or(Path::new(""));
    below.iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

/// A repository's error, with what to do about it.
pub(super) fn explained(error: git2::Error, root: &Path) -> anyhow::Error {
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
