//! `segell plan`.

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use anyhow::Result;

use super::out::print;
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
    print(|out| write(&plan, arguments.format, out))?;
    Ok(ExitCode::SUCCESS)
}
