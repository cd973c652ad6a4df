//! What will break if nobody acts, and when.
//!
//! The rules themselves say so: each part of the inventory is asked again on the days on which the
//! clock can change what is said of it (`turns`), and on no others. A finding that was not there
//! on the turn before breaks on that day.

mod act;
mod turns;

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::base::time::plus_days;
use crate::checklist::rules::{self, Part};
use crate::inventory::finding::{Finding, Place, Severity, Subject};
use crate::inventory::survey::Survey;

pub use act::last_day as last_day_to_act;
pub(crate) use turns::dates_in;

/// How far ahead one looks unless told, in days.
pub const AHEAD: i64 = 365;

/// Something that holds today and will not.
#[derive(Clone, Debug)]
pub struct Break {
    /// The first day on which `check` finds it.
    pub day: Date,
    /// The last day on which somebody can begin to keep it from happening; none where the policy
    /// cannot say. It may lie in the past.
    pub act_by: Option<Date>,
    /// What `check` says on that day: an error or a warning.
    pub finding: Finding,
}

/// What breaks until a day.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// The day from which one looks ahead.
    pub today: Date,
    /// The last day that is looked at.
    pub until: Date,
    /// What breaks, by day, then gravest first, then by place.
    pub breaks: Vec<Break>,
}

/// What makes two findings the same from one day to the next: their words may count days.
type Key = (&'static str, Severity, Subject, Place);

impl Forecast {
    /// What breaks from the day after the survey's through `until`.
    pub fn of(survey: &Survey<'_>, until: Date) -> Forecast {
        Forecast::of_parts(survey, until, |_| true)
    }

    /// The same of the seals that are loaded, and of nothing else.
    pub fn of_seals(survey: &Survey<'_>, until: Date) -> Forecast {
        Forecast::of_parts(survey, until, |part| matches!(part, Part::Certificate(_)))
    }

    fn of_parts(survey: &Survey<'_>, until: Date, wants: fn(&Part) -> bool) -> Forecast {
        let (today, mut breaks) = (survey.today, Vec::new());
        walk(survey, until, wants, |found| {
            breaks.extend(found);
            true
        });
        Forecast { today, until, breaks }
    }

    /// The first thing that breaks within a year.
    pub fn next(survey: &Survey<'_>) -> Option<Break> {
        let mut first = None;
        walk(
            survey,
            plus_days(survey.today, AHEAD),
            |_| true,
            |found| {
                first = found.into_iter().next();
                first.is_none()
            },
        );
        first
    }
}

/// Hands over what breaks of the parts that are wanted, a day after the other, while `more` is.
fn walk(
    survey: &Survey<'_>,
    until: Date,
    wants: fn(&Part) -> bool,
    mut more: impl FnMut(Vec<Break>) -> bool,
) {
    let mut known: HashMap<Part, HashSet<Key>> = HashMap::new();
    for (day, mut parts) in turns::of(survey, until) {
        parts.retain(wants);
        let new = parts.iter().filter(|part| !known.contains_key(part)).copied().collect();
        known.extend(ask(survey, new).into_iter().map(|(part, found)| (part, keys(&found))));
        let then = survey.on(day);
        let mut breaks = Vec::new();
        for (part, found) in ask(&then, parts.into_iter().collect()) {
            let before = known.insert(part, keys(&found)).unwrap_or_default();
            let new = found.into_iter().filter(|finding| !before.contains(&key(finding)));
            breaks.extend(new.map(|finding| Break {
                day,
                act_by: act::last_day(&then, &finding),
                finding,
            }));
        }
        breaks.sort_by(|a, b| order(&a.finding).cmp(&order(&b.finding)));
        breaks.dedup_by(|a, b| is_told(&a.finding, &b.finding));
        if !breaks.is_empty() && !more(breaks) {
            break;
        }
    }
}

/// What is wrong with these parts on the survey's day.
fn ask(survey: &Survey<'_>, parts: Vec<Part>) -> Vec<(Part, Vec<Finding>)> {
    let found = |part: Part| {
        let mut findings = rules::check_part(survey, part);
        let counts = [Severity::Error, Severity::Warning];
        findings.retain(|finding| counts.contains(&finding.severity));
        (part, findings)
    };
    parts.into_par_iter().map(found).collect()
}

fn keys(findings: &[Finding]) -> HashSet<Key> {
    findings.iter().map(key).collect()
}

fn key(finding: &Finding) -> Key {
    (finding.rule.name, finding.severity, finding.subject.clone(), finding.place.clone())
}

/// What `check` tells once, although several parts have it.
fn is_told(a: &Finding, b: &Finding) -> bool {
    order(a) == order(b) && a.message == b.message
}

fn order(finding: &Finding) -> (Severity, &Place, &'static str) {
    (finding.severity, &finding.place, finding.rule.name)
}
