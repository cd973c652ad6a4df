//! `segell record loaded`.

use std::io;
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::{Event, Subject, stands};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::batch::whom;
use crate::commands::change::writing::{about_batch, errors_of_batch, show};
use crate::edit::{Changeset, Value};
use crate::inventory::finding::Environment;
use crate::inventory::survey::Survey;
use crate::pipeline::gate::{Released, released};
use crate::pipeline::git::Git;
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
    if is_unreleased(event, &changes)? {
        return Ok(ExitCode::FAILURE);
    }
    let (refuses, concerns) = (errors_of_batch(subject.view.id), about_batch(subject.view.id));
    event.writing.finish_unless(refuses, &changes, concerns, &[next(&subject)])
}

/// Refuses what the gate will refuse: a load for which no manifest asked by its day, as far as the
/// branches of this clone tell. Where there is no such branch, nobody can know here, which is told.
fn is_unreleased(event: &Event, changes: &Changeset) -> Result<bool> {
    let Some(git) = Git::with_inventory(&event.writing.root()?) else { return Ok(false) };
    let (before, after) = (changes.before(), changes.after());
    let Released { findings, unknown } = released(&git, &before, &after)?;
    for environment in unknown {
        let branch = environment.branch();
        let note = tr!(
            "whether a manifest asked for it cannot be known here: there is no `{branch}` in this clone",
            branch = branch
        );
        eprintln!("segell: {note}");
    }
    if findings.is_empty() {
        return Ok(false);
    }
    show(findings, after, event.writing.today(), &mut io::stderr().lock())?;
    eprintln!("{}", tr!("refused: nothing was written"));
    Ok(true)
}

fn next(subject: &Subject<'_, '_>) -> Text {
    let batch = subject.view.id;
    let whom = whom(subject.view, &subject.places);
    match subject.environment {
        Environment::Pre => tr!(
            "see that requests work; then `segell record check --batch {batch} --env pre {whom} --by aoc --result works --evidence TICKET`",
            batch = batch,
            whom = whom
        ),
        Environment::Pro => tr!(
            "tell SIAD, which tells the ens; then `segell record informed --batch {batch} --env pro {whom} --evidence TICKET`",
            batch = batch,
            whom = whom
        ),
    }
}
