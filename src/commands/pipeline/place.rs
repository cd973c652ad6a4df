//! What the verbs of the pipeline have in common: where the repository is, which roots, which day,
//! and how a refusal is told.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::base::text::{Argument, Text, names};
use crate::base::time;
use crate::files::objects::Oid;
use crate::inventory::finding::Environment;
use crate::pipeline::approvals::statements;
use crate::pipeline::gate::{self, Case, Judge, Refusal, approvers};
use crate::pipeline::git::{Git, full_id, short};
use crate::pipeline::manifest::Manifest;
use crate::pipeline::promotion::Statement;
use crate::planning::plan::Plan;
use crate::tr;

/// Where the repository is, and on which day it is looked at.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The repository; sought upwards from here unless given
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,
    /// The day that counts as today, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
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

    /// The folder that holds `inventory/`: the repository that is named, or the one found upwards.
    pub fn folder(&self) -> Result<PathBuf> {
        match &self.repo {
            Some(repo) => Ok(repo.clone()),
            None => crate::files::repo::find_root(&std::env::current_dir()?),
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
    /// A commit, not a folder, where the environment's branch may begin, besides those of git's configuration
    /// `segell.ENV.root`; `pre:COMMIT` or `pro:COMMIT` says of which; may be given several times
    #[arg(long = "root", value_name = "COMMIT", value_parser = root)]
    roots: Vec<Root>,
}

/// A root from the command line.
#[derive(Clone, Copy, Debug)]
struct Root {
    /// Of which environment; else of the one that is asked about.
    environment: Option<Environment>,
    commit: Oid,
}

impl Roots {
    /// The roots that are named; those of no environment are of the one that is asked about.
    ///
    /// # Errors
    /// When none is, and a root says of none.
    pub fn of(&self, asked: Option<Environment>) -> Result<gate::Roots> {
        let placed = |root: &Root| {
            let unplaced = || {
                tr!(
                    "say of which environment {commit} is a root: `--root pre:COMMIT` or `--root pro:COMMIT`",
                    commit = short(root.commit)
                )
            };
            let environment = root.environment.or(asked).with_context(unplaced)?;
            Ok((environment, root.commit))
        };
        Ok(gate::Roots::given(self.roots.iter().map(placed).collect::<Result<Vec<_>>>()?))
    }
}

/// `COMMIT`, `pre:COMMIT` or `pro:COMMIT`.
fn root(text: &str) -> Result<Root, String> {
    let (environment, commit) = match text.split_once(':') {
        Some((environment, commit)) => {
            (Some(crate::commands::change::batch::environment(environment)?), commit)
        }
        None => (None, text),
    };
    let commit = commit_id(commit).map_err(|why| match Path::new(commit).is_dir() {
        true => tr!("here `--root` names a commit; a folder is `--repo {folder}`", folder = commit)
            .to_string(),
        false => why,
    })?;
    Ok(Root { environment, commit })
}

/// The full id of a commit from the command line.
pub fn commit_id(text: &str) -> Result<Oid, String> {
    full_id(text).map_err(|error| error.to_string())
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
    /// The commit that a person names, or `main`'s tip, from what the branch is now; for PRO it rests on
    /// the tip of `env/pre`. Refusals: what the gate would say.
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
        Ok(Ok(Self::worded(judge, case)?))
    }

    /// The same, for an administrator who begins again: only a manifest must be there.
    pub fn unjudged(
        judge: &mut Judge<'_>,
        commit: Option<&str>,
        today: Date,
    ) -> Result<Result<Prospect, Vec<Refusal>>> {
        let case = Self::case(judge, commit, today)?;
        if !judge.snapshots.broken(&case.commit)?.is_empty() {
            return Ok(Err(judge.prospect(&case)?));
        }
        Ok(Ok(Self::worded(judge, case)?))
    }

    fn case(judge: &Judge<'_>, commit: Option<&str>, today: Date) -> Result<Case> {
        let commit = match commit {
            Some(name) => judge.git.find(name)?,
            None => judge.main.tip,
        };
        let pre = match judge.environment {
            Environment::Pre => None,
            Environment::Pro => Some(judge.git.existing_branch(&Environment::Pre.branch())?),
        };
        judge.case(judge.tip()?.id, commit, pre, today)
    }

    fn worded(judge: &mut Judge<'_>, case: Case) -> Result<Prospect> {
        let made = judge.snapshots.yielded(&case.commit, case.environment)?;
        let statement = Statement {
            environment: case.environment,
            from: case.from.id,
            commit: case.commit.id,
            manifest: made.files.digest(),
            pre: case.pre,
        };
        Ok(Prospect { case, statement })
    }

    /// The same, as each statement that somebody has approved already says it: for PRO they may rest on
    /// different tips of `env/pre`. Those on its line alone, the latest first.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn approved(&self, judge: &mut Judge<'_>) -> Result<Vec<Prospect>> {
        let approvers = approvers(judge, &self.case)?;
        let mut approved = Vec::new();
        for statement in statements(judge.git, &approvers, &self.statement)? {
            let depth = match statement.pre {
                Some(pre) => judge.depth_in_pre(pre)?,
                None => Some(0),
            };
            let case = Case { pre: statement.pre, ..self.case.clone() };
            approved.extend(depth.map(|depth| (depth, Prospect { case, statement })));
        }
        approved.sort_by_key(|(depth, _)| *depth);
        Ok(approved.into_iter().map(|(_, prospect)| prospect).collect())
    }

    /// What changes, from what the branch holds to what is promoted.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn plan(&self, judge: &mut Judge<'_>) -> Result<Plan> {
        let Case { held, commit, today, .. } = &self.case;
        Plan::between(judge.git, &mut judge.snapshots, held, commit, *today)
    }

    /// What whoever approves it signs: how much is to be loaded, restored and taken out, for whom, where,
    /// and the manifest's digest.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn signed(&self, judge: &mut Judge<'_>) -> Result<Text> {
        let made = judge.snapshots.yielded(&self.case.commit, self.case.environment)?;
        let Manifest { load, restore, remove, .. } = &made.manifest;
        let mut parts: Vec<Argument> = Vec::new();
        if !load.is_empty() {
            let ens = names(load.iter().map(|it| &it.ens));
            let seals =
                tr!(count = load.len(); one "{count} seal to load", many "{count} seals to load");
            parts.push(tr!("{seals}, for {ens}", seals = seals, ens = ens).into());
        }
        if !restore.is_empty() {
            let ens = names(restore.iter().map(|it| &it.ens));
            parts.push(
                tr!("{count} to restore, for {ens}", count = restore.len(), ens = ens).into(),
            );
        }
        if !remove.is_empty() {
            let ens = names(remove.iter().map(|it| &it.ens));
            parts
                .push(tr!("{count} to take out, of {ens}", count = remove.len(), ens = ens).into());
        }
        if parts.is_empty() {
            parts.push(tr!("nothing to load").into());
        }
        Ok(tr!(
            "what is signed: in {environment}, {what}; the manifest sha256:{digest}, of commit {commit}",
            environment = self.case.environment.shown(),
            what = Argument::List(parts),
            digest = self.statement.manifest.to_string(),
            commit = short(self.statement.commit)
        ))
    }
}
