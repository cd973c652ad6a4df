//! `segell hold`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;

use super::batch::{
    actor, ask_batch, choice, day, evidence, evidence_question, find, question, take_evidence,
    words,
};
use super::writing::{Writing, about_batch, is_new_error};
use crate::ask::Interview;
use crate::edit::{Changeset, Evidence, Value};
use crate::finding::{Actor, Environment, Finding};
use crate::model::{Batch, Hold, Stage};
use crate::survey::{BatchView, Survey};
use crate::tr;

/// Stop a batch, or let it go on
///
/// What is released and not loaded yet is no longer released: once the hold has ended, the batch is
/// released anew.
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
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    since: Option<Date>,
    /// End the hold, on this day, or today
    #[arg(long, value_name = "DATE", value_parser = super::date, num_args = 0..=1,
        conflicts_with_all = ["by", "reason", "evidence", "since"])]
    end: Option<Option<Date>>,
}

/// The rule that a hold is meant to break.
const MEANT: &str = "not-on-hold";

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
            "commit it and open a pull request; the dates move with `segell move --batch {batch} --to DATE`",
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
    begin_hold(view, arguments, by, &reason, shown, &mut changes)?;
    let next = [tr!(
        "commit it and open a pull request; it goes on with `segell hold --batch {batch} --end`",
        batch = view.id
    )];
    let refuses = |finding: &Finding| is_new_error(finding) && finding.rule.name != MEANT;
    writing.finish_unless(refuses, &changes, about_batch(view.id), &next)
}

fn begin_hold(
    view: &BatchView<'_>,
    arguments: &Arguments,
    by: Actor,
    reason: &str,
    evidence: Value,
    changes: &mut Changeset,
) -> Result<()> {
    let running = view.batch.hold.as_ref().filter(|hold| hold.ended.is_none());
    let same = |hold: &Hold| hold.by == by && hold.reason.as_str() == reason;
    let since = match running {
        Some(hold)
            if !same(hold) || arguments.since.is_some_and(|day| day != hold.since.date()) =>
        {
            bail!(tr!(
                "`{batch}` is on hold already, since {since}: {reason}; end that one first, with `--end`",
                batch = view.id,
                since = hold.since.date(),
                reason = &hold.reason
            ))
        }
        Some(hold) => hold.since.date(),
        None => day(arguments.since, &arguments.writing),
    };
    let hold = Value::map([
        ("since", Some(since.into())),
        ("by", Some(Value::text(by.word()))),
        ("reason", Some(Value::text(reason))),
        ("evidence", Some(evidence)),
    ]);
    let stage = Value::text(stage_of_what_is_loaded(view.batch).word());
    changes.edit(view.file, |yaml| {
        yaml.set("/stage", &stage)?;
        yaml.set("/hold", &hold)
    })
}

/// How far a batch is released once only what is loaded counts: what a manifest still asks for must not
/// be loaded on hold.
fn stage_of_what_is_loaded(batch: &Batch) -> Stage {
    let is_loaded = |environment| batch.loads.iter().any(|load| load.loaded(environment).is_some());
    let reached = match Environment::BOTH.into_iter().rfind(|&environment| is_loaded(environment)) {
        Some(Environment::Pro) => Stage::Pro,
        Some(Environment::Pre) => Stage::Pre,
        None => Stage::Planned,
    };
    batch.stage.min(reached)
}

fn end_hold(
    view: &BatchView<'_>,
    end: Option<Date>,
    writing: &Writing,
    changes: &mut Changeset,
) -> Result<()> {
    let none = || tr!("`{batch}` is not on hold", batch = view.id);
    let hold = view.batch.hold.as_ref().with_context(none)?;
    let ended = match &hold.ended {
        Some(ended) if end.is_none_or(|end| end == ended.date()) => ended.date(),
        Some(ended) => bail!(tr!(
            "the hold of `{batch}` ended on {day} already",
            batch = view.id,
            day = ended.date()
        )),
        None => day(end, writing),
    };
    changes.edit(view.file, |yaml| yaml.set("/hold/ended", &ended.into()))
}
