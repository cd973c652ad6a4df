//! The calendar's formats.

use std::collections::BTreeSet;
use std::io::{self, Write};

use jiff::civil::Date;
use unicode_width::UnicodeWidthStr;

use super::grid::Frame;
use super::{Calendar, Day, Span, document, letter, stage, svg};
use crate::base::text::{Argument, Text, names, visible};
use crate::checklist::progress::{Moment, Tally};
use crate::inventory::finding::Environment;
use crate::inventory::survey::BatchView;
use crate::tr;
use crate::views::screen::{Format, Offer, Screen, View};
use crate::views::table::{Table, wrapped};
use crate::views::{ics, report::json};

/// How many months a person is shown, and how many batches of the list.
const MONTHS: usize = 6;
const ROWS: usize = 40;

impl View for Calendar<'_, '_> {
    fn offers() -> Vec<Offer<Self>> {
        vec![
            Offer(Format::Human, "For a terminal: the months, and a list", human),
            Offer(
                Format::Json,
                "One JSON document (schemas/calendar.schema.json)",
                |calendar, screen| json::write_visibly(&document(calendar), screen.out),
            ),
            Offer(Format::Csv, "A table of the loads, for a spreadsheet", |calendar, screen| {
                loads(calendar).csv(screen.out)
            }),
            Offer(Format::Markdown, "A table of the batches, for a comment", |calendar, screen| {
                list(calendar, &calendar.batches).markdown(screen.out)
            }),
            Offer(Format::Ics, "For calendar programs", |calendar, screen| {
                let name = tr!("segell: loads");
                let text = ics::write(&name, calendar.written, &calendar.events());
                screen.out.write_all(text.as_bytes())
            }),
            Offer(Format::Svg, "A timeline, for a slide", |calendar, screen| {
                screen.out.write_all(svg::draw(calendar).as_bytes())
            }),
        ]
    }
}

/// Unless days are asked for, what is finished and lies before this month is left out.
fn human(calendar: &Calendar<'_, '_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let Screen { out, width, .. } = screen;
    let width = *width;
    let today = calendar.survey.today;
    let month = today.first_of_month();
    let is_past = |batch: &&&BatchView<'_>| {
        let loads = calendar.survey.loads_of(batch);
        calendar.span.from.is_none()
            && batch.batch.date(Environment::Pro) < month
            && !loads.iter().any(|view| view.load.is_open())
    };
    let (past, shown): (Vec<&BatchView<'_>>, Vec<&BatchView<'_>>) =
        calendar.batches.iter().partition(is_past);
    let mut days = calendar.days();
    let finished: BTreeSet<&str> = past.iter().map(|batch| batch.id).collect();
    days.retain(|day| !finished.contains(day.batch.id));
    let mut calendars: Vec<&str> = days.iter().map(|day| day.batch.calendar).collect();
    calendars.sort_unstable();
    calendars.dedup();
    let frame = Frame { today, width, policy: calendar.policy(), calendars };
    months(&frame, calendar.span, &days, out)?;
    if shown.is_empty() {
        writeln!(out, "{}", tr!("no batch has a day here"))?;
    } else {
        show(&list(calendar, &shown[..shown.len().min(ROWS)]), width, out)?;
    }
    let rest = shown.len().saturating_sub(ROWS);
    if rest > 0 {
        let more = tr!("… and {count} more; --format csv lists them all", count = rest);
        writeln!(out, "{more}")?;
    }
    match past.iter().map(|batch| batch.batch.date(Environment::Pre)).min() {
        None => Ok(()),
        Some(first) => writeln!(
            out,
            "\n{}",
            tr!(
                "finished before this month: {batches}; --from {first} shows them",
                batches = tr!(count = past.len(); one "{count} batch", many "{count} batches"),
                first = first
            )
        ),
    }
}

/// The list of the batches; where it is too wide, each of them over several lines.
fn show(list: &Table, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<String> = list.padded().iter().map(|line| line.join("  ")).collect();
    let fits = |line: &String| width.is_none_or(|width| line.trim_end().width() <= width);
    if lines.iter().all(fits) {
        return lines.iter().try_for_each(|line| writeln!(out, "{}", line.trim_end()));
    }
    let (pre, pro) = (Environment::Pre.shown(), Environment::Pro.shown());
    for row in &list.rows {
        let [batch, stage, day_in_pre, in_pre, day_in_pro, in_pro, ens] = row.as_slice() else {
            unreachable!("a batch has seven columns")
        };
        writeln!(out, "{}", wrapped("", &visible(batch), width))?;
        let days = format!("{stage}  {pre} {day_in_pre} {in_pre}  {pro} {day_in_pro} {in_pro}");
        let fits = width.is_none_or(|width| days.width() + 2 <= width);
        let lines = match fits {
            true => vec![days],
            false => vec![
                stage.clone(),
                format!("{pre} {day_in_pre} {in_pre}"),
                format!("{pro} {day_in_pro} {in_pro}"),
            ],
        };
        for line in lines {
            writeln!(out, "{}", wrapped("  ", &visible(&line), width))?;
        }
        writeln!(out, "{}", wrapped("  ", &visible(ens), width))?;
    }
    Ok(())
}

/// The months in which something is loaded and this one, the first of them.
fn months(
    frame: &Frame<'_>,
    span: Span,
    days: &[Day<'_, '_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let today = (span.has(frame.today) && !days.is_empty()).then_some(frame.today);
    let dates = days.iter().map(|day| day.date).chain(today);
    let months: BTreeSet<Date> = dates.map(Date::first_of_month).collect();
    for month in months.iter().take(MONTHS) {
        frame.month(*month, days, out)?;
        writeln!(out)?;
    }
    let rest = months.len().saturating_sub(MONTHS);
    if rest > 0 {
        let more = tr!(
            count = rest;
            one "… and {count} more month; --from and --until choose",
            many "… and {count} more months; --from and --until choose"
        );
        writeln!(out, "{more}\n")?;
    }
    if !months.is_empty() {
        legend(frame.width).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        let several = frame.calendars.iter().filter(|_| frame.calendars.len() > 1);
        let key = several.map(|name| format!("{} = {name}", letter(&frame.calendars, name)));
        let key = key.collect::<Vec<_>>().join("  ");
        if !key.is_empty() {
            writeln!(out, "{}", wrapped("", &visible(&key), frame.width))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// What the marks mean; a mark and its word stand together.
fn legend(width: Option<usize>) -> Vec<String> {
    let all = [
        Moment::Works,
        Moment::Loaded,
        Moment::Fails,
        Moment::Missed,
        Moment::Released,
        Moment::Planned,
        Moment::Withdrawn,
    ];
    let mut lines: Vec<String> = Vec::new();
    for entry in all.map(|moment| format!("{} {}", moment.mark(), moment.shown())) {
        let fits = |line: &&mut String| {
            width.is_none_or(|width| line.width() + 2 + entry.width() <= width)
        };
        match lines.last_mut().filter(fits) {
            Some(line) => *line += &format!("  {entry}"),
            None => lines.push(entry),
        }
    }
    lines
}

/// A row a batch.
fn list(calendar: &Calendar<'_, '_>, batches: &[&BatchView<'_>]) -> Table {
    let head = [
        tr!("batch"),
        tr!("stage"),
        tr!("PRE"),
        tr!("in PRE"),
        tr!("PRO"),
        tr!("in PRO"),
        tr!("ens"),
    ];
    let row = |batch: &&BatchView<'_>| {
        let tally = |environment| Tally::of(calendar.survey, batch, environment).shown();
        let ens: Argument = names(batch.batch.loads.iter().map(|load| &load.ens));
        vec![
            batch.id.to_owned(),
            stage(batch).to_string(),
            batch.batch.pre.date().to_string(),
            tally(Environment::Pre).to_string(),
            batch.batch.pro.date().to_string(),
            tally(Environment::Pro).to_string(),
            ens.to_string(),
        ]
    };
    Table { head: head.to_vec(), rows: batches.iter().map(row).collect() }
}

/// A row a load.
fn loads(calendar: &Calendar<'_, '_>) -> Table {
    let head: [Text; 13] = [
        tr!("calendar"),
        tr!("batch"),
        tr!("day"),
        tr!("stage"),
        tr!("ens"),
        tr!("name"),
        tr!("certificate"),
        tr!("PRE"),
        tr!("in PRE"),
        tr!("loaded in PRE"),
        tr!("PRO"),
        tr!("in PRO"),
        tr!("loaded in PRO"),
    ];
    let survey = calendar.survey;
    let mut rows = Vec::new();
    for batch in &calendar.batches {
        for view in survey.loads_of(batch) {
            let name = view.ens.map(|ens| survey[ens].ens.name.to_string());
            let mut row = vec![
                batch.calendar.to_owned(),
                batch.id.to_owned(),
                batch.number.to_string(),
                stage(batch).to_string(),
                view.load.ens.to_string(),
                name.unwrap_or_default(),
                view.load.certificate.to_string(),
            ];
            for environment in Environment::BOTH {
                let moment = Moment::of(batch, view.load, environment, survey.today);
                let loaded = view.load.loaded(environment).map(|day| day.to_string());
                row.extend([
                    batch.batch.date(environment).to_string(),
                    moment.shown().to_string(),
                    loaded.unwrap_or_default(),
                ]);
            }
            rows.push(row);
        }
    }
    Table { head: head.to_vec(), rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_too_wide_is_told_line_by_line() {
        let row = ["t/10-a", "planned", "2026-11-10", "works", "2026-11-24", "planned", "`a`, `b`"];
        let head = vec![tr!("batch"); row.len()];
        let list = Table { head, rows: vec![row.map(str::to_owned).to_vec()] };
        let shown = |width: usize| {
            let mut out = Vec::new();
            show(&list, Some(width), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let wide = "t/10-a  planned  2026-11-10  works  2026-11-24  planned  `a`, `b`\n";
        assert!(shown(wide.len() - 1).ends_with(wide), "{}", shown(wide.len() - 1));
        let days = "  planned  PRE 2026-11-10 works  PRO 2026-11-24 planned\n";
        assert_eq!(shown(wide.len() - 2), format!("t/10-a\n{days}  `a`, `b`\n"));
    }
}
