//! `segell record informed`.

use std::process::ExitCode;

use anyhow::{Result, ensure};

use super::{Event, Subject, not_loaded, stands};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::batch::{actor, evidence, evidence_question, take_evidence};
use crate::commands::out::say;
use crate::edit::{Evidence, Value};
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::model::{Informed, Load, Record};
use crate::inventory::survey::Survey;
use crate::tr;

/// Record that SIAD was told
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    event: Event,
    /// Who was told; SIAD unless given
    #[arg(long, value_name = "ACTOR", value_parser = actor, value_delimiter = ',')]
    to: Vec<Actor>,
    /// What shows it: a ticket, a CSV code or a file; may be given several times
    #[arg(long, value_name = "X", value_parser = evidence)]
    evidence: Vec<Evidence>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { event, .. } = arguments;
    let mut changes = event.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, event.writing.today());
    let mut interview = Interview::begin();
    let subject = event.subject(&mut interview, &survey, stands)?;
    let shown = interview.need_some(&arguments.evidence, &evidence_question(), evidence)?;
    let (Some(subject), Some(shown)) = (subject, shown) else { return interview.refuse() };
    let to = if arguments.to.is_empty() { vec![Actor::Siad] } else { arguments.to.clone() };
    let shown = take_evidence(&shown, subject.view, &mut changes)?;
    let informed = Value::map([
        ("date", Some(subject.date.into())),
        ("to", Some(Value::list(to.iter().map(|actor| actor.word())))),
        ("evidence", Some(shown)),
    ]);
    for (load, pointer) in subject.loads() {
        let record = load.record(subject.environment);
        ensure!(record.is_some(), not_loaded(&subject, load));
        let known = record.and_then(|record| record.informed.as_ref());
        let same = |known: &Informed| known.date.date() == subject.date && known.to == to;
        if !known.is_some_and(same) {
            if let (Some(record), Some(known)) = (record, known) {
                replaced(&subject, load, record, known)?;
            }
            let pointer = format!("{pointer}/{}/informed", subject.environment.word());
            subject.edit(&mut changes, &|yaml| yaml.set(&pointer, &informed))?;
        }
    }
    subject.finish(&event.writing, &changes, &[next(&subject)])
}

/// Says that what is recorded is replaced, where it no longer counts.
///
/// # Errors
/// Where it does: then it is the record, and stays.
fn replaced(
    subject: &Subject<'_, '_>,
    load: &Load,
    record: &Record,
    known: &Informed,
) -> Result<()> {
    let day = known.date.date();
    let since = match subject.environment {
        Environment::Pre => record.since_last_failure().first().map(|check| check.date.date()),
        Environment::Pro => Some(record.loaded.date()),
    };
    let counts = known.to.contains(&Actor::Siad) && since.is_none_or(|since| day >= since);
    ensure!(
        !counts,
        tr!(
            "that SIAD was told of `{ens}` is recorded for {date} already; if that is wrong: `segell correct {batch} loads {ens} {environment} informed date DATE`",
            ens = &load.ens,
            date = day,
            batch = subject.view.id,
            environment = subject.environment.word()
        )
    );
    say(tr!(
        "of `{ens}`, what was told on {date} no longer counts, and is replaced",
        ens = &load.ens,
        date = day
    ));
    Ok(())
}

fn next(subject: &Subject<'_, '_>) -> Text {
    let batch = subject.view.id;
    match subject.environment {
        Environment::Pre => {
            tr!(
                "when all of it is in order: `segell release --batch {batch} --stage pro`",
                batch = batch
            )
        }
        Environment::Pro => tr!(
            "see with PICA that requests work; then `segell record check --batch {batch} --env pro --all --by pica --by aoc --result works --evidence TICKET`",
            batch = batch
        ),
    }
}
