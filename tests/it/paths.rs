//! An inventory in a folder of its repository: what stands where is said from the repository's root.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::inventory::{IN_PRE, Inventory, TODAY};
use crate::support::world::World;
use tempfile::TempDir;

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Test", "-c", "user.email=test@example.org"]);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = git.current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn segell(folder: &Path, arguments: &[&str]) -> Output {
    let mut segell = Command::new(env!("CARGO_BIN_EXE_segell"));
    segell.args(["--lang", "en"]).args(arguments).args(["--as-of", TODAY]).current_dir(folder);
    segell.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder).env_remove("GITHUB_STEP_SUMMARY");
    segell.env_remove("XDG_CONFIG_HOME").output().unwrap()
}

/// The shipped inventory with one error, in `loads/aeat` of a repository.
fn below() -> TempDir {
    let outer = tempfile::tempdir().unwrap();
    let source = Inventory::shipped();
    source.edit(IN_PRE, "day: 20", "day: 21");
    fs::create_dir_all(outer.path().join("loads/aeat")).unwrap();
    fs::rename(source.path(""), outer.path().join("loads/aeat/inventory")).unwrap();
    git(outer.path(), &["init", "-q"]);
    git(outer.path(), &["add", "."]);
    git(outer.path(), &["commit", "-q", "-m", "one"]);
    outer
}

#[test]
fn in_every_format_paths_begin_at_the_repositorys_root() {
    let outer = below();
    let batch = format!("loads/aeat/inventory/{IN_PRE}");
    for rev in [&[][..], &["--rev", "HEAD"]] {
        for format in ["human", "json", "sarif", "github", "junit", "markdown"] {
            for root in ["loads/aeat", "loads/aeat/inventory/ens/.."] {
                let folder = outer.path().join(root);
                let here = folder.canonicalize().unwrap();
                let here = if here.ends_with("inventory") { here.parent().unwrap() } else { &here };
                let arguments = [&["check", "--format", format], rev].concat();
                let output = segell(here, &arguments);
                let told = String::from_utf8_lossy(&output.stdout).replace("%2F", "/");
                assert_eq!(output.status.code(), Some(1), "{told}");
                assert!(told.contains(&batch), "{format}: {told}");
                let bare = told.matches("inventory/calendars").count();
                let whole = told.matches("loads/aeat/inventory/calendars").count();
                assert_eq!(bare, whole, "{format}: {told}");
            }
        }
    }
    // At the root nothing stands before it.
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "day: 20", "day: 21");
    git(inventory.root(), &["init", "-q"]);
    let output = segell(inventory.root(), &["check", "--format", "github"]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains(&format!("file=inventory/{IN_PRE},")), "{told}");
}

#[test]
fn a_plan_without_an_inventory_is_no_plan() {
    let outer = below();
    git(outer.path(), &["commit", "-q", "--allow-empty", "-m", "two"]);
    for format in ["human", "json", "markdown"] {
        let output = segell(outer.path(), &["plan", "HEAD~1", "HEAD", "--format", format]);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(words.contains("has an `inventory/` at the top of the repository"), "{words}");
    }
}

#[test]
fn a_new_clone_has_no_record_yet_and_that_is_no_error() {
    let world = World::begin();
    let new = world.path("new.git");
    world.git(&world.path("."), &["init", "-q", "--bare", "-b", "main", "new.git"]).ok();
    world.git(&world.path("olga"), &["push", "-q", new.to_str().unwrap(), "main"]).ok();
    world.git(&world.path("."), &["clone", "-q", "new.git", "new"]).ok();
    let clone = world.path("new");
    for arguments in [&["log"][..], &["log", "--env", "pro"]] {
        let told = world.segell_in(&clone, arguments).ok();
        assert!(told.contains("nothing has been promoted yet"), "{told}");
    }
    let json = world.segell_in(&clone, &["log", "--format", "json"]).ok();
    assert!(json.contains("\"entries\": []"), "{json}");
    // Who verifies wants to hear that all holds, and that nobody can say.
    world
        .segell_in(&clone, &["log", "--verify"])
        .refused("there is no `refs/remotes/origin/env/pre`");
}

#[test]
fn who_has_no_key_is_told_before_the_plan() {
    let world = World::begin();
    let clone = world.clone_of("marta");
    world.git(&clone, &["config", "--unset", "user.signingkey"]).ok();
    let told = world.segell("marta", &["approve", "--env", "pro", "--yes"]);
    assert_eq!(told.code, 2);
    assert!(
        told.err.lines().count() == 1 && told.err.contains("git has no key to sign with"),
        "{}",
        told.err
    );
}

#[test]
fn of_several_keys_in_a_file_none_is_taken_unasked() {
    let world = World::begin();
    let keys = world.path("keys.pub");
    let public = |name| crate::support::world::public(name);
    fs::write(&keys, format!("{}\n{}\n", public("marta"), public("pau"))).unwrap();
    let init = |key: &str| {
        let reviewer = format!("aoc:Marta Example <marta@example.org>:{key}");
        let target = world.path("started");
        let _ = fs::remove_dir_all(&target);
        let joan = format!("siad:Joan Example <joan@example.org>:{}", public("joan"));
        let arguments =
            ["init", target.to_str().unwrap(), "--reviewer", &reviewer, "--reviewer", &joan];
        Command::new(env!("CARGO_BIN_EXE_segell"))
            .args(["--lang", "en"])
            .args(arguments)
            .output()
            .unwrap()
    };
    let output = init(keys.to_str().unwrap());
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(words.contains("holds several keys") && words.contains(&public("pau")), "{words}");
    assert_eq!(init(&public("pau")).status.code(), Some(0));
}
