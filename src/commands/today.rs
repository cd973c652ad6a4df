//! `segell today`.

use std::process::ExitCode;

use anyhow::Result;

use super::out::print;
use super::view::{View, width};
use crate::inventory::finding::Actor;
use crate::inventory::survey::Survey;
use crate::views::today::{Format, Task, Today, write};

/// Show what is due today and this week, for whom, and the commands that do or record it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    view: View,
    /// Only what waits for this actor; may be given several times
    #[arg(long = "who", value_name = "ACTOR", value_enum)]
    actors: Vec<Actor>,
    /// How what is due is written
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let inventory = arguments.view.inventory()?;
    let mut today = Today::of(&mut Survey::of(&inventory, arguments.view.today()));
    let actors = &arguments.actors;
    let is_asked = |task: &Task| task.actors.iter().any(|actor| actors.contains(actor));
    today.tasks.retain(|task| actors.is_empty() || is_asked(task));
    print(|out| write(&today, arguments.format, width(), out))?;
    Ok(ExitCode::SUCCESS)
}
