//! `segell promote`.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use jiff::civil::Date;

use crate::base::word::Word;
use crate::commands::change::writing::tell_next;
use crate::commands::out::{print, say};
use crate::commands::pipeline::place::{Place, Prospect, Roots, tell};
use crate::commands::word::one_of;
use crate::files::objects::Oid;
use crate::inventory::finding::Environment;
use crate::pipeline::approvals::{Gathered, gather};
use crate::pipeline::gate::{Judge, Refusal, approvers, missing};
use crate::pipeline::git::{Draft, Git, short};
use crate::pipeline::promotion::{self, Signed};
use crate::pipeline::remote;
use crate::tr;

/// Write the promotion of a commit of `main` to an environment, with its approvals
///
/// Exit code 0: written; 1: it may not be, or approvals are missing; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    roots: Roots,
    /// The environment
    #[arg(long, value_parser = one_of::<Environment>())]
    env: Environment,
    /// The commit of `main`; its tip unless given
    #[arg(long, value_name = "REV")]
    commit: Option<String>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Fetch first, and send the promotion to the server
    #[arg(long)]
    push: bool,
    /// Where `--push` sends it: `env` to the branch itself, `promote` to the branch from which the
    /// forge's job takes it; by the address of `origin` unless given
    #[arg(long, value_enum, value_name = "WHERE")]
    to: Option<To>,
    /// Write a promotion without approvals, for an administrator to list as a root
    #[arg(long)]
    unapproved: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum To {
    /// `env/E`, which the server's hook guards
    Env,
    /// `promote/E`, which a job of the forge gates
    Promote,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let git = arguments.place.git()?;
    if arguments.push {
        remote::fetch(&git)?;
    }
    let today = arguments.place.today();
    let environment = arguments.env;
    let roots = arguments.roots.of(Some(environment))?;
    let mut judge = Judge::new(&git, environment, &roots)?;
    let Some((prospect, signed)) = promotable(arguments, &mut judge, today)? else {
        return Ok(ExitCode::FAILURE);
    };
    let message = promotion::message(&prospect.statement, &signed);
    if arguments.dry_run {
        print(|out| write!(out, "{message}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let new = written(arguments, &git, &prospect, &message)?;
    if !arguments.unapproved {
        let verdict = judge.judge(Some(prospect.case.from.id), new, today)?;
        if !verdict.refusals.is_empty() {
            tell(&verdict.refusals);
            return Ok(ExitCode::FAILURE);
        }
    }
    let branch = environment.branch();
    keep(&git, &branch, new)?;
    say(tr!("`{branch}` is at {commit}", branch = &branch, commit = short(new)));
    if arguments.unapproved {
        say(tr!(
            "nobody has approved it: it stands only as a root, which an administrator lists with `git config --add segell.{environment}.root {commit}`",
            environment = environment.word(),
            commit = new.to_string()
        ));
    }
    send(arguments, &git, &branch, new)
}

/// What is to be promoted and who has signed it, nobody where nobody need; none, once it is told what keeps
/// it.
fn promotable(
    arguments: &Arguments,
    judge: &mut Judge<'_>,
    today: Date,
) -> Result<Option<(Prospect, Vec<Signed>)>> {
    let commit = arguments.commit.as_deref();
    let prospect = match arguments.unapproved {
        true => Prospect::unjudged(judge, commit, today)?,
        false => Prospect::of(judge, commit, today)?,
    };
    let prospect = match prospect {
        Ok(prospect) if arguments.unapproved => return Ok(Some((prospect, Vec::new()))),
        Ok(prospect) => prospect,
        Err(refusals) => {
            tell(&refusals);
            return Ok(None);
        }
    };
    match enough(prospect, judge)? {
        Ok(approved) => Ok(Some(approved)),
        Err(lacking) => {
            lacking.tell();
            Ok(None)
        }
    }
}

/// The promotion, written, on no branch yet.
fn written(arguments: &Arguments, git: &Git, prospect: &Prospect, message: &str) -> Result<Oid> {
    let person = git.person(arguments.place.now())?;
    git.write_commit(&Draft {
        tree: prospect.case.commit.tree,
        parents: &[prospect.case.from.id, prospect.case.commit.id],
        author: &person.line,
        committer: &person.line,
        message,
    })
}

/// What is wanting before something can be promoted.
struct Lacking {
    gathered: Gathered,
    missing: Vec<Refusal>,
}

impl Lacking {
    fn tell(self) {
        for why in self.gathered.bad {
            eprintln!("{}", tr!("passed over: {why}", why = why));
        }
        tell(&self.missing);
        for commit in self.gathered.elsewhere {
            let hint = tr!(
                "note: {commit} has approvals; that one is promoted with `--commit {commit}`",
                commit = short(commit)
            );
            eprintln!("{hint}");
        }
    }
}

/// The statement that has enough approvals, of several the one that rests on the latest tip of
/// `env/pre`, and those approvals.
fn enough(
    prospect: Prospect,
    judge: &mut Judge<'_>,
) -> Result<Result<(Prospect, Vec<Signed>), Lacking>> {
    let approvers = approvers(judge, &prospect.case)?;
    let mut candidates = prospect.approved(judge)?;
    if candidates.is_empty() {
        candidates.push(prospect);
    }
    let mut first = None;
    for candidate in candidates {
        let gathered = gather(judge.git, &approvers, &candidate.statement)?;
        let people: Vec<_> = gathered.good.iter().map(|approved| &approved.reviewer).collect();
        let missing = missing(judge.git, &candidate.case, &people)?;
        if missing.is_empty() {
            let signed = gathered.good.into_iter().map(|approved| Signed {
                name: approved.reviewer.name,
                email: approved.reviewer.email,
                approval: approved.approval,
            });
            return Ok(Ok((candidate, signed.collect())));
        }
        first.get_or_insert(Lacking { gathered, missing });
    }
    Ok(Err(first.expect("there is one candidate at least")))
}

/// Lets the branch of this repository point to the promotion.
fn keep(git: &Git, branch: &str, new: Oid) -> Result<()> {
    let name = format!("refs/heads/{branch}");
    ensure!(
        !git.is_checked_out(&name),
        tr!(
            "`{branch}` is checked out here; go back to `main` first: `git switch main`",
            branch = branch
        )
    );
    git.update(&name, git.reference(&name)?, new, "segell promote")
}

fn send(arguments: &Arguments, git: &Git, branch: &str, new: Oid) -> Result<ExitCode> {
    let environment = branch.trim_start_matches("env/");
    let to =
        arguments.to.unwrap_or_else(|| if remote::is_forge(git) { To::Promote } else { To::Env });
    let refspec = match to {
        To::Env => format!("{new}:refs/heads/{branch}"),
        To::Promote => format!("+{new}:refs/heads/promote/{environment}"),
    };
    if arguments.push {
        remote::push(git, &refspec)?;
        let sent = refspec.rsplit(':').next().unwrap_or_default().to_owned();
        say(tr!("sent to `{name}` of the server", name = sent));
        if to == To::Env {
            tell_next(&[tr!(
                "`segell manifest --env {environment} --out to-load`",
                environment = environment
            )]);
        }
    } else if git.origin().is_some() {
        say(tr!("to send it: `git push origin {refspec}`", refspec = refspec));
    }
    Ok(ExitCode::SUCCESS)
}
