//! `segell record departments`.

use std::process::ExitCode;

use anyhow::Result;
use jiff::civil::Date;

use super::check::Told;
use crate::base::text::Text;
use crate::commands::ask::Interview;
use crate::commands::change::batch::{ask_batch, day, find, take_evidence};
use crate::commands::change::writing::{Writing, about_batch};
use crate::inventory::survey::Survey;
use crate::tr;

/// Record a check that the departments still consume after the change in PRO
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The batch, `calendar/NN-slug`
    #[arg(long, value_name = "ID")]
    batch: Option<String>,
    /// The day on which it was made; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
    #[command(flatten)]
    told: Told,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { writing, told, .. } = arguments;
    let mut changes = writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, writing.today());
    let mut interview = Interview::begin();
    let batch = ask_batch(&mut interview, arguments.batch.as_ref(), &survey)?;
    let asked = told.ask(&mut interview)?;
    let (Some(batch), Some(asked)) = (batch, asked) else { return interview.refuse() };
    let view = find(&survey, &batch)?;
    let (asked, result) = asked;
    let shown = take_evidence(&asked.evidence, view, &mut changes)?;
    let made = told.made(day(arguments.date, writing), asked.by, result);
    let known = &view.batch.departments;
    changes.edit(view.file, |yaml| made.put(yaml, "/departments", known, &shown))?;
    writing.finish(&changes, about_batch(view.id), &[next(&survey, view.id)])
}

/// The next batch of the calendar may begin.
fn next(survey: &Survey<'_>, batch: &str) -> Text {
    let mut later = survey.batches.iter().skip_while(|view| view.id != batch);
    let calendar = later.next().map(|view| view.calendar);
    match later.next().filter(|next| Some(next.calendar) == calendar) {
        Some(next) => tr!(
            "commit it and open a pull request; on its day, the next batch: `segell release --batch {next} --stage pre`",
            next = next.id
        ),
        None => tr!("commit it and open a pull request; `segell propose` makes the next batch"),
    }
}
