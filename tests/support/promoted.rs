//! Repositories in which promotions were made, for benches: `main`, `env/pre`, its root, reviewers' keys.

#![allow(dead_code)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use git2::Oid;
use jiff::civil::Date;
use segell::files::signature::{NAMESPACE, Signature};
use segell::inventory::finding::Environment;
use segell::pipeline::gate::{Judge, Roots};
use segell::pipeline::git::{Draft, Git};
use segell::pipeline::promotion::{self, Approval, Signed, Statement};

use crate::large;

#[path = "ssh.rs"]
mod ssh;

/// Half past eight on the day on which nothing is wrong with the generated inventory.
const SECONDS: u64 = 1_795_420_800;
pub const TODAY: Date = large::TODAY;

/// Who approves, in the order of the generated policy's reviewers of AOC and SIAD.
const REVIEWERS: [(&str, &str); 2] = [("Marta", "marta"), ("Joan", "joan")];

/// A batch that is planned, and was once stopped: each change gives another reason.
pub const BATCH: &str = "inventory/calendars/calendar-000/100-batch.yaml";

/// A repository in which `main` and `env/pre` lie.
pub struct World {
    pub folder: PathBuf,
}

impl World {
    /// One with `count` bodies and as many promotions, packed.
    pub fn of(count: usize, promotions: usize) -> World {
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
    pub fn promote(&self, number: usize) {
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

    pub fn git(&self) -> Git {
        Git::discover(&self.folder).expect("a repository")
    }

    pub fn run(&self, arguments: &[&str]) {
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
    pub fn ends(&self, git: &Git) -> (Oid, Oid) {
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
fn key(name: &str) -> ssh::Pair {
    let mut seed = [0; 32];
    seed[..name.len()].copy_from_slice(name.as_bytes());
    ssh::Pair::from_seed(seed)
}

fn public(name: &str) -> String {
    key(name).public()
}

fn approval(name: &str, statement: &Statement) -> Signed {
    let expires = segell::base::time::plus_days(TODAY, 14);
    let text = statement.signed_text(expires);
    let armour = key(name).sign(NAMESPACE, &text);
    let signature = Signature::from_armour(&armour).expect("it is read");
    let title = REVIEWERS.iter().find(|(_, known)| *known == name).expect("a reviewer").0;
    Signed {
        name: format!("{title} Example"),
        email: format!("{name}@example.org"),
        approval: Approval { expires, signature },
    }
}
