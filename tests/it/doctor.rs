//! What a clone lacks, and what puts it right.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::support::world::{World, public};

/// What is said of each point, by its name: how it stands, what was found, the cure.
struct Told(Value, i32);

impl Told {
    fn by(world: &World, folder: &Path, arguments: &[&str]) -> Told {
        let all = [&["doctor", "--format", "json"], arguments].concat();
        let ran = world.segell_on_no_day(folder, &all, &[]);
        Told(serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}")), ran.code)
    }

    fn state(&self, about: &str) -> Option<&str> {
        self.point(about).map(|point| point["state"].as_str().unwrap())
    }

    fn point(&self, about: &str) -> Option<&Value> {
        self.0["points"].as_array().unwrap().iter().find(|point| point["about"] == about)
    }

    fn cure(&self, about: &str) -> &str {
        self.point(about).and_then(|point| point["cure"].as_str()).unwrap_or_default()
    }

    fn lacking(&self) -> Vec<&str> {
        let points = self.0["points"].as_array().unwrap();
        let lacking = points.iter().filter(|point| point["state"] == "lacks");
        lacking.map(|point| point["about"].as_str().unwrap()).collect()
    }
}

fn git(world: &World, person: &str, arguments: &[&str]) {
    world.git(&world.clone_of(person), arguments).ok();
}

#[test]
fn a_reviewer_s_clone_lacks_nothing_and_tells_whose_key_it_has() {
    let world = World::begin();
    git(&world, "marta", &["fetch", "-q"]);
    let told = Told::by(&world, &world.clone_of("marta"), &[]);
    assert_eq!((told.lacking(), told.1), (vec![], 0), "{:#}", told.0);
    let key = told.point("key").unwrap()["found"].as_str().unwrap();
    assert!(key.contains("SHA256:") && key.contains("(AOC)"), "{key}");
    assert_eq!(told.state("history"), Some("fine"));
    assert_eq!(told.state("pre-roots"), Some("fine"));
    // By its name from elsewhere, and in words.
    let here = world.clone_of("marta");
    let elsewhere = Told::by(&world, &world.path("."), &["--repo", here.to_str().unwrap()]);
    assert_eq!(elsewhere.lacking(), Vec::<&str>::new());
    let words = world.segell_on_no_day(&here, &["doctor"], &[]).ok();
    assert!(words.contains("✓ git") && words.ends_with("nothing is lacking\n"), "{words}");
}

#[test]
fn each_thing_that_is_taken_away_is_told_with_what_brings_it_back() {
    let world = World::begin();
    git(&world, "joan", &["fetch", "-q"]);
    let joan = world.clone_of("joan");
    let told = |about: &str| {
        let told = Told::by(&world, &joan, &[]);
        assert_eq!((told.state(about), told.1), (Some("lacks"), 1), "{about}: {:#}", told.0);
        told.cure(about).to_owned()
    };
    let root = world.git(&joan, &["config", "segell.pro.root"]).ok();
    git(&world, "joan", &["config", "--unset-all", "segell.pro.root"]);
    assert!(told("pro-roots").contains("git config --add segell.pro.root COMMIT"));
    git(&world, "joan", &["config", "segell.pro.root", &"0".repeat(40)]);
    assert!(told("pro-roots").contains("git fetch"));
    git(&world, "joan", &["config", "segell.pro.root", "main"]);
    assert!(told("pro-roots").contains("segell.pro.root"));
    git(&world, "joan", &["config", "segell.pro.root", root.trim()]);

    let key = world.git(&joan, &["config", "user.signingkey"]).ok();
    git(&world, "joan", &["config", "--unset", "user.signingkey"]);
    assert!(told("key").contains("ssh-keygen"));
    let eve = format!("key::{}", public("eve"));
    git(&world, "joan", &["config", "user.signingkey", &eve]);
    let nobodys = Told::by(&world, &joan, &[]);
    assert_eq!((nobodys.state("key"), nobodys.1), (Some("note"), 0));
    assert!(nobodys.cure("key").contains("segell add reviewer"));
    git(&world, "joan", &["config", "user.signingkey", key.trim()]);

    git(&world, "joan", &["update-ref", "-d", "refs/remotes/origin/env/pro"]);
    assert!(told("branches").contains("git fetch"));
    git(&world, "joan", &["fetch", "-q"]);

    git(
        &world,
        "joan",
        &["config", "remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main"],
    );
    let cure = told("refspec");
    let refspec = cure.split('\'').nth(1).unwrap();
    git(&world, "joan", &["config", "--add", "remote.origin.fetch", refspec]);
    assert_eq!(Told::by(&world, &joan, &[]).state("refspec"), Some("fine"));

    git(&world, "joan", &["remote", "set-url", "--push", "origin", "http://git.example.org/x"]);
    assert!(told("remote").contains("set-url --push"));
    git(&world, "joan", &["remote", "remove", "origin"]);
    assert!(told("remote").contains("git remote add origin"));
}

/// With the approvals fetched, a fetch that prunes would take away one that is not sent yet.
#[test]
fn approvals_are_fetched_where_somebody_wants_so_and_then_nothing_prunes() {
    let world = World::begin();
    let laia = world.clone_of("laia");
    git(&world, "laia", &["fetch", "-q"]);
    let before = Told::by(&world, &laia, &[]);
    assert_eq!((before.state("approvals"), before.state("pruning")), (Some("note"), None));
    let refspec = before.cure("approvals").split('\'').nth(1).unwrap().to_owned();
    git(&world, "laia", &["config", "--add", "remote.origin.fetch", &refspec]);
    git(&world, "laia", &["fetch", "-q"]);
    let after = Told::by(&world, &laia, &[]);
    assert_eq!((after.state("approvals"), after.state("pruning")), (Some("fine"), None));
    git(&world, "laia", &["config", "fetch.prune", "true"]);
    let pruning = Told::by(&world, &laia, &[]);
    assert_eq!((pruning.state("pruning"), pruning.1), (Some("lacks"), 1));
    git(&world, "laia", &["config", "remote.origin.prune", "false"]);
    assert_eq!(Told::by(&world, &laia, &[]).state("pruning"), None);
}

#[test]
fn a_server_is_asked_for_its_hooks_and_settings() {
    let world = World::begin();
    let server = world.path("server.git");
    let before = Told::by(&world, &server, &[]);
    assert_eq!(before.state("pre-receive"), Some("fine"), "{:#}", before.0);
    assert_eq!((before.state("key"), before.state("remote")), (None, None));
    let hook = server.join("hooks/pre-receive");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o644)).unwrap();
    let told = Told::by(&world, &server, &[]);
    assert_eq!((told.state("pre-receive"), told.1), (Some("lacks"), 1));
    assert!(told.cure("pre-receive").contains("chmod +x hooks/pre-receive"));
    for setting in ["receive.fsckObjects", "core.logAllRefUpdates"] {
        world.git(&server, &["config", setting, "true"]).ok();
    }
    let told = Told::by(&world, &server, &[]);
    assert_eq!((told.state("fsck"), told.state("reflog")), (Some("fine"), Some("fine")));
}

#[test]
fn a_folder_that_is_no_repository_and_a_shallow_clone_are_told() {
    let world = World::begin();
    let folder = world.path("nothing");
    fs::create_dir(&folder).unwrap();
    let told = Told::by(&world, &folder, &[]);
    assert_eq!((told.state("repository"), told.1), (Some("lacks"), 1));
    assert_eq!(told.point("key"), None);
    let from = format!("file://{}", world.path("server.git").display());
    let to = world.path("shallow");
    world.git(&world.path("."), &["clone", "-q", "--depth", "1", &from, to.to_str().unwrap()]).ok();
    let told = Told::by(&world, &to, &[]);
    assert_eq!(told.state("history"), Some("lacks"), "{:#}", told.0);
    let found = told.point("history").unwrap()["found"].as_str().unwrap();
    assert!(found.contains("git fetch --unshallow"), "{found}");
}

/// Which build it is, and which record it writes and verifies.
#[test]
fn the_version_says_which_record_it_speaks_of() {
    let world = World::begin();
    let long = world.segell_on_no_day(&world.path("."), &["--version"], &[]).ok();
    let lines: Vec<&str> = long.lines().collect();
    assert_eq!(lines[0], format!("segell {}", env!("CARGO_PKG_VERSION")));
    assert!(lines[1].starts_with("commit: "), "{long}");
    assert_eq!(lines[2], "writes: segell approval v1, segell.manifest/v1");
    assert_eq!(lines[3], "verifies: segell approval v1, segell.manifest/v1");
    let short = world.segell_on_no_day(&world.path("."), &["-V"], &[]).ok();
    assert_eq!(short.lines().collect::<Vec<_>>(), [lines[0]]);
}
