//! The forecast, as people and programs read it.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::Text;
use crate::base::time::{days_between, start_of};
use crate::checklist::forecast::{Break, Forecast};
use crate::checklist::rules::certificate::{in_force, not_revoked, strong_enough};
use crate::inventory::finding::{Actor, Finding, Severity};
use crate::inventory::source::Sources;
use crate::tr;
use crate::views::ics::{self, Event};
use crate::views::report::json;
use crate::views::report::markdown::inline;
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
                "Tables, for a comment, by who acts",
                |Sourced(forecast, sources), screen| comment(forecast, sources, screen.out),
            ),
            Offer(Format::Ics, "For calendar programs", |Sourced(forecast, _), screen| {
                let name = tr!("segell: what is due");
                let text = ics::write(&name, start_of(forecast.today), &events(forecast));
                screen.out.write_all(text.as_bytes())
            }),
        ]
    }
}

/// How many lines of one kind a person is shown.
const SHOWN: usize = 40;

/// The fewest breaks of a rule that are told together.
const ALIKE: usize = 3;

/// Seals that run out first, each once; then the rest, what is alike told together.
fn human(forecast: &Forecast, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let (seals, others): (Vec<&Break>, Vec<&Break>) =
        forecast.breaks.iter().partition(|item| is_of_seal(&item.finding));
    let seals = once(&seals);
    if !seals.is_empty() {
        writeln!(out, "{}", tr!("seals that run out"))?;
        let lines = seal_table(&seals).padded();
        for line in lines.iter().take(SHOWN + 1) {
            writeln!(out, "  {}", line.join("  ").trim_end())?;
        }
        let rest = seals.len().saturating_sub(SHOWN);
        if rest > 0 {
            let more = tr!("… and {count} more; --format csv lists them all", count = rest);
            writeln!(out, "  {more}")?;
        }
        writeln!(out)?;
    }
    for group in alike(others) {
        match group.len() {
            few if few < ALIKE => {
                for item in &group {
                    one(forecast, item, sources, out)?;
                }
            }
            _ => many(forecast, &group, out)?,
        }
    }
    writeln!(out, "{}", total(forecast))
}

fn total(forecast: &Forecast) -> Text {
    let count = forecast.breaks.len();
    let (today, until) = (forecast.today, forecast.until);
    match count {
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
    }
}

/// Whether it is that a seal which is loaded will not do any more.
fn is_of_seal(finding: &Finding) -> bool {
    let rules = [in_force::RULE.name, strong_enough::RULE.name, not_revoked::RULE.name];
    finding.subject.batch.is_none()
        && finding.subject.certificate.is_some()
        && rules.contains(&finding.rule.name)
}

/// A seal that runs out, whatever is said of it on which day.
struct RunsOut<'b> {
    /// What is said first.
    first: &'b Break,
    /// The day from which it is an error, if that is looked at.
    error: Option<Date>,
    /// The last day to act.
    act_by: Option<Date>,
}

/// Each seal once for each rule, by the first day.
fn once<'b>(breaks: &[&'b Break]) -> Vec<RunsOut<'b>> {
    let mut places: HashMap<(Option<&str>, &str), usize> = HashMap::new();
    let mut seals: Vec<RunsOut<'b>> = Vec::new();
    for item in breaks.iter().copied() {
        let key = (item.finding.subject.certificate.as_deref(), item.finding.rule.name);
        let place = *places.entry(key).or_insert_with(|| {
            seals.push(RunsOut { first: item, error: None, act_by: item.act_by });
            seals.len() - 1
        });
        let seal = &mut seals[place];
        if item.finding.severity == Severity::Error {
            seal.error.get_or_insert(item.day);
        }
        seal.act_by = [seal.act_by, item.act_by].into_iter().flatten().min();
    }
    seals
}

fn seal_table(seals: &[RunsOut<'_>]) -> Table {
    let head = [tr!("first bad day"), tr!("an error from"), tr!("last day to act"), tr!("what")];
    let shown = |day: Option<Date>| day.map_or_else(|| "–".to_owned(), |day| day.to_string());
    let row = |seal: &RunsOut<'_>| {
        vec![
            seal.first.day.to_string(),
            shown(seal.error),
            shown(seal.act_by),
            seal.first.finding.message.to_string(),
        ]
    };
    Table { head: head.to_vec(), rows: seals.iter().map(row).collect() }
}

/// The breaks of one rule and in the same words, whoever they are about, by the first of each.
fn alike(breaks: Vec<&Break>) -> Vec<Vec<&Break>> {
    let mut places: HashMap<(&str, Severity, &str), usize> = HashMap::new();
    let mut groups: Vec<Vec<&Break>> = Vec::new();
    for item in breaks {
        let finding = &item.finding;
        let key = (finding.rule.name, finding.severity, finding.message.template);
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(item);
    }
    groups
}

fn one(
    forecast: &Forecast,
    item: &Break,
    sources: &Sources,
    out: &mut dyn Write,
) -> io::Result<()> {
    let finding = &item.finding;
    let (severity, rule) = (severity(finding.severity), finding.rule.name);
    writeln!(out, "{}  {severity}[{rule}]: {}", item.day, finding.message)?;
    writeln!(out, "    --> {}", place(item, sources))?;
    if let Some(words) = act(forecast, item) {
        writeln!(out, "    {words}")?;
    }
    writeln!(out, "    {}\n", tr!("help: {help}", help = finding.help.clone()))
}

/// Several in one line, with the first of them.
fn many(forecast: &Forecast, group: &[&Break], out: &mut dyn Write) -> io::Result<()> {
    let (first, last) = (group[0], group[group.len() - 1]);
    let finding = &first.finding;
    let (severity, rule) = (severity(finding.severity), finding.rule.name);
    let what = tr!(
        "{count} times until {day}, the first: {message}",
        count = group.len(),
        day = last.day,
        message = finding.message.clone()
    );
    writeln!(out, "{}  {severity}[{rule}]: {what}", first.day)?;
    if let Some(words) = act(forecast, first) {
        writeln!(out, "    {words}")?;
    }
    writeln!(out, "    {}\n", tr!("help: {help}", help = finding.help.clone()))
}

/// The same for a comment, a part for each who acts.
fn comment(forecast: &Forecast, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let mut by_actor: BTreeMap<Option<Actor>, Vec<&Break>> = BTreeMap::new();
    for item in &forecast.breaks {
        by_actor.entry(item.finding.actor).or_default().push(item);
    }
    for (actor, breaks) in by_actor {
        let who = actor.map_or_else(|| tr!("whoever edits the files"), Actor::shown);
        writeln!(out, "#### {}\n", inline(&who))?;
        let mut shown = Table { head: head(), rows: Vec::new() };
        let mut more = Vec::new();
        for group in alike(breaks) {
            shown.rows.extend(group.iter().take(SHOWN).map(|item| row(item, sources)));
            if let Some(rest) = group.len().checked_sub(SHOWN).filter(|rest| *rest > 0) {
                more.push(tr!(
                    "… and {count} more of `{rule}`; --format json lists them all",
                    count = rest,
                    rule = group[0].finding.rule.name
                ));
            }
        }
        shown.markdown(out)?;
        more.iter().try_for_each(|line| writeln!(out, "\n{}", inline(line)))?;
        writeln!(out)?;
    }
    writeln!(out, "{}", inline(&total(forecast)))
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

fn head() -> Vec<Text> {
    vec![
        tr!("first bad day"),
        tr!("last day to act"),
        tr!("severity"),
        tr!("rule"),
        tr!("what"),
        tr!("help"),
        tr!("where"),
    ]
}

fn row(item: &Break, sources: &Sources) -> Vec<String> {
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
}

fn table(forecast: &Forecast, sources: &Sources) -> Table {
    let rows = forecast.breaks.iter().map(|item| row(item, sources));
    Table { head: head(), rows: rows.collect() }
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
