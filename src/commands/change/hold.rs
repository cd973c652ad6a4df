//! `segell hold`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;

use crate::commands::ask::Interview;
use crate::commands::change::batch::{
    actor, ask_batch, choice, day, evidence, evidence_question, find, question, take_evidence,
    words,
};
use crate::commands::change::stop::Stop;
use crate::commands::change::writing::{Writing, about_batch};
use crate::edit::{Changeset, Evidence, Value};
use crate::inventory::finding::Actor;
use crate::inventory::model::Hold;
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

/// Stop a batch, or let it go on
///
/// While it is stopped nothing of it is asked to be loaded, whatever its stage, and what is found of its
/// loads waits; once the hold has ended it goes on as far as it was released.
///
/// Exit code 0: written, or so already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The batch, `calendar/NN-slug`
    #[arg(long, value_name = "ID")]
    batch: Option<String>,
    /// Who asks for it
    #[arg(long, value_name = "ACTOR", value_parser = actor)]
    by: Option<Actor>,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = words)]
    reason: Option<String>,
    /// What shows it: a ticket, a CSV code or a file; may be given several times
    #[arg(long, value_name = "X", value_parser = evidence)]
    evidence: Vec<Evidence>,
    /// From which day on; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    since: Option<Date>,
    /// End the hold, on this day, or today
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date, num_args = 0..=1,
        conflicts_with_all = ["by", "reason", "evidence", "since"])]
    end: Option<Option<Date>>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let writing = &arguments.writing;
    let mut changes = writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, writing.today());
    let mut interview = Interview::begin();
    let batch = ask_batch(&mut interview, arguments.batch.as_ref(), &survey)?;
    if let Some(end) = arguments.end {
        let Some(batch) = batch else { return interview.refuse() };
        let view = find(&survey, &batch)?;
        end_hold(view, end, writing, &mut changes)?;
        let next = [tr!(
            "commit it and open a pull request; it goes on as far as it was released, and its dates move with `segell move --batch {batch} --to DATE`",
            batch = view.id
        )];
        return writing.finish(&changes, about_batch(view.id), &next);
    }
    let by =
        choice("--by ACTOR", tr!("Who asks for it?"), &["aoc", "siad", "dgtj", "aeat", "pica"]);
    let by = interview.need(arguments.by.as_ref(), &by, actor)?;
    let reason = question("--reason TEXT", tr!("Why?"));
    let reason = interview.need(arguments.reason.as_ref(), &reason, words)?;
    let shown = interview.need_some(&arguments.evidence, &evidence_question(), evidence)?;
    let (Some(batch), Some(by), Some(reason), Some(shown)) = (batch, by, reason, shown) else {
        return interview.refuse();
    };
    let view = find(&survey, &batch)?;
    let shown = take_evidence(&shown, view, &mut changes)?;
    begin_hold(view, arguments, (by, reason, shown), &mut changes)?;
    let next = [tr!(
        "commit it and open a pull request; it goes on with `segell hold --batch {batch} --end`",
        batch = view.id
    )];
    writing.finish(&changes, about_batch(view.id), &next)
}

fn begin_hold(
    view: &BatchView<'_>,
    arguments: &Arguments,
    (by, reason, evidence): (Actor, String, Value),
    changes: &mut Changeset,
) -> Result<()> {
    let Some(running) = view.batch.running_hold() else {
        let since = day(arguments.since, &arguments.writing);
        return Stop { since, by, reason, evidence: Some(evidence) }.write(view, changes);
    };
    let is_same = running.by == by
        && running.reason.as_str() == reason
        && arguments.since.is_none_or(|day| day == running.since.date());
    ensure!(
        is_same,
        tr!(
            "`{batch}` is on hold already, since {since}: {reason}; end that one first, with `--end`",
            batch = view.id,
            since = running.since.date(),
            reason = &running.reason
        )
    );
    Ok(())
}

/// Ends the stop that runs; where none does, the last one must have ended on that day.
fn end_hold(
    view: &BatchView<'_>,
    end: Option<Date>,
    writing: &Writing,
    changes: &mut Changeset,
) -> Result<()> {
    let none = || tr!("`{batch}` is not on hold", batch = view.id);
    let holds = view.batch.holds();
    let running = holds.iter().position(Hold::runs);
    let index = running.or(holds.len().checked_sub(1)).with_context(none)?;
    let ended = match &holds[index].ended {
        Some(ended) if end.is_none_or(|end| end == ended.date()) => ended.date(),
        Some(ended) => bail!(tr!(
            "the hold of `{batch}` ended on {day} already",
            batch = view.id,
            day = ended.date()
        )),
        None => day(end, writing),
    };
    let pointer = view.batch.hold.as_ref().map(|holds| holds.pointer(index)).unwrap_or_default();
    changes.edit(view.file, |yaml| yaml.set(&format!("{pointer}/ended"), &ended.into()))
}
