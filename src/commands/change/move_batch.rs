//! `segell move`.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use jiff::civil::Date;

use crate::base::time::{days_between, plus_days};
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::batch::{ask_batch, find, question};
use crate::commands::change::writing::{Writing, about_batch};
use crate::commands::out::say;
use crate::edit::{Changeset, Value};
use crate::inventory::finding::Environment;
use crate::inventory::model::{Batch, CalendarPolicy};
use crate::inventory::survey::{BatchView, Survey};
use crate::inventory::workdays::first_from;
use crate::tr;

/// Move the days of a batch that have not come to pass, over holidays and freezes
///
/// Where a new day is none to load on, the next working day takes its place. PRO moves
/// with PRE.
///
/// Exit code 0: written, or so already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The batch, `calendar/NN-slug`
    #[arg(long, value_name = "ID")]
    batch: Option<String>,
    /// By how much: `7d`, `2w`, `-1d`
    #[arg(long, value_name = "DAYS", value_parser = span, allow_hyphen_values = true)]
    by: Option<i64>,
    /// The new day of what comes next: PRE, or PRO where PRE is loaded
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date, conflicts_with = "by")]
    to: Option<Date>,
    /// Move the days of the calendar that come after it too
    #[arg(long)]
    cascade: bool,
}

/// `7d`, `2w`, `-1d`: how many days.
fn span(text: &str) -> Result<i64, String> {
    let expected = || tr!("a number of days `7d` or weeks `2w` is expected").to_string();
    let (number, days) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d').ok_or_else(expected)?, 1),
    };
    let number: i32 = number.parse().map_err(|_| expected())?;
    Ok(i64::from(number) * days)
}

/// The days of a batch; none for what is loaded, or is nobody's.
#[derive(Clone, Copy)]
struct Days {
    pre: Option<Date>,
    pro: Option<Date>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let batch = ask_batch(&mut interview, arguments.batch.as_ref(), &survey)?;
    let Some(batch) = batch else {
        if arguments.by.is_none() && arguments.to.is_none() {
            let how = question("--by DAYS, or --to DATE", tr!("To which day? (YYYY-MM-DD)"));
            interview.need(None, &how, crate::commands::date)?;
        }
        return interview.refuse();
    };
    let view = find(&survey, &batch)?;
    let policy = survey.policy.context(tr!("there is no policy to know working days from"))?;
    let nothing = || tr!("all of `{batch}` is loaded already", batch = view.id);
    let first = movable(view.batch).first().with_context(nothing)?;
    let delta = match (arguments.by, arguments.to) {
        (Some(days), _) => days,
        (None, to) => {
            let how = question("--by DAYS, or --to DATE", tr!("To which day? (YYYY-MM-DD)"));
            match interview.need(to.as_ref(), &how, crate::commands::date)? {
                Some(day) => days_between(first, day),
                None => return interview.refuse(),
            }
        }
    };
    let mut mover = Mover { calendar: &policy.calendar, delta, end: None, changes: &mut changes };
    let landed = mover.shift(view)?;
    let asked = plus_days(first, delta);
    if landed != asked {
        say(tr!(
            "the policy has no load on {asked}, by its working days, holidays, freezes and the days from PRE to PRO; the next day that it has one is {landed}",
            asked = asked,
            landed = landed
        ));
    }
    if arguments.cascade {
        let later = survey.batches.iter().skip_while(|later| later.id != view.id).skip(1);
        later
            .filter(|later| later.calendar == view.calendar)
            .try_for_each(|later| mover.shift(later).map(drop))?;
    }
    let next = [tr!("commit it and open a pull request; `segell calendar` shows the days")];
    let code = arguments.writing.finish(&changes, about_batch(view.id), &next)?;
    // The days that come after it are in the way only of what moves towards them.
    if code == ExitCode::FAILURE && !arguments.cascade && delta > 0 {
        eprintln!("{}", tr!("with `--cascade` the days that come after it move too"));
    }
    Ok(code)
}

/// The days that can still move: those of what has not been loaded for anybody.
fn movable(batch: &Batch) -> Days {
    let open = |environment: Environment| {
        let mut loads = batch.loads.iter().filter(|load| load.withdrawn.is_none()).peekable();
        let waits = loads.peek().is_some() && loads.all(|load| load.loaded(environment).is_none());
        waits.then(|| batch.date(environment))
    };
    Days { pre: open(Environment::Pre), pro: open(Environment::Pro) }
}

impl Days {
    fn first(self) -> Option<Date> {
        self.pre.or(self.pro)
    }
}

/// Moves batch after batch of a calendar.
struct Mover<'m> {
    calendar: &'m CalendarPolicy,
    /// By how many days.
    delta: i64,
    /// The last day of the batch before, as it was and as it is now.
    end: Option<(Date, Date)>,
    changes: &'m mut Changeset,
}

impl Mover<'_> {
    /// Moves what can still move, and says where the first of it landed.
    fn shift(&mut self, view: &BatchView<'_>) -> Result<Date> {
        let Batch { pre, pro, .. } = view.batch;
        let (pre, pro) = (pre.date(), pro.date());
        let days = movable(view.batch);
        let mut new_pre = pre;
        if days.pre.is_some() {
            let gap = |(before, _): (Date, Date)| {
                days_between(before, pre)
                    .clamp(1, self.calendar.days_between_batches.count().max(1))
            };
            let earliest = self.end.map(|end| plus_days(end.1, gap(end)));
            new_pre = self.working_day(pre, earliest)?;
            self.put(view, Environment::Pre, new_pre)?;
        }
        let mut new_pro = pro;
        if days.pro.is_some() {
            let way = self.calendar.days_from_pre_to_pro.count().max(1);
            let way = days_between(pre, pro).clamp(1, way);
            new_pro = self.working_day(pro, Some(plus_days(new_pre, way)))?;
            self.put(view, Environment::Pro, new_pro)?;
        }
        // A batch that nobody is left in binds nothing.
        if view.batch.loads.iter().any(|load| load.withdrawn.is_none()) {
            self.end = Some((pro, new_pro));
        }
        Ok(if days.pro.is_some() && days.pre.is_none() { new_pro } else { new_pre })
    }

    /// The first working day from `day`, moved, on, and not before `earliest`.
    fn working_day(&self, day: Date, earliest: Option<Date>) -> Result<Date> {
        let moved = plus_days(day, self.delta);
        let from = earliest.map_or(moved, |earliest| moved.max(earliest));
        let none = || tr!("the policy has no working day after {day}", day = from);
        first_from(self.calendar, from).with_context(none)
    }

    fn put(&mut self, view: &BatchView<'_>, environment: Environment, day: Date) -> Result<()> {
        let field = format!("/{}", environment.word());
        ensure!(day.year() < 10_000, tr!("{day} is out of range", day = day));
        self.changes.edit(view.file, |yaml| yaml.set(&field, &Value::from(day)))
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_are_days_or_weeks() {
        assert_eq!(span("7d"), Ok(7));
        assert_eq!(span("2w"), Ok(14));
        assert_eq!(span("-1d"), Ok(-1));
        for wrong in ["", "d", "7", "7m", "1.5d", "99999999999d"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
