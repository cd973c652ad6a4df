//! `segell add holiday` and `segell add freeze`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use jiff::civil::Date;

use crate::commands::ask::Interview;
use crate::commands::change::asking::open;
use crate::commands::change::batch::words;
use crate::commands::change::init::holidays::holidays;
use crate::commands::change::writing::Writing;
use crate::edit::Value;
use crate::inventory::finding::{Finding, Severity};
use crate::inventory::model::Day;
use crate::tr;

/// The policy's file.
pub(super) const POLICY: &str = "inventory/policy.yaml";

/// Add days on which nothing is loaded
///
/// `--year` adds the holidays that hold all over Catalonia; local ones, and what a year's decree moves from a
/// Sunday, are named one by one.
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The days
    #[arg(value_name = "DATE", value_parser = crate::commands::date)]
    days: Vec<Date>,
    /// The holidays of all Catalonia in this year; may be given several times
    #[arg(long, value_name = "YEAR", value_delimiter = ',', value_parser = clap::value_parser!(i16).range(1900..=9998))]
    year: Vec<i16>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let policy = inventory.policy.as_deref();
    let policy = policy.context(tr!("there is no policy that can be read"))?;
    let mut days: BTreeSet<Date> = arguments.days.iter().copied().collect();
    days.extend(arguments.year.iter().flat_map(|year| holidays(*year)));
    if days.is_empty() {
        let mut interview = Interview::begin();
        let question = open("DATE", tr!("Which days? (YYYY-MM-DD; several are parted by blanks)"));
        match interview.need_some(&[], &question, crate::commands::date)? {
            Some(answer) => days.extend(answer),
            None => return interview.refuse(),
        }
    }
    let known: BTreeSet<Date> = policy.calendar.holidays.iter().map(Day::date).collect();
    for day in days.difference(&known) {
        changes.edit(POLICY, |policy| policy.append("/calendar/holidays", &(*day).into()))?;
    }
    arguments.writing.finish(&changes, about_days, &[next()])
}

/// What a change of the calendar's days brings.
fn about_days(finding: &Finding) -> bool {
    finding.rule.name == "working-day" && finding.severity != Severity::Pending
}

fn next() -> crate::base::text::Text {
    tr!("commit it and open a pull request; `segell move` takes batches to other days")
}

/// Add a span of days in which nothing is loaded
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Freeze {
    #[command(flatten)]
    writing: Writing,
    /// The first day
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    from: Option<Date>,
    /// The last day
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    to: Option<Date>,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = words)]
    reason: Option<String>,
}

pub fn freeze(arguments: &Freeze) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let policy = inventory.policy.as_deref();
    let policy = policy.context(tr!("there is no policy that can be read"))?;
    let mut interview = Interview::begin();
    let from = open("--from DATE", tr!("From which day on? (YYYY-MM-DD)"));
    let from = interview.need(arguments.from.as_ref(), &from, crate::commands::date)?;
    let to = open("--to DATE", tr!("Through which day? (YYYY-MM-DD)"));
    let to = interview.need(arguments.to.as_ref(), &to, crate::commands::date)?;
    let reason = open("--reason TEXT", tr!("Why?"));
    let reason = interview.need(arguments.reason.as_ref(), &reason, words)?;
    let (Some(from), Some(to), Some(reason)) = (from, to, reason) else {
        return interview.refuse();
    };
    ensure!(from <= to, tr!("{to} lies before {from}", to = to, from = from));
    let mut known = policy.calendar.freezes.iter();
    if !known.any(|known| known.from.date() == from && known.to.date() == to) {
        let item = Value::map([
            ("from", Some(from.into())),
            ("to", Some(to.into())),
            ("reason", Some(Value::text(reason))),
        ]);
        changes.edit(POLICY, |policy| policy.append("/calendar/freezes", &item))?;
    }
    arguments.writing.finish(&changes, about_days, &[next()])
}
