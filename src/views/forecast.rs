//! The forecast, as people and programs read it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::Text;
use crate::base::time::days_between;
use crate::checklist::forecast::{Break, Forecast};
use crate::inventory::finding::Severity;
use crate::inventory::source::Sources;
use crate::tr;
use crate::views::ics::{self, Event};
use crate::views::report::json;
use crate::views::screen::{Format, Offer, Sourced, View};
use crate::views::table::Table;

/// The version of the format.
const SCHEMA: &str = "segell.forecast/v1";

/// What `segell forecast --format json` writes.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Forecast of segell")]
struct Document {
    /// `segell.forecast/v1`.
    schema: &'static str,
    /// The day from which one looks ahead, `YYYY-MM-DD`.
    as_of: String,
    /// The last day that is looked at, `YYYY-MM-DD`.
    until: String,
    /// How many breaks there are a month, `YYYY-MM`.
    months: BTreeMap<String, usize>,
    /// What breaks, by day.
    breaks: Vec<Entry>,
}

/// Something that holds today and will not.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Break")]
struct Entry {
    /// The first day on which `check` finds it, `YYYY-MM-DD`.
    first_bad_day: String,
    /// The last day on which somebody can begin to keep it from happening, `YYYY-MM-DD`.
    last_day_to_act: Option<String>,
    /// What `check` finds on the first bad day.
    finding: json::Entry,
}

/// The JSON Schema (draft 2020-12) of a forecast.
pub fn schema() -> schemars::Schema {
    json::schema_of::<Document>()
}

impl View for Sourced<'_, Forecast> {
    fn offers() -> Vec<Offer<Self>> {
        vec![
            Offer(Format::Human, "For people", |Sourced(forecast, sources), screen| {
                human(forecast, sources, screen.out)
            }),
            Offer(
                Format::Json,
                "One JSON document (schemas/forecast.schema.json)",
                |Sourced(forecast, sources), screen| {
                    json::write_visibly(&document(forecast, sources), screen.out)
                },
            ),
            Offer(
                Format::Csv,
                "A table, for a spreadsheet",
                |Sourced(forecast, sources), screen| table(forecast, sources).csv(screen.out),
            ),
            Offer(
                Format::Markdown,
                "A table, for a comment",
                |Sourced(forecast, sources), screen| table(forecast, sources).markdown(screen.out),
            ),
            Offer(Format::Ics, "For calendar programs", |Sourced(forecast, _), screen| {
                let name = tr!("segell: what is due");
                let text = ics::write(&name, forecast.today, &events(forecast));
                screen.out.write_all(text.as_bytes())
            }),
        ]
    }
}

fn human(forecast: &Forecast, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    for item in &forecast.breaks {
        let finding = &item.finding;
        let (severity, rule) = (severity(finding.severity), finding.rule.name);
        writeln!(out, "{}  {severity}[{rule}]: {}", item.day, finding.message)?;
        writeln!(out, "    --> {}", place(item, sources))?;
        if let Some(words) = act(forecast, item) {
            writeln!(out, "    {words}")?;
        }
        writeln!(out, "    {}\n", tr!("help: {help}", help = finding.help.clone()))?;
    }
    let count = forecast.breaks.len();
    let (today, until) = (forecast.today, forecast.until);
    let total = match count {
        0 => tr!("nothing breaks from {today} to {until}", today = today, until = until),
        _ => tr!(
            "if nobody acts, {what} from {today} to {until}",
            what = tr!(
                count = count;
                one "{count} thing breaks",
                many "{count} things break"
            ),
            today = today,
            until = until
        ),
    };
    writeln!(out, "{total}")
}

/// Until when one can act, and whether that is still ahead.
fn act(forecast: &Forecast, item: &Break) -> Option<Text> {
    let day = item.act_by?;
    Some(match days_between(forecast.today, day) {
        0 => tr!("act today, the last day"),
        ahead @ 1.. => tr!(
            "act by {day}, {when}",
            day = day,
            when = tr!(count = ahead; one "in {count} day", many "in {count} days")
        ),
        behind => tr!(
            "act now: the last day was {day}, {when}",
            day = day,
            when = tr!(count = -behind; one "{count} day ago", many "{count} days ago")
        ),
    })
}

fn severity(severity: Severity) -> Text {
    match severity {
        Severity::Error => tr!("error"),
        _ => tr!("warning"),
    }
}

fn place(item: &Break, sources: &Sources) -> String {
    let located = sources.locate(&item.finding.place);
    format!("{}:{}:{}", located.file, located.line, located.column)
}

fn table(forecast: &Forecast, sources: &Sources) -> Table {
    let head = [
        tr!("first bad day"),
        tr!("last day to act"),
        tr!("severity"),
        tr!("rule"),
        tr!("what"),
        tr!("help"),
        tr!("where"),
    ];
    let row = |item: &Break| {
        let finding = &item.finding;
        vec![
            item.day.to_string(),
            item.act_by.map(|day| day.to_string()).unwrap_or_default(),
            severity(finding.severity).to_string(),
            finding.rule.name.to_owned(),
            finding.message.to_string(),
            finding.help.to_string(),
            place(item, sources),
        ]
    };
    Table { head: head.to_vec(), rows: forecast.breaks.iter().map(row).collect() }
}

fn document(forecast: &Forecast, sources: &Sources) -> Document {
    let mut months = BTreeMap::new();
    for item in &forecast.breaks {
        *months.entry(item.day.strftime("%Y-%m").to_string()).or_default() += 1;
    }
    let entry = |item: &Break| Entry {
        first_bad_day: item.day.to_string(),
        last_day_to_act: item.act_by.map(|day| day.to_string()),
        finding: json::entry(sources, &item.finding),
    };
    Document {
        schema: SCHEMA,
        as_of: forecast.today.to_string(),
        until: forecast.until.to_string(),
        months,
        breaks: forecast.breaks.iter().map(entry).collect(),
    }
}

/// Of each break the last day to act, and the first bad day.
fn events(forecast: &Forecast) -> Vec<Event> {
    let mut events = Vec::new();
    for item in &forecast.breaks {
        let finding = &item.finding;
        let id = id(item);
        let description = format!("{}\n{}", finding.message, finding.help);
        if let Some(day) = item.act_by {
            let summary = tr!("last day to act: {what}", what = finding.message.clone());
            let (id, summary) = (format!("{id}-act"), summary.to_string());
            events.push(Event { id, day, summary, description: description.clone() });
        }
        let summary = finding.message.to_string();
        events.push(Event { id: format!("{id}-bad"), day: item.day, summary, description });
    }
    events
}

/// The same for the same rule, severity and place, on whatever day it falls.
fn id(item: &Break) -> String {
    let Break { finding, .. } = item;
    let what = format!(
        "{} {:?} {:?} {:?}",
        finding.rule.name, finding.severity, finding.subject, finding.place
    );
    crate::base::digest::Sha256::of(what.as_bytes()).to_string()[..32].to_owned()
}
