//! `segell withdraw`.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use jiff::civil::Date;

use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::batch::{
    Who, ask_batch, day, evidence, evidence_question, find, question, take_evidence, words,
};
use crate::commands::change::writing::{Writing, about_batch};
use crate::edit::{Evidence, Value};
use crate::inventory::finding::Environment;
use crate::inventory::model::Load;
use crate::inventory::survey::{BatchView, LoadView, Survey};
use crate::tr;

/// Take loads out of a batch: what the ens had before comes back
///
/// Exit code 0: written, or withdrawn already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The batch, `calendar/NN-slug`
    #[arg(long, value_name = "ID")]
    batch: Option<String>,
    #[command(flatten)]
    who: Who,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = words)]
    reason: Option<String>,
    /// What shows it: a ticket, a CSV code or a file; may be given several times
    #[arg(long, value_name = "X", value_parser = evidence)]
    evidence: Vec<Evidence>,
    /// From which day on; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let writing = &arguments.writing;
    let mut changes = writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, writing.today());
    let mut interview = Interview::begin();
    let batch = ask_batch(&mut interview, arguments.batch.as_ref(), &survey)?;
    let places = match &batch {
        Some(batch) => {
            let named = |load: &Load| arguments.who.ens.iter().any(|ens| ens == load.ens.as_str());
            let fits = |load: &Load| load.withdrawn.is_none() || named(load);
            arguments.who.loads(&mut interview, find(&survey, batch)?, fits)?
        }
        None => None,
    };
    let reason = question("--reason TEXT", tr!("Why?"));
    let reason = interview.need(arguments.reason.as_ref(), &reason, words)?;
    let shown = interview.need_some(&arguments.evidence, &evidence_question(), evidence)?;
    let (Some(batch), Some(places), Some(reason), Some(shown)) = (batch, places, reason, shown)
    else {
        return interview.refuse();
    };
    let view = find(&survey, &batch)?;
    let shown = take_evidence(&shown, view, &mut changes)?;
    for &place in &places {
        let load = &view.batch.loads[place];
        let known = load.withdrawn.as_ref();
        let date = known.filter(|_| arguments.date.is_none()).map(|known| known.date.date());
        let date = date.unwrap_or_else(|| day(arguments.date, writing));
        if let Some(known) = known {
            ensure!(
                known.date.date() == date && known.reason.as_str() == reason,
                tr!(
                    "the load of `{ens}` is withdrawn already, on {day}: {reason}",
                    ens = &load.ens,
                    day = known.date.date(),
                    reason = &known.reason
                )
            );
            continue;
        }
        let withdrawal = Value::map([
            ("date", Some(date.into())),
            ("reason", Some(Value::text(&reason))),
            ("evidence", Some(shown.clone())),
        ]);
        let pointer = format!("/loads/{place}/withdrawn");
        changes.edit(view.file, |yaml| yaml.set(&pointer, &withdrawal))?;
    }
    let next = next(&survey, view, &places);
    writing.finish(&changes, about_batch(view.id), &next)
}

/// What was loaded has to be restored, first where it hurts.
fn next(survey: &Survey<'_>, batch: &BatchView<'_>, places: &[usize]) -> Vec<Text> {
    let mut steps: Vec<Text> = Vec::new();
    for environment in Environment::BOTH {
        let loads = survey.loads_of(batch);
        let loads = places.iter().map(|&place| &loads[place]);
        let loaded: Vec<&LoadView<'_>> =
            loads.filter(|view| view.load.loaded(environment).is_some()).collect();
        if loaded.is_empty() {
            continue;
        }
        steps.push(tr!(
            "commit it, open a pull request and promote it to {shown}; when what was before is back there: `segell record restored --batch {batch} --env {environment} --all`",
            shown = environment.shown(),
            batch = batch.id,
            environment = environment.word()
        ));
        let has_none = |view: &&LoadView<'_>| {
            let ens = view.ens.map(|ens| &survey[ens]);
            ens.is_some_and(|ens| survey.would_restore(ens, environment, view.at).is_none())
        };
        let bare = loaded.into_iter().filter(has_none);
        let bare: Vec<&str> = bare.map(|view| view.load.ens.as_str()).collect();
        if !bare.is_empty() {
            steps.push(tr!(
                "in {shown} nothing comes back for {ens}: nothing that was there before is in force, and until another seal is loaded no request of theirs works",
                shown = environment.shown(),
                ens = names(bare)
            ));
        }
    }
    match steps.is_empty() {
        true => vec![tr!(
            "nothing was loaded, so there is nothing to restore; commit it and open a pull request"
        )],
        false => steps,
    }
}
