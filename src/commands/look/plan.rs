//! `segell plan`.

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::commands::pager;
use crate::commands::pipeline::place::Place;
use crate::commands::publish;
use crate::commands::word::format_of;
use crate::pipeline::gate::Snapshots;
use crate::pipeline::git::{Commit, short};
use crate::planning::plan::Plan;
use crate::tr;
use crate::views::plan::Full;
use crate::views::screen::Format;

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
    /// Show every value that changes too, and the manifests line by line
    #[arg(long)]
    full: bool,
    /// How the plan is written
    #[arg(long, value_parser = format_of::<Plan>(), default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let git = arguments.place.git()?;
    let base = git.commit(git.find(&arguments.base)?)?;
    let head = git.commit(git.find(&arguments.head)?)?;
    let has_inventory = |commit: &Commit| git.inventory_in(commit.tree).map(|it| it.is_some());
    ensure!(
        has_inventory(&base)? || has_inventory(&head)?,
        tr!(
            "neither {base} nor {head} has an `inventory/` at the top of the repository; plans, manifests and the gate read no other, so keep it there",
            base = short(base.id),
            head = short(head.id)
        )
    );
    // Not taken apart at the end, as the process ends with it.
    let mut snapshots = ManuallyDrop::new(Snapshots::new(&git));
    publish(arguments.format, &snapshots.at_or_none(&head)?.inventory);
    let plan = Plan::between(&git, &mut snapshots, &base, &head, arguments.place.today())?;
    match arguments.full {
        true => pager::show(&Full(&plan), arguments.format)?,
        false => pager::show(&plan, arguments.format)?,
    }
    Ok(ExitCode::SUCCESS)
}
