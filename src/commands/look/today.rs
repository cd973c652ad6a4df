//! `segell today`.

use std::process::ExitCode;

use anyhow::Result;

use crate::checklist::rules;
use crate::commands::look::view::View;
use crate::commands::out::show;
use crate::commands::publish;
use crate::commands::word::{format_of, one_of};
use crate::inventory::finding::Actor;
use crate::inventory::survey::Survey;
use crate::views::screen::Format;
use crate::views::today::{Task, Today};

/// Show what is due today and this week, for whom, and the commands that do or record it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    view: View,
    /// Only what waits for this actor; may be given several times
    #[arg(long = "who", value_name = "ACTOR", value_parser = one_of::<Actor>())]
    actors: Vec<Actor>,
    /// How what is due is written
    #[arg(long, value_parser = format_of::<Today>(), default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let inventory = arguments.view.inventory()?;
    publish(arguments.format, &inventory);
    let phases = arguments.view.phases(&inventory)?;
    let survey = Survey::of(&inventory, arguments.view.today());
    let findings = rules::check(&survey).findings;
    let mut today = Today::of(&survey, &findings, &phases);
    let actors = &arguments.actors;
    let is_asked = |task: &Task| task.actors.iter().any(|actor| actors.contains(actor));
    today.tasks.retain(|task| actors.is_empty() || is_asked(task));
    show(&today, arguments.format)?;
    Ok(ExitCode::SUCCESS)
}
