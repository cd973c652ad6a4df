//! `segell record`: what happened to a batch, and what was taken out.

mod check;
mod departments;
mod informed;
mod loaded;
mod pairs;
mod proof;
mod removed;
mod restored;

use std::process::ExitCode;

use anyhow::Result;
use jiff::civil::Date;

use crate::base::text::Text;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::batch::{Who, ask_batch, choice, day, environment, find};
use crate::commands::change::writing::{Writing, about_batch};
use crate::edit::Changeset;
use crate::inventory::finding::Environment;
use crate::inventory::model::Load;
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

/// Record what happened to a batch, or that a seal was taken out
///
/// Exit code 0: written, or recorded already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Loaded(loaded::Arguments),
    Check(check::Arguments),
    Informed(informed::Arguments),
    Departments(departments::Arguments),
    Restored(restored::Arguments),
    Removed(removed::Arguments),
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.what {
        What::Loaded(arguments) => loaded::run(arguments),
        What::Check(arguments) => check::run(arguments),
        What::Informed(arguments) => informed::run(arguments),
        What::Departments(arguments) => departments::run(arguments),
        What::Restored(arguments) => restored::run(arguments),
        What::Removed(arguments) => removed::run(arguments),
    }
}

/// Of which loads something is recorded, where, and when.
#[derive(Debug, clap::Args)]
struct Event {
    #[command(flatten)]
    writing: Writing,
    /// The batch, `calendar/NN-slug`
    #[arg(long, value_name = "ID")]
    batch: Option<String>,
    /// The environment
    #[arg(long, value_name = "ENV", value_parser = environment)]
    env: Option<Environment>,
    #[command(flatten)]
    who: Who,
    /// The day on which it happened; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
}

/// The loads that an event is recorded of.
struct Subject<'s, 'a> {
    view: &'s BatchView<'a>,
    environment: Environment,
    /// The places of the loads in the batch.
    places: Vec<usize>,
    date: Date,
}

impl Event {
    /// What is said, and the answers to what is not; none when something is missing, which the
    /// interview then knows.
    fn subject<'s, 'a>(
        &self,
        interview: &mut Interview,
        survey: &'s Survey<'a>,
        fits: impl Fn(&Load) -> bool,
    ) -> Result<Option<Subject<'s, 'a>>> {
        let batch = ask_batch(interview, self.batch.as_ref(), survey)?;
        let question = choice("--env pre|pro", tr!("In which environment?"), &["pre", "pro"]);
        let environment = interview.need(self.env.as_ref(), &question, environment)?;
        let Some(batch) = batch else {
            if self.who.ens.is_empty() && !self.who.all {
                interview.lacks("--ens ENS, or --all");
            }
            return Ok(None);
        };
        let view = find(survey, &batch)?;
        let places = self.who.loads(interview, view, fits)?;
        let (Some(environment), Some(places)) = (environment, places) else { return Ok(None) };
        let date = day(self.date, &self.writing);
        Ok(Some(Subject { view, environment, places, date }))
    }
}

impl<'a> Subject<'_, 'a> {
    /// Each load with the pointer to it.
    fn loads(&self) -> impl Iterator<Item = (&'a Load, String)> {
        let loads = &self.view.batch.loads;
        self.places.iter().map(move |&place| (&loads[place], format!("/loads/{place}")))
    }

    fn edit(&self, changes: &mut Changeset, edit: Edit<'_>) -> Result<()> {
        changes.edit(self.view.file, |yaml| edit(yaml))
    }

    fn finish(&self, writing: &Writing, changes: &Changeset, next: &[Text]) -> Result<ExitCode> {
        writing.finish(changes, about_batch(self.view.id), next)
    }
}

/// What is done to a batch's text.
type Edit<'e> = &'e dyn Fn(&mut crate::edit::Yaml) -> Result<()>;

/// Whether a load counts.
fn stands(load: &Load) -> bool {
    load.withdrawn.is_none()
}

/// That a load has to be recorded before anything else of it is.
fn not_loaded(subject: &Subject<'_, '_>, load: &Load) -> Text {
    not_loaded_in(subject.view.id, subject.environment, load)
}

/// The same, of a batch by its id.
fn not_loaded_in(batch: &str, environment: Environment, load: &Load) -> Text {
    tr!(
        "`{ens}` is not recorded as loaded in {shown}; first: `segell record loaded --batch {batch} --env {environment} --ens {ens}`",
        ens = &load.ens,
        shown = environment.shown(),
        batch = batch,
        environment = environment.word()
    )
}
