//! `segell answer`.

use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use clap::Subcommand;
use jiff::civil::Date;

use crate::base::text::{Text, names};
use crate::commands::ask::Interview;
use crate::commands::change::asking::{self, open};
use crate::commands::change::batch::words;
use crate::commands::change::writing::{Writing, about_ens};
use crate::edit::{Changeset, Evidence, Value};
use crate::inventory::model::Query;
use crate::inventory::survey::{EnsView, Survey};
use crate::tr;

/// Record the answer to a query
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Query(QueryArguments),
}

/// Record the answer to a query
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
struct QueryArguments {
    #[command(flatten)]
    writing: Writing,
    /// About whom it was asked
    #[arg(long)]
    ens: Option<String>,
    /// The day on which it was asked, where several are open
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    asked: Option<Date>,
    /// The answer
    #[arg(long, value_name = "TEXT", value_parser = words)]
    answer: Option<String>,
    /// The day of the answer; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
    /// What shows it: a ticket, a CSV code, or a file, which is copied; may be given several times
    #[arg(long)]
    evidence: Vec<Evidence>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.what {
        What::Query(arguments) => answer(arguments),
    }
}

fn answer(arguments: &QueryArguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let view = asking::ens(&mut interview, arguments.ens.as_ref(), &survey)?;
    let question = open("--answer TEXT", tr!("What is the answer?"));
    let words = interview.need(arguments.answer.as_ref(), &question, words)?;
    let evidence = asking::evidence(&mut interview, &arguments.evidence)?;
    let (Some(view), Some(words), Some(evidence)) = (view, words, evidence) else {
        return interview.refuse();
    };
    let new = Answer { date: arguments.date.unwrap_or(survey.today), words, evidence };
    let queries = view.ens.queries.as_slice();
    if !queries.iter().any(|query| new.is_recorded(query, arguments.asked)) {
        new.record(view, open_query(view, arguments.asked)?, &mut changes)?;
    }
    let next = tr!("`segell status`, which shows what `{ens}` still lacks", ens = view.id);
    arguments.writing.finish(&changes, about_ens(view.id), &[next])
}

/// The place of the one open query that is meant.
fn open_query(view: &EnsView<'_>, asked: Option<Date>) -> Result<usize> {
    let is_meant =
        |query: &Query| query.is_open() && asked.is_none_or(|day| query.asked.date() == day);
    let queries = view.ens.queries.iter().enumerate();
    let found: Vec<(usize, &Query)> = queries.filter(|(_, query)| is_meant(query)).collect();
    match found.as_slice() {
        [(place, _)] => Ok(*place),
        [] => bail!(tr!("no query about `{ens}` is open", ens = view.id)),
        several => {
            let told = |(_, query): &(usize, &Query)| -> Text {
                tr!(
                    "{day}, {question}",
                    day = query.asked.date(),
                    question = query.question.as_str()
                )
            };
            bail!(tr!(
                "several queries about `{ens}` are open; say with `--asked DATE` which one: {queries}",
                ens = view.id,
                queries = names(several.iter().map(told))
            ))
        }
    }
}

/// An answer that is to be recorded.
struct Answer {
    date: Date,
    words: String,
    evidence: Vec<Evidence>,
}

impl Answer {
    /// Whether `query` has this answer already.
    fn is_recorded(&self, query: &Query, asked: Option<Date>) -> bool {
        asked.is_none_or(|day| query.asked.date() == day)
            && query.answered.as_ref().is_some_and(|day| day.date() == self.date)
            && query.answer.as_ref().is_some_and(|answer| answer.as_str() == self.words)
    }

    fn record(&self, view: &EnsView<'_>, place: usize, changes: &mut Changeset) -> Result<()> {
        let query = &view.ens.queries[place];
        ensure!(
            query.answered.is_none() && query.answer.is_none(),
            tr!("half an answer is recorded already; complete it in `{file}`", file = &**view.file)
        );
        let folder = format!("queries/{}-{}", view.id, query.asked);
        let evidence = Evidence::items(&self.evidence, &folder, changes)?;
        changes.edit(view.file, |ens| {
            let at = |field| format!("/queries/{place}/{field}");
            ens.set(&at("answered"), &self.date.into())?;
            ens.set(&at("answer"), &Value::text(&self.words))?;
            if query.evidence.is_empty() {
                return ens.set(&at("evidence"), &Value::List(evidence));
            }
            evidence.iter().try_for_each(|item| ens.append(&at("evidence"), item))
        })
    }
}
