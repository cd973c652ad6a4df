//! Repositories that cannot be read as they are: each gets a clear answer, and what to do next.
#![cfg(unix)]

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::inventory::{Inventory, TODAY};
use segell::pipeline::git::Git;
use segell::pipeline::reviewer::reviewers_at;
use tempfile::TempDir;

/// Nobody, as whom a test that root runs can lack a permission.
const NOBODY: u32 = 65534;

/// git, with nothing of the machine's configuration.
fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Test", "-c", "user.email=test@example.org"]);
    git.args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = git.current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The shipped inventory in two commits of a repository, made with these arguments of `git init`.
fn repository(arguments: &[&str]) -> Inventory {
    let inventory = Inventory::shipped();
    git(inventory.root(), &[&["init", "-q"], arguments].concat());
    git(inventory.root(), &["add", "."]);
    for message in ["one", "two"] {
        git(inventory.root(), &["commit", "-q", "--allow-empty", "-m", message]);
    }
    inventory
}

/// A clone without a checkout.
fn cloned(inventory: &Inventory, how: &str) -> (TempDir, PathBuf) {
    git(inventory.root(), &["config", "uploadpack.allowFilter", "true"]);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", inventory.root().display());
    git(folder.path(), &["clone", "-q", "--no-checkout", how, &url, "clone"]);
    let clone = folder.path().join("clone");
    (folder, clone)
}

fn check(folder: &Path, arguments: &[&str]) -> Output {
    let mut segell = Command::new(env!("CARGO_BIN_EXE_segell"));
    segell.args(["--lang", "en", "check", "--as-of", TODAY, "--format", "github"]);
    segell.args(arguments).current_dir(folder).env("GIT_CONFIG_NOSYSTEM", "1");
    segell.env("HOME", folder).env_remove("XDG_CONFIG_HOME").output().unwrap()
}

#[track_caller]
fn refused(output: &Output, reason: &str) {
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(words.contains(reason), "{words}");
}

#[test]
fn formats_that_are_not_read_are_named() {
    for format in ["--object-format=sha256", "--ref-format=reftable"] {
        let inventory = repository(&[format]);
        for arguments in [&[][..], &["--rev", "HEAD"], &["--base", "HEAD"]] {
            refused(&check(inventory.root(), arguments), "SHA-256 or reftable; keep it in SHA-1");
        }
    }
}

/// Arguments of git, command by command.
type Commands = &'static [&'static [&'static str]];

/// What git does here is not what segell reads; each has a cure that cures.
#[test]
fn other_ways_to_keep_a_repository_are_named_with_their_cure() {
    let ways: [(Commands, &str, Commands); 4] = [
        (
            &[&["update-index", "--split-index"]],
            "is split",
            &[&["config", "core.splitIndex", "false"], &["update-index", "--no-split-index"]],
        ),
        (
            &[&["sparse-checkout", "set", "--cone", "--sparse-index", "inventory"]],
            "is sparse",
            &[&["sparse-checkout", "reapply", "--no-sparse-index"]],
        ),
        (
            &[
                &["config", "core.repositoryFormatVersion", "1"],
                &["config", "extensions.partialClone", "origin"],
            ],
            "has `extensions.partialClone`",
            &[&["config", "--unset", "extensions.partialClone"]],
        ),
        (
            &[
                &["config", "core.repositoryFormatVersion", "1"],
                &["config", "extensions.somethingNew", "true"],
            ],
            "has something that segell does not read: unsupported extension",
            &[],
        ),
    ];
    for (make, words, cure) in ways {
        let inventory = repository(&[]);
        inventory.write("../outside/a/file", "words");
        git(inventory.root(), &["add", "."]);
        git(inventory.root(), &["commit", "-q", "-m", "a folder outside"]);
        make.iter().for_each(|arguments| git(inventory.root(), arguments));
        refused(&check(inventory.root(), &[]), words);
        cure.iter().for_each(|arguments| git(inventory.root(), arguments));
        if !cure.is_empty() {
            assert_eq!(check(inventory.root(), &[]).status.code(), Some(0), "{words}");
        }
    }
    let inventory = repository(&[]);
    git(inventory.root(), &["config", "core.repositoryFormatVersion", "1"]);
    git(inventory.root(), &["config", "extensions.compatObjectFormat", "sha256"]);
    refused(&check(inventory.root(), &[]), "keeps ids in SHA-1 and in SHA-256");
}

#[test]
fn a_sparse_checkout_hides_nothing_of_the_inventory_unsaid() {
    let inventory = repository(&[]);
    git(
        inventory.root(),
        &["sparse-checkout", "set", "--cone", "inventory/ens", "inventory/trust"],
    );
    let hides = "the checkout is sparse and hides `inventory/calendars/";
    refused(&check(inventory.root(), &[]), hides);
    assert_eq!(check(inventory.root(), &["--rev", "HEAD"]).status.code(), Some(0));
    // The cure.
    git(inventory.root(), &["sparse-checkout", "add", "inventory"]);
    assert_eq!(check(inventory.root(), &[]).status.code(), Some(0));
    // What is deleted is deleted, in a sparse checkout too.
    std::fs::remove_file(inventory.path("README.md")).unwrap();
    assert_eq!(check(inventory.root(), &[]).status.code(), Some(0));
    git(inventory.root(), &["rm", "-q", "inventory/README.md"]);
    assert_eq!(check(inventory.root(), &[]).status.code(), Some(0));
    // All of it hidden, or hidden while the index knows nothing.
    git(inventory.root(), &["reset", "-q", "--hard"]);
    git(inventory.root(), &["sparse-checkout", "set", "--cone"]);
    let _ = std::fs::remove_dir_all(inventory.path(""));
    refused(&check(inventory.root(), &[]), "the checkout is sparse and hides `inventory/");
    git(inventory.root(), &["sparse-checkout", "set", "--cone", "inventory/ens"]);
    std::fs::remove_file(inventory.root().join(".git/index")).unwrap();
    refused(&check(inventory.root(), &[]), "the checkout is sparse and hides `inventory/");
    // In a folder of the repository.
    let outer = tempfile::tempdir().unwrap();
    let source = Inventory::shipped();
    git(outer.path(), &["init", "-q"]);
    std::fs::create_dir(outer.path().join("below")).unwrap();
    std::fs::rename(source.path(""), outer.path().join("below/inventory")).unwrap();
    git(outer.path(), &["add", "."]);
    git(outer.path(), &["commit", "-q", "-m", "one"]);
    let below = outer.path().join("below");
    assert_eq!(check(&below, &[]).status.code(), Some(0));
    git(outer.path(), &["sparse-checkout", "set", "--cone", "below/inventory/ens"]);
    refused(&check(&below, &[]), "run `git sparse-checkout add below/inventory`");
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let (_kept, clone) = cloned(&repository(&[]), "--depth=1");
    assert_eq!(check(&clone, &["--rev", "HEAD"]).status.code(), Some(0));
    refused(&check(&clone, &["--rev", "HEAD~1"]), "run `git fetch --unshallow`");
    refused(&check(&clone, &["--rev", "HEAD", "--base", "HEAD~1"]), "run `git fetch --unshallow`");
}

#[test]
fn a_partial_clone_says_what_to_fetch() {
    let hint = "run `git fetch --refetch --no-filter`";
    let inventory = repository(&[]);
    let (_kept, without_trees) = cloned(&inventory, "--filter=tree:0");
    refused(&check(&without_trees, &["--rev", "HEAD"]), hint);
    let (_kept, without_files) = cloned(&inventory, "--filter=blob:none");
    let output = check(&without_files, &["--rev", "HEAD"]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("file=inventory/policy.yaml") && told.contains(hint), "{told}");
}

fn is_root() -> bool {
    Path::new("/proc/self")
        .metadata()
        .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// Only root can give a folder away: others do not see this test fail.
#[test]
fn the_repository_of_another_user_is_not_trusted() {
    if !is_root() {
        return;
    }
    let inventory = repository(&[]);
    for folder in [inventory.root().to_owned(), inventory.root().join(".git")] {
        chown(folder, Some(NOBODY), None).unwrap();
    }
    let reason = "belongs to another user; run `git config --global --add safe.directory";
    refused(&check(inventory.root(), &[]), reason);
    refused(&check(inventory.root(), &["--rev", "HEAD"]), reason);
}

/// What a check tells of the shipped inventory when these of its files and folders may not be read.
/// Root reads everything, so that it tries as nobody.
fn told_without(closed: &[&str]) -> Vec<String> {
    let inventory = Inventory::shipped();
    let closed: Vec<PathBuf> = closed.iter().map(|path| inventory.path(path)).collect();
    for path in &closed {
        std::fs::set_permissions(path, Permissions::from_mode(0o000)).unwrap();
    }
    std::fs::set_permissions(inventory.root(), Permissions::from_mode(0o755)).unwrap();
    let own = inventory.root().join("segell");
    std::fs::copy(env!("CARGO_BIN_EXE_segell"), &own).unwrap();
    let mut segell = if is_root() {
        let mut as_nobody = Command::new("setpriv");
        as_nobody.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(&own);
        as_nobody
    } else {
        Command::new(&own)
    };
    segell.args(["--lang", "en", "check", "--as-of", TODAY, "--format", "github"]);
    let output = segell.current_dir(inventory.root()).output().unwrap();
    for path in &closed {
        std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    errors(&output)
}

/// The errors that a check found.
#[track_caller]
fn errors(output: &Output) -> Vec<String> {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8_lossy(&output.stdout);
    told.lines().filter(|line| line.starts_with("::error")).map(str::to_owned).collect()
}

/// These places, and no others, are told with these words.
#[track_caller]
fn told(lines: &[String], places: &[&str], words: &str) {
    let is_told = |(line, place): (&String, &&str)| {
        line.contains(&format!("file=inventory/{place},")) && line.contains(words)
    };
    assert_eq!(lines.len(), places.len(), "{lines:?}");
    assert!(lines.iter().zip(places).all(is_told), "{lines:?}");
}

#[test]
fn a_file_that_may_not_be_read_is_told() {
    let closed = ["ens/agencia-a.yaml", "ens/institut-b.yaml"];
    told(&told_without(&closed), &closed, "cannot be read: Permission denied");
}

#[test]
fn of_a_folder_that_cannot_be_listed_nothing_is_said_to_be_missing() {
    let closed = ["ens", "evidence"];
    told(&told_without(&closed), &closed, "the folder cannot be listed");
}

#[test]
fn of_a_commit_whose_folder_is_not_here_it_is_said_how_to_fetch_it() {
    let inventory = repository(&[]);
    let tree = git2::Repository::open(inventory.root()).unwrap();
    let tree = tree.revparse_single("HEAD:inventory/ens").unwrap().id().to_string();
    let object = format!(".git/objects/{}/{}", &tree[..2], &tree[2..]);
    std::fs::remove_file(inventory.root().join(object)).unwrap();
    let output = check(inventory.root(), &["--rev", "HEAD"]);
    told(&errors(&output), &["ens"], "run `git fetch --refetch --no-filter`");
}

/// A commit in whose inventory that many files name one object of that many bytes.
fn with_one_object_often(files: usize, bytes: usize) -> (Inventory, String) {
    let inventory = Inventory::shipped();
    inventory.commit("2026-11-20T12:00:00Z");
    let repository = git2::Repository::open(inventory.root()).unwrap();
    let object = repository.blob(&vec![b'#'; bytes]).unwrap();
    let folder = |entries: &[(String, git2::Oid, i32)]| {
        let mut tree = repository.treebuilder(None).unwrap();
        for (name, id, mode) in entries {
            tree.insert(name, *id, *mode).unwrap();
        }
        tree.write().unwrap()
    };
    let named = |number| (format!("ens-{number}.yaml"), object, 0o100_644);
    let ens = folder(&(0..files).map(named).collect::<Vec<_>>());
    let below = folder(&[("ens".to_owned(), ens, 0o040_000)]);
    let root = folder(&[("inventory".to_owned(), below, 0o040_000)]);
    let author = git2::Signature::new("Test", "test@example.org", &git2::Time::new(0, 0)).unwrap();
    let tree = repository.find_tree(root).unwrap();
    let commit = repository.commit(None, &author, &author, "often", &tree, &[]).unwrap();
    (inventory, commit.to_string())
}

/// A pushed object of a few bytes, packed, could otherwise take any memory and any time.
#[test]
fn one_object_that_many_files_name_is_not_read_for_each_without_end() {
    let told = "expected-file::the YAML files of the inventory have more than 256 MiB together";
    for (files, is_too_much) in [(257, true), (20, false)] {
        let (inventory, commit) = with_one_object_often(files, 1 << 20);
        let output = check(inventory.root(), &["--rev", &commit]);
        let report = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{report}");
        assert_eq!(report.contains(told), is_too_much, "{report}");
    }
}

#[test]
fn reviewers_come_from_a_policy_that_all_readers_understand_alike() {
    let reviewers = |change: &dyn Fn(String) -> String| {
        let inventory = Inventory::shipped();
        let policy = std::fs::read_to_string(inventory.path("policy.yaml")).unwrap();
        inventory.write("policy.yaml", change(policy));
        let commit = inventory.commit("2026-11-20T12:00:00Z");
        let git = Git::discover(inventory.root()).unwrap();
        let commit = git.commit(git.find(&commit).unwrap()).unwrap();
        reviewers_at(&git, &commit).map(|reviewers| reviewers.len()).map_err(|why| why.to_string())
    };
    let all = reviewers(&|policy| policy).unwrap();
    assert!(all > 1);
    assert_eq!(reviewers(&|policy| policy + "of_another_version: 1\n"), Ok(all));
    for odd in ["reviewers: []\n", "of_another_version: &anchor 1\n"] {
        let refused = reviewers(&|policy| policy + odd).unwrap_err();
        assert!(refused.ends_with("has no `inventory/policy.yaml` that can be read"), "{refused}");
    }
    let filled = |size: usize| {
        reviewers(&|policy| format!("{policy}#{}\n", "x".repeat(size - policy.len() - 2)))
    };
    assert_eq!(filled(1 << 20), Ok(all));
    assert!(filled((1 << 20) + 1).is_err());
}
