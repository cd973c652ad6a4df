//! `segell record check`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use jiff::civil::Date;

use super::pairs::Messages;
use super::proof;
use super::{Event, not_loaded, stands};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::batch::{
    actor, choice, evidence, evidence_question, take_evidence, whom, words,
};
use crate::edit::{Evidence, Value, Yaml};
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::model::{Check, Message, Outcome};
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

/// Record a check that requests work
///
/// What came to light of a failure later is recorded by giving the check again, with its cause. With the
/// request that was sent, and what was answered, the check proves itself: the load, the day, the result and
/// the service are read in them, and what is not that load's is refused. Nothing of a message is kept but
/// which seal signed, the code, the service, the id, the time and the codes of the answer.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    event: Event,
    #[command(flatten)]
    messages: Messages,
    #[command(flatten)]
    told: Told,
}

/// What is told of a check.
#[derive(Debug, clap::Args)]
pub(super) struct Told {
    /// Who made it; may be given several times
    #[arg(long, value_name = "ACTOR", value_parser = actor, value_delimiter = ',')]
    by: Vec<Actor>,
    /// What came of it
    #[arg(long, value_name = "works|fails", value_parser = outcome)]
    pub result: Option<Outcome>,
    /// A service that was asked; may be given several times
    #[arg(long, value_name = "PRODUCT/MODALITY", value_delimiter = ',')]
    service: Vec<String>,
    /// Of a failure: why
    #[arg(long, value_name = "TEXT", value_parser = words)]
    cause: Option<String>,
    /// Of a failure: with whom it was discussed; may be given several times
    #[arg(long, value_name = "ACTOR", value_parser = actor, value_delimiter = ',')]
    discussed_with: Vec<Actor>,
    /// Of a failure: the day it was mended
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    corrected: Option<Date>,
    /// What shows it: a ticket, a CSV code or a file; may be given several times
    #[arg(long, value_name = "X", value_parser = evidence)]
    evidence: Vec<Evidence>,
}

/// Who made a check, and what shows it.
pub(super) struct Asking {
    pub by: Vec<Actor>,
    pub evidence: Vec<Evidence>,
}

/// A check as it is to be recorded.
pub(super) struct Made<'t> {
    pub date: Date,
    pub by: Vec<Actor>,
    pub result: Outcome,
    /// The service that its message asked for.
    pub service: Option<&'t String>,
    /// What is kept of its message.
    pub message: Option<&'t Value>,
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
    let Arguments { event, messages, told } = arguments;
    if messages.are_given() {
        return proof::run(event, told, messages);
    }
    let mut changes = event.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, event.writing.today());
    let mut interview = Interview::begin();
    let subject = event.subject(&mut interview, &survey, stands)?;
    let asked = told.ask(&mut interview)?;
    let (Some(subject), Some(asked)) = (subject, asked) else { return interview.refuse() };
    let (asked, result) = asked;
    let shown = take_evidence(&asked.evidence, subject.view, &mut changes)?;
    let made = told.made(subject.date, asked.by.clone(), result);
    for (load, pointer) in subject.loads() {
        let record = load.record(subject.environment);
        let record = record.with_context(|| not_loaded(&subject, load))?;
        let pointer = format!("{pointer}/{}/checks", subject.environment.word());
        subject.edit(&mut changes, &|yaml| made.put(yaml, &pointer, &record.checks, &shown))?;
    }
    let done = Done {
        batch: subject.view,
        environment: subject.environment,
        places: &subject.places,
        date: subject.date,
        by: &asked.by,
        result,
    };
    subject.finish(&event.writing, &changes, &[next(&done, told)])
}

impl Told {
    /// What must be known of every check: what is given, else the answers.
    pub fn ask(&self, interview: &mut Interview) -> Result<Option<(Asking, Outcome)>> {
        let result = choice("--result works|fails", tr!("What came of it?"), &["works", "fails"]);
        let result = interview.need(self.result.as_ref(), &result, outcome)?;
        Ok(self.ask_without_result(interview)?.zip(result))
    }

    /// The same of a check whose message may tell what came of it.
    pub fn ask_without_result(&self, interview: &mut Interview) -> Result<Option<Asking>> {
        let by = tr!("Who checked? (several are parted by blanks)");
        let by = choice("--by ACTOR", by, &["aoc", "pica"]);
        let by = interview.need_some(&self.by, &by, actor)?;
        let shown = interview.need_some(&self.evidence, &evidence_question(), evidence)?;
        Ok(by.zip(shown).map(|(by, evidence)| Asking { by, evidence }))
    }

    /// The check of which nothing is known but what is told.
    pub fn made(&self, date: Date, by: Vec<Actor>, result: Outcome) -> Made<'_> {
        Made { date, by, result, service: None, message: None, told: self }
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
        match self.known(known) {
            None => yaml.append(pointer, &self.value(evidence)),
            Some(place) => self.details(known.get(place)).into_iter().try_for_each(
                |(field, value)| match value {
                    Some(value) => yaml.set(&format!("{pointer}/{place}/{field}"), &value),
                    None => Ok(()),
                },
            ),
        }
    }

    /// The place of the same check, if it is there.
    pub fn known(&self, known: &[Check]) -> Option<usize> {
        let same = |check: &Check| {
            check.date.date() == self.date
                && check.by == self.by
                && check.result == self.result
                && !self.is_proved_otherwise(check)
        };
        known.iter().rposition(same)
    }

    /// Whether a check has another message already: then it is another check.
    fn is_proved_otherwise(&self, check: &Check) -> bool {
        let sha256 = |message: &Message| Value::quoted(&message.sha256);
        let own = self.message.and_then(|message| message.get("sha256"));
        let known = check.message.as_ref().map(sha256);
        known.zip(own).is_some_and(|(known, own)| known != *own)
    }

    pub fn value(&self, evidence: &Value) -> Value {
        let [services, cause, discussed_with, corrected, message] = self.details(None);
        Value::map([
            ("date", Some(self.date.into())),
            ("by", Some(actors(&self.by))),
            ("result", Some(Value::text(self.result.word()))),
            services,
            ("evidence", Some(evidence.clone())),
            cause,
            discussed_with,
            corrected,
            message,
        ])
    }

    /// What need not be known of every check.
    fn details(&self, known: Option<&Check>) -> [(&'static str, Option<Value>); 5] {
        let Told { service, cause, discussed_with, corrected, .. } = self.told;
        let mut service = service.clone();
        if let Some(asked) = self.service {
            let before = known.map_or(&[][..], |known| &known.services).iter();
            let before = before.map(ToString::to_string).chain([asked.clone()]);
            before.for_each(|one| {
                if !service.contains(&one) {
                    service.push(one)
                }
            });
        }
        let services = (!service.is_empty()).then(|| Value::list(service));
        let with = (!discussed_with.is_empty()).then(|| actors(discussed_with));
        [
            ("services", services),
            ("cause", cause.as_ref().map(Value::text)),
            ("discussed_with", with),
            ("corrected", corrected.map(Value::from)),
            ("message", self.message.cloned()),
        ]
    }
}

fn actors(actors: &[Actor]) -> Value {
    Value::list(actors.iter().map(|actor| actor.word()))
}

/// What was recorded, as far as it decides what comes next.
pub(super) struct Done<'d> {
    pub batch: &'d BatchView<'d>,
    pub environment: Environment,
    /// The places of the loads in the batch.
    pub places: &'d [usize],
    pub date: Date,
    pub by: &'d [Actor],
    pub result: Outcome,
}

/// What comes after a check. The commands name the ens of this check alone, and its day: whoever runs
/// them may do so later.
pub(super) fn next(done: &Done<'_>, told: &Told) -> Text {
    let (batch, environment, result) = (done.batch.id, done.environment, done.result);
    let whom = whom(done.batch, done.places);
    let by: Vec<String> = done.by.iter().map(|who| format!("--by {}", who.word())).collect();
    if result == Outcome::Fails && told.corrected.is_none() {
        let with = match environment {
            Environment::Pre => " --discussed-with siad",
            Environment::Pro => "",
        };
        return tr!(
            "when it is mended, the same again with what came to light: `segell record check --batch {batch} --env {environment} {whom} --date {day} {by} --result fails --cause TEXT{with} --corrected DATE --evidence TICKET`; then the check that works",
            batch = batch,
            environment = environment.word(),
            whom = whom,
            day = done.date,
            by = by.join(" "),
            with = with
        );
    }
    match (result, environment) {
        (Outcome::Fails, _) => tr!(
            "check again; then `segell record check --batch {batch} --env {environment} {whom} {by} --result works --evidence TICKET`",
            batch = batch,
            environment = environment.word(),
            whom = whom,
            by = by.join(" ")
        ),
        (Outcome::Works, Environment::Pre) => tr!(
            "tell SIAD; then `segell record informed --batch {batch} --env pre {whom} --evidence TICKET`",
            batch = batch,
            whom = whom
        ),
        (Outcome::Works, Environment::Pro) => tr!(
            "when AOC and PICA have seen that requests work, see that the departments still consume; then `segell record departments --batch {batch} --by aoc --result works --evidence TICKET`",
            batch = batch
        ),
    }
}
