//! What git is told from outside, by a person's configuration, their environment or what a clone
//! brings: nothing of it has a say in what segell does, but where it should.
#![cfg(unix)]

use std::fs;

use crate::support::world::World;

/// A pusher who has the commit that they push as a root in their own configuration.
#[test]
fn the_hook_has_no_roots_from_a_pushers_own_configuration() {
    let world = World::begin();
    world.write("README.md", "Words.\n");
    world.merge("words");
    let home = world.path("home-of-eve");
    fs::create_dir_all(home.join("xdg/git")).unwrap();
    let crafted = {
        let mut crafted = world.craft("pre", &[]);
        crafted.message = "nobody approved this".to_owned();
        world.put(&crafted.raw())
    };
    let listed = format!("[segell \"pre\"]\n\troot = {crafted}\n");
    fs::write(home.join(".gitconfig"), &listed).unwrap();
    fs::write(home.join("xdg/git/config"), &listed).unwrap();
    let (home, xdg) = (home.to_str().unwrap().to_owned(), home.join("xdg"));
    let refspec = format!("{crafted}:refs/heads/env/pre");
    let olga = world.path("olga");
    let push = |more: &[(&str, &str)]| {
        let mut all = vec![("HOME", home.as_str())];
        all.extend(more);
        world.git_as(&olga, &["push", "-q", "origin", &refspec], b"", &all)
    };
    let global = format!("{home}/.gitconfig");
    let why = "is not a promotion's";
    push(&[("GIT_CONFIG_GLOBAL", &global)]).refused(why);
    push(&[("XDG_CONFIG_HOME", xdg.to_str().unwrap())]).refused(why);
    // The repository's own configuration lists it: then it stands.
    let server = world.path("server.git");
    world.git(&server, &["config", "--add", "segell.pre.root", &crafted]).ok();
    push(&[]).ok();
    assert_eq!(world.tip("env/pre"), crafted);
}

/// A folder of a clone can be a whole repository, with roots of whoever made it.
#[test]
fn a_repository_that_lies_in_a_working_tree_is_not_found_by_searching() {
    let world = World::begin();
    let olga = world.path("olga");
    world.git(&olga, &["clone", "-q", "--bare", "../server.git", "docs/example.git"]).ok();
    let inner = olga.join("docs/example.git");
    let gate = ["gate", "--env", "pre", "--head", &world.tip("main")];
    let why = "lies in the working tree of";
    for folder in [inner.clone(), inner.join("objects")] {
        world.segell_in(&folder, &gate).refused(why);
        world.segell_in(&folder, &["log"]).refused(why);
        world.segell_in(&folder, &["check", "--rev", "main"]).refused(why);
    }
    // One that says it has a working tree is no other.
    world.git(&inner, &["config", "core.bare", "false"]).ok();
    world.git(&inner, &["config", "core.worktree", "../.."]).ok();
    world.segell_in(&inner, &["log"]).refused(why);
    world.git(&inner, &["config", "--unset", "core.worktree"]).ok();
    world.git(&inner, &["config", "core.bare", "true"]).ok();
    // Whoever names it means it.
    let roots = world.git(&olga, &["config", "--get-all", "segell.pre.root"]).ok();
    world.git(&inner, &["config", "segell.pre.root", roots.trim()]).ok();
    world.git(&inner, &["config", "segell.pro.root", roots.trim()]).ok();
    let named = inner.to_str().unwrap();
    world.segell_in(&world.path("."), &["log", "--verify", "--repo", named]).ok();
    world.segell_with(&inner, &["log", "--verify"], &[("GIT_DIR", ".")]).ok();
    world.segell_with(&world.path("."), &["log", "--verify"], &[("GIT_DIR", named)]).ok();
    // Its own repository, from below its folder and from its working tree's.
    world.segell_in(&olga.join("docs"), &["log", "--verify"]).ok();
    world.segell_in(&olga.join(".git/refs"), &["log", "--verify"]).ok();
    world.segell_in(&world.path("server.git/refs"), &["log", "--verify"]).ok();
}

/// A company's default for documents, as `git lfs track` writes it, in the repository or at home.
#[test]
fn nothing_is_recorded_that_git_would_keep_as_something_else() {
    let world = World::begin();
    let olga = world.path("olga");
    let document = world.path("answer.pdf");
    fs::write(&document, "An answer of AEAT.\n").unwrap();
    let record = |document: &std::path::Path| {
        let document = document.to_str().unwrap();
        let hold = ["hold", "--batch", "transicio-2026/30-consorci-c", "--since", "2026-11-24"];
        let more = ["--by", "siad", "--reason", "Doubts", "--evidence", document];
        world.segell("olga", &[&hold[..], &more[..]].concat())
    };
    let attributes = olga.join(".gitattributes");
    fs::write(&attributes, "*.pdf filter=lfs diff=lfs merge=lfs -text\n").unwrap();
    record(&document).refused("git has the filter `lfs` for `inventory/evidence/");
    // So it does where the document lies there already.
    let there = olga.join("inventory/evidence/there.pdf");
    fs::copy(&document, &there).unwrap();
    record(&there).refused("git has the filter `lfs` for `inventory/evidence/there.pdf`");
    fs::remove_file(&there).unwrap();
    // A link is told as such.
    let link = world.path("link.pdf");
    std::os::unix::fs::symlink(&document, &link).unwrap();
    record(&link).refused("it is a symbolic link; name the file itself");
    // What `segell init` writes takes the filter away.
    let default = fs::read_to_string(&attributes).unwrap();
    fs::write(&attributes, default + "/inventory/** -filter\n").unwrap();
    record(&document).ok();
}
