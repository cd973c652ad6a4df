//! `segell approve`.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;

use crate::base::text::Text;
use crate::base::time::plus_days;
use crate::base::word::Word;
use crate::commands::out::{print, say};
use crate::commands::pipeline::place::{Place, Prospect, Roots, tell};
use crate::commands::word::one_of;
use crate::files::signature::{Key, Signature};
use crate::inventory::finding::Environment;
use crate::pipeline::approvals::gather;
use crate::pipeline::gate::{Approved, Approvers, Judge, LONGEST_APPROVAL, approvers, missing};
use crate::pipeline::git::{Git, short};
use crate::pipeline::promotion::{Approval, Statement};
use crate::pipeline::remote;
use crate::pipeline::reviewer::role_name;
use crate::pipeline::signer::Signer;
use crate::tr;

/// Approve what an environment is to load: look at the plan, and sign it
///
/// Exit code 0: approved; 1: it may not be; 2: it could not run.
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
    /// The last day on which the approval counts, 31 days ahead at most; 14 days ahead unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    expires: Option<Date>,
    /// Sign with this SSH key instead of the one that git is configured to sign with
    #[arg(long, value_name = "FILE", conflicts_with_all = ["statement", "signature"])]
    key: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Show every value that changes too, and the manifests line by line
    #[arg(long)]
    full: bool,
    /// Fetch first, and send the approval to the server
    #[arg(long)]
    push: bool,
    /// Show the plan, print the text to sign elsewhere, and stop
    #[arg(long, conflicts_with = "signature")]
    statement: bool,
    /// Take back the signature of that text, as `ssh-keygen -Y sign -n segell` writes it
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

/// How many days ahead an approval expires unless asked otherwise.
const USUAL: i64 = 14;

/// An approval that lasts fewer days is renewed by approving once more.
const SOON: i64 = 7;

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let git = arguments.place.git()?;
    // Who cannot sign need not read the plan first.
    let signer = match arguments.statement || arguments.signature.is_some() {
        true => None,
        false => Some(Signer::of(&git, arguments.key.as_deref())?),
    };
    if arguments.push {
        remote::fetch(&git)?;
    }
    let today = arguments.place.today();
    let environment = arguments.env;
    let roots = arguments.roots.of(Some(environment))?;
    let mut judge = Judge::new(&git, environment, &roots)?;
    let prospect = match Prospect::of(&mut judge, arguments.commit.as_deref(), today)? {
        Ok(prospect) => joined(prospect, &mut judge)?,
        Err(refusals) => {
            tell(&refusals);
            return Ok(ExitCode::FAILURE);
        }
    };
    let expires = arguments.expires.unwrap_or_else(|| plus_days(today, USUAL));
    let approvers = approvers(&mut judge, &prospect.case)?;
    let key = signer.as_ref().and_then(Signer::public_key);
    // Whoever has approved it already is asked nothing, unless for another day, or when that runs out soon.
    if let Some(key) = key.filter(|_| arguments.expires.is_none() && !arguments.statement)
        && let Some(known) = approved_by(&git, &approvers, &prospect.statement, &key)?
        && plus_days(today, SOON) <= known.approval.expires
    {
        let said = tr!(
            "{name} has approved this already, until {day}",
            name = &known.reviewer.name,
            day = known.approval.expires
        );
        return settle(arguments, &git, &approvers, &prospect, (&known.approval, said));
    }
    prospect.show(&mut judge, arguments.full, &mut io::stderr().lock())?;
    eprintln!("\n{}", prospect.signed(&mut judge)?);
    let statement = &prospect.statement;
    if arguments.statement {
        print(|out| write!(out, "{}", statement.signed_text(expires)))?;
        return Ok(ExitCode::SUCCESS);
    }
    let approval = match (&arguments.signature, signer) {
        (Some(file), _) => taken_back(file, statement, today)?,
        (None, None) => bail!(tr!("nothing was signed")),
        (None, Some(signer)) => {
            if let Some(key) = signer.public_key()
                && approvers.with_key(&key).is_none()
            {
                return Ok(refused(
                    &tr!("{key} is no reviewer's key", key = key.fingerprint()).to_string(),
                ));
            }
            if !arguments.yes && !agreed(statement)? {
                eprintln!("{}", tr!("nothing was signed"));
                return Ok(ExitCode::FAILURE);
            }
            Approval { expires, signature: signer.sign(&statement.signed_text(expires))? }
        }
    };
    let reviewer = match approvers.accept(statement, &approval) {
        Ok(reviewer) => reviewer,
        Err(why) => return Ok(refused(&why.to_string())),
    };
    let said = tr!(
        "{name} ({role}) approves {commit} for {environment}, until {day}",
        name = &reviewer.name,
        role = role_name(reviewer.role),
        commit = short(statement.commit),
        environment = statement.environment.shown(),
        day = approval.expires
    );
    settle(arguments, &git, &approvers, &prospect, (&approval, said))
}

/// Keeps and sends an approval, and says what is still missing.
fn settle(
    arguments: &Arguments,
    git: &Git,
    approvers: &Approvers,
    prospect: &Prospect,
    (approval, said): (&Approval, Text),
) -> Result<ExitCode> {
    let statement = &prospect.statement;
    let name = approval.reference(statement);
    let blob = git.write_blob(approval.to_blob(statement).as_bytes())?;
    if git.reference(&name)? != Some(blob) {
        git.update(&name, git.reference(&name)?, blob, "segell approve")?;
    }
    if arguments.push {
        remote::push(git, &format!("{name}:{name}"))?;
    }
    say(said);
    let gathered = gather(git, approvers, statement)?;
    let people: Vec<_> = gathered.good.iter().map(|approved| &approved.reviewer).collect();
    let missing = missing(git, &prospect.case, &people)?;
    let environment = statement.environment.word();
    if missing.is_empty() {
        say(tr!("next: `segell promote --env {environment} --push`", environment = environment));
    }
    for refusal in missing {
        say(tr!("still missing: {what}; {help}", what = refusal.message, help = refusal.help));
    }
    if !arguments.push {
        say(tr!("to send it: the same with `--push`, or `git push origin {name}`", name = name));
    }
    Ok(ExitCode::SUCCESS)
}

/// The approval of this statement that the owner of a key has given, where it counts.
fn approved_by(
    git: &Git,
    approvers: &Approvers,
    statement: &Statement,
    key: &Key,
) -> Result<Option<Approved>> {
    let Some(reviewer) = approvers.with_key(key) else { return Ok(None) };
    let gathered = gather(git, approvers, statement)?;
    Ok(gathered.good.into_iter().find(|known| known.reviewer.email == reviewer.email))
}

/// The statement that others have approved already, where there is one: approvals of one statement are
/// counted together.
fn joined(prospect: Prospect, judge: &mut Judge<'_>) -> Result<Prospect> {
    for approved in prospect.approved(judge)? {
        if approved.statement == prospect.statement || judge.prospect(&approved.case)?.is_empty() {
            return Ok(approved);
        }
    }
    Ok(prospect)
}

fn refused(why: &str) -> ExitCode {
    eprintln!("{}", tr!("refused: {why}", why = why));
    ExitCode::FAILURE
}

/// Asks whoever sits at the terminal.
fn agreed(statement: &Statement) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!(tr!("nobody to ask: give `--yes` when you have read the plan"));
    }
    eprint!(
        "{} ",
        tr!(
            "Approve {commit} for {environment}? [y/N]",
            commit = short(statement.commit),
            environment = statement.environment.shown()
        )
    );
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "s" | "sí" | "si"))
}

/// A signature that was made elsewhere: the day in the text that was signed is the one for which
/// it verifies.
fn taken_back(file: &Path, statement: &Statement, today: Date) -> Result<Approval> {
    let shown = file.display().to_string();
    let text =
        fs::read_to_string(file).with_context(|| tr!("cannot read `{file}`", file = &shown))?;
    let signature = Signature::from_armour(&text);
    let signature =
        signature.with_context(|| tr!("`{file}` is no SSH signature", file = &shown))?;
    let days = (0..=LONGEST_APPROVAL).map(|ahead| plus_days(today, ahead));
    let approvals = days.map(|expires| Approval { expires, signature: signature.clone() });
    let good = approvals.into_iter().find(|approval| approval.verifies(statement));
    good.with_context(|| {
        tr!(
            "`{file}` is not a signature of this statement; print it again with `--statement`",
            file = &shown
        )
    })
}
