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

/// The names of the approvals that a clone has.
fn approvals(world: &World, person: &str) -> String {
    world
        .git(&world.clone_of(person), &["for-each-ref", "--format=%(refname)", "refs/approvals"])
        .ok()
}

#[test]
fn no_setting_takes_an_approval_away_or_sends_what_nobody_asked_for() {
    let world = World::begin();
    world.write("README.md", "Words.\n");
    world.merge("words");
    let marta = world.clone_of("marta");
    let set = |name: &str, value: &str| world.git(&marta, &["config", name, value]).ok();
    set("fetch.prune", "true");
    set("remote.origin.prune", "true");
    set("fetch.pruneTags", "true");
    set("push.followTags", "true");
    set("remote.origin.tagOpt", "--tags");
    world.git(&marta, &["tag", "-a", "-m", "mine", "mine", "HEAD"]).ok();
    world.git(&marta, &["fetch", "-q", "--no-prune", "origin"]).ok();
    world.segell("marta", &["approve", "--env", "pre", "--yes"]).ok();
    let unsent = approvals(&world, "marta");
    assert_eq!(unsent.lines().count(), 1);
    world
        .segell("marta", &["promote", "--env", "pre", "--push"])
        .refused("nobody of SIAD has approved");
    assert_eq!(approvals(&world, "marta"), unsent);
    world.approve("marta", "pre").ok();
    world.approve("joan", "pre").ok();
    world.segell("marta", &["promote", "--env", "pre", "--push"]).ok();
    assert!(!world.refs().contains("refs/tags"), "{}", world.refs());
    assert!(world.git(&marta, &["tag"]).ok().contains("mine"));
}

/// Wherever git finds who somebody is, segell does.
#[test]
fn settings_are_those_that_git_sees() {
    let world = World::begin();
    world.write("README.md", "Words.\n");
    world.merge("words");
    let clone = world.clone_of("marta");
    world.git(&clone, &["config", "--unset", "user.signingkey"]).ok();
    let key = world.path("marta");
    let key = key.to_str().unwrap();
    let approve = ["approve", "--env", "pre", "--yes", "--push"];
    let home = world.path("settings");
    let included = world.path("included");
    let written = format!("[user]\n\tsigningkey = {key}\n");
    fs::write(&included, &written).unwrap();
    let by_address = format!(
        "[includeIf \"hasconfig:remote.*.url:**/server.git\"]\n\tpath = {}\n",
        included.display()
    );
    fs::write(&home, by_address).unwrap();
    let home = home.to_str().unwrap();
    let ways: [&[(&str, &str)]; 3] = [
        &[
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "user.signingkey"),
            ("GIT_CONFIG_VALUE_0", key),
        ],
        &[("GIT_CONFIG_GLOBAL", included.to_str().unwrap())],
        &[("GIT_CONFIG_GLOBAL", home)],
    ];
    for (way, expires) in ways.into_iter().zip(["2026-12-01", "2026-12-02", "2026-12-03"]) {
        let approve = [&approve[..], &["--expires", expires]].concat();
        let told = world.segell_with(&clone, &approve, way).ok();
        assert!(told.contains("Marta Example (AOC) approves"), "{told}");
    }
    world.segell_with(&clone, &approve, &[]).refused("git has no key to sign with");
    // A command that tells the key.
    let eve = world.path("eve.pub");
    world
        .git(&clone, &["config", "gpg.ssh.defaultKeyCommand", &format!("cat {}", eve.display())])
        .ok();
    world.segell("marta", &approve).refused("is no reviewer's key");
    world.git(&clone, &["config", "gpg.ssh.defaultKeyCommand", "echo nothing"]).ok();
    world
        .segell("marta", &approve)
        .refused("`echo nothing`, git's `gpg.ssh.defaultKeyCommand`, tells no SSH key");
    // A program that is not there is no broken key.
    world.git(&clone, &["config", "user.signingkey", key]).ok();
    world.git(&clone, &["config", "gpg.ssh.program", "/nowhere/ssh-keygen"]).ok();
    let told = world.segell("marta", &[&approve[..], &["--expires", "2026-12-04"]].concat());
    let why = "there is no `/nowhere/ssh-keygen`, which git's `gpg.ssh.program` names";
    assert_eq!(told.err.matches("/nowhere/ssh-keygen").count(), 1, "{}", told.err);
    told.refused(why);
}

#[test]
fn a_forge_is_known_by_where_a_push_goes() {
    let world = World::begin();
    world.write("README.md", "Words.\n");
    world.merge("words");
    let olga = world.path("olga");
    let tools = world.path("tools");
    fs::create_dir_all(&tools).unwrap();
    let ssh = tools.join("ssh");
    fs::write(&ssh, "#!/bin/sh\necho 'user git'\necho 'hostname github.com'\n").unwrap();
    fs::set_permissions(&ssh, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let goes_to = |settings: &[(&str, &str)], more: &[(&str, &str)]| {
        settings
            .iter()
            .for_each(|(name, value)| drop(world.git(&olga, &["config", name, value]).ok()));
        let told =
            world.segell_with(&olga, &["promote", "--env", "pre", "--unapproved"], more).ok();
        settings
            .iter()
            .for_each(|(name, _)| drop(world.git(&olga, &["config", "--unset", name]).ok()));
        match (told.contains(":refs/heads/promote/pre`"), told.contains(":refs/heads/env/pre`")) {
            (true, false) => "promote",
            (false, true) => "env",
            _ => panic!("{told}"),
        }
    };
    let server = world.path("server.git");
    let rewritten = format!("url.git@github.com:a/.pushInsteadOf={}/", world.path("").display());
    let (rewrite, from) = rewritten.split_once('=').unwrap();
    assert_eq!(goes_to(&[], &[]), "env");
    assert_eq!(goes_to(&[("remote.origin.pushurl", "git@github.com:a/b.git")], &[]), "promote");
    assert_eq!(
        goes_to(&[("remote.origin.pushurl", "https://gitlab.com./a/b.git")], &[]),
        "promote"
    );
    assert_eq!(goes_to(&[(rewrite, from.trim_end_matches('/'))], &[]), "promote");
    assert_eq!(goes_to(&[("remote.origin.pushurl", server.to_str().unwrap())], &[]), "env");
    let alias = [("remote.origin.pushurl", "work:a/b.git")];
    assert_eq!(goes_to(&alias, &[("PATH", &path)]), "promote");
}

#[test]
fn a_clone_of_one_branch_or_of_another_name_hears_what_helps() {
    let world = World::begin();
    let server = world.path("server.git");
    let address = format!("file://{}", server.display());
    let here = world.path(".");
    world.git(&here, &["clone", "-q", "--single-branch", &address, "single"]).ok();
    let single = world.path("single");
    let log = ["log", "--env", "pre", "--verify"];
    world
        .segell_in(&single, &log)
        .refused("run `git remote set-branches origin '*'`, then `git fetch origin`");
    world.git(&single, &["remote", "set-branches", "origin", "*"]).ok();
    world.git(&single, &["fetch", "-q", "origin"]).ok();
    let root = world.tip("env/pre");
    world.git(&single, &["config", "segell.pre.root", &root]).ok();
    world.segell_in(&single, &log).ok();
    world.git(&here, &["clone", "-q", "-o", "upstream", &address, "other"]).ok();
    let other = world.path("other");
    world
        .segell_in(&other, &log)
        .refused("run `git remote rename upstream origin`, then `git fetch origin`");
    world.git(&other, &["remote", "rename", "upstream", "origin"]).ok();
    world.git(&other, &["config", "segell.pre.root", &root]).ok();
    world.segell_in(&other, &log).ok();
}

/// A repository of another user, in the forms of `safe.directory` that git reads.
#[test]
fn a_repository_that_git_trusts_is_trusted() {
    let world = World::begin();
    let olga = world.path("olga");
    // Only root may give files to another user.
    let given = std::os::unix::fs::chown(&olga, Some(12345), None)
        .and_then(|()| std::os::unix::fs::chown(olga.join(".git"), Some(12345), None));
    if given.is_err() {
        eprintln!("not run: nobody but root can make a repository of another user");
        return;
    }
    let parent = format!("{}/*", world.path("").canonicalize().unwrap().display());
    let parent = parent.replace("//", "/");
    let olgas = olga.canonicalize().unwrap();
    let listed = world.path("listed");
    fs::write(&listed, format!("[safe]\n\tdirectory = {}\n", olgas.display())).unwrap();
    let check = ["check", "--rev", "HEAD"];
    let run = |more: &[(&str, &str)]| world.segell_with(&olga, &check, more);
    run(&[]).refused("belongs to another user");
    let count = [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory")];
    run(&[&count[..], &[("GIT_CONFIG_VALUE_0", olgas.to_str().unwrap())]].concat()).ok();
    run(&[&count[..], &[("GIT_CONFIG_VALUE_0", &parent)]].concat()).ok();
    run(&[("GIT_CONFIG_GLOBAL", listed.to_str().unwrap())]).ok();
    // The working tree is still there for whoever works in it.
    let value = ("GIT_CONFIG_VALUE_0", olgas.to_str().unwrap());
    let said = world.segell_with(&olga, &["check"], &[&count[..], &[value]].concat());
    assert!(said.ok().contains("looked at 5 ens"));
}
