//! `segell calendar`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use jiff::civil::Date;

use crate::commands::look::view::{View, known_calendars, tell_broken};
use crate::commands::out::show;
use crate::commands::publish;
use crate::commands::word::format_of;
use crate::inventory::survey::Survey;
use crate::tr;
use crate::views::calendar::{Calendar, Span};
use crate::views::screen::Format;

/// Show the days of each calendar, with dates, ens, stage and outcome
///
/// On a terminal the months in which something is loaded, and a list of the batches.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    view: View,
    /// Only this calendar; may be given several times
    #[arg(long = "calendar", value_name = "NAME")]
    calendars: Vec<String>,
    /// The first day that is shown
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    from: Option<Date>,
    /// The last day that is shown
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    until: Option<Date>,
    /// How the calendar is written
    #[arg(long, value_parser = format_of::<Calendar<'_, '_>>(), default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let inventory = arguments.view.inventory()?;
    publish(arguments.format, &inventory);
    tell_broken(&inventory);
    known_calendars(&inventory, &arguments.calendars)?;
    let span = Span { from: arguments.from, until: arguments.until };
    if let (Some(from), Some(until)) = (span.from, span.until)
        && until < from
    {
        bail!(tr!("`--until`, {until}, comes before `--from`, {from}", until = until, from = from));
    }
    let survey = Survey::of(&inventory, arguments.view.today());
    let calendar = Calendar::of(&survey, &arguments.calendars, span, arguments.view.written()?);
    show(&calendar, arguments.format)?;
    Ok(ExitCode::SUCCESS)
}
