//! `segell add query`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::Result;
use jiff::civil::Date;

use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::asking::{self, open};
use crate::commands::change::batch::words;
use crate::commands::change::stop::Stop;
use crate::commands::change::writing::{Writing, about_ens};
use crate::commands::word::one_of;
use crate::edit::{Changeset, Value};
use crate::inventory::finding::Actor;
use crate::inventory::survey::{BatchIndex, EnsView, Survey};
use crate::tr;

/// Record a doubt, asked along SIAD, DGTJ and AEAT; no load goes on before its answer
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// About whom
    #[arg(long)]
    ens: Option<String>,
    /// Who asks
    #[arg(long, value_parser = one_of::<Actor>())]
    by: Option<Actor>,
    /// Whom; may be given several times
    #[arg(long, value_parser = one_of::<Actor>())]
    to: Vec<Actor>,
    /// What
    #[arg(long, value_name = "TEXT", value_parser = words)]
    question: Option<String>,
    /// The day on which it was asked; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    asked: Option<Date>,
    /// Stop the batches of its open loads with it, until the answer is there
    #[arg(long)]
    hold: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let view = asking::ens(&mut interview, arguments.ens.as_ref(), &survey)?;
    let by = asking::actor(&mut interview, arguments.by, "--by ACTOR", tr!("Who asks?"))?;
    let to = asking::actors(&mut interview, &arguments.to, "--to ACTOR", tr!("Whom?"))?;
    let question = open("--question TEXT", tr!("What is the question?"));
    let question = interview.need(arguments.question.as_ref(), &question, words)?;
    let (Some(view), Some(by), Some(to), Some(question)) = (view, by, to, question) else {
        return interview.refuse();
    };
    let asked = arguments.asked.unwrap_or(survey.today);
    let is_there = view
        .ens
        .queries
        .iter()
        .any(|known| known.asked.date() == asked && known.question.as_str() == question);
    if !is_there {
        let query = Value::block([
            ("asked", Some(asked.into())),
            ("by", Some(Value::text(by.word()))),
            ("to", Some(Value::list(to.into_iter().map(Actor::word)))),
            ("question", Some(Value::text(&question))),
        ]);
        changes.edit(view.file, |ens| ens.append("/queries", &query))?;
    }
    if arguments.hold {
        let reason = tr!("query: {question}", question = &question).to_string();
        let stop = Stop { since: asked, by, reason, evidence: None };
        stop_loads(view, &stop, &survey, &mut changes)?;
    }
    let next = tr!(
        "when the answer is there: `segell answer query --ens {ens} --answer TEXT --evidence TICKET`",
        ens = view.id
    );
    arguments.writing.finish(&changes, about_ens(view.id), &[next])
}

/// Stops the batches in which something is still to be loaded for the ens, those apart that are
/// stopped already.
fn stop_loads(
    ens: &EnsView<'_>,
    stop: &Stop,
    survey: &Survey<'_>,
    changes: &mut Changeset,
) -> Result<()> {
    let open = ens.loads.iter().map(|&place| &survey[place]);
    let open = open.filter(|view| view.load.is_open()).map(|view| view.batch);
    for batch in open.collect::<BTreeSet<BatchIndex>>() {
        let batch = &survey[batch];
        if batch.batch.running_hold().is_none() {
            stop.write(batch, changes)?;
        }
    }
    Ok(())
}
