//! `segell today`.

use std::process::ExitCode;

use anyhow::Result;

use super::view::{View, print, width};
use crate::survey::Survey;
use crate::today::{Format, Today, write};

/// Show what is due today and this week, for whom, and the commands that do or record it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    view: View,
    /// How what is due is written
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let inventory = arguments.view.inventory()?;
    let today = Today::of(&mut Survey::of(&inventory, arguments.view.today()));
    print(|out| write(&today, arguments.format, width(), out))?;
    Ok(ExitCode::SUCCESS)
}
