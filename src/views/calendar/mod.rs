//! `segell calendar`: the days of each calendar, with dates, ens, stage and outcome.

mod grid;
mod svg;
mod write;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::checklist::progress::{Moment, Tally};
use crate::inventory::finding::Environment;
use crate::inventory::model::{CalendarPolicy, Stage};
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;
use crate::views::ics::Event;
use crate::views::report::json;

/// The days that were asked for.
#[derive(Debug)]
pub struct Calendar<'s, 'a> {
    /// The survey that they are taken from.
    pub survey: &'s Survey<'a>,
    /// The first day that is wanted, and the last.
    pub span: Span,
    /// Since when they stand so: when the commit was made that says it.
    pub written: Timestamp,
    /// The batches that have a day in it, by calendar and day.
    pub batches: Vec<&'s BatchView<'a>>,
}

/// From a day through another; without them from the first or through the last there is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

impl Span {
    /// Whether it has `day`.
    pub fn has(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// One load day of a batch.
#[derive(Debug)]
pub struct Day<'s, 'a> {
    /// The batch.
    pub batch: &'s BatchView<'a>,
    /// Where it is loaded.
    pub environment: Environment,
    /// The day, as the batch has it.
    pub date: Date,
    /// How far its loads have come.
    pub tally: Tally,
}

impl<'s, 'a> Calendar<'s, 'a> {
    /// The days of the calendars of these names (of all, where none is named) within `span`.
    pub fn of(
        survey: &'s Survey<'a>,
        names: &[String],
        span: Span,
        written: Timestamp,
    ) -> Calendar<'s, 'a> {
        let is_wanted = |batch: &&BatchView<'_>| {
            let is_named = names.is_empty() || names.iter().any(|name| name == batch.calendar);
            is_named && Environment::BOTH.iter().any(|at| span.has(batch.batch.date(*at)))
        };
        Calendar {
            survey,
            span,
            written,
            batches: survey.batches.iter().filter(is_wanted).collect(),
        }
    }

    /// The load days within the span, by date.
    pub fn days(&self) -> Vec<Day<'s, 'a>> {
        let both = |&batch: &&'s BatchView<'a>| {
            Environment::BOTH.map(|environment| Day {
                batch,
                environment,
                date: batch.batch.date(environment),
                tally: Tally::of(self.survey, batch, environment),
            })
        };
        let mut days: Vec<Day<'_, '_>> = self.batches.iter().flat_map(both).collect();
        days.retain(|day| self.span.has(day.date));
        days.sort_by_key(|day| day.date);
        days
    }

    /// What the policy says of days.
    fn policy(&self) -> Option<&'a CalendarPolicy> {
        self.survey.policy.map(|policy| &policy.calendar)
    }

    /// The days for calendar programs.
    fn events(&self) -> Vec<Event> {
        let event = |day: Day<'_, '_>| {
            let ens = names(day.batch.batch.loads.iter().map(|load| &load.ens));
            let (environment, outcome) = (day.environment.shown(), day.tally.shown());
            let summary = tr!(
                "{environment}: {batch} ({outcome})",
                environment = environment,
                batch = day.batch.id,
                outcome = outcome
            );
            Event {
                id: format!("{}/{}", day.batch.id, day.environment.word()),
                day: day.date,
                summary: summary.to_string(),
                description: tr!("{ens}\nstage: {stage}", ens = ens, stage = stage(day.batch))
                    .to_string(),
            }
        };
        self.days().into_iter().map(event).collect()
    }
}

/// How far a batch is released, and whether it is stopped.
pub fn stage(batch: &BatchView<'_>) -> Text {
    let stage = match batch.batch.stage {
        Stage::Planned => tr!("planned"),
        Stage::Pre => tr!("released to PRE"),
        Stage::Pro => tr!("released to PRO"),
    };
    match batch.batch.running_hold() {
        Some(_) => tr!("{stage}, on hold", stage = stage),
        None => stage,
    }
}

/// The letter of a calendar among several; none where it is alone.
fn letter(calendars: &[&str], calendar: &str) -> String {
    let place = calendars.iter().position(|known| *known == calendar);
    let letters = place.filter(|_| calendars.len() > 1).and_then(|place| ('a'..='z').nth(place));
    letters.map(String::from).unwrap_or_default()
}

/// The part of a batch's id that its calendar does not say.
fn stem<'a>(batch: &BatchView<'a>) -> &'a str {
    batch.id.split_once('/').map_or(batch.id, |(_, stem)| stem)
}

/// The version of the format.
const SCHEMA: &str = "segell.calendar/v1";

/// What `segell calendar --format json` writes.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Calendar of segell")]
struct Document {
    /// `segell.calendar/v1`.
    schema: &'static str,
    /// The day, `YYYY-MM-DD`.
    as_of: String,
    /// The days on which nothing is loaded, besides those of the week, `YYYY-MM-DD`.
    holidays: Vec<String>,
    /// The spans in which nothing is loaded.
    freezes: Vec<Freeze>,
    /// The batches of each calendar, by its name.
    calendars: BTreeMap<String, Vec<Entry>>,
}

/// A span in which nothing is loaded.
#[derive(Serialize, JsonSchema)]
struct Freeze {
    /// The first day, `YYYY-MM-DD`.
    from: String,
    /// The last day, `YYYY-MM-DD`.
    to: String,
    /// Why.
    reason: String,
}

/// One batch.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Batch")]
struct Entry {
    /// Its id, `calendar/NN-slug`.
    batch: String,
    /// Its number in the calendar.
    day: u32,
    /// How far it is released.
    stage: Stage,
    /// Whether it is stopped.
    on_hold: bool,
    /// Its day in PRE.
    pre: LoadDay,
    /// Its day in PRO.
    pro: LoadDay,
    /// What it loads.
    loads: Vec<Load>,
}

/// A load day of a batch.
#[derive(Serialize, JsonSchema)]
struct LoadDay {
    /// The day, `YYYY-MM-DD`.
    date: String,
    /// What an operator must see first of its loads.
    outcome: Moment,
    /// How many loads are how far.
    loads: Tally,
}

/// One load of a batch.
#[derive(Serialize, JsonSchema)]
struct Load {
    /// For whom.
    ens: String,
    /// Which seal.
    certificate: String,
    /// How far it has come in PRE.
    pre: Moment,
    /// How far it has come in PRO.
    pro: Moment,
}

fn document(calendar: &Calendar<'_, '_>) -> Document {
    let mut calendars: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for batch in &calendar.batches {
        let entry = entry(calendar.survey, batch);
        calendars.entry(batch.calendar.to_owned()).or_default().push(entry);
    }
    let policy = calendar.policy();
    let holidays = policy.iter().flat_map(|policy| &policy.holidays);
    let freezes = policy.iter().flat_map(|policy| &policy.freezes);
    Document {
        schema: SCHEMA,
        as_of: calendar.survey.today.to_string(),
        holidays: holidays.map(|day| day.date().to_string()).collect(),
        freezes: freezes
            .map(|freeze| Freeze {
                from: freeze.from.date().to_string(),
                to: freeze.to.date().to_string(),
                reason: freeze.reason.to_string(),
            })
            .collect(),
        calendars,
    }
}

fn entry(survey: &Survey<'_>, batch: &BatchView<'_>) -> Entry {
    let day = |environment| {
        let loads = Tally::of(survey, batch, environment);
        LoadDay { date: batch.batch.date(environment).to_string(), outcome: loads.first(), loads }
    };
    let moment = |load: &crate::inventory::model::Load, environment| {
        Moment::of(batch, load, environment, survey.today)
    };
    let loads = batch.batch.loads.iter().map(|load| Load {
        ens: load.ens.to_string(),
        certificate: load.certificate.to_string(),
        pre: moment(load, Environment::Pre),
        pro: moment(load, Environment::Pro),
    });
    Entry {
        batch: batch.id.to_owned(),
        day: batch.number,
        stage: batch.batch.stage,
        on_hold: batch.batch.running_hold().is_some(),
        pre: day(Environment::Pre),
        pro: day(Environment::Pro),
        loads: loads.collect(),
    }
}

/// The JSON Schema (draft 2020-12) of a calendar.
pub fn schema() -> schemars::Schema {
    json::schema_of::<Document>()
}
