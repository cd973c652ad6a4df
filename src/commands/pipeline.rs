//! What the verbs of the pipeline have in common: where the repository is, which roots, which day,
//! and how a refusal is told.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use git2::Oid;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::finding::Environment;
use crate::gate::{Case, Judge, Refusal};
use crate::git::{Git, full_id};
use crate::plan::{self, Plan};
use crate::promotion::Statement;
use crate::{time, tr};

/// Where the repository is, and on which day it is looked at.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The repository; sought upwards from here unless given
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,
    /// The day that counts as today, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    as_of: Option<Date>,
}

impl Place {
    /// The repository.
    pub fn git(&self) -> Result<Git> {
        match self.repo.clone().or_else(|| std::env::var_os("GIT_DIR").map(PathBuf::from)) {
            Some(repo) => Git::named(&repo),
            None => Git::discover(&std::env::current_dir()?),
        }
    }

    /// Today.
    pub fn today(&self) -> Date {
        self.as_of.unwrap_or_else(time::today)
    }

    /// Now; noon of the day that was given instead of today.
    pub fn now(&self) -> Timestamp {
        self.as_of.map_or_else(time::now, time::noon_of)
    }
}

/// Where environments' branches may begin.
#[derive(Debug, clap::Args)]
pub struct Roots {
    /// A commit where the environment's branch may begin, besides those of git's configuration
    /// `segell.ENV.root`; may be given several times
    #[arg(long = "root", value_name = "COMMIT", value_parser = commit_id)]
    pub roots: Vec<Oid>,
}

/// The full id of a commit from the command line.
pub fn commit_id(text: &str) -> Result<Oid, String> {
    full_id(text).map_err(|error| error.to_string())
}

/// Where seals are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Env {
    /// Pre-production
    Pre,
    /// Production
    Pro,
}

impl From<Env> for Environment {
    fn from(env: Env) -> Environment {
        match env {
            Env::Pre => Environment::Pre,
            Env::Pro => Environment::Pro,
        }
    }
}

/// Tells why something is refused, on standard error.
pub fn tell(refusals: &[Refusal]) {
    for refusal in refusals {
        eprintln!(
            "{}",
            tr!(
                "refused ({rule}): {what}",
                rule = refusal.rule.name,
                what = refusal.message.clone()
            )
        );
        eprintln!("  {}", tr!("help: {help}", help = refusal.help.clone()));
    }
}

/// What may be promoted: judged, approvals apart, and put into words.
pub struct Prospect {
    /// What is judged.
    pub case: Case,
    /// What reviewers sign.
    pub statement: Statement,
}

impl Prospect {
    /// The commit that a person names, or `main`'s tip, from what the branch is now. Refusals:
    /// what the gate would say.
    pub fn of(
        judge: &mut Judge<'_>,
        commit: Option<&str>,
        today: Date,
    ) -> Result<Result<Prospect, Vec<Refusal>>> {
        let case = Self::case(judge, commit, today)?;
        let refusals = judge.prospect(&case)?;
        if !refusals.is_empty() {
            return Ok(Err(refusals));
        }
        Self::worded(judge, case)
    }

    /// The same, for an administrator who begins again: only a manifest must be there.
    pub fn unjudged(
        judge: &mut Judge<'_>,
        commit: Option<&str>,
        today: Date,
    ) -> Result<Result<Prospect, Vec<Refusal>>> {
        let case = Self::case(judge, commit, today)?;
        Self::worded(judge, case)
    }

    fn case(judge: &Judge<'_>, commit: Option<&str>, today: Date) -> Result<Case> {
        let commit = match commit {
            Some(name) => judge.git.find(name)?,
            None => judge.main.tip,
        };
        judge.case(judge.tip()?.id, commit, today)
    }

    fn worded(judge: &mut Judge<'_>, case: Case) -> Result<Result<Prospect, Vec<Refusal>>> {
        let made = judge.snapshots.yielded(&case.commit, case.environment)?;
        let manifest = match made.as_ref() {
            Ok(made) => made.files.digest(),
            Err(_) => return Ok(Err(judge.prospect(&case)?)),
        };
        let statement = Statement {
            environment: case.environment,
            from: case.from.id,
            commit: case.commit.id,
            manifest,
        };
        Ok(Ok(Prospect { case, statement }))
    }

    /// Shows what changes, from what the branch holds to what is promoted.
    ///
    /// # Errors
    /// When git data is missing, or `out` cannot be written to.
    pub fn show(&self, judge: &mut Judge<'_>, out: &mut dyn Write) -> Result<()> {
        let Case { held, commit, today, .. } = &self.case;
        let plan = Plan::between(judge.git, &mut judge.snapshots, held, commit, *today)?;
        plan::write(&plan, plan::Format::Human, out)?;
        Ok(())
    }
}
