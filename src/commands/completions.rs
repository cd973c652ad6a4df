//! `segell completions`.

use std::io;
use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

/// Write the completions of a shell to standard output
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut command = super::Cli::command();
    clap_complete::generate(arguments.shell, &mut command, "segell", &mut io::stdout());
    Ok(ExitCode::SUCCESS)
}
