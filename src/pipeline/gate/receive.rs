//! What a server lets in with a push: git's pre-receive hook, ref by ref.

use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;

use super::{Judge, Refusal, Roots};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::files::objects::{ObjectType, Oid};
use crate::inventory::finding::{Environment, Rule};
use crate::pipeline::git::{Git, Line};
use crate::pipeline::promotion::{Approval, LARGEST_APPROVAL};
use crate::pipeline::reviewer::{reviewers_at, whose};
use crate::tr;

/// One ref that a push moves: a line of the hook's standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What it points to; none: there is no such ref.
    pub old: Option<Oid>,
    /// What it is to point to; none: it is to be deleted.
    pub new: Option<Oid>,
    /// Its full name.
    pub name: String,
}

/// Why a push is refused, and for which ref.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The ref.
    pub name: String,
    /// The rule, when it is one of the gate's.
    pub rule: Option<&'static Rule>,
    /// What is wrong.
    pub message: Text,
    /// What to do next.
    pub help: Option<Text>,
}

impl Update {
    /// Reads `old SP new SP ref`, as git writes it for its hooks.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn read(line: &str) -> Result<Update> {
        let wrong = || tr!("`{line}` is not what git tells its hooks", line = line);
        let (old, rest) = line.split_once(' ').with_context(wrong)?;
        let (new, name) = rest.split_once(' ').with_context(wrong)?;
        let id = |text: &str| -> Result<Option<Oid>> {
            let id = crate::pipeline::git::full_id(text).with_context(wrong)?;
            Ok((!id.is_zero()).then_some(id))
        };
        Ok(Update { old: id(old)?, new: id(new)?, name: name.to_owned() })
    }

    /// The environment whose branch it is.
    pub fn environment(&self) -> Option<Environment> {
        let is = |environment: &Environment| {
            self.name == format!("refs/heads/env/{}", environment.word())
        };
        Environment::BOTH.into_iter().find(is)
    }
}

/// The branch that all else comes from.
const MAIN: &str = "refs/heads/main";

/// Why a push may not come in; nothing: it may.
pub fn receive(git: &Git, updates: &[Update], today: Date) -> Vec<Refused> {
    let mut refused = Vec::new();
    for update in updates {
        let outcome = match update.environment() {
            Some(_) if updates.len() > 1 => Err(tr!(
                "an environment's branch is pushed alone; push the other refs by themselves"
            )
            .into()),
            Some(environment) => move_environment(git, environment, update, today),
            None => accept(git, update).map(|()| Vec::new()),
        };
        let name = &update.name;
        match outcome {
            Ok(refusals) => refused.extend(refusals.into_iter().map(|refusal| Refused {
                name: name.clone(),
                rule: Some(refusal.rule),
                message: refusal.message,
                help: Some(refusal.help),
            })),
            Err(error) => refused.push(Refused {
                name: name.clone(),
                rule: None,
                message: tr!("{why}", why = format!("{error:#}")),
                help: None,
            }),
        }
    }
    refused
}

/// An environment's branch: what the gate says.
fn move_environment(
    git: &Git,
    environment: Environment,
    update: &Update,
    today: Date,
) -> Result<Vec<Refusal>> {
    let new = update.new.with_context(|| tr!("an environment's branch is never deleted"))?;
    let mut judge = Judge::new(git, environment, &Roots::default())?;
    Ok(judge.judge(update.old, new, today)?.refusals)
}

/// Any other ref.
fn accept(git: &Git, update: &Update) -> Result<()> {
    let name = update.name.as_str();
    if name == MAIN {
        return accept_main(git, update);
    }
    ensure!(
        !is_below(name, MAIN) || update.new.is_none(),
        tr!("a branch of this name could be taken for `main`")
    );
    if let Some(approval) = name.strip_prefix("refs/approvals/") {
        return accept_approval(git, update, approval);
    }
    ensure!(
        !is_below(name, "refs/heads/env"),
        tr!("the environments are `env/pre` and `env/pro`; there is no other")
    );
    ensure!(
        !is_below(name, "refs/heads/manifests"),
        tr!("`manifests/*` is written by the server, from what the environments' branches hold")
    );
    ensure!(
        !is_below(name, "refs/replace"),
        tr!("replacements would let people see another history than the gate")
    );
    ensure!(
        !is_below(name, "refs/heads/promote") || name.len() > "refs/heads/promote".len(),
        tr!("a branch named `promote` leaves no room for `promote/pre` and `promote/pro`")
    );
    ensure!(
        !name.strip_prefix("refs/tags/").is_some_and(is_look_alike) || update.new.is_none(),
        tr!("a tag of this name could be taken for the branch")
    );
    Ok(())
}

/// Whether a tag could be taken for a guarded branch, of this repository or of a clone's remote.
fn is_look_alike(tag: &str) -> bool {
    let tag = format!("/{}", tag.to_ascii_lowercase());
    let guarded = ["/env/", "/manifests/", "/promote/"];
    let is_folder = matches!(&*tag, "/env" | "/manifests");
    is_folder || tag.ends_with("/main") || guarded.iter().any(|part| tag.contains(part))
}

/// Whether a ref is this one or lies below it; case is ignored, as some disks do.
fn is_below(name: &str, folder: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == folder || name.strip_prefix(folder).is_some_and(|below| below.starts_with('/'))
}

/// `main` is never deleted, and its old tip stays on its line.
fn accept_main(git: &Git, update: &Update) -> Result<()> {
    let new = update.new.with_context(|| tr!("`main` is never deleted"))?;
    git.ensure_whole()?;
    git.commit(new)?;
    let Some(old) = update.old else { return Ok(()) };
    ensure!(
        Line::new(git, new).depth(old)?.is_some(),
        tr!(
            "`main` may not be rewritten: its tip {old} would leave its line of first parents",
            old = crate::pipeline::git::short(old)
        )
    );
    // What cannot be read here would stop every promotion later.
    let authors = git.authors(old, new)?;
    if let Some(&nobodys) = authors.nobodys.first() {
        bail!(tr!(
            "commit {commit} touches `inventory/` and names no e-mail, so that nobody knows who wrote it; set `git config user.email`, and write it anew",
            commit = crate::pipeline::git::short(nobodys)
        ));
    }
    Ok(())
}

/// Only a new blob that a reviewer on `main` signed, under its own name.
fn accept_approval(git: &Git, update: &Update, name: &str) -> Result<()> {
    let no_approval =
        || tr!("`refs/approvals/*` takes approvals only, as `segell approve --push` sends them");
    ensure!(update.old.is_none(), tr!("an approval is neither changed nor deleted"));
    let new = update.new.with_context(no_approval)?;
    let (size, kind) = git.header(new).with_context(no_approval)?;
    ensure!(kind == ObjectType::Blob && size <= LARGEST_APPROVAL, no_approval());
    let blob = git.object(new, ObjectType::Blob)?;
    let (statement, approval) = Approval::from_blob(&blob).with_context(no_approval)?;
    ensure!(approval.reference(&statement) == format!("refs/approvals/{name}"), no_approval());
    let main = git.commit(git.existing_branch("main")?)?;
    let reviewers = reviewers_at(git, &main)?;
    let key = approval.signature.key();
    ensure!(
        whose(&reviewers, &key).is_some() && approval.verifies(&statement),
        tr!("no reviewer that `main` lists signed this approval")
    );
    Ok(())
}
