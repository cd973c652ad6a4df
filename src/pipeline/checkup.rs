//! What a person's clone, or a server's repository, lacks to take part: each point with its cure.

mod hooks;
mod tools;

use anyhow::Result;

use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::files::signature::Key;
use crate::inventory::finding::Environment;
use crate::pipeline::git::{Git, short};
use crate::pipeline::remote;
use crate::pipeline::reviewer::{Reviewer, reviewers_at, role_name, whose};
use crate::pipeline::signer::Signer;
use crate::tr;

/// What git fetches of the server.
const BRANCHES: &str = "+refs/heads/*:refs/remotes/origin/*";
const APPROVALS: &str = "+refs/approvals/*:refs/approvals/*";

/// How a point stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Fine,
    /// It works without, or only some need it.
    Note,
    /// Something will not work.
    Lacks,
}

/// One thing that is looked at.
#[derive(Debug)]
pub struct Point {
    /// What it is called, for programs.
    pub about: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub found: Text,
    /// What to do about it; nothing where it is fine.
    pub cure: Option<Text>,
}

/// All that is looked at, in the order in which it is put right.
#[derive(Debug, Default)]
pub struct Checkup {
    /// The points.
    pub points: Vec<Point>,
}

impl Checkup {
    /// Looks at the repository, or tells why there is none to look at.
    pub fn of(git: &Result<Git>) -> Checkup {
        let mut checkup = Checkup { points: vec![tools::git(), tools::openssh()] };
        match git {
            Err(error) => checkup.points.push(lacks(
                "repository",
                tr!("{reason}", reason = format!("{error:#}")),
                tr!("run this in your clone, or name it with `--repo`"),
            )),
            Ok(git) => checkup.points.extend(of_repository(git)),
        }
        checkup
    }

    /// Whether something will not work.
    pub fn lacks_something(&self) -> bool {
        self.points.iter().any(|point| point.state == State::Lacks)
    }
}

fn fine(about: &'static str, found: Text) -> Point {
    Point { about, state: State::Fine, found, cure: None }
}

fn note(about: &'static str, found: Text, cure: Text) -> Point {
    Point { about, state: State::Note, found, cure: Some(cure) }
}

fn lacks(about: &'static str, found: Text, cure: Text) -> Point {
    Point { about, state: State::Lacks, found, cure: Some(cure) }
}

fn of_repository(git: &Git) -> Vec<Point> {
    let mut points = vec![
        fine("repository", tr!("{folder}", folder = git.folder().display().to_string())),
        history(git),
    ];
    let environments = [Environment::Pre, Environment::Pro];
    if git.workdir().is_some() {
        points.push(person(git));
        points.push(key(git));
        points.push(remote(git));
        points.extend([refspec(git), approvals(git), pruning(git)].into_iter().flatten());
        points.extend(branches(git));
        points.extend(environments.map(|environment| roots(git, environment)));
        points.push(hooks::of_clone(git));
    } else {
        points.extend(environments.map(|environment| roots(git, environment)));
        points.extend(["pre-receive", "post-receive"].map(|name| hooks::of_server(git, name)));
        points.extend(
            [("receive.fsckObjects", "fsck"), ("core.logAllRefUpdates", "reflog")]
                .map(|(setting, about)| hooks::setting_of_server(git, setting, about)),
        );
    }
    points
}

fn history(git: &Git) -> Point {
    match git.ensure_whole() {
        Ok(()) => fine("history", tr!("the history is whole")),
        Err(error) => lacks(
            "history",
            tr!("{reason}", reason = format!("{error:#}")),
            tr!("nothing can be verified until then"),
        ),
    }
}

fn person(git: &Git) -> Point {
    match (git.setting("user.name"), git.setting("user.email")) {
        (Some(name), Some(email)) => {
            fine("person", tr!("{name} <{email}>", name = &name, email = &email))
        }
        _ => lacks(
            "person",
            tr!("git does not know who you are"),
            tr!(
                "run `git config --global user.name NAME` and `git config --global user.email EMAIL`, as the policy has them"
            ),
        ),
    }
}

/// The key that this person signs with, and whose the policy on `main` says it is.
fn key(git: &Git) -> Point {
    let signer = match Signer::of(git, None) {
        Ok(signer) => signer,
        Err(error) => {
            return lacks(
                "key",
                tr!("{reason}", reason = format!("{error:#}")),
                tr!(
                    "`ssh-keygen -t ed25519` makes one; its `.pub` file goes into the policy by a pull request"
                ),
            );
        }
    };
    let Some(key) = signer.public_key() else {
        return lacks(
            "key",
            tr!("the public half of the key to sign with is not there"),
            tr!("run `ssh-keygen -y -f KEY > KEY.pub`"),
        );
    };
    let fingerprint = key.fingerprint();
    match reviewers(git) {
        None => note(
            "key",
            tr!("{key}", key = &fingerprint),
            tr!("whose it is cannot be told: `main` has no policy here"),
        ),
        Some(reviewers) => known_key(git, &reviewers, &key, &fingerprint),
    }
}

fn known_key(git: &Git, reviewers: &[Reviewer], key: &Key, fingerprint: &str) -> Point {
    let Some(reviewer) = whose(reviewers, key) else {
        return note(
            "key",
            tr!("{key}, which the policy on `main` lists as nobody's", key = fingerprint),
            tr!("to approve, have it listed: `segell add reviewer`, by a pull request"),
        );
    };
    let (name, role) = (reviewer.name.clone(), role_name(reviewer.role));
    let found = tr!("{key}, of {name} ({role})", key = fingerprint, name = name, role = role);
    let email = git.setting("user.email").unwrap_or_default();
    let addresses = std::iter::once(&reviewer.email).chain(&reviewer.emails);
    match reviewer.is_at(&email) {
        true => fine("key", found),
        false => note(
            "key",
            found,
            tr!(
                "you commit as `{email}`, and the policy knows {addresses}; list yours too, so that nobody approves what they wrote",
                email = &email,
                addresses = names(addresses)
            ),
        ),
    }
}

fn reviewers(git: &Git) -> Option<Vec<Reviewer>> {
    let main = git.commit(git.branch("main").ok()??).ok()?;
    reviewers_at(git, &main).ok()
}

/// Where what is approved goes to.
fn remote(git: &Git) -> Point {
    let (Some(origin), Some(push)) = (git.origin(), git.push_address()) else {
        return lacks(
            "remote",
            tr!("there is no remote `origin`"),
            tr!("run `git remote add origin ADDRESS`, then `git fetch`"),
        );
    };
    let found = match origin == push {
        true => tr!("`{address}`", address = &origin),
        false => {
            tr!("`{address}`, pushed to `{push}`", address = &origin, push = &push)
        }
    };
    let by_password = ["http://", "git://"].iter().any(|scheme| push.starts_with(scheme));
    match by_password {
        false if remote::is_forge(git) => {
            fine("remote", tr!("{found}, a forge: there a job gates", found = found))
        }
        false => fine("remote", found),
        true => lacks(
            "remote",
            found,
            tr!(
                "anybody on the way can change what is sent there; run `git remote set-url --push origin ADDRESS` with one of SSH or HTTPS"
            ),
        ),
    }
}

/// Whether a plain `git fetch` brings the branches.
fn refspec(git: &Git) -> Option<Point> {
    git.origin()?;
    let refspecs = git.settings("remote.origin.fetch");
    Some(match refspecs.iter().any(|refspec| refspec == BRANCHES) {
        true => fine("refspec", tr!("`git fetch` brings every branch")),
        false => lacks(
            "refspec",
            tr!("`git fetch` does not bring every branch"),
            tr!("run `git config --add remote.origin.fetch '{refspec}'`", refspec = BRANCHES),
        ),
    })
}

/// Whether it brings the approvals, without which `today` does not know who has approved.
fn approvals(git: &Git) -> Option<Point> {
    git.origin()?;
    let refspecs = git.settings("remote.origin.fetch");
    Some(match refspecs.iter().any(|refspec| refspec.trim_start_matches('+') == &APPROVALS[1..]) {
        true => fine("approvals", tr!("`git fetch` brings the approvals")),
        false => note(
            "approvals",
            tr!(
                "`git fetch` brings no approvals, so `today` and `status` may not know of them; `approve` and `promote` fetch them themselves"
            ),
            tr!("run `git config --add remote.origin.fetch '{refspec}'`", refspec = APPROVALS),
        ),
    })
}

/// With the approvals fetched, a fetch that prunes takes away one that was not sent yet.
fn pruning(git: &Git) -> Option<Point> {
    let brings = git
        .settings("remote.origin.fetch")
        .iter()
        .any(|refspec| refspec.contains("refs/approvals/"));
    let prunes = git.setting("remote.origin.prune").or_else(|| git.setting("fetch.prune"))?;
    (brings && matches!(&*prunes, "true" | "yes" | "on" | "1")).then(|| {
        lacks(
            "pruning",
            tr!("`git fetch` prunes, and would take away an approval that is not sent yet"),
            tr!("run `git config remote.origin.prune false`"),
        )
    })
}

/// The branches that the pipeline reads.
fn branches(git: &Git) -> Vec<Point> {
    let about = ["main", "env/pre", "env/pro"];
    let missing: Vec<&str> =
        about.into_iter().filter(|branch| !matches!(git.branch(branch), Ok(Some(_)))).collect();
    vec![match missing.is_empty() {
        true => fine("branches", tr!("{branches} are here", branches = names(about))),
        false => lacks(
            "branches",
            tr!("not here: {branches}", branches = names(&missing)),
            tr!("run `git fetch`; where the server has none yet, an administrator begins them"),
        ),
    }]
}

/// Where an environment's branch begins, which no pushed file may say.
fn roots(git: &Git, environment: Environment) -> Point {
    let about = match environment {
        Environment::Pre => "pre-roots",
        Environment::Pro => "pro-roots",
    };
    let shown = environment.shown();
    let cure = || {
        tr!(
            "run `git config --add segell.{environment}.root COMMIT`, with the commit that the administrator tells you by another way than git",
            environment = environment.word()
        )
    };
    match git.roots(environment) {
        Err(error) => lacks(about, tr!("{reason}", reason = format!("{error:#}")), cure()),
        Ok(roots) if roots.is_empty() => lacks(
            about,
            tr!(
                "no root of {environment} is listed, so its record cannot be verified",
                environment = shown
            ),
            cure(),
        ),
        Ok(roots) => match roots.iter().find(|root| git.commit(**root).is_err()) {
            Some(missing) => lacks(
                about,
                tr!(
                    "{commit}, a root of {environment}, is no commit of this repository",
                    commit = short(*missing),
                    environment = shown
                ),
                tr!("run `git fetch`; if it stays so, ask the administrator which commit it is"),
            ),
            None => fine(
                about,
                tr!(
                    "{environment} begins at {commits}",
                    environment = shown,
                    commits = names(roots.iter().map(|root| short(*root)))
                ),
            ),
        },
    }
}
