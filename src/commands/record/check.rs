//! `segell record check`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use jiff::civil::Date;

use super::super::batch::{actor, choice, evidence, evidence_question, take_evidence, words};
use super::{Event, Subject, not_loaded, stands};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::edit::{Evidence, Value, Yaml};
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::model::{Check, Outcome};
use crate::inventory::survey::Survey;
use crate::tr;

/// Record a check that requests work
///
/// What came to light of a failure later is recorded by giving the check again, with its cause.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    event: Event,
    #[command(flatten)]
    told: Told,
}

/// What is told of a check.
#[derive(Debug, clap::Args)]
pub(super) struct Told {
    /// Who made it; may be given several times
    #[arg(long, value_name = "ACTOR", value_parser = actor)]
    by: Vec<Actor>,
    /// What came of it
    #[arg(long, value_name = "works|fails", value_parser = outcome)]
    result: Option<Outcome>,
    /// A service that was asked; may be given several times
    #[arg(long, value_name = "PRODUCT/MODALITY")]
    service: Vec<String>,
    /// Of a failure: why
    #[arg(long, value_name = "TEXT", value_parser = words)]
    cause: Option<String>,
    /// Of a failure: with whom it was discussed; may be given several times
    #[arg(long, value_name = "ACTOR", value_parser = actor)]
    discussed_with: Vec<Actor>,
    /// Of a failure: the day it was mended
    #[arg(long, value_name = "DATE", value_parser = super::super::date)]
    corrected: Option<Date>,
    /// What shows it: a ticket, a CSV code or a file; may be given several times
    #[arg(long, value_name = "X", value_parser = evidence)]
    evidence: Vec<Evidence>,
}

/// Who made a check, what came of it, and what shows it.
pub(super) struct Asked {
    by: Vec<Actor>,
    result: Outcome,
    pub evidence: Vec<Evidence>,
}

/// A check as it is to be recorded.
pub(super) struct Made<'t> {
    pub date: Date,
    pub asked: Asked,
    pub told: &'t Told,
}

fn outcome(text: &str) -> Result<Outcome, String> {
    match text {
        "works" => Ok(Outcome::Works),
        "fails" => Ok(Outcome::Fails),
        _ => Err(tr!("`works` or `fails` is expected").to_string()),
    }
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { event, told } = arguments;
    let mut changes = event.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, event.writing.today());
    let mut interview = Interview::begin();
    let subject = event.subject(&mut interview, &survey, stands)?;
    let asked = told.ask(&mut interview)?;
    let (Some(subject), Some(asked)) = (subject, asked) else { return interview.refuse() };
    let shown = take_evidence(&asked.evidence, subject.view, &mut changes)?;
    let made = Made { date: subject.date, asked, told };
    for (load, pointer) in subject.loads() {
        let record = load.record(subject.environment);
        let record = record.with_context(|| not_loaded(&subject, load))?;
        let pointer = format!("{pointer}/{}/checks", subject.environment.word());
        subject.edit(&mut changes, &|yaml| made.put(yaml, &pointer, &record.checks, &shown))?;
    }
    subject.finish(&event.writing, &changes, &[next(&subject, &made)])
}

impl Told {
    /// What must be known of every check: what is given, else the answers.
    pub fn ask(&self, interview: &mut Interview) -> Result<Option<Asked>> {
        let by = tr!("Who checked? (several are parted by blanks)");
        let by = choice("--by ACTOR", by, &["aoc", "pica"]);
        let by = interview.need_some(&self.by, &by, actor)?;
        let result = choice("--result works|fails", tr!("What came of it?"), &["works", "fails"]);
        let result = interview.need(self.result.as_ref(), &result, outcome)?;
        let shown = interview.need_some(&self.evidence, &evidence_question(), evidence)?;
        let (Some(by), Some(result), Some(evidence)) = (by, result, shown) else {
            return Ok(None);
        };
        Ok(Some(Asked { by, result, evidence }))
    }
}

impl Made<'_> {
    /// Adds the check to a list; to the same check, made before, what is new of it.
    pub fn put(
        &self,
        yaml: &mut Yaml,
        pointer: &str,
        known: &[Check],
        evidence: &Value,
    ) -> Result<()> {
        let same = |check: &Check| {
            check.date.date() == self.date
                && check.by == self.asked.by
                && check.result == self.asked.result
        };
        match known.iter().rposition(same) {
            None => yaml.append(pointer, &self.value(evidence)),
            Some(place) => self.details().into_iter().try_for_each(|(field, value)| match value {
                Some(value) => yaml.set(&format!("{pointer}/{place}/{field}"), &value),
                None => Ok(()),
            }),
        }
    }

    fn value(&self, evidence: &Value) -> Value {
        let [services, cause, discussed_with, corrected] = self.details();
        Value::map([
            ("date", Some(self.date.into())),
            ("by", Some(actors(&self.asked.by))),
            ("result", Some(Value::text(self.asked.result.word()))),
            services,
            ("evidence", Some(evidence.clone())),
            cause,
            discussed_with,
            corrected,
        ])
    }

    /// What need not be known of every check.
    fn details(&self) -> [(&'static str, Option<Value>); 4] {
        let Told { service, cause, discussed_with, corrected, .. } = self.told;
        let services = (!service.is_empty()).then(|| Value::list(service));
        let with = (!discussed_with.is_empty()).then(|| actors(discussed_with));
        [
            ("services", services),
            ("cause", cause.as_ref().map(Value::text)),
            ("discussed_with", with),
            ("corrected", corrected.map(Value::from)),
        ]
    }
}

fn actors(actors: &[Actor]) -> Value {
    Value::list(actors.iter().map(|actor| actor.word()))
}

fn next(subject: &Subject<'_, '_>, made: &Made<'_>) -> Text {
    let (batch, environment) = (subject.view.id, subject.environment);
    if made.asked.result == Outcome::Fails && made.told.corrected.is_none() {
        return tr!(
            "when it is mended, the same again with `--cause TEXT --discussed-with siad --corrected DATE`; then the check that works"
        );
    }
    match (made.asked.result, environment) {
        (Outcome::Fails, _) => tr!(
            "check again; then `segell record check --batch {batch} --env {environment} --all --by aoc --result works --evidence TICKET`",
            batch = batch,
            environment = environment.word()
        ),
        (Outcome::Works, Environment::Pre) => tr!(
            "tell SIAD; then `segell record informed --batch {batch} --env pre --all --evidence TICKET`",
            batch = batch
        ),
        (Outcome::Works, Environment::Pro) => tr!(
            "when AOC and PICA have seen that requests work, see that the departments still consume; then `segell record departments --batch {batch} --by aoc --result works --evidence TICKET`",
            batch = batch
        ),
    }
}
