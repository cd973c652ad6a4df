//! A calendar on a terminal: a month a grid, weeks from Monday on.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use jiff::civil::{Date, Weekday};
use unicode_width::UnicodeWidthStr;

use super::{Day, letter, stem};
use crate::base::text::Text;
use crate::base::time::{days_between, plus_days};
use crate::checklist::progress::Moment;
use crate::inventory::model::CalendarPolicy;
use crate::inventory::workdays::{rest, weekday};
use crate::tr;
use crate::views::table::cut;

/// The columns of a terminal, where nobody says.
const COLUMNS: usize = 80;

/// The widest that a day of the grid gets.
const WIDEST: usize = 22;

/// How many loads are told of one day.
const TOLD: usize = 4;

/// What a grid shows besides load days.
pub struct Frame<'p> {
    /// The day to be marked.
    pub today: Date,
    /// The columns of a terminal.
    pub width: Option<usize>,
    /// The days on which nothing is loaded.
    pub policy: Option<&'p CalendarPolicy>,
    /// The calendars whose batches are shown, where they are several: each has a letter.
    pub calendars: Vec<&'p str>,
}

impl Frame<'_> {
    /// Writes the month that has `first`, with those of `days` that are in it.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn month(&self, first: Date, days: &[Day<'_, '_>], out: &mut dyn Write) -> io::Result<()> {
        let width = self.cell_width();
        let bold = Style::new().bold();
        let title = tr!("{month} {year}", month = month(first), year = i64::from(first.year()));
        writeln!(out, "{bold}{title}{bold:#}")?;
        let monday = plus_days(first, -i64::from(first.weekday().since(Weekday::Monday)));
        let heads: Vec<Cell> = (0..7)
            .map(|ahead| Cell {
                text: weekday(plus_days(monday, ahead)).to_string(),
                style: Style::new().dimmed(),
            })
            .collect();
        line(&heads, width, out)?;
        let last = first.last_of_month();
        let weeks = (days_between(monday, last) / 7) + 1;
        for week in 0..weeks {
            self.week(plus_days(monday, 7 * week), first, days, width, out)?;
        }
        Ok(())
    }

    /// How many columns a day has, a space among them.
    fn cell_width(&self) -> usize {
        (self.width.unwrap_or(COLUMNS) / 7).clamp(6, WIDEST)
    }

    /// What is loaded on a day, by its batch: how far it has come and in which environment, which batch, and how
    /// many loads it has. The name is told where there is room for it; the number always is, on a second line if
    /// need be.
    fn cells(&self, day: &Day<'_, '_>, width: usize) -> Vec<Cell> {
        let marks = day.tally.marks();
        let loads: usize = day.tally.0.values().sum();
        let count = match day.tally.0.len() == 1 && loads > 1 {
            true => format!("×{loads}"),
            false => String::new(),
        };
        let environment = day.environment.shown();
        let letter = letter(&self.calendars, day.batch.calendar);
        let number = format!("{letter}{:02}", day.batch.number);
        let gap = if letter.is_empty() { " " } else { "" };
        let name = match stem(day.batch).split_once('-') {
            Some((_, slug)) => format!("{marks}{environment} {number}-{slug} {count}"),
            None => format!("{marks}{environment} {number} {count}"),
        };
        let whole = [name, format!("{marks}{environment}{gap}{number}{count}")];
        let fits = |text: &&String| text.trim_end().width() <= width;
        let style = style(day.tally.first());
        let cell = |text: &str| Cell { text: text.trim_end().to_owned(), style };
        match whole.iter().find(fits) {
            Some(text) => vec![cell(text)],
            None if count.is_empty() => {
                vec![cell(&marks), cell(&format!("{environment}{gap}{number}"))]
            }
            None => vec![
                cell(&format!("{marks}{environment}{gap}{number}")),
                cell(&format!(" {count}")),
            ],
        }
    }

    fn week(
        &self,
        monday: Date,
        first: Date,
        days: &[Day<'_, '_>],
        width: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let is_in_month = |date: Date| (date.year(), date.month()) == (first.year(), first.month());
        let dates = (0..7).map(|ahead| plus_days(monday, ahead));
        let columns: Vec<Vec<Cell>> = dates
            .map(|date| if is_in_month(date) { self.day(date, days) } else { Vec::new() })
            .collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..height {
            let cells: Vec<Cell> =
                columns.iter().map(|column| column.get(row).cloned().unwrap_or_default()).collect();
            line(&cells, width, out)?;
        }
        Ok(())
    }

    /// The number of the day with why nothing is loaded on it, and below what is.
    fn day(&self, date: Date, days: &[Day<'_, '_>]) -> Vec<Cell> {
        let number = match date == self.today {
            true => format!("[{}]", date.day()),
            false => date.day().to_string(),
        };
        let works = self.policy.is_none_or(|policy| rest(policy, date).is_none());
        let style = match (date == self.today, works) {
            (true, _) => Style::new().bold(),
            (false, false) => Style::new().dimmed(),
            (false, true) => Style::new(),
        };
        let why = self.policy.and_then(|policy| why(policy, date)).map(|why| why.to_string());
        // Below the number where there is no room beside it.
        let head = match why {
            None => vec![number],
            Some(why) if number.width() + 1 + why.width() < self.cell_width() => {
                vec![format!("{number} {why}")]
            }
            Some(why) => vec![number, why],
        };
        let mut cells: Vec<Cell> = head.into_iter().map(|text| Cell { text, style }).collect();
        let first = days.partition_point(|day| day.date < date);
        let on_it: Vec<&Day<'_, '_>> =
            days[first..].iter().take_while(|day| day.date == date).collect();
        let width = self.cell_width() - 1;
        cells.extend(on_it.iter().take(TOLD).flat_map(|day| self.cells(day, width)));
        if on_it.len() > TOLD {
            let rest = tr!("… and {count} more", count = on_it.len() - TOLD);
            cells.push(Cell { text: rest.to_string(), style: Style::new() });
        }
        cells
    }
}

/// A text in one colour, within a day of the grid.
#[derive(Clone, Default)]
struct Cell {
    text: String,
    style: Style,
}

/// The colour of how far a load has come.
pub fn style(moment: Moment) -> Style {
    match moment {
        Moment::Fails | Moment::Missed => AnsiColor::Red.on_default().bold(),
        Moment::Loaded => AnsiColor::Yellow.on_default(),
        Moment::Released => AnsiColor::Cyan.on_default().bold(),
        Moment::Planned => AnsiColor::Cyan.on_default(),
        Moment::Works => AnsiColor::Green.on_default(),
        Moment::Withdrawn => Style::new().dimmed(),
    }
}

/// Seven cells beside each other, each with a space after it.
fn line(cells: &[Cell], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    let mut gap = 0;
    for Cell { text: word, style } in cells {
        let word = cut(word, Some(width - 1));
        if word.is_empty() {
            gap += width;
            continue;
        }
        text.extend(std::iter::repeat_n(' ', gap));
        text += &format!("{style}{word}{style:#}");
        gap = width - word.width();
    }
    writeln!(out, "{text}")
}

/// In a word why nothing is loaded on a working day of the week; weekends say so by their place.
fn why(policy: &CalendarPolicy, date: Date) -> Option<Text> {
    if policy.holidays.iter().any(|holiday| holiday.date() == date) {
        return Some(tr!("holiday"));
    }
    let mut freezes = policy.freezes.iter();
    freezes
        .any(|freeze| freeze.from.date() <= date && date <= freeze.to.date())
        .then(|| tr!("freeze"))
}

fn month(date: Date) -> Text {
    match date.month() {
        1 => tr!("January"),
        2 => tr!("February"),
        3 => tr!("March"),
        4 => tr!("April"),
        5 => tr!("May"),
        6 => tr!("June"),
        7 => tr!("July"),
        8 => tr!("August"),
        9 => tr!("September"),
        10 => tr!("October"),
        11 => tr!("November"),
        _ => tr!("December"),
    }
}
