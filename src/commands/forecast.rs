//! `segell forecast`.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use jiff::civil::Date;

use super::out::show;
use super::view::{View, tell_broken};
use super::word::format_of;
use crate::base::time::plus_days;
use crate::checklist::forecast::{AHEAD, Forecast};
use crate::inventory::survey::Survey;
use crate::tr;
use crate::views::screen::{Format, Sourced};

/// Tell what will break if nobody acts, and until when one can
///
/// On the first bad day `segell check` reports it, and on the day before it does not. The last day to
/// act counts back what the policy says that a seal's issue, AEAT's confirmation and the way from
/// PRE to PRO take, in working days.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    view: View,
    /// The last day that is looked at; a year ahead unless given
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    until: Option<Date>,
    /// How the forecast is written
    #[arg(long, value_parser = format_of::<Sourced<'_, Forecast>>(), default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let inventory = arguments.view.inventory()?;
    tell_broken(&inventory);
    let today = arguments.view.today();
    let until = arguments.until.unwrap_or_else(|| plus_days(today, AHEAD));
    ensure!(
        today <= until,
        tr!("`--until`, {until}, comes before {today}", until = until, today = today)
    );
    let forecast = Forecast::of(&Survey::of(&inventory, today), until);
    show(&Sourced(&forecast, &inventory.sources), arguments.format)?;
    Ok(ExitCode::SUCCESS)
}
