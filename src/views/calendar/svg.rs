//! A timeline as SVG, fit for a slide: a row a batch, its days in PRE and PRO, freezes, today.

use std::fmt::Write;

use jiff::ToSpan;
use jiff::civil::Date;
use quick_xml::escape::escape;

use super::{Calendar, stem};
use crate::base::text::{names, visible};
use crate::base::time::{days_between, plus_days};
use crate::checklist::progress::{Moment, Tally};
use crate::inventory::finding::Environment;
use crate::inventory::survey::BatchView;
use crate::tr;
use crate::views::table::cut;

/// All lengths are in pixels.
const WIDTH: i64 = 1280;
const LEFT: i64 = 260;
const RIGHT: i64 = 40;
const TOP: i64 = 96;
const ROW: i64 = 34;
const FOOT: i64 = 64;

/// The colour of what nothing is loaded in.
const FROZEN: &str = "#d9e2ec";

/// The longest label of a row, in characters.
const LABEL: usize = 27;

/// Draws the calendar.
pub fn draw(calendar: &Calendar<'_, '_>) -> String {
    let rows = rows(calendar);
    let timeline = Timeline::of(calendar);
    let bottom = TOP + ROW * i64::try_from(rows.len()).unwrap_or(i64::MAX / ROW);
    let height = bottom + FOOT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" font-family=\"'DejaVu Sans', Verdana, Arial, sans-serif\" \
         font-size=\"15\" fill=\"#1f2933\">\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let title = tr!("Loads of seals, on {day}", day = calendar.survey.today);
    text(&mut svg, (24, 38), "font-size=\"24\" font-weight=\"bold\"", &title.to_string());
    timeline.freezes(calendar, bottom, &mut svg);
    timeline.months(bottom, &mut svg);
    timeline.today(calendar.survey.today, bottom, &mut svg);
    for (place, row) in (0..).zip(&rows) {
        let middle = TOP + ROW * place + ROW / 2;
        match row {
            Row::Calendar(name) => {
                text(
                    &mut svg,
                    (24, middle + 5),
                    "font-weight=\"bold\"",
                    &cut(&visible(name), Some(LABEL)),
                );
            }
            Row::Batch(batch) => timeline.batch(calendar, batch, middle, &mut svg),
        }
    }
    legend(bottom + 36, &mut svg);
    svg + "</svg>\n"
}

enum Row<'s, 'a> {
    Calendar(&'a str),
    Batch(&'s BatchView<'a>),
}

/// The batches, each calendar's below its name.
fn rows<'s, 'a>(calendar: &Calendar<'s, 'a>) -> Vec<Row<'s, 'a>> {
    let mut rows = Vec::new();
    let mut last = None;
    for &batch in &calendar.batches {
        if last != Some(batch.calendar) {
            rows.push(Row::Calendar(batch.calendar));
            last = Some(batch.calendar);
        }
        rows.push(Row::Batch(batch));
    }
    rows
}

/// The days from left to right.
struct Timeline {
    first: Date,
    days: i64,
}

impl Timeline {
    /// From the first to the last day that there is to show, today among them, with a few around.
    fn of(calendar: &Calendar<'_, '_>) -> Timeline {
        let dates: Vec<Date> = calendar.days().iter().map(|day| day.date).collect();
        let today = calendar.survey.today;
        let span = &calendar.span;
        let earliest = dates.iter().copied().chain([today]).min().unwrap_or(today);
        let latest = dates.iter().copied().chain([today]).max().unwrap_or(today);
        let first = span.from.unwrap_or(plus_days(earliest, -7));
        let last = span.until.unwrap_or(plus_days(latest, 14));
        Timeline { first, days: days_between(first, last).max(1) }
    }

    /// Where a day stands, within the drawing.
    fn x(&self, date: Date) -> i64 {
        let days = days_between(self.first, date).clamp(0, self.days);
        LEFT + days * (WIDTH - LEFT - RIGHT) / self.days
    }

    fn has(&self, date: Date) -> bool {
        (0..=self.days).contains(&days_between(self.first, date))
    }

    fn last(&self) -> Date {
        plus_days(self.first, self.days)
    }

    fn freezes(&self, calendar: &Calendar<'_, '_>, bottom: i64, svg: &mut String) {
        let freezes = calendar.policy().map(|policy| policy.freezes.as_slice()).unwrap_or_default();
        for freeze in freezes {
            let (from, to) = (freeze.from.date(), plus_days(freeze.to.date(), 1));
            if to <= self.first || self.last() < from {
                continue;
            }
            let (left, right) = (self.x(from), self.x(to));
            let words = tr!("freeze: {reason}", reason = &freeze.reason).to_string();
            let _ = writeln!(
                svg,
                "<rect x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{FROZEN}\"><title>{words}</title></rect>",
                y = TOP - 8,
                width = (right - left).max(1),
                height = bottom - TOP + 8,
                words = escape(&words),
            );
        }
    }

    /// A line at the start of each month, or of each quarter, year … where months are too near.
    fn months(&self, bottom: i64, svg: &mut String) {
        let per_month = (WIDTH - LEFT - RIGHT) * 30 / self.days;
        let steps = [1, 3, 12, 60, 120, 600, 1200];
        // A label and a gap, in February too.
        let wide_enough = |step: &&i64| **step * per_month >= 72;
        let every = steps.iter().find(wide_enough).copied().unwrap_or(12_000);
        let mut month = self.first.first_of_month();
        while month <= self.last() {
            if self.has(month)
                && (12 * i64::from(month.year()) + i64::from(month.month()) - 1) % every == 0
            {
                let x = self.x(month);
                let _ = writeln!(
                    svg,
                    "<line x1=\"{x}\" y1=\"{y}\" x2=\"{x}\" y2=\"{bottom}\" stroke=\"#bcccdc\"/>",
                    y = TOP - 8,
                );
                let label = month.strftime("%Y-%m").to_string();
                if x + 60 > WIDTH {
                    break;
                }
                text(svg, (x + 4, TOP - 14), "font-size=\"13\" fill=\"#52606d\"", &label);
            }
            month = month.saturating_add(1.month());
            if month == Date::MAX {
                break;
            }
        }
    }

    fn batch(
        &self,
        calendar: &Calendar<'_, '_>,
        batch: &BatchView<'_>,
        middle: i64,
        svg: &mut String,
    ) {
        let loads = format!(" ×{}", batch.batch.loads.len());
        let room = LABEL - loads.chars().count();
        let label = cut(&visible(stem(batch)), Some(room)) + &loads;
        text(svg, (40, middle + 5), "", &label);
        let [pre, pro] = apart(Environment::BOTH.map(|it| self.x(batch.batch.date(it))));
        let _ = writeln!(
            svg,
            "<line x1=\"{pre}\" y1=\"{middle}\" x2=\"{pro}\" y2=\"{middle}\" stroke=\"#9fb3c8\" stroke-width=\"4\"/>",
        );
        for environment in Environment::BOTH {
            let date = batch.batch.date(environment);
            if !self.has(date) {
                continue;
            }
            let tally = Tally::of(calendar.survey, batch, environment);
            let words = tr!(
                "{environment} on {date}, {outcome}: {ens}",
                environment = environment.shown(),
                date = date,
                outcome = tally.shown(),
                ens = names(batch.batch.loads.iter().map(|load| &load.ens))
            );
            let x = if environment == Environment::Pre { pre } else { pro };
            mark(svg, environment, tally.first(), (x, middle), &words.to_string());
            if tally.0.len() > 1 && tally.0.contains_key(&Moment::Withdrawn) {
                taken_out(svg, (x + 9, middle - 9));
            }
        }
    }

    fn today(&self, today: Date, bottom: i64, svg: &mut String) {
        if !self.has(today) {
            return;
        }
        let x = self.x(today);
        let _ = writeln!(
            svg,
            "<line x1=\"{x}\" y1=\"{y}\" x2=\"{x}\" y2=\"{bottom}\" stroke=\"#ba2525\" stroke-width=\"2\"/>",
            y = TOP - 8,
        );
        // Above the months' labels, through which no line goes.
        let label = tr!("today");
        // Near the right edge the word stands to the left of its line.
        let (x, anchor) = if x > WIDTH - 80 { (x - 5, "end") } else { (x + 5, "start") };
        let style = format!("font-size=\"13\" fill=\"#ba2525\" text-anchor=\"{anchor}\"");
        text(svg, (x, TOP - 32), &style, &label.to_string());
    }
}

/// The places of PRE and of PRO, moved from each other where one mark would hide the other.
fn apart([pre, pro]: [i64; 2]) -> [i64; 2] {
    match pro - pre {
        ..22 => [(pre + pro) / 2 - 11, (pre + pro) / 2 + 11],
        22.. => [pre, pro],
    }
}

/// At a mark's corner: some of its loads were taken out again.
fn taken_out(svg: &mut String, (x, y): (i64, i64)) {
    let fill = colour(Moment::Withdrawn);
    let _ = writeln!(
        svg,
        "<circle cx=\"{x}\" cy=\"{y}\" r=\"5\" fill=\"{fill}\" stroke=\"#1f2933\"/><path d=\"M{left} {y}h6\" stroke=\"#1f2933\" stroke-width=\"2\"/>",
        left = x - 3,
    );
}

/// A sign within a mark, by which it is told from the others without colours too: drawn around 0, 0, and in which
/// colour.
fn sign(moment: Moment) -> (&'static str, &'static str) {
    match moment {
        Moment::Works => ("M-4 0l3 4l5 -8", "#ffffff"),
        Moment::Fails => ("M-4 -4l8 8M4 -4l-8 8", "#ffffff"),
        Moment::Missed => ("M0 -5v6M0 4v1", "#ffffff"),
        Moment::Loaded => ("M0 -6v12", "#1f2933"),
        Moment::Released => ("M-2 0h4", "#1f2933"),
        Moment::Withdrawn => ("M-5 0h10", "#1f2933"),
        Moment::Planned => ("", "none"),
    }
}

/// A circle for PRE, a square for PRO, in the colour and with the sign of how far it has come; `words` tell it to
/// whoever points at it.
fn mark(svg: &mut String, at: Environment, moment: Moment, (x, y): (i64, i64), words: &str) {
    let shape = match at {
        Environment::Pre => format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"9\""),
        Environment::Pro => {
            format!("<rect x=\"{}\" y=\"{}\" width=\"18\" height=\"18\" rx=\"2\"", x - 9, y - 9)
        }
    };
    let (fill, end) =
        (colour(moment), shape.trim_start_matches('<').split(' ').next().unwrap_or(""));
    let _ = writeln!(
        svg,
        "{shape} fill=\"{fill}\" stroke=\"#1f2933\" stroke-width=\"1.5\"><title>{}</title></{end}>",
        escape(words)
    );
    let (path, stroke) = sign(moment);
    if !path.is_empty() {
        let _ = writeln!(
            svg,
            "<path d=\"{path}\" transform=\"translate({x} {y})\" stroke=\"{stroke}\" stroke-width=\"2.5\" fill=\"none\" pointer-events=\"none\"/>",
        );
    }
}

/// The darker, the farther.
fn colour(moment: Moment) -> &'static str {
    match moment {
        Moment::Fails | Moment::Missed => "#e12d39",
        Moment::Loaded => "#f7c948",
        Moment::Released => "#40c3f7",
        Moment::Planned => "#ffffff",
        Moment::Works => "#18794e",
        Moment::Withdrawn => "#9aa5b1",
    }
}

fn legend(y: i64, svg: &mut String) {
    let mut x = 40;
    let mut entry = |at, moment, words: String, svg: &mut String| {
        mark(svg, at, moment, (x, y), &words);
        text(svg, (x + 16, y + 5), "font-size=\"14\"", &words);
        x += 44 + 9 * i64::try_from(words.chars().count()).unwrap_or(0);
    };
    entry(Environment::Pre, Moment::Planned, tr!("PRE").to_string(), svg);
    entry(Environment::Pro, Moment::Planned, tr!("PRO").to_string(), svg);
    let all = [
        Moment::Works,
        Moment::Loaded,
        Moment::Released,
        Moment::Planned,
        Moment::Fails,
        Moment::Missed,
        Moment::Withdrawn,
    ];
    for moment in all {
        entry(Environment::Pre, moment, moment.shown().to_string(), svg);
    }
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{}\" width=\"18\" height=\"18\" fill=\"{FROZEN}\"/>",
        y - 9
    );
    text(svg, (x + 26, y + 5), "font-size=\"14\"", &tr!("freeze").to_string());
}

fn text(svg: &mut String, (x, y): (i64, i64), style: &str, words: &str) {
    let gap = if style.is_empty() { "" } else { " " };
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\"{gap}{style}>{}</text>", escape(words));
}
