//! How long it takes to plan and to gate the change of one batch among 10,000 bodies, read from a
//! packed repository; beside it one check of the same commit, to compare with. Then a record of 500
//! promotions verified, and a manifest of 10,000 loads written.
//!
//! `cargo bench --bench pipeline`; it needs `git`. What is generated stays in the system's folder
//! for temporary files, as `segell-bench-*`.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use divan::Bencher;
use git2::Oid;
use jiff::civil::Date;
use segell::checklist::rules;
use segell::files::repo::Tree;
use segell::files::signature::{NAMESPACE, Signature};
use segell::inventory::Inventory;
use segell::inventory::finding::Environment;
use segell::inventory::load;
use segell::inventory::survey::Survey;
use segell::pipeline::gate::{Judge, Roots, Snapshots};
use segell::pipeline::git::{Draft, Git};
use segell::pipeline::log::Log;
use segell::pipeline::manifest;
use segell::pipeline::promotion::{self, Approval, Signed, Statement};
use segell::planning::plan::Plan;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, LineEnding, PrivateKey};

/// Half past eight on the day on which nothing is wrong with the generated inventory.
const SECONDS: u64 = 1_795_420_800;
const TODAY: Date = large::TODAY;

/// Who approves, in the order of the generated policy's reviewers of AOC and SIAD.
const REVIEWERS: [(&str, &str); 2] = [("Marta", "marta"), ("Joan", "joan")];

/// A batch that is planned, and was once stopped: each change gives another reason.
const BATCH: &str = "inventory/calendars/calendar-000/100-batch.yaml";

fn main() {
    divan::main();
}

/// A repository in which `main` and `env/pre` lie.
struct World {
    folder: PathBuf,
}

impl World {
    /// One with `count` bodies and as many promotions, packed.
    fn of(count: usize, promotions: usize) -> World {
        let name = format!("segell-bench-{count}-promotions-{promotions}");
        let world = World { folder: std::env::temp_dir().join(name) };
        if !world.folder.exists() {
            world.begin(count);
            (0..promotions).for_each(|number| world.promote(number));
            world.run(&["repack", "-adq"]);
        }
        world
    }

    fn begin(&self, count: usize) {
        large::write(count, &self.folder).expect("the inventory is written");
        let path = self.folder.join("inventory/policy.yaml");
        let policy = fs::read_to_string(&path).expect("the policy is there");
        let with_keys = policy.lines().map(|line| match line.split_once("signing_key: ") {
            Some((before, key)) => {
                format!("{before}signing_key: {}\n", public(&reviewer_before(&policy, key)))
            }
            None => format!("{line}\n"),
        });
        let with_keys: String = with_keys.collect();
        fs::write(path, with_keys).expect("the policy is written");
        self.run(&["init", "-q", "-b", "main"]);
        self.run(&["add", "inventory"]);
        self.run(&["commit", "-q", "-m", "The inventory"]);
        let root = self.git().find("main").expect("it was committed");
        self.run(&["config", "--add", "segell.pre.root", &root.to_string()]);
        self.run(&["update-ref", "refs/heads/env/pre", &root.to_string()]);
    }

    /// Changes the batch on `main`, and promotes that.
    fn promote(&self, number: usize) {
        let path = self.folder.join(BATCH);
        let text = fs::read_to_string(&path).expect("the batch is there");
        let text = text.split("hold: ").next().expect("it splits into one at least");
        let hold = format!(
            "hold: {{ since: 2026-11-19, by: aoc, reason: Reason {number}, evidence: [{{ ticket: ST-1 }}], ended: 2026-11-20 }}\n"
        );
        fs::write(&path, text.to_owned() + &hold).expect("the batch is written");
        self.run(&["commit", "-q", "-a", "-m", "Say why a batch was stopped"]);
        let git = self.git();
        let mut judge =
            Judge::new(&git, Environment::Pre, &Roots::default()).expect("all is there");
        let (from, commit) = (judge.tip().expect("a tip").id, judge.main.tip);
        let held = git.commit(commit).expect("main's tip");
        let made = judge.snapshots.yielded(&held, Environment::Pre).expect("it can be read");
        let manifest = made.files.digest();
        let environment = Environment::Pre;
        let statement = Statement { environment, from, commit, manifest, pre: None };
        let approvals: Vec<Signed> =
            REVIEWERS.iter().map(|(_, name)| approval(name, &statement)).collect();
        let line = format!("Olga <olga@example.org> {SECONDS} +0000").into_bytes();
        let draft = Draft {
            tree: held.tree,
            parents: &[from, commit],
            author: &line,
            committer: &line,
            message: &promotion::message(&statement, &approvals),
        };
        let promotion = git.write_commit(&draft).expect("it is written");
        git.update("refs/heads/env/pre", Some(from), promotion, "promote").expect("it moves");
        self.run(&["update-ref", "refs/heads/promote/pre", &promotion.to_string()]);
    }

    fn git(&self) -> Git {
        Git::discover(&self.folder).expect("a repository")
    }

    fn run(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .current_dir(&self.folder)
            .args(["-c", "user.name=Olga", "-c", "user.email=olga@example.org"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_DATE", format!("{SECONDS} +0000"))
            .env("GIT_COMMITTER_DATE", format!("{SECONDS} +0000"))
            .status();
        assert!(status.expect("git is there").success(), "git {arguments:?}");
    }

    /// The root, and the last promotion.
    fn ends(&self, git: &Git) -> (Oid, Oid) {
        let root = git.roots(Environment::Pre).expect("it can be read")[0];
        (root, git.existing_branch("promote/pre").expect("it is there"))
    }
}

/// The name in the e-mail that stands last before `key` in the policy.
fn reviewer_before(policy: &str, key: &str) -> String {
    let before = policy.split(key).next().unwrap_or_default();
    let email = before.rsplit("email: ").next().unwrap_or_default();
    email.split('@').next().unwrap_or_default().to_owned()
}

/// A key that is always the same for the same name.
fn key(name: &str) -> PrivateKey {
    let mut seed = [0; 32];
    seed[..name.len()].copy_from_slice(name.as_bytes());
    PrivateKey::new(KeypairData::from(Ed25519Keypair::from_seed(&seed)), name).expect("a key")
}

fn public(name: &str) -> String {
    key(name)
        .public_key()
        .to_openssh()
        .expect("a key")
        .rsplit_once(' ')
        .expect("a comment")
        .0
        .into()
}

fn approval(name: &str, statement: &Statement) -> Signed {
    let expires = segell::base::time::plus_days(TODAY, 14);
    let text = statement.signed_text(expires);
    let signature = key(name).sign(NAMESPACE, HashAlg::Sha512, text.as_bytes()).expect("it signs");
    let armour = signature.to_pem(LineEnding::LF).expect("it is written");
    let signature = Signature::from_armour(&armour).expect("it is read");
    let title = REVIEWERS.iter().find(|(_, known)| *known == name).expect("a reviewer").0;
    Signed {
        name: format!("{title} Example"),
        email: format!("{name}@example.org"),
        approval: Approval { expires, signature },
    }
}

/// What `plan` and `gate` are compared with.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn check(bencher: Bencher<'_, '_>) {
    let world = World::of(10_000, 1);
    bencher.bench(|| {
        let tree =
            segell::files::repo::revision_tree(&world.folder, "main").expect("it can be read");
        let inventory = load::load(&tree.expect("an inventory"));
        rules::check(&Survey::of(&inventory, TODAY)).findings.len()
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn plan(bencher: Bencher<'_, '_>) {
    let world = World::of(10_000, 1);
    bencher.bench(|| {
        let git = world.git();
        let (root, tip) = world.ends(&git);
        let (base, head) = (git.commit(root).expect("here"), git.commit(tip).expect("here"));
        let mut snapshots = Snapshots::new(&git);
        let plan = Plan::between(&git, &mut snapshots, &base, &head, TODAY).expect("it is read");
        assert!(!plan.is_empty());
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn gate(bencher: Bencher<'_, '_>) {
    let world = World::of(10_000, 1);
    let (root, _) = world.ends(&world.git());
    world.run(&["update-ref", "refs/heads/env/pre", &root.to_string()]);
    bencher.bench(|| {
        let git = world.git();
        let (root, tip) = world.ends(&git);
        let mut judge =
            Judge::new(&git, Environment::Pre, &Roots::default()).expect("all is there");
        let verdict = judge.judge(Some(root), tip, TODAY).expect("it is judged");
        assert!(verdict.refusals.is_empty(), "{:?}", verdict.refusals);
    });
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn log_of_500_verified(bencher: Bencher<'_, '_>) {
    let world = World::of(1_000, 500);
    bencher.bench(|| {
        let git = world.git();
        let judge = Judge::new(&git, Environment::Pre, &Roots::default()).expect("all is there");
        let log = Log::of(&mut [judge], true, false).expect("it is read");
        assert!(!log.is_refused() && log.entries.len() > 500);
    });
}

/// From the files of an inventory to the files of a manifest: with the reading of 10,000 bodies.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn manifest_of_10000_loads_with_reading(bencher: Bencher<'_, '_>) {
    let folder = to_load();
    bencher.bench(|| {
        let (inventory, tree) = read(&folder);
        made(&inventory, &tree)
    });
}

/// The same, the inventory having been read.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn manifest_of_10000_loads(bencher: Bencher<'_, '_>) {
    let (inventory, tree) = read(&to_load());
    bencher.bench(|| made(&inventory, &tree));
}

/// How long the disk takes for its 10,002 files. Each time into a new folder: to take the place of one
/// costs as much again for the old files.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn manifest_of_10000_loads_written(bencher: Bencher<'_, '_>) {
    let (inventory, tree) = read(&to_load());
    let files = made(&inventory, &tree);
    let folder = tempfile::tempdir().expect("a folder");
    let mut number = 0;
    let new_folder = || {
        number += 1;
        folder.path().join(number.to_string())
    };
    bencher.with_inputs(new_folder).bench_local_values(|out| files.write(&out).expect("written"));
}

/// An inventory of 10,000 bodies, none of them loaded, all of them to be.
fn to_load() -> PathBuf {
    let folder = std::env::temp_dir().join("segell-bench-10000-to-load");
    if !folder.exists() {
        large::write(10_000, &folder).expect("the inventory is written");
        let calendars = fs::read_dir(folder.join("inventory/calendars")).expect("calendars");
        calendars.for_each(|calendar| nothing_loaded(&calendar.expect("a folder").path()));
    }
    folder
}

fn read(folder: &Path) -> (Inventory, Tree) {
    let tree = segell::files::repo::working_tree(folder).expect("it is there");
    (load::load(&tree), tree)
}

fn made(inventory: &Inventory, tree: &Tree) -> manifest::Files {
    assert!(manifest::broken_integrity(inventory).is_empty());
    let (ids, mut seals) = (("0", "0"), manifest::Seals::default());
    let made = manifest::yield_of(inventory, tree, Environment::Pre, ids, &mut seals);
    let made = made.expect("it is made");
    assert_eq!(made.manifest.load.len(), 10_000);
    made.files
}

/// Takes the records out of a calendar's batches, and asks to load them all in PRE.
fn nothing_loaded(calendar: &Path) {
    for batch in fs::read_dir(calendar).expect("batches") {
        let path = batch.expect("a batch").path();
        let text = fs::read_to_string(&path).expect("a batch");
        let kept = text.lines().take_while(|line| !line.starts_with("departments"));
        let kept = kept.filter(|line| {
            !line.starts_with("stage") && !line.starts_with("     ") && !line.starts_with("    p")
        });
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        fs::write(&path, kept.replacen("pre:", "stage: pre\npre:", 1)).expect("it is written");
    }
}
