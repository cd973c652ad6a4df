//! The record for people and for programs.

use std::io::{self, Write};

use crate::base::text::{Text, visible};
use crate::pipeline::log::{Entry, Log};
use crate::tr;
use crate::views::screen::{Format, Offer, View};
use crate::views::table::Table;

impl View for Log {
    fn offers() -> Vec<Offer<Log>> {
        vec![
            Offer(Format::Human, "For a terminal", |log, screen| human(log, screen.out)),
            Offer(Format::Json, "`schemas/log.schema.json`", |log, screen| {
                serde_json::to_writer_pretty(&mut *screen.out, log)?;
                writeln!(screen.out)
            }),
            Offer(Format::Markdown, "A table", |log, screen| table(log).markdown(screen.out)),
            Offer(Format::Csv, "For spreadsheets", |log, screen| table(log).csv(screen.out)),
        ]
    }
}

fn human(log: &Log, out: &mut dyn Write) -> io::Result<()> {
    for entry in &log.entries {
        let environment = entry.environment.shown();
        let (commit, main) = (&entry.commit[..12], &entry.main[..12]);
        let what = match entry.main == entry.commit {
            true => tr!("begins at {main}", main = main),
            false => tr!("brings {main} of `main`", main = main),
        };
        let standing = match (entry.root, entry.before_root) {
            (true, _) => format!(", {}", tr!("a root")),
            (false, true) => format!(", {}", tr!("before the root")),
            (false, false) => String::new(),
        };
        writeln!(out, "{}  {environment}  {commit}  {what}{standing}", day(entry))?;
        for (label, text) in lines(entry) {
            writeln!(out, "    {:<10} {text}", label.to_string())?;
        }
        writeln!(out)?;
    }
    let count = log.entries.len();
    let total = tr!(count = count; one "{count} entry", many "{count} entries");
    let outcome = match (log.verified, log.is_refused()) {
        (false, _) => tr!("not verified; `--verify` checks every signature and rule again"),
        (true, false) => tr!("every signature and rule holds, each on its own day"),
        (true, true) => tr!("the record does not hold"),
    };
    writeln!(out, "{total}: {outcome}")
}

/// The day; a commit may bear none.
fn day(entry: &Entry) -> &str {
    entry.day.as_deref().unwrap_or("????-??-??")
}

/// What is told of an entry, line by line.
fn lines(entry: &Entry) -> Vec<(Text, String)> {
    let mut lines = Vec::new();
    lines.extend(entry.loads.iter().map(|step| (tr!("loads"), step.told().to_string())));
    lines.extend(entry.restores.iter().map(|step| (tr!("restores"), step.told().to_string())));
    lines.extend(entry.removes.iter().map(|step| (tr!("removes"), step.told().to_string())));
    if !entry.wrote.is_empty() {
        lines.push((tr!("wrote"), join(entry.wrote.iter().map(|email| visible(email)))));
    }
    if !entry.approved.is_empty() {
        let approved = entry.approved.iter();
        lines.push((
            tr!("approved"),
            join(approved.map(|who| visible(&format!("{} ({})", who.name, who.role)))),
        ));
    }
    if let Some(manifest) = &entry.manifest {
        lines.push((tr!("manifest"), manifest.clone()));
    }
    lines.extend(entry.refused.iter().map(|why| (tr!("REFUSED"), why.to_string())));
    lines.extend(entry.remarks.iter().map(|remark| (tr!("today"), visible(remark))));
    lines
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// A row an entry; `Table` makes the words in it safe.
fn table(log: &Log) -> Table {
    let head = [
        tr!("day"),
        tr!("environment"),
        tr!("commit"),
        tr!("root"),
        tr!("loads"),
        tr!("restores"),
        tr!("removes"),
        tr!("wrote"),
        tr!("approved"),
        tr!("manifest"),
        tr!("refused"),
    ];
    Table { head: head.to_vec(), rows: log.entries.iter().map(row).collect() }
}

fn row(entry: &Entry) -> Vec<String> {
    let approved = entry.approved.iter();
    vec![
        day(entry).to_owned(),
        entry.environment.shown().to_owned(),
        entry.commit.clone(),
        match (entry.root, entry.before_root) {
            (true, _) => tr!("root").to_string(),
            (false, true) => tr!("before the root").to_string(),
            (false, false) => String::new(),
        },
        join(entry.loads.iter().map(|step| step.told().to_string())),
        join(entry.restores.iter().map(|step| step.told().to_string())),
        join(entry.removes.iter().map(|step| step.told().to_string())),
        join(entry.wrote.iter().cloned()),
        join(approved.map(|who| format!("{} ({})", who.name, who.role))),
        entry.manifest.clone().unwrap_or_default(),
        join(entry.refused.iter().map(ToString::to_string)),
    ]
}
