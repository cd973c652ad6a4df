//! A server with the hooks installed, and the clones of an operator and of reviewers with keys of
//! their own. The day is a file that the hooks read; git takes nothing from the machine.

#![allow(dead_code)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{OnceLock, RwLock};

use segell::files::signature::NAMESPACE;
use tempfile::TempDir;

use super::inventory::Inventory;
use super::ssh::Pair;

pub const PLANNED: &str = super::inventory::PLANNED;
pub const IN_PRE: &str = super::inventory::IN_PRE;

/// Who has a clone.
const PEOPLE: [&str; 6] = ["olga", "marta", "joan", "laia", "pau", "eve"];

/// What everybody has set for git: nothing of the machine, and nothing is tidied up or forced onto the disk, since
/// no test lives that long.
const SETTINGS: &str = "[init]\n\ttemplateDir =\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n\
    [receive]\n\tautogc = false\n[core]\n\tfsync = none\n";

/// Somebody, by their first name in lower case: the e-mail is theirs at example.org.
pub fn email(name: &str) -> String {
    format!("{name}@example.org")
}

/// A key that is always the same for the same name.
pub fn key(name: &str) -> Pair {
    let seed = segell::base::digest::Sha256::of(name.as_bytes()).to_string();
    Pair::from_seed(seed.as_bytes()[..32].try_into().unwrap())
}

/// A public key as the policy has it.
pub fn public(name: &str) -> String {
    key(name).public()
}

/// The base64 of a signature, as a promotion has it.
pub fn sign(name: &str, namespace: &str, text: &str) -> String {
    let armour = key(name).sign(namespace, text);
    armour.lines().filter(|line| !line.starts_with("-----")).collect()
}

/// What somebody ran: whether it went well, and all its words.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: Output) -> Ran {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self.out
    }

    /// It was refused, in these words.
    #[track_caller]
    pub fn refused(self, words: &str) {
        assert_ne!(self.code, 0, "it was let in:\n{}\n{}", self.out, self.err);
        let said = format!("{}{}", self.out, self.err);
        assert!(said.contains(words), "`{words}` is not in:\n{said}");
    }
}

/// An approval line, forged or not.
pub struct Line {
    pub name: String,
    pub email: String,
    pub expires: String,
    pub signature: String,
}

/// A promotion to be written by hand, so that anything in it can be wrong.
pub struct Crafted {
    pub tree: String,
    pub parents: Vec<String>,
    pub author: String,
    pub committer: String,
    pub more_headers: String,
    pub message: String,
}

impl Crafted {
    pub fn raw(&self) -> Vec<u8> {
        let parents: String = self.parents.iter().map(|id| format!("parent {id}\n")).collect();
        let Crafted { tree, author, committer, more_headers, message, .. } = self;
        format!("tree {tree}\n{parents}author {author}\ncommitter {committer}\n{more_headers}\n{message}")
            .into_bytes()
    }
}

pub struct World {
    folder: TempDir,
    pub day: String,
    /// What everybody's `LC_ALL` is, and the server's.
    pub locale: RwLock<&'static str>,
}

impl World {
    /// The shipped inventory on `main`, Marta and Pau of AOC and Joan and Laia of SIAD as its
    /// reviewers, both environments at their root; on 2026-11-24.
    pub fn begin() -> World {
        // Made once, and copied: what is in it names its own folder.
        static FIRST: OnceLock<World> = OnceLock::new();
        // Nothing drops it at the end, so it lies where `cargo clean` finds it.
        let folder = || tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let first = FIRST.get_or_init(|| {
            let world = World::made(folder(), |_| {});
            world.pack();
            world
        });
        first.copy()
    }

    /// A file for all objects of a repository: there is less to copy.
    fn pack(&self) {
        let clones = PEOPLE.map(|person| self.clone_of(person));
        for repository in clones.into_iter().chain([self.path("server.git")]) {
            self.git(&repository, &["repack", "-a", "-d", "-q"]).ok();
        }
    }

    fn copy(&self) -> World {
        let folder = tempfile::tempdir().unwrap();
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(self.folder.path().join(".")).arg(folder.path());
        assert!(copy.status().unwrap().success());
        let world = World { folder, day: self.day.clone(), locale: RwLock::new("C") };
        let mut files = vec![world.path("server.git/hooks/pre-receive")];
        files.push(world.path("server.git/hooks/post-receive"));
        files.extend(PEOPLE.map(|person| world.clone_of(person).join(".git/config")));
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let (from, to) = (self.path(""), world.path(""));
            let (from, to) = (from.to_str().unwrap(), to.to_str().unwrap());
            assert!(text.contains(from), "{}", file.display());
            fs::write(&file, text.replace(from, to)).unwrap();
        }
        world
    }

    /// The same, with the inventory changed before its first commit.
    pub fn with(change: impl FnOnce(&Inventory)) -> World {
        World::made(tempfile::tempdir().unwrap(), change)
    }

    fn made(folder: TempDir, change: impl FnOnce(&Inventory)) -> World {
        let world = World { folder, day: "2026-11-24".to_owned(), locale: RwLock::new("C") };
        world.on("2026-11-24");
        fs::write(world.path("gitconfig"), SETTINGS).unwrap();
        let server = world.path("server.git");
        world.git(&world.path("."), &["init", "-q", "--bare", "-b", "main", "server.git"]).ok();
        for name in ["marta", "marta-next", "pau", "joan", "joan-next", "laia", "eve"] {
            let file = world.path(name);
            fs::write(&file, key(name).private(name)).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            fs::write(world.path(&format!("{name}.pub")), public(name) + "\n").unwrap();
        }
        let inventory = Inventory::shipped();
        reviewers(
            &inventory,
            &[("marta", "aoc"), ("pau", "aoc"), ("joan", "siad"), ("laia", "siad")],
        );
        change(&inventory);
        world.git(&world.path("."), &["init", "-q", "-b", "main", "olga"]).ok();
        world.configure("olga");
        let there = world.path("olga/inventory");
        Command::new("cp")
            .arg("-r")
            .arg(inventory.root().join("inventory"))
            .arg(&there)
            .status()
            .unwrap();
        let olga = world.path("olga");
        world.git(&olga, &["remote", "add", "origin", server.to_str().unwrap()]).ok();
        world.git(&olga, &["add", "-A"]).ok();
        world.git(&olga, &["commit", "-q", "-m", "The inventory"]).ok();
        world.git(&olga, &["push", "-q", "origin", "main"]).ok();
        let root = world.tip("main");
        world.hooks();
        for environment in ["pre", "pro"] {
            let name = format!("segell.{environment}.root");
            world.git(&server, &["config", "--add", &name, &root]).ok();
            world.git(&olga, &["config", "--add", &name, &root]).ok();
            world.git(&olga, &["push", "-q", "origin", &format!("main:env/{environment}")]).ok();
        }
        for person in ["marta", "joan", "laia", "pau", "eve"] {
            let clone = format!("clone-{person}");
            world.git(&world.path("."), &["clone", "-q", "server.git", &clone]).ok();
            world.configure(person);
            for environment in ["pre", "pro"] {
                let name = format!("segell.{environment}.root");
                world.git(&world.clone_of(person), &["config", "--add", &name, &root]).ok();
            }
        }
        world
    }

    fn hooks(&self) {
        let (segell, today) = (env!("CARGO_BIN_EXE_segell"), self.path("today"));
        for hook in ["pre-receive", "post-receive"] {
            let script = format!(
                "#!/bin/sh\nread -r day < '{}'\nexec '{segell}' gate --{hook} --as-of \"$day\"\n",
                today.display()
            );
            let path = self.path("server.git/hooks").join(hook);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let server = self.path("server.git");
        self.git(&server, &["config", "receive.fsckObjects", "true"]).ok();
        self.git(&server, &["config", "core.logAllRefUpdates", "true"]).ok();
    }

    fn configure(&self, person: &str) {
        let clone = self.clone_of(person);
        self.git(&clone, &["config", "user.name", person]).ok();
        self.git(&clone, &["config", "user.email", &email(person)]).ok();
        let key = self.path(person);
        self.git(&clone, &["config", "user.signingkey", key.to_str().unwrap()]).ok();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder in which somebody works.
    pub fn clone_of(&self, person: &str) -> PathBuf {
        match person {
            "olga" => self.path("olga"),
            _ => self.path(&format!("clone-{person}")),
        }
    }

    /// What the clocks say from now on.
    pub fn on(&self, day: &str) {
        fs::write(self.path("today"), day).unwrap();
    }

    pub fn today(&self) -> String {
        fs::read_to_string(self.path("today")).unwrap()
    }

    pub fn git(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.git_with(folder, arguments, b"")
    }

    pub fn git_with(&self, folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
        self.git_as(folder, arguments, input, &[])
    }

    /// The same, with more in the environment.
    pub fn git_as(
        &self,
        folder: &Path,
        arguments: &[&str],
        input: &[u8],
        more: &[(&str, &str)],
    ) -> Ran {
        let date = format!("{}T12:00:00Z", self.today());
        let mut child = Command::new("git")
            .current_dir(folder)
            .args(arguments)
            .env("LC_ALL", *self.locale.read().unwrap())
            .env("GIT_CONFIG_GLOBAL", self.path("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .envs(more.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).unwrap();
        Ran::of(child.wait_with_output().unwrap())
    }

    /// The same promotion, committed at another instant, such as `2026-11-24T12:00:00Z`.
    pub fn dated(&self, mut crafted: Crafted, instant: &str) -> Crafted {
        let seconds = instant.parse::<jiff::Timestamp>().unwrap().as_second();
        crafted.committer = format!("olga <olga@example.org> {seconds} +0000");
        crafted
    }

    /// Runs segell as somebody, today.
    pub fn segell(&self, person: &str, arguments: &[&str]) -> Ran {
        self.segell_in(&self.clone_of(person), arguments)
    }

    pub fn segell_in(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.segell_with(folder, arguments, &[])
    }

    /// The same, with more in the environment, which is else that of nobody.
    pub fn segell_with(&self, folder: &Path, arguments: &[&str], more: &[(&str, &str)]) -> Ran {
        let today = self.today();
        self.segell_on_no_day(folder, &[arguments, &["--as-of", &today]].concat(), more)
    }

    /// The same of a verb that knows no day.
    pub fn segell_on_no_day(
        &self,
        folder: &Path,
        arguments: &[&str],
        more: &[(&str, &str)],
    ) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_segell"))
            .env("LC_ALL", *self.locale.read().unwrap())
            .current_dir(folder)
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", self.path("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", self.folder.path())
            .envs(more.iter().copied())
            .output()
            .unwrap();
        Ran::of(output)
    }

    /// What a branch of the server points to.
    pub fn tip(&self, branch: &str) -> String {
        let name = format!("refs/heads/{branch}");
        self.git(&self.path("server.git"), &["rev-parse", "--verify", &name]).ok().trim().to_owned()
    }

    /// All refs of the server.
    pub fn refs(&self) -> String {
        self.git(&self.path("server.git"), &["for-each-ref"]).ok()
    }

    /// Replaces the only `from` of a file in the operator's clone.
    pub fn edit(&self, file: &str, from: &str, to: &str) -> &World {
        let path = self.path("olga/inventory").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in {file}:\n{text}");
        fs::write(path, text.replace(from, to)).unwrap();
        self
    }

    /// Writes a file in the operator's clone.
    pub fn write(&self, file: &str, text: &str) -> &World {
        let path = self.path("olga/inventory").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Merges what the operator has edited into `main`, as a pull request does, and pushes it.
    pub fn merge(&self, subject: &str) -> String {
        self.merge_by(subject, "olga")
    }

    /// The same, written by somebody else.
    pub fn merge_by(&self, subject: &str, author: &str) -> String {
        let olga = self.path("olga");
        let author = format!("{author} <{}>", email(author));
        self.git(&olga, &["add", "-A"]).ok();
        self.git(&olga, &["commit", "-q", "--author", &author, "-m", subject]).ok();
        let subject = format!("Merge: {subject}");
        let merge = ["commit-tree", "HEAD^{tree}", "-p", "HEAD^", "-p", "HEAD", "-m", &subject];
        let merge = self.git(&olga, &merge).ok().trim().to_owned();
        self.git(&olga, &["update-ref", "HEAD", &merge]).ok();
        self.git(&olga, &["push", "-q", "origin", "main"]).ok();
        merge
    }

    /// Somebody approves what `main` has, and sends it.
    pub fn approve(&self, person: &str, environment: &str) -> Ran {
        self.segell(person, &["approve", "--env", environment, "--yes", "--push"])
    }

    /// Olga promotes what `main` has, and sends it.
    pub fn promote(&self, environment: &str) -> Ran {
        self.segell("olga", &["promote", "--env", environment, "--push"])
    }

    /// Marta and Joan approve, Olga promotes.
    #[track_caller]
    pub fn promoted(&self, environment: &str) -> String {
        self.approve("marta", environment).ok();
        self.approve("joan", environment).ok();
        self.promote(environment).ok();
        self.tip(&format!("env/{environment}"))
    }

    /// The lines of the statement about what `main` has, as Olga's clone sees them.
    pub fn statement(&self, environment: &str) -> String {
        self.git(&self.path("olga"), &["fetch", "-q", "origin"]).ok();
        let text = self.segell("olga", &["approve", "--env", environment, "--statement"]).ok();
        text.split_inclusive('\n').filter(|line| !line.starts_with("expires: ")).collect()
    }

    /// The same of any commit, whatever the gate would say of it: the digest is that of the manifest
    /// which it yields, or of none.
    pub fn statement_about(&self, environment: &str, commit: &str) -> String {
        self.git(&self.path("olga"), &["fetch", "-q", "origin"]).ok();
        let out = self.path(&format!("manifest-{environment}"));
        let _ = fs::remove_dir_all(&out);
        let out = out.to_str().unwrap();
        let make = ["manifest", "--env", environment, "--rev", commit, "--out", out];
        let made = self.segell("olga", &make);
        let sums = fs::read(Path::new(out).join("SHA256SUMS")).unwrap_or_default();
        assert_eq!(made.code == 0, !sums.is_empty());
        let (from, digest) =
            (self.tip(&format!("env/{environment}")), segell::base::digest::Sha256::of(&sums));
        let pre = match environment {
            "pro" => format!("pre: {}\n", self.tip("env/pre")),
            _ => String::new(),
        };
        format!(
            "segell approval v1\nenvironment: {environment}\nfrom: {from}\ncommit: {commit}\nmanifest: sha256:{digest}\n{pre}"
        )
    }

    /// Marta and Joan approve any commit, and it is promoted by hand.
    pub fn approved(&self, environment: &str, commit: &str) -> Crafted {
        let statement = self.statement_about(environment, commit);
        let today: jiff::civil::Date = self.today().parse().unwrap();
        let until = segell::base::time::plus_days(today, 14).to_string();
        let lines = ["marta", "joan"].map(|name| self.line_until(name, &statement, &until));
        self.craft_with(&statement, &lines)
    }

    /// A good promotion of what `main` has, by hand, with the approvals of these people.
    pub fn craft(&self, environment: &str, approvers: &[&str]) -> Crafted {
        let statement = self.statement(environment);
        self.craft_with(
            &statement,
            &approvers.iter().map(|name| self.line(name, &statement)).collect::<Vec<_>>(),
        )
    }

    /// Somebody's approval of a statement, for 14 days or so.
    pub fn line(&self, name: &str, statement: &str) -> Line {
        self.line_until(name, statement, "2026-12-08")
    }

    pub fn line_until(&self, name: &str, statement: &str, expires: &str) -> Line {
        let text = format!("{statement}expires: {expires}\n");
        let person = name.trim_end_matches("-next");
        Line {
            name: title(person),
            email: email(person),
            expires: expires.to_owned(),
            signature: sign(name, NAMESPACE, &text),
        }
    }

    pub fn craft_with(&self, statement: &str, lines: &[Line]) -> Crafted {
        let value = |name: &str| {
            let mut lines = statement.lines().filter_map(|line| line.strip_prefix(name));
            lines.next().unwrap().to_owned()
        };
        let (from, commit, environment) =
            (value("from: "), value("commit: "), value("environment: "));
        let approvals: Vec<String> = lines
            .iter()
            .map(|Line { name, email, expires, signature }| {
                format!("Approved-by: {name} <{email}>\nApproval: {expires} {signature}\n")
            })
            .collect();
        let gap = if approvals.is_empty() { "" } else { "\n" };
        let seconds =
            format!("{}T11:30:00Z", self.today()).parse::<jiff::Timestamp>().unwrap().as_second();
        let tree = self.git(&self.path("olga"), &["rev-parse", &format!("{commit}^{{tree}}")]);
        Crafted {
            tree: if tree.code == 0 { tree.out.trim().to_owned() } else { "0".repeat(40) },
            message: format!(
                "Promote {} to {environment}\n\n{statement}{gap}{}",
                &commit[..12],
                approvals.concat()
            ),
            parents: vec![from, commit],
            author: format!("olga <olga@example.org> {} +0000", seconds + 3600),
            committer: format!("olga <olga@example.org> {} +0000", seconds + 3600),
            more_headers: String::new(),
        }
    }

    /// Writes a raw commit into Olga's clone.
    pub fn put(&self, raw: &[u8]) -> String {
        let arguments = ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"];
        self.git_with(&self.path("olga"), &arguments, raw).ok().trim().to_owned()
    }

    /// Olga pushes.
    pub fn push(&self, refspecs: &[&str]) -> Ran {
        let mut arguments = vec!["push", "-q", "origin"];
        arguments.extend(refspecs);
        self.git(&self.path("olga"), &arguments)
    }

    /// Olga pushes something that must leave no trace on the server.
    #[track_caller]
    pub fn is_refused(&self, refspecs: &[&str], words: &str) {
        let before = self.refs();
        self.push(refspecs).refused(words);
        assert_eq!(self.refs(), before);
    }

    /// Olga pushes a crafted promotion, which must leave no trace on the server.
    #[track_caller]
    pub fn refuses(&self, environment: &str, crafted: &Crafted, words: &str) {
        let id = self.put(&crafted.raw());
        self.is_refused(&[&format!("+{id}:refs/heads/env/{environment}")], words);
    }
}

/// A name as the policy has it.
pub fn title(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest} Example", first.to_uppercase())
}

/// Replaces the policy's reviewers: names and roles.
pub fn reviewers(inventory: &Inventory, people: &[(&str, &str)]) {
    let path = inventory.path("policy.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, _) = text.split_once("reviewers:\n").unwrap();
    fs::write(path, format!("{before}reviewers:\n{}", reviewer_lines(people))).unwrap();
}

pub fn reviewer_lines(people: &[(&str, &str)]) -> String {
    let line = |(name, role): &(&str, &str)| {
        let (title, email, key) = (title(name), email(name), public(name));
        format!("  - name: {title}\n    email: {email}\n    role: {role}\n    signing_key: {key}\n")
    };
    people.iter().map(line).collect()
}
