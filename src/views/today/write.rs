//! The formats of what is due.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Task, Today, When, document};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::inventory::finding::Actor;
use crate::inventory::workdays::weekday;
use crate::tr;
use crate::views::report::markdown::inline;
use crate::views::report::{json, name_of};
use crate::views::screen::{Format, Offer, Screen, View};
use crate::views::table::{Table, wrapped};

/// How many tasks of one kind a person is shown.
const SHOWN: usize = 15;

/// How many tasks of one actor a comment has.
const MOST: usize = 40;

impl View for Today {
    fn offers() -> Vec<Offer<Today>> {
        vec![
            Offer(Format::Human, "For a terminal", human),
            Offer(
                Format::Json,
                "One JSON document (schemas/today.schema.json)",
                |today, screen| json::write_visibly(&document(today), screen.out),
            ),
            Offer(Format::Csv, "A table, for a spreadsheet", |today, screen| {
                table(today).csv(screen.out)
            }),
            Offer(Format::Markdown, "Tables, for a comment, by who acts", comment),
        ]
    }
}

fn human(today: &Today, screen: &mut Screen<'_>) -> io::Result<()> {
    let Screen { out, width, .. } = screen;
    let width = *width;
    let first = tr!(
        "{weekday} {day}; the week ends on {sunday}",
        weekday = weekday(today.today),
        day = today.today,
        sunday = today.week_ends
    );
    writeln!(out, "{first}")?;
    let all = [When::Overdue, When::Today, When::ThisWeek, When::Waiting, When::Next];
    for when in all {
        let tasks: Vec<&Task> = today.tasks.iter().filter(|task| task.when == when).collect();
        if tasks.is_empty() && when != When::Today {
            continue;
        }
        let style = style(when);
        writeln!(out, "\n{style}{}{style:#}", shown(when))?;
        if tasks.is_empty() {
            writeln!(out, "  {}", tr!("nothing"))?;
        }
        for task in tasks.iter().take(SHOWN) {
            one(task, width, *out)?;
        }
        let rest = tasks.len().saturating_sub(SHOWN);
        if rest > 0 {
            let more = tr!("… and {count} more; --format json lists them all", count = rest);
            writeln!(out, "  {more}")?;
        }
    }
    let fills = today.tasks.iter().flat_map(|task| &task.commands);
    if fills.into_iter().any(|command| command.contains(char::is_uppercase)) {
        let words =
            tr!("a word in capitals is to be filled in; --evidence also takes a file or a code");
        writeln!(out, "\n{}", wrapped("", &words.to_string(), width))?;
    }
    Ok(())
}

/// A task: its day, who, the batch and what; below, what one should know, and the commands, each on a
/// line of its own, so that they can be copied.
fn one(task: &Task, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let batch = task.batch.as_ref().map(|id| format!("  {id}")).unwrap_or_default();
    writeln!(out, "  {} {}  {}{batch}", weekday(task.day), task.day, who(task))?;
    writeln!(out, "{}", wrapped("      ", &task.what.to_string(), width))?;
    for note in &task.notes {
        writeln!(out, "{}", wrapped("      · ", &note.to_string(), width))?;
    }
    let style = AnsiColor::Cyan.on_default();
    for command in &task.commands {
        writeln!(out, "      {style}{command}{style:#}")?;
    }
    Ok(())
}

fn who(task: &Task) -> String {
    let names: Vec<String> = task.actors.iter().map(|actor| name_of(*actor).to_string()).collect();
    names.join(", ")
}

fn shown(when: When) -> Text {
    match when {
        When::Overdue => tr!("overdue"),
        When::Today => tr!("today"),
        When::ThisWeek => tr!("this week"),
        When::Waiting => tr!("waiting"),
        When::Next => tr!("after this week"),
    }
}

fn style(when: When) -> Style {
    match when {
        When::Overdue => AnsiColor::Red.on_default().bold(),
        When::Today => AnsiColor::Green.on_default().bold(),
        When::ThisWeek | When::Waiting | When::Next => Style::new().bold(),
    }
}

/// A part for each who acts; what several have to do stands in each one's.
fn comment(today: &Today, screen: &mut Screen<'_>) -> io::Result<()> {
    let out = &mut *screen.out;
    for &actor in Actor::ALL {
        let tasks: Vec<&Task> =
            today.tasks.iter().filter(|task| task.actors.contains(&actor)).collect();
        if tasks.is_empty() {
            continue;
        }
        writeln!(out, "#### {}\n", inline(&name_of(actor)))?;
        let rows = tasks.iter().take(MOST).map(|task| row(task));
        Table { head: head(), rows: rows.collect() }.markdown(out)?;
        let rest = tasks.len().saturating_sub(MOST);
        if rest > 0 {
            let more = tr!("… and {count} more; --format json lists them all", count = rest);
            writeln!(out, "\n{}", inline(&more))?;
        }
        writeln!(out)?;
    }
    if today.tasks.is_empty() {
        writeln!(out, "{}", inline(&tr!("nothing")))?;
    }
    Ok(())
}

fn table(today: &Today) -> Table {
    Table { head: head(), rows: today.tasks.iter().map(row).collect() }
}

fn head() -> Vec<Text> {
    let head = [
        tr!("when"),
        tr!("day"),
        tr!("who has to act"),
        tr!("what"),
        tr!("batch"),
        tr!("ens"),
        tr!("notes"),
        tr!("commands"),
    ];
    head.to_vec()
}

fn row(task: &Task) -> Vec<String> {
    let notes: Vec<String> = task.notes.iter().map(ToString::to_string).collect();
    vec![
        shown(task.when).to_string(),
        task.day.to_string(),
        who(task),
        task.what.to_string(),
        task.batch.clone().unwrap_or_default(),
        task.ens.join(" "),
        notes.join("; "),
        task.commands.join("; "),
    ]
}
