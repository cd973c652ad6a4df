//! `segell manifest`.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Subcommand;

use crate::base::word::Word;
use crate::checklist::rules;
use crate::commands::change::writing::tell_next;
use crate::commands::out::say;
use crate::commands::pipeline::place::{Place, Roots, tell};
use crate::commands::word::one_of;
use crate::edit::folder::left_behind;
use crate::files::objects::Oid;
use crate::files::repo::read_file;
use crate::inventory::finding::{Environment, Finding, Severity};
use crate::inventory::survey::Survey;
use crate::pipeline::gate::{self, Judge, Snapshots, stopped};
use crate::pipeline::git::{Commit, Git, full_id, short};
use crate::pipeline::manifest::{self, Yield};
use crate::pipeline::promotion;
use crate::tr;

/// Write the manifest of what an environment is to load, from a commit
///
/// Exit code 0: written, or as it should be; 1: not as it should be, or the commit yields none;
/// 2: it could not run.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    verify: Option<Verb>,
    #[command(flatten)]
    place: Place,
    /// The environment
    #[arg(long, value_parser = one_of::<Environment>(), required = true)]
    env: Option<Environment>,
    /// The commit; what the environment's branch holds unless given
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// The folder to write, whole or not at all
    #[arg(long, value_name = "DIR", required_unless_present = "commit")]
    out: Option<PathBuf>,
    /// Write it as a commit on this branch, such as `refs/heads/manifests/pre`
    #[arg(long, value_name = "REF", conflicts_with = "out")]
    commit: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Verify(Verify),
}

/// Prove that a folder is the manifest that a commit yields, or that an environment holds
#[derive(Debug, clap::Args)]
struct Verify {
    /// The manifest's folder
    dir: PathBuf,
    /// The commit; the one that the manifest names unless given
    #[arg(long, value_name = "REV", conflicts_with = "env")]
    rev: Option<String>,
    /// The environment whose branch must hold it, and hold down to its root
    #[arg(long, value_parser = one_of::<Environment>())]
    env: Option<Environment>,
    /// With `--env`, what makes the answer a no besides a difference
    #[arg(long, value_enum, value_name = "WHAT", requires = "env")]
    deny: Option<Deny>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    roots: Roots,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// What `main` has stopped since
    Warnings,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if let Some(Verb::Verify(verify)) = &arguments.verify {
        return run_verify(verify);
    }
    let environment: Environment =
        arguments.env.context(tr!("name the environment with `--env`"))?;
    let git = arguments.place.git()?;
    let tip = match &arguments.rev {
        Some(rev) => git.find(rev)?,
        None => git.existing_branch(&environment.branch())?,
    };
    // Not taken apart at the end, as the process ends with it.
    let mut snapshots = ManuallyDrop::new(Snapshots::new(&git));
    if let Some(name) = &arguments.commit {
        return commit(&git, &mut snapshots, environment, tip, name);
    }
    let out = arguments.out.as_deref().context(tr!("name the folder with `--out`"))?;
    let held = git.commit(promotion::held(&git.commit(tip)?))?;
    let Some(made) = yielded(&git, &mut snapshots, &held, environment)? else {
        return Ok(ExitCode::FAILURE);
    };
    tell_errors(&mut snapshots, &held, arguments.place.today())?;
    made.files.write(&snapshots.at(&held)?.tree, out)?;
    say(tr!(
        "`{folder}`: {loads} to load, {restorings} to restore and {removals} to remove in {environment}, from {commit}, sha256:{digest}",
        folder = out.display().to_string(),
        loads = made.manifest.load.len(),
        restorings = made.manifest.restore.len(),
        removals = made.manifest.remove.len(),
        environment = environment.shown(),
        commit = short(held.id),
        digest = made.files.digest().to_string()
    ));
    if arguments.rev.is_none() {
        tell_next(&[tr!(
            "whoever loads verifies: `segell manifest verify {folder} --env {environment}`",
            folder = out.display().to_string(),
            environment = environment.word()
        )]);
    }
    Ok(ExitCode::SUCCESS)
}

fn commit(
    git: &Git,
    snapshots: &mut Snapshots<'_>,
    environment: Environment,
    tip: Oid,
    name: &str,
) -> Result<ExitCode> {
    let is_own = name.strip_prefix("refs/heads/manifests/").is_some_and(|env| !env.is_empty());
    if !is_own {
        bail!(tr!("`{name}` is not below `refs/heads/manifests/`", name = name));
    }
    let added = manifest::follow(git, snapshots, environment, tip, name)?;
    say(match added.last() {
        Some(&last) => tr!("`{name}` is at {commit}", name = name, commit = short(last)),
        None => tr!("`{name}` has it already; nothing changes", name = name),
    });
    Ok(ExitCode::SUCCESS)
}

/// What a commit yields; tells what breaks its integrity when it yields nothing. What the environment's
/// branch holds by a listed root was sound when it was let in.
fn yielded(
    git: &Git,
    snapshots: &mut Snapshots<'_>,
    commit: &Commit,
    environment: Environment,
) -> Result<Option<Rc<Yield>>> {
    let broken = snapshots.broken(commit)?;
    if broken.is_empty() || gate::holds(git, environment, commit)? {
        return snapshots.yielded(commit, environment).map(Some);
    }
    let snapshot = snapshots.at(commit)?;
    let id = short(commit.id);
    eprintln!("{}", tr!("{commit} yields no manifest: its inventory is not sound", commit = id));
    broken.iter().for_each(|finding| eprintln!("  {}", snapshot.told(finding)));
    Ok(None)
}

/// Tells today's errors, which keep no manifest from being written.
fn tell_errors(
    snapshots: &mut Snapshots<'_>,
    commit: &Commit,
    today: jiff::civil::Date,
) -> Result<()> {
    let snapshot = snapshots.at(commit)?;
    let survey = Survey::of(&snapshot.inventory, today);
    let findings = rules::tell_once(&survey, rules::check(&survey).findings);
    let errors: Vec<&Finding> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    if !errors.is_empty() {
        eprintln!(
            "{}",
            tr!(count = errors.len();
            one "{count} error today, which the manifest does not depend on:",
            many "{count} errors today, which the manifest does not depend on:")
        );
        errors.iter().for_each(|finding| eprintln!("  {}", snapshot.told(finding)));
    }
    Ok(())
}

fn run_verify(verify: &Verify) -> Result<ExitCode> {
    let git = verify.place.git()?;
    let Some(env) = verify.env else { return compare(verify, &git) };
    let environment = env;
    let mut judge = Judge::new(&git, environment, &verify.roots.of(Some(environment))?)?;
    let tip = judge.tip()?;
    let refusals = judge.verify_line(&tip)?;
    if !refusals.is_empty() {
        tell(&refusals);
        return Ok(ExitCode::FAILURE);
    }
    let held = git.commit(promotion::held(&tip))?;
    let made = judge.snapshots.yielded(&held, environment)?;
    if !is_as_made(&verify.dir, &made, environment, &held)? {
        return Ok(ExitCode::FAILURE);
    }
    say(tr!("every promotion of its branch, down to the root, is approved"));
    let stopped = tell_stopped(&mut judge, &made)?;
    Ok(ExitCode::from(u8::from(stopped && verify.deny.is_some())))
}

/// The same without an environment: whether it was approved is not asked.
fn compare(verify: &Verify, git: &Git) -> Result<ExitCode> {
    let named = Named::read(&verify.dir)?;
    let environment = named.environment()?;
    let held = match &verify.rev {
        Some(rev) => promotion::held(&git.commit(git.find(rev)?)?),
        None => full_id(&named.commit)?,
    };
    let held = git.commit(held)?;
    let mut snapshots = Snapshots::new(git);
    let Some(made) = yielded(git, &mut snapshots, &held, environment)? else {
        return Ok(ExitCode::FAILURE);
    };
    if !is_as_made(&verify.dir, &made, environment, &held)? {
        return Ok(ExitCode::FAILURE);
    }
    say(tr!(
        "whether it was approved is not asked: `--env {environment}` does",
        environment = environment.word()
    ));
    Ok(ExitCode::SUCCESS)
}

/// Says whether the folder is the manifest, to the byte.
fn is_as_made(dir: &Path, made: &Yield, environment: Environment, held: &Commit) -> Result<bool> {
    let differences = made.files.differences(dir)?;
    let (folder, commit) = (dir.display().to_string(), short(held.id));
    if differences.is_empty() {
        say(tr!(
            "`{folder}` is the manifest of {environment} at {commit}, sha256:{digest}",
            folder = folder,
            environment = environment.shown(),
            commit = commit,
            digest = made.files.digest().to_string()
        ));
        return Ok(true);
    }
    eprintln!(
        "{}",
        tr!(
            "`{folder}` is not the manifest of {environment} at {commit}:",
            folder = folder,
            environment = environment.shown(),
            commit = commit
        )
    );
    differences.iter().for_each(|difference| eprintln!("  {difference}"));
    Ok(false)
}

/// Tells what `main` says today of what is to be loaded; whether it says anything.
fn tell_stopped(judge: &mut Judge<'_>, made: &Yield) -> Result<bool> {
    let tip = judge.git.commit(judge.main.tip)?;
    let today = judge.snapshots.at_or_none(&tip)?;
    let stopped = stopped(&today.inventory, &made.manifest.load);
    for (load, why) in &stopped {
        eprintln!(
            "{}",
            tr!(
                "warning: `{certificate}` for `{ens}`: {why}",
                certificate = &load.certificate.id,
                ens = &load.ens,
                why = why.told()
            )
        );
    }
    Ok(!stopped.is_empty())
}

/// The largest `manifest.yaml` that is read.
const LARGEST: u64 = 256 << 20;

/// What a manifest says of itself, by which one knows what to compare it with.
struct Named {
    environment: String,
    commit: String,
}

impl Named {
    fn read(folder: &Path) -> Result<Named> {
        let path = folder.join("manifest.yaml");
        if let Some(old) = left_behind(folder) {
            let (folder, old) = (folder.display().to_string(), old.display().to_string());
            bail!(tr!(
                "there is no `{folder}`: a run that was to replace it did not end, and left it at `{old}`; write it again",
                folder = folder,
                old = old
            ));
        }
        let unreadable = || tr!("cannot read `{file}`", file = path.display().to_string());
        let text = read_file(&path, LARGEST).map_err(|why| anyhow!(why.to_string()));
        let text = text.with_context(unreadable)?;
        let text = String::from_utf8_lossy(&text);
        let value = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
            lines
                .next()
                .map(|value| value.trim_matches(['\'', '"', ' ']).to_owned())
                .unwrap_or_default()
        };
        Ok(Named { environment: value("environment:"), commit: value("commit:") })
    }

    fn environment(&self) -> Result<Environment> {
        match self.environment.as_str() {
            "pre" => Ok(Environment::Pre),
            "pro" => Ok(Environment::Pro),
            _ => bail!(tr!("the manifest names no environment; name it with `--env`")),
        }
    }
}
