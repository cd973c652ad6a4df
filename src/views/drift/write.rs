//! The drift's formats.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::document::document;
use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::planning::drift::{Drift, Line, Looked, Place, State};
use crate::tr;
use crate::views::openmetrics::{self, Family};
use crate::views::report::json;
use crate::views::screen::{Format, Offer, View};
use crate::views::table::{Table, wrapped};

/// How many seals of one state a person is shown.
const SHOWN: usize = 20;

/// How many places of one seal; a store may hold it under ten thousand names.
const PLACES: usize = 3;

/// A drift as it is shown: `all` lists what has nothing to do with any ens too.
pub struct Shown<'d> {
    /// The drift.
    pub drift: &'d Drift,
    /// Whether other entries are listed.
    pub all: bool,
}

impl View for Shown<'_> {
    fn offers() -> Vec<Offer<Self>> {
        vec![
            Offer(Format::Human, "For a terminal", |it, screen| {
                human(it.drift, it.all, screen.width, screen.out)
            }),
            Offer(Format::Json, "One JSON document (schemas/drift.schema.json)", |it, screen| {
                json::write_visibly(&document(it.drift, it.all), screen.out)
            }),
            Offer(Format::Csv, "A table, for a spreadsheet", |it, screen| {
                table(it.drift, it.all).csv(screen.out)
            }),
            Offer(Format::Markdown, "A table, for a comment", |it, screen| {
                markdown(it.drift, it.all, screen.out)
            }),
            Offer(
                Format::Openmetrics,
                "Metrics, for Prometheus's textfile collector",
                |it, screen| metrics(it.drift, screen.out),
            ),
        ]
    }
}

/// How many entries of all stores have nothing to do with any ens.
pub fn count_others(drift: &Drift) -> usize {
    let stores = drift.stores.iter().filter_map(|looked| looked.outcome.as_ref().ok());
    drift.others.len() + stores.map(|store| store.others).sum::<usize>()
}

fn human(drift: &Drift, all: bool, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", heading(drift))?;
    for looked in &drift.stores {
        store(looked, width, out)?;
    }
    writeln!(out)?;
    for &state in State::ALL {
        group(drift, state, width, out)?;
    }
    quiet_notes(drift, width, out)?;
    if !drift.unsaid.is_empty() {
        let words = tr!(
            "a store could not be read whole, so nothing is said of what could not be found: {ens}",
            ens = names(&drift.unsaid)
        );
        writeln!(out, "{}\n", wrapped("", &words.to_string(), width))?;
    }
    for (_, command) in drift.commands.iter().filter(|(state, _)| *state == State::Held) {
        let words = tr!("done, and still to be recorded: `{command}`", command = command);
        writeln!(out, "{}", wrapped("", &words.to_string(), width))?;
    }
    if all {
        for other in &drift.others {
            let words = format!("{}: {}", shown(drift, &other.place), other.subject);
            writeln!(out, "  {}", crate::base::text::visible(&words))?;
        }
    }
    writeln!(out, "{}", verdict(drift))
}

fn heading(drift: &Drift) -> Text {
    tr!(
        "{environment} on {day}, as {commit} has it",
        environment = drift.environment.shown(),
        day = drift.today,
        commit = drift.commit.get(..12).unwrap_or(&drift.commit)
    )
}

fn store(looked: &Looked, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    match &looked.outcome {
        Ok(store) => {
            let words = tr!(
                "`{store}` ({kind}): {entries}",
                store = &looked.name,
                kind = store.kind.shown(),
                entries =
                    tr!(count = store.entries.len(); one "{count} entry", many "{count} entries")
            );
            writeln!(out, "{words}")?;
            for remark in &store.remarks {
                writeln!(out, "{}", wrapped("  · ", &remark.to_string(), width))?;
            }
        }
        Err(why) => {
            let style = AnsiColor::Red.on_default().bold();
            let words = tr!(
                "`{store}` could not be read whole: {why}",
                store = &looked.name,
                why = why.clone()
            );
            writeln!(out, "{style}{words}{style:#}")?;
        }
    }
    Ok(())
}

/// The seals of one state, and what comes next; of those that are as they should be, only how many.
fn group(drift: &Drift, state: State, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<&Line> = drift.lines.iter().filter(|line| line.state == state).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let style = style(state);
    let title = tr!("{state}: {count}", state = told(state), count = lines.len());
    writeln!(out, "{style}{title}{style:#}")?;
    if !state.is_drift() && state != State::Due {
        return writeln!(out);
    }
    for line in lines.iter().take(SHOWN) {
        writeln!(out, "  {}", title_of(drift, line))?;
        for note in &line.notes {
            writeln!(out, "{}", wrapped("      · ", &note.to_string(), width))?;
        }
    }
    let rest = lines.len().saturating_sub(SHOWN);
    if rest > 0 {
        writeln!(
            out,
            "  {}",
            tr!("… and {count} more; --format csv lists them all", count = rest)
        )?;
    }
    if let Some(next) = next(state) {
        writeln!(out, "{}", wrapped("  → ", &next.to_string(), width))?;
    }
    let style = AnsiColor::Cyan.on_default();
    for (_, command) in drift.commands.iter().filter(|(of, _)| *of == state) {
        writeln!(out, "  → {style}{command}{style:#}")?;
    }
    writeln!(out)
}

/// What is said of seals that are as they should be: each sentence once.
fn quiet_notes(drift: &Drift, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let mut notes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for line in drift.lines.iter().filter(|line| line.state == State::Held) {
        for note in &line.notes {
            notes.entry(note.to_string()).or_default().push(line.ens.as_deref().unwrap_or("?"));
        }
    }
    for (note, ens) in &notes {
        let words = tr!("{note}: {ens}", note = note, ens = names(ens));
        writeln!(out, "{}", wrapped("  · ", &words.to_string(), width))?;
    }
    if notes.is_empty() { Ok(()) } else { writeln!(out) }
}

fn title_of(drift: &Drift, line: &Line) -> String {
    let mut words = vec![line.ens.clone().unwrap_or_else(|| "?".to_owned())];
    words.extend(line.certificate.clone().or_else(|| {
        line.sha256.as_ref().map(|sha256| sha256.get(..16).unwrap_or(sha256).to_owned())
    }));
    let mut places: Vec<String> =
        line.places.iter().take(PLACES).map(|place| shown(drift, place)).collect();
    let rest = line.places.len() - places.len();
    places.extend((rest > 0).then(|| tr!("… and {count} more", count = rest).to_string()));
    words.extend((!places.is_empty()).then(|| places.join(", ")));
    crate::base::text::visible(&words.join("  "))
}

/// `STORE: name`, with the line of a table.
fn shown(drift: &Drift, place: &Place) -> String {
    let store = &drift.stores[place.store].name;
    match place.line {
        Some(line) => format!("{store}:{line}: {}", place.name),
        None => format!("{store}: {}", place.name),
    }
}

/// What came of it, in one line: first what was not looked at.
fn verdict(drift: &Drift) -> Text {
    let found = drift.lines.iter().filter(|line| line.state.is_drift()).count();
    let seals = tr!(count = found; one "{count} seal is not as git says", many "{count} seals are not as git says");
    let found = match (drift.is_whole(), found) {
        (true, 0) => tr!("as git says"),
        (true, _) => seals,
        (false, 0) => tr!("not all stores could be read"),
        (false, _) => tr!("not all stores could be read; {found}", found = seals),
    };
    match count_others(drift) {
        0 => found,
        others => tr!(
            "{found}; {others}",
            found = found,
            others = tr!(
                count = others;
                one "{count} other entry, which `--all` lists",
                many "{count} other entries, which `--all` lists"
            )
        ),
    }
}

/// A state in words.
pub fn told(state: State) -> Text {
    match state {
        State::Missing => tr!("missing"),
        State::Misplaced => tr!("misplaced"),
        State::NoKey => tr!("without its private key"),
        State::Ambiguous => tr!("ambiguous"),
        State::Unknown => tr!("unknown"),
        State::Early => tr!("too early"),
        State::Stale => tr!("no longer to be there"),
        State::Unrecorded => tr!("loaded, not recorded"),
        State::Due => tr!("still to be done in time"),
        State::Held => tr!("as desired"),
    }
}

/// What comes next.
fn next(state: State) -> Option<Text> {
    Some(match state {
        State::Missing => tr!("load it, or find out who took it out"),
        State::Misplaced => tr!("put it under its own code, with its own subject"),
        State::NoKey => {
            tr!("put its private key where the record says, or correct the record's `key`")
        }
        State::Ambiguous => tr!("name each seal apart, before the service restarts"),
        State::Unknown => {
            tr!("`segell inspect FILE` shows whose it is; `segell add certificate` makes it known")
        }
        State::Early => tr!("find out who loaded it; it is not released"),
        State::Stale => tr!("take it out"),
        State::Unrecorded => tr!("record it:"),
        State::Due | State::Held => return None,
    })
}

fn style(state: State) -> Style {
    match state {
        State::Missing | State::Misplaced | State::NoKey | State::Ambiguous => {
            AnsiColor::Red.on_default().bold()
        }
        State::Unknown | State::Early | State::Stale | State::Unrecorded => {
            AnsiColor::Yellow.on_default().bold()
        }
        State::Due | State::Held => AnsiColor::Green.on_default(),
    }
}

fn table(drift: &Drift, all: bool) -> Table {
    let head = vec![
        tr!("state"),
        tr!("ens"),
        tr!("organ code"),
        tr!("seal"),
        tr!("SHA-256"),
        tr!("valid until"),
        tr!("where"),
        tr!("notes"),
        tr!("next"),
    ];
    let row = |line: &Line| {
        let places: Vec<String> = line.places.iter().map(|place| shown(drift, place)).collect();
        let notes: Vec<String> = line.notes.iter().map(ToString::to_string).collect();
        vec![
            told(line.state).to_string(),
            line.ens.clone().unwrap_or_default(),
            line.organ_code.clone().unwrap_or_default(),
            line.certificate.clone().unwrap_or_default(),
            line.sha256.clone().unwrap_or_default(),
            line.not_after.map(|it| crate::base::time::day_of(it).to_string()).unwrap_or_default(),
            places.join(", "),
            notes.join("; "),
            next(line.state).map(|next| next.to_string()).unwrap_or_default(),
        ]
    };
    let mut rows: Vec<Vec<String>> = drift.lines.iter().map(row).collect();
    if all {
        rows.extend(drift.others.iter().map(|other| {
            let mut row = vec![String::new(); 9];
            row[0] = tr!("other").to_string();
            row[4] = other.sha256.clone().unwrap_or_default();
            row[6] = shown(drift, &other.place);
            row[7].clone_from(&other.subject);
            row
        }));
    }
    Table { head, rows }
}

/// What is not as it should be as a table, and how many are; what is read of stores before it.
fn markdown(drift: &Drift, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let inline = |text: &Text| crate::views::report::markdown::inline(text);
    writeln!(out, "## segell: {}\n", inline(&verdict(drift)))?;
    writeln!(out, "{}\n", inline(&heading(drift)))?;
    for looked in &drift.stores {
        if let Err(why) = &looked.outcome {
            let words = tr!(
                "`{store}` could not be read whole: {why}",
                store = &looked.name,
                why = why.clone()
            );
            writeln!(out, "- {}", inline(&words))?;
        }
    }
    let mut table = table(drift, all);
    let quiet = drift.count(State::Held);
    let held = told(State::Held).to_string();
    table.rows.retain(|row| row[0] != held);
    table.markdown(out)?;
    writeln!(
        out,
        "\n{}",
        inline(&tr!("{state}: {count}", state = told(State::Held), count = quiet))
    )
}

fn metrics(drift: &Drift, out: &mut dyn Write) -> io::Result<()> {
    let environment = drift.environment.word();
    let (mut not_after, mut states) = (Family::not_after(), Family::drift());
    for line in &drift.lines {
        let ens = line.ens.as_deref().unwrap_or_default();
        *states.sample([ens, environment, line.state.word()]) += 1;
        let is_there = !line.places.is_empty();
        if let (Some(sha256), Some(end), true) = (&line.sha256, line.not_after, is_there) {
            *not_after.sample([ens, environment, sha256]) = end.as_second();
        }
    }
    openmetrics::write(&[not_after, states], out)
}
