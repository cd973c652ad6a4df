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
use crate::commands::pager;
use crate::commands::pipeline::place::{Place, Prospect, Roots, tell};
use crate::commands::word::one_of;
use crate::files::signature::Signature;
use crate::inventory::finding::Environment;
use crate::pipeline::approvals::gather;
use crate::pipeline::gate::{Approved, Approvers, Judge, LONGEST_APPROVAL, approvers, missing};
use crate::pipeline::git::{Git, short};
use crate::pipeline::promotion::{Approval, Statement};
use crate::pipeline::remote;
use crate::pipeline::reviewer::{Reviewer, role_name};
use crate::pipeline::signer::Signer;
use crate::planning::plan::Plan;
use crate::tr;
use crate::views::plan::Full;
use crate::views::screen::{Format, Screen, View};

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
    let signer = arguments.signer(&git)?;
    if arguments.push {
        remote::fetch(&git)?;
    }
    let today = arguments.place.today();
    let roots = arguments.roots.of(Some(arguments.env))?;
    let mut judge = Judge::new(&git, arguments.env, &roots)?;
    let prospect = match Prospect::of(&mut judge, arguments.commit.as_deref(), today)? {
        Ok(prospect) => joined(prospect, &mut judge)?,
        Err(refusals) => {
            tell(&refusals);
            return Ok(ExitCode::FAILURE);
        }
    };
    let approvers = approvers(&mut judge, &prospect.case)?;
    let round = Round { arguments, git: &git, approvers: &approvers, prospect: &prospect, today };
    if let Some(known) = round.given_before(signer.as_ref())? {
        return round.settle(&known.approval, already(&known));
    }
    arguments.show(&prospect.plan(&mut judge)?)?;
    eprintln!("\n{}", prospect.signed(&mut judge)?);
    if arguments.statement {
        print(|out| write!(out, "{}", prospect.statement.signed_text(round.expires())))?;
        return Ok(ExitCode::SUCCESS);
    }
    match round.approval(signer)? {
        Ok((said, approval)) => round.settle(&approval, said),
        Err(why) => {
            eprintln!("{why}");
            Ok(ExitCode::FAILURE)
        }
    }
}

impl Arguments {
    /// Whoever signs here; none where that is done elsewhere. Who cannot sign need not read the plan first.
    fn signer(&self, git: &Git) -> Result<Option<Signer>> {
        match self.statement || self.signature.is_some() {
            true => Ok(None),
            false => Signer::of(git, self.key.as_deref()).map(Some),
        }
    }

    /// Shows what is approved: to whoever is asked at a terminal through a pager, else on standard error,
    /// since standard output is for the text to sign.
    fn show(&self, plan: &Plan) -> io::Result<()> {
        match self.full {
            true => self.show_view(&Full(plan)),
            false => self.show_view(plan),
        }
    }

    fn show_view(&self, view: &impl View) -> io::Result<()> {
        let is_asked = !(self.yes || self.statement || self.signature.is_some());
        if is_asked && io::stdin().is_terminal() && io::stdout().is_terminal() {
            return pager::show(view, Format::Human);
        }
        let out = &mut io::stderr().lock();
        view.show(Format::Human, &mut Screen { out, width: None, colour: false })
    }
}

/// An approval that is being given.
struct Round<'r> {
    arguments: &'r Arguments,
    git: &'r Git,
    approvers: &'r Approvers,
    prospect: &'r Prospect,
    today: Date,
}

impl Round<'_> {
    fn expires(&self) -> Date {
        self.arguments.expires.unwrap_or_else(|| plus_days(self.today, USUAL))
    }

    /// The approval that the signer has given already: they are asked nothing, unless for another day, or
    /// when it runs out soon.
    fn given_before(&self, signer: Option<&Signer>) -> Result<Option<Approved>> {
        let is_new = self.arguments.expires.is_some() || self.arguments.statement;
        let Some(key) = signer.and_then(Signer::public_key).filter(|_| !is_new) else {
            return Ok(None);
        };
        let Some(reviewer) = self.approvers.with_key(&key) else { return Ok(None) };
        let gathered = gather(self.git, self.approvers, &self.prospect.statement)?;
        let mut own = gathered.good.into_iter().filter(|it| it.reviewer.email == reviewer.email);
        Ok(own.find(|known| plus_days(self.today, SOON) <= known.approval.expires))
    }

    /// The approval as it is signed here or was elsewhere, and whose it is in words; else why there is none.
    fn approval(&self, signer: Option<Signer>) -> Result<Result<(Text, Approval), Text>> {
        let statement = &self.prospect.statement;
        let approval = match (&self.arguments.signature, signer) {
            (Some(file), _) => taken_back(file, statement, self.today)?,
            (None, None) => bail!(tr!("nothing was signed")),
            (None, Some(signer)) => match self.sign(&signer)? {
                Ok(approval) => approval,
                Err(why) => return Ok(Err(why)),
            },
        };
        Ok(match self.approvers.accept(statement, &approval) {
            Ok(by) => Ok((said(&by, statement, &approval), approval)),
            Err(why) => Err(refused(why)),
        })
    }

    /// Signs, once whoever sits at the terminal has agreed.
    fn sign(&self, signer: &Signer) -> Result<Result<Approval, Text>> {
        let statement = &self.prospect.statement;
        if let Some(key) = signer.public_key()
            && self.approvers.with_key(&key).is_none()
        {
            return Ok(Err(refused(tr!("{key} is no reviewer's key", key = key.fingerprint()))));
        }
        if !self.arguments.yes && !agreed(statement)? {
            return Ok(Err(tr!("nothing was signed")));
        }
        let expires = self.expires();
        Ok(Ok(Approval { expires, signature: signer.sign(&statement.signed_text(expires))? }))
    }

    /// Keeps and sends an approval, and says what is still missing.
    fn settle(&self, approval: &Approval, said: Text) -> Result<ExitCode> {
        let (git, statement) = (self.git, &self.prospect.statement);
        let name = approval.reference(statement);
        let blob = git.write_blob(approval.to_blob(statement).as_bytes())?;
        if git.reference(&name)? != Some(blob) {
            git.update(&name, git.reference(&name)?, blob, "segell approve")?;
        }
        if self.arguments.push {
            remote::push(git, &format!("{name}:{name}"))?;
        }
        say(said);
        let gathered = gather(git, self.approvers, statement)?;
        let people: Vec<_> = gathered.good.iter().map(|approved| &approved.reviewer).collect();
        let missing = missing(git, &self.prospect.case, &people)?;
        if missing.is_empty() {
            let environment = statement.environment.word();
            say(tr!(
                "next: `segell promote --env {environment} --push`",
                environment = environment
            ));
        }
        for refusal in missing {
            say(tr!("still missing: {what}; {help}", what = refusal.message, help = refusal.help));
        }
        if !self.arguments.push {
            let name = &name;
            say(tr!(
                "to send it: the same with `--push`, or `git push origin {name}`",
                name = name
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn already(known: &Approved) -> Text {
    tr!(
        "{name} has approved this already, until {day}",
        name = &known.reviewer.name,
        day = known.approval.expires
    )
}

fn said(by: &Reviewer, statement: &Statement, approval: &Approval) -> Text {
    tr!(
        "{name} ({role}) approves {commit} for {environment}, until {day}",
        name = &by.name,
        role = role_name(by.role),
        commit = short(statement.commit),
        environment = statement.environment.shown(),
        day = approval.expires
    )
}

fn refused(why: Text) -> Text {
    tr!("refused: {why}", why = why)
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
