//! `segell doctor`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::commands::out::show;
use crate::commands::word::format_of;
use crate::pipeline::checkup::Checkup;
use crate::pipeline::git::Git;
use crate::views::screen::Format;

/// Tell what your clone lacks to review, approve and promote, and what to do about each
///
/// It looks at git, OpenSSH, the key that you sign with, the roots, the remote, what `git fetch` brings, and
/// the hooks; in a server's repository at its hooks and settings. It changes nothing and asks no network.
/// Exit code 1: something is lacking.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The repository; sought upwards from here unless given
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,
    /// How it is told
    #[arg(long, value_parser = format_of::<Checkup>(), default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let git = match &arguments.repo {
        Some(repo) => Git::named(repo),
        None => Git::discover(&std::env::current_dir()?),
    };
    let checkup = Checkup::of(&git);
    show(&checkup, arguments.format)?;
    Ok(ExitCode::from(u8::from(checkup.lacks_something())))
}
