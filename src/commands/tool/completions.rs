//! `segell completions`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::commands::out::print;
use crate::tr;

/// Write to standard output what lets a shell complete segell's words, ids of the inventory among them
///
/// Bash: `source <(segell completions bash)` in `~/.bashrc`. Zsh: the same in `~/.zshrc`. Fish:
/// `segell completions fish | source`. The shell asks segell at each key press, so that it always knows the ens,
/// certificates and batches that are there; of batches those with open loads, by the day that comes next.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let shells = Shells::builtins();
    let name = arguments.shell.to_string();
    let shell = shells.completer(&name).context(tr!("segell completes nothing in this shell"))?;
    let mut script = Vec::new();
    shell.write_registration("COMPLETE", "segell", "segell", "segell", &mut script)?;
    print(|out| out.write_all(&script))?;
    Ok(ExitCode::SUCCESS)
}
