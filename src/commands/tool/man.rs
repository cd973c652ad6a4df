//! `segell man`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::CommandFactory;

use crate::tr;

/// Write the manual pages, one a verb, to a folder
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let folder = &arguments.folder;
    let cannot_write = || tr!("cannot write to `{folder}`", folder = folder.display().to_string());
    std::fs::create_dir_all(folder).with_context(cannot_write)?;
    clap_mangen::generate_to(crate::commands::Cli::command(), folder).with_context(cannot_write)?;
    Ok(ExitCode::SUCCESS)
}
