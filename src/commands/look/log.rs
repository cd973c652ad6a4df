//! `segell log`.

use std::process::ExitCode;

use anyhow::Result;

use crate::commands::out::{print, say, show};
use crate::commands::pipeline::place::{Place, Roots};
use crate::commands::word::{format_of, one_of};
use crate::inventory::finding::Environment;
use crate::pipeline::gate::Judge;
use crate::pipeline::git::Git;
use crate::pipeline::log::{Log, allowed_signers};
use crate::tr;
use crate::views::screen::Format;

/// Show the approval record: what was promoted, who wrote it and who approved it
///
/// Exit code 0: shown; 1: with `--verify`, something does not hold; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    roots: Roots,
    /// Only this environment
    #[arg(long, value_parser = one_of::<Environment>())]
    env: Option<Environment>,
    /// Check every signature again, and each promotion on its own day
    #[arg(long)]
    verify: bool,
    /// With `--verify`, say too what today's checklist finds in each; it decides nothing
    #[arg(long, requires = "verify")]
    rules: bool,
    /// Print the file with which `ssh-keygen -Y verify` checks the approvals
    #[arg(long, conflicts_with = "verify")]
    allowed_signers: bool,
    /// How the record is written
    #[arg(long, value_parser = format_of::<Log>(), default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let git = arguments.place.git()?;
    if !arguments.verify && !arguments.allowed_signers && begun(arguments, &git)?.is_empty() {
        return nothing_yet(arguments);
    }
    let mut judges = judges(arguments, &git)?;
    if arguments.allowed_signers {
        let signers = allowed_signers(&mut judges)?;
        print(|out| out.write_all(signers.as_bytes()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let log = Log::of(&mut judges, arguments.verify, arguments.rules)?;
    show(&log, arguments.format)?;
    Ok(ExitCode::from(u8::from(log.is_refused())))
}

/// The environments that have a branch, of what is asked for.
fn begun(arguments: &Arguments, git: &Git) -> Result<Vec<Environment>> {
    let asked = arguments.env;
    let mut begun = Vec::new();
    for environment in Environment::BOTH.into_iter().filter(|it| asked.is_none_or(|env| env == *it))
    {
        if git.branch(&environment.branch())?.is_some() {
            begun.push(environment);
        }
    }
    Ok(begun)
}

/// To whoever looks at a new clone that is no error.
fn nothing_yet(arguments: &Arguments) -> Result<ExitCode> {
    match arguments.format {
        Format::Human => say(tr!(
            "nothing has been promoted yet, as far as this clone knows: it has no branch `env/pre` or `env/pro`; see docs/bare-server.md to begin them, or fetch them"
        )),
        format => show(&Log::empty(), format)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The environments that have a branch, of what is asked for: one must be there.
fn judges<'g>(arguments: &Arguments, git: &'g Git) -> Result<Vec<Judge<'g>>> {
    let asked = arguments.env;
    let roots = arguments.roots.of(asked)?;
    let mut begun = begun(arguments, git)?;
    if begun.is_empty() {
        begun.push(asked.unwrap_or(Environment::Pre));
    }
    begun.into_iter().map(|environment| Judge::new(git, environment, &roots)).collect()
}
