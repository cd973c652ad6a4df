//! `segell record restored`.

use std::process::ExitCode;

use anyhow::{Result, bail};

use super::Event;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::edit::Value;
use crate::inventory::survey::Survey;
use crate::tr;

/// Record that what the ens had before a withdrawn load is back
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
    let subject = event.subject(&mut interview, &survey, |load| load.withdrawn.is_some())?;
    let Some(subject) = subject else { return interview.refuse() };
    for (load, pointer) in subject.loads() {
        let Some(withdrawal) = &load.withdrawn else { continue };
        let known =
            withdrawal.restored.get(subject.environment).map(crate::inventory::model::Day::date);
        match known {
            None => {
                let pointer =
                    format!("{pointer}/withdrawn/restored/{}", subject.environment.word());
                let date = Value::from(subject.date);
                subject.edit(&mut changes, &|yaml| yaml.set(&pointer, &date))?;
            }
            Some(day) if event.date.is_some_and(|date| date != day) => bail!(tr!(
                "`{ens}` is recorded as restored in {shown} on {day}; if that is wrong: `segell correct {batch} loads {ens} withdrawn restored {environment} DATE`",
                ens = &load.ens,
                shown = subject.environment.shown(),
                day = day,
                batch = subject.view.id,
                environment = subject.environment.word()
            )),
            Some(_) => {}
        }
    }
    let next = tr!("commit it and open a pull request; `segell status` shows what is left");
    subject.finish(&event.writing, &changes, &[next])
}
