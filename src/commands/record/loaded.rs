//! `segell record loaded`.

use std::process::ExitCode;

use anyhow::{Result, bail};

use super::super::writing::{about_batch, errors_of_batch};
use super::{Event, Subject, stands};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::edit::Value;
use crate::inventory::finding::Environment;
use crate::inventory::survey::Survey;
use crate::tr;

/// Record that AOC has loaded the seals
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    event: Event,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { event } = arguments;
    let mut changes = event.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, event.writing.today());
    let mut interview = Interview::begin();
    let Some(subject) = event.subject(&mut interview, &survey, stands)? else {
        return interview.refuse();
    };
    for (load, pointer) in subject.loads() {
        match load.loaded(subject.environment) {
            None => {
                let record = Value::block([("loaded", Some(subject.date.into()))]);
                let pointer = format!("{pointer}/{}", subject.environment.word());
                subject.edit(&mut changes, &|yaml| yaml.set(&pointer, &record))?;
            }
            Some(day) if event.date.is_some_and(|date| date != day) => bail!(tr!(
                "`{ens}` is recorded as loaded in {shown} on {day}; if that is wrong: `segell correct {batch} loads {ens} {environment} loaded DATE`",
                ens = &load.ens,
                shown = subject.environment.shown(),
                day = day,
                batch = subject.view.id,
                environment = subject.environment.word()
            )),
            Some(_) => {}
        }
    }
    let (refuses, concerns) = (errors_of_batch(subject.view.id), about_batch(subject.view.id));
    event.writing.finish_unless(refuses, &changes, concerns, &[next(&subject)])
}

fn next(subject: &Subject<'_, '_>) -> Text {
    let batch = subject.view.id;
    match subject.environment {
        Environment::Pre => tr!(
            "see that requests work; then `segell record check --batch {batch} --env pre --all --by aoc --result works --evidence TICKET`",
            batch = batch
        ),
        Environment::Pro => tr!(
            "tell SIAD, which tells the ens; then `segell record informed --batch {batch} --env pro --all --evidence TICKET`",
            batch = batch
        ),
    }
}
