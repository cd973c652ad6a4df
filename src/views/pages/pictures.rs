//! Pictures: SVG in the page, written by the same templates, so that no text of theirs is markup either.
//! Widths are in percent and heights in the text's own size: they fit a phone, a wide screen and larger
//! letters. Each says in words what it shows.

use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};

use super::tongue::Tongue;
use crate::base::text::{Text, visible};
use crate::base::time::days_between;
use crate::base::word::Word;
use crate::checklist::progress::{Moment, Tally};
use crate::inventory::finding::Environment;
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;
use crate::views::table::cut;

/// A part of a whole, in tenths of a percent.
fn part(count: i64, of: i64) -> i64 {
    if of == 0 { 0 } else { (count * 1000 + of / 2) / of }
}

/// Tenths of a percent, or of an em.
fn tenths(value: i64, unit: &str) -> String {
    format!("{}.{}{unit}", value / 10, value % 10)
}

/// In a bar, and in what explains it.
const ORDER: [Moment; 7] = [
    Moment::Works,
    Moment::Loaded,
    Moment::Released,
    Moment::Planned,
    Moment::Fails,
    Moment::Missed,
    Moment::Withdrawn,
];

/// How many of something stand how far: a bar of as many parts, and the numbers in words.
pub fn bar(tongue: Tongue<'_>, id: &str, title: &Text, tally: &Tally) -> Markup {
    let all: usize = tally.0.values().sum();
    let whole = i64::try_from(all).unwrap_or(i64::MAX);
    let mut parts = Vec::new();
    let mut from = 0;
    // What is finished comes first in a bar that fills.
    let come = ORDER.into_iter().filter_map(|moment| Some((moment, tally.0.get(&moment)?)));
    for (moment, count) in come.clone() {
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        parts.push((moment, part(from, whole), part(from + count, whole) - part(from, whole)));
        from += count;
    }
    html! {
        figure.bar {
            svg role="img" aria-labelledby={ (id) "-t " (id) "-d" } width="100%" height="1.2em" {
                title id={ (id) "-t" } { (tongue.plain(title)) }
                desc id={ (id) "-d" } { (tongue.plain(&tally.shown())) }
                @for (moment, from, wide) in parts {
                    rect class=(moment.word()) x=(tenths(from, "%")) y="0" width=(tenths(wide, "%")) height="100%" {}
                }
            }
            figcaption { @for (moment, count) in come {
                span class={ "state " (moment.word()) } {
                    span aria-hidden="true" { (moment.mark()) " " } (tongue.say(&tr!("{count} {word}", count = *count, word = moment.shown())))
                } " "
            } }
        }
    }
}

/// How many columns a picture has room for.
pub const COLUMNS: i64 = 8;

/// Heights in columns, each with its number and what it counts.
pub fn columns(tongue: Tongue<'_>, id: &str, title: &Text, columns: &[(String, usize)]) -> Markup {
    let most = columns.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let wide = 1000 / COLUMNS;
    let said: Vec<String> =
        columns.iter().map(|(name, count)| format!("{name}: {count}")).collect();
    let height =
        |count: usize| i64::try_from(count * 80 / most).unwrap_or(0).max(i64::from(count > 0));
    html! {
        figure.columns {
            svg role="img" aria-labelledby={ (id) "-t " (id) "-d" } width="100%" height="12em" {
                title id={ (id) "-t" } { (tongue.plain(title)) }
                desc id={ (id) "-d" } { (said.join(", ")) }
                @for ((name, count), place) in columns.iter().zip(0_i64..) {
                    @let (middle, high) = (place * wide + wide / 2, height(*count));
                    rect.column x=(tenths(place * wide + wide / 10, "%")) y=(tenths(95 - high, "em"))
                        width=(tenths(wide * 8 / 10, "%")) height=(tenths(high, "em")) {}
                    text x=(tenths(middle, "%")) y=(tenths(92 - high, "em")) text-anchor="middle" { (count) }
                    // On a phone the names stand on three lines: side by side they would run into each other.
                    text class={ "label line-" (place % 3) } x=(tenths(middle, "%")) y="11em" text-anchor="middle" { (name) }
                }
            }
        }
    }
}

/// The most batches that a time line shows.
const ROWS: usize = 60;

/// The height of a row, and where the first begins, in tenths of an em.
const ROW: i64 = 34;
const TOP: i64 = 26;

/// A span of days along the width of a picture.
struct Axis {
    first: Date,
    days: i64,
}

impl Axis {
    fn of(batches: &[&BatchView<'_>], today: Date) -> Axis {
        let both = batches.iter().flat_map(|it| Environment::BOTH.map(|at| it.batch.date(at)));
        let days: Vec<Date> = both.collect();
        let near = |day: &Date| days_between(today, *day).abs() <= 366;
        let first = days.iter().copied().min().unwrap_or(today);
        let last = days.iter().copied().max().unwrap_or(today);
        let (first, last) = match days.iter().any(near) {
            true => (first.min(today), last.max(today)),
            false => (first, last),
        };
        Axis { first, days: days_between(first, last).max(1) }
    }

    fn x(&self, day: Date) -> i64 {
        40 + part(days_between(self.first, day), self.days) * 92 / 100
    }

    fn has(&self, day: Date) -> bool {
        (0..=self.days).contains(&days_between(self.first, day))
    }

    /// The first days of months, few enough for their names to stand beside each other.
    fn months(&self) -> Vec<Date> {
        let months = self.days / 30 + 1;
        let steps = [1, 2, 3, 6, 12, 24, 60, 120, 1200];
        let every = steps.into_iter().find(|step| months / step < 5).unwrap_or(12_000);
        let number = |day: Date| 12 * i64::from(day.year()) + i64::from(day.month()) - 1;
        let first = self.first.first_of_month();
        let all = (0..=months).map(|ahead| first.saturating_add(ahead.months()));
        all.filter(|day| self.has(*day) && number(*day) % every == 0).collect()
    }
}

/// The batches of a calendar along the days: where each is loaded in PRE and in PRO, and how far it has come.
pub fn time_line(
    tongue: Tongue<'_>,
    survey: &Survey<'_>,
    name: &str,
    batches: &[&BatchView<'_>],
) -> Markup {
    let shown = &batches[..batches.len().min(ROWS)];
    let axis = Axis::of(shown, survey.today);
    let rows = i64::try_from(shown.len()).unwrap_or(0);
    let id = format!("line-{name}");
    let title = tr!("time line of the calendar {calendar}", calendar = name);
    let said: Vec<String> = shown.iter().map(|batch| tongue.plain(&told(survey, batch))).collect();
    html! {
        figure.time {
            svg role="img" aria-labelledby={ (id) "-t " (id) "-d" } width="100%" height=(tenths(TOP + rows * ROW + 4, "em")) {
                title id={ (id) "-t" } { (tongue.plain(&title)) }
                desc id={ (id) "-d" } { (said.join(". ")) }
                @for month in axis.months() { @let x = tenths(axis.x(month), "%");
                    line.month x1=(x) x2=(x) y1="1.6em" y2="100%" {}
                    text.label x=(x) y="1.2em" text-anchor=(if axis.x(month) > 800 { "end" } else { "start" }) {
                        (month.strftime("%Y-%m").to_string())
                    }
                }
                @if axis.has(survey.today) { @let x = tenths(axis.x(survey.today), "%");
                    line.today x1=(x) x2=(x) y1="1.6em" y2="100%" {}
                }
                @for (batch, row) in shown.iter().zip(0..) {
                    (line_of(survey, &axis, batch, TOP + row * ROW))
                }
            }
            figcaption { (legend(tongue, axis.has(survey.today))) }
        }
        (super::parts::rest(tongue, batches.len(), ROWS))
    }
}

fn told(survey: &Survey<'_>, batch: &BatchView<'_>) -> Text {
    let day = |at| batch.batch.date(at);
    tr!(
        "{batch}: PRE on {pre}, {in_pre}; PRO on {pro}, {in_pro}",
        batch = batch.id,
        pre = day(Environment::Pre),
        in_pre = Tally::of(survey, batch, Environment::Pre).shown(),
        pro = day(Environment::Pro),
        in_pro = Tally::of(survey, batch, Environment::Pro).shown()
    )
}

fn line_of(survey: &Survey<'_>, axis: &Axis, batch: &BatchView<'_>, top: i64) -> Markup {
    let stem = batch.id.split_once('/').map_or(batch.id, |(_, stem)| stem);
    let x = |at| tenths(axis.x(batch.batch.date(at)), "%");
    let middle = top + 20;
    html! {
        text x="0" y=(tenths(top + 8, "em")) { (cut(&visible(stem), Some(34))) }
        line.way x1=(x(Environment::Pre)) x2=(x(Environment::Pro)) y1=(tenths(middle, "em")) y2=(tenths(middle, "em")) {}
        @for at in Environment::BOTH { @let moment = Tally::of(survey, batch, at).first();
            @match at {
                Environment::Pre => {
                    circle class=(moment.word()) cx=(x(at)) cy=(tenths(middle, "em")) r="0.7em" {}
                }
                Environment::Pro => { svg x=(x(at)) y=(tenths(middle - 7, "em")) overflow="visible" {
                    rect class=(moment.word()) x="-0.7em" y="0" width="1.4em" height="1.4em" {} } }
            }
            text class={ "sign " (moment.word()) } x=(x(at)) y=(tenths(middle + 4, "em")) text-anchor="middle" { (moment.mark()) }
        }
    }
}

fn legend(tongue: Tongue<'_>, has_today: bool) -> Markup {
    html! {
        span { "◯ PRE" } " " span { "▢ PRO" } " "
        @if has_today { span.today { "│ " (tongue.say(&tr!("today"))) } " " }
        @for moment in ORDER { (super::parts::moment(tongue, moment)) " " }
    }
}
