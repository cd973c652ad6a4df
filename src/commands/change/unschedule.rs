//! `segell unschedule`.

use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::commands::ask::Interview;
use crate::commands::change::batch::{Who, ask_batch, find};
use crate::commands::change::writing::{Writing, about_batch};
use crate::inventory::finding::Environment;
use crate::inventory::model::{Load, Stage};
use crate::inventory::survey::Survey;
use crate::tr;

/// Let ens go from a planned batch; without any left, the batch goes
///
/// What is released is withdrawn instead: `segell withdraw`.
///
/// Exit code 0: written; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The batch, `calendar/NN-slug`
    #[arg(long, value_name = "ID")]
    batch: Option<String>,
    #[command(flatten)]
    who: Who,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let batch = ask_batch(&mut interview, arguments.batch.as_ref(), &survey)?;
    let Some(batch) = batch else { return interview.refuse() };
    let view = find(&survey, &batch)?;
    ensure!(
        view.batch.stage == Stage::Planned,
        tr!(
            "`{batch}` is released already; what was released is withdrawn: `segell withdraw --batch {batch} --ens ENS --reason TEXT --evidence TICKET`",
            batch = view.id
        )
    );
    let is_untouched = |load: &Load| {
        let has_record = Environment::BOTH.iter().any(|it| load.record(*it).is_some());
        load.withdrawn.is_none() && !has_record
    };
    let Some(places) = arguments.who.loads(&mut interview, view, is_untouched)? else {
        return interview.refuse();
    };
    if places.len() == view.batch.loads.len() {
        changes.put(view.file, None)?;
    } else {
        for place in places.iter().rev() {
            let pointer = format!("/loads/{place}");
            changes.edit(view.file, |yaml| yaml.remove(&pointer))?;
        }
    }
    let next = tr!("commit it and open a pull request; `segell propose` finds other days for them");
    arguments.writing.finish(&changes, about_batch(view.id), &[next])
}
