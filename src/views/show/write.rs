//! The formats of what is known.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Kind, Live, Sheet, Show, actors, document, told};
use crate::base::text::{Text, names, visible};
use crate::checklist::history::Event;
use crate::inventory::finding::Severity;
use crate::tr;
use crate::views::report::{json, name_of};
use crate::views::screen::{Format, Offer, Screen, Sourced, View};
use crate::views::table::wrapped;

/// How many lines of one kind a person is shown.
const SHOWN: usize = 40;

/// From so many sheets on, only their titles are shown.
const MANY: usize = 6;

impl View for Sourced<'_, Show> {
    fn offers() -> Vec<Offer<Self>> {
        vec![
            Offer(Format::Human, "For a terminal", |Sourced(show, _), screen| human(show, screen)),
            Offer(
                Format::Json,
                "One JSON document (schemas/show.schema.json)",
                |Sourced(show, sources), screen| {
                    json::write_visibly(&document(show, sources), screen.out)
                },
            ),
        ]
    }
}

fn human(show: &Show, screen: &mut Screen<'_>) -> io::Result<()> {
    if show.sheets.len() >= MANY {
        for sheet in &show.sheets {
            writeln!(screen.out, "{}", title(sheet))?;
        }
        return Ok(());
    }
    for (index, sheet) in show.sheets.iter().enumerate() {
        if index > 0 {
            writeln!(screen.out)?;
        }
        one(sheet, screen)?;
    }
    Ok(())
}

fn title(sheet: &Sheet) -> Text {
    let id = names([&sheet.id]);
    match (sheet.kind, sheet.facts.first()) {
        (Kind::Ens, Some((_, name))) => {
            tr!("ens {id}: {name}", id = id, name = name.concat())
        }
        (Kind::Ens, None) => tr!("ens {id}", id = id),
        (Kind::Certificate, _) => tr!("seal {id}", id = id),
        (Kind::Batch, _) => tr!("batch {id}", id = id),
    }
}

fn one(sheet: &Sheet, screen: &mut Screen<'_>) -> io::Result<()> {
    let width = screen.width;
    let bold = Style::new().bold();
    let out = &mut *screen.out;
    writeln!(out, "{bold}{}{bold:#}", title(sheet))?;
    let facts = sheet.facts.iter().skip(usize::from(sheet.kind == Kind::Ens));
    for (name, values) in facts {
        let values: Vec<String> = values.iter().map(|value| visible(value)).collect();
        writeln!(out, "{}", wrapped("  ", &format!("{name}: {}", values.join(", ")), width))?;
    }
    let live: Vec<String> = live(&sheet.live).iter().map(Text::to_string).collect();
    part(out, width, tr!("live now"), &live)?;
    let (history, ahead) = (lines(sheet, &sheet.history), lines(sheet, &sheet.ahead));
    // The latest is what matters.
    let hidden = history.len().saturating_sub(SHOWN);
    let mut shown = history[hidden..].to_vec();
    if hidden > 0 {
        let more = tr!("… and {count} before; --format json lists them all", count = hidden);
        shown.insert(0, more.to_string());
    }
    part(out, width, tr!("history"), &shown)?;
    part(out, width, tr!("what comes next"), &ahead)?;
    let standing: Vec<String> = sheet.standing.iter().map(|(what, _)| what.to_string()).collect();
    part(out, width, tr!("where it stands"), &standing)?;
    let found: Vec<String> = told(sheet).map(finding).collect();
    part(out, width, tr!("what `check` finds"), &found)?;
    let actors: Vec<String> = actors(sheet).into_iter().map(|it| name_of(it).to_string()).collect();
    let actors: &[String] = if actors.is_empty() { &[] } else { &[actors.join(", ")] };
    part(out, width, tr!("who has to act"), actors)?;
    commands(sheet, out)
}

fn part(
    out: &mut dyn Write,
    width: Option<usize>,
    title: Text,
    lines: &[String],
) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let bold = Style::new().bold();
    writeln!(out, "\n{bold}{title}{bold:#}")?;
    for line in lines.iter().take(SHOWN + 1) {
        writeln!(out, "{}", wrapped("  ", line, width))?;
    }
    match lines.len().saturating_sub(SHOWN + 1) {
        0 => Ok(()),
        rest => {
            let more = tr!("… and {count} more; --format json lists them all", count = rest);
            writeln!(out, "  {more}")
        }
    }
}

/// What is loaded, the two environments together where they hold the same.
fn live(all: &[Live]) -> Vec<Text> {
    let mut told: Vec<Text> = Vec::new();
    for both in all.chunk_by(|a, b| a.ens == b.ens && a.certificate == b.certificate) {
        let ens = names([&both[0].ens]);
        let places: Vec<&str> = both.iter().map(|live| live.environment.shown()).collect();
        let places = places.join(", ");
        told.push(match (&both[0].certificate, &both[0].until) {
            (Some(id), Some(until)) => tr!(
                "{environments}: {certificate} of {ens}, until {day}",
                environments = places,
                certificate = names([id]),
                ens = ens,
                day = until
            ),
            (Some(id), None) => tr!(
                "{environments}: {certificate} of {ens}",
                environments = places,
                certificate = names([id]),
                ens = ens
            ),
            (None, _) => tr!("{environments}: no seal of {ens}", environments = places, ens = ens),
        });
    }
    told
}

/// A line an event: the day, what, of whom unless the sheet says so, and what shows it.
fn lines(sheet: &Sheet, events: &[Event]) -> Vec<String> {
    let line = |event: &Event| {
        let mut beside: Vec<String> = Vec::new();
        if sheet.kind != Kind::Ens && !event.ens.is_empty() {
            beside.push(tr!("{ens}", ens = names(&event.ens)).to_string());
        }
        let others = [&event.certificate, &event.batch];
        let others = others.into_iter().flatten().filter(|id| **id != sheet.id);
        beside.extend(others.map(|id| visible(id)));
        beside.extend(event.evidence.iter().map(|it| visible(it)));
        match beside.is_empty() {
            true => format!("{}  {}", event.day, event.what),
            false => format!("{}  {} ({})", event.day, event.what, beside.join("; ")),
        }
    };
    events.iter().map(line).collect()
}

fn finding(finding: &crate::inventory::finding::Finding) -> String {
    let message = finding.message.clone();
    match finding.severity {
        Severity::Error => tr!("error: {message}", message = message),
        Severity::Warning => tr!("warning: {message}", message = message),
        Severity::Pending | Severity::Waived => message,
    }
    .to_string()
}

/// The commands that do what is to be done, each on a line of its own, so that they can be copied.
fn commands(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    let mut tasks = sheet.tasks.iter().filter(|task| !task.commands.is_empty()).peekable();
    if tasks.peek().is_none() {
        return Ok(());
    }
    let (bold, cyan) = (Style::new().bold(), AnsiColor::Cyan.on_default());
    writeln!(out, "\n{bold}{}{bold:#}", tr!("the commands for it"))?;
    for command in tasks.flat_map(|task| &task.commands) {
        writeln!(out, "  {cyan}{command}{cyan:#}")?;
    }
    Ok(())
}
