//! `segell plan`.

use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::process::ExitCode;

use anyhow::Result;

use super::pipeline::Place;
use crate::gate::Snapshots;
use crate::plan::{Format, Plan, write};

/// Show what a change means, for the reviewer whose approval is the record
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The commit before
    base: String,
    /// The commit after
    #[arg(default_value = "HEAD")]
    head: String,
    /// How the plan is written
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let git = arguments.place.git()?;
    let base = git.commit(git.find(&arguments.base)?)?;
    let head = git.commit(git.find(&arguments.head)?)?;
    // Not taken apart at the end, as the process ends with it.
    let mut snapshots = ManuallyDrop::new(Snapshots::new(&git));
    let plan = Plan::between(&git, &mut snapshots, &base, &head, arguments.place.today())?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    write(&plan, arguments.format, &mut out)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
