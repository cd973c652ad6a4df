//! `segell today`: what is due today and this week, for whom, and the commands that do or record it.

mod command;
mod follow;
mod release;
mod seal;
mod waiting;
mod write;

use jiff::civil::{Date, Weekday};
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::{Text, names};
use crate::base::time::plus_days;
use crate::checklist::progress::{Overview, Progress};
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::step::Step;
use crate::inventory::survey::Survey;
use crate::pipeline::phase::Phases;
use crate::tr;
use crate::views::report::json;

/// When something is due, the most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Its day has passed.
    Overdue,
    /// Today.
    Today,
    /// After today, through Sunday.
    ThisWeek,
    /// It waits for somebody's answer, or for something else to be done first.
    Waiting,
    /// After this week: of each calendar what comes next.
    Next,
}

/// Something to be done.
#[derive(Clone, Debug)]
pub struct Task {
    /// When it is due.
    pub when: When,
    /// The day on which it is due, or since which it waits.
    pub day: Date,
    /// Who has to act.
    pub actors: Vec<Actor>,
    /// What.
    pub what: Text,
    /// The batch that it is about.
    pub batch: Option<String>,
    /// The environment that it is about.
    pub environment: Option<Environment>,
    /// The ens that it is about, by id.
    pub ens: Vec<String>,
    /// What one should know besides.
    pub notes: Vec<Text>,
    /// The command lines that do it, or record that it is done. A word in capitals is to be filled in.
    pub commands: Vec<String>,
}

impl Task {
    /// By when it is due; what has to be approved or promoted comes before what can be done.
    fn order(&self) -> (When, Date, u8, Option<&str>) {
        let turn = match self.commands.first().map_or("", String::as_str) {
            command if command.starts_with("segell approve") => 0,
            command if command.starts_with("segell promote") => 1,
            _ => 2,
        };
        (self.when, self.day, turn, self.batch.as_deref())
    }
}

/// What is due.
#[derive(Clone, Debug)]
pub struct Today {
    /// The day.
    pub today: Date,
    /// The Sunday that ends its week.
    pub week_ends: Date,
    /// What there is to be done: by when it is due, then by day.
    pub tasks: Vec<Task>,
}

impl Today {
    /// What is due on the day of the survey and in its week; `findings` are what the rules say of it,
    /// `phases` how far what it asks for has come.
    pub fn of(survey: &Survey<'_>, findings: &[Finding], phases: &Phases) -> Today {
        let week = Week::of(survey.today);
        let mut tasks = Vec::new();
        tasks.extend(follow::restorings(survey, &week, phases));
        tasks.extend(follow::failures(survey, findings));
        tasks.extend(follow::loads(survey, &week, phases));
        tasks.extend(waiting::tasks(survey, &week, phases));
        tasks.extend(follow::checks(survey));
        tasks.extend(follow::proofs(survey, findings));
        tasks.extend(follow::informings(survey, findings));
        tasks.extend(follow::departments(survey, findings));
        tasks.extend(follow::removals(survey, &week, phases));
        tasks.extend(follow::holds(survey));
        tasks.extend(follow::queries(survey));
        tasks.extend(release::tasks(survey, &week));
        tasks.extend(ready(survey, findings));
        tasks.extend(seal::tasks(survey, &week, findings));
        tasks.extend(errors(survey.today, findings));
        tasks.sort_by(|a, b| a.order().cmp(&b.order()));
        Today { today: survey.today, week_ends: week.sunday, tasks }
    }
}

/// Those for whom everything is in hand wait for a batch.
fn ready(survey: &Survey<'_>, findings: &[Finding]) -> Option<Task> {
    let overview = Overview::of(survey, findings);
    let is_ready = |progress: &&Progress<'_, '_>| {
        progress.waits_for() == Some(Step::Planned)
            && progress.next().next().is_none()
            && progress.withdrawn.is_none()
    };
    let ready = overview.ens.iter().filter(is_ready);
    let ens: Vec<String> = ready.map(|progress| progress.id.to_owned()).collect();
    (!ens.is_empty()).then(|| Task {
        when: When::Waiting,
        day: survey.today,
        actors: vec![Step::Planned.actor()],
        what: tr!("everything is in hand, plan the load: {ens}", ens = names(&ens)),
        batch: None,
        environment: None,
        ens,
        notes: Vec::new(),
        commands: vec!["segell propose".to_owned()],
    })
}

/// What `check` reports besides is its own to tell.
fn errors(today: Date, findings: &[Finding]) -> Option<Task> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    (errors > 0).then(|| Task {
        when: When::Today,
        day: today,
        actors: vec![Actor::Aoc],
        what: tr!(
            count = errors;
            one "mend {count} error that `check` reports",
            many "mend {count} errors that `check` reports"
        ),
        batch: None,
        environment: None,
        ens: Vec::new(),
        notes: Vec::new(),
        commands: vec!["segell check".to_owned()],
    })
}

/// A day and the rest of its week.
struct Week {
    today: Date,
    sunday: Date,
}

impl Week {
    fn of(today: Date) -> Week {
        let ahead = i64::from(today.weekday().until(Weekday::Sunday));
        Week { today, sunday: plus_days(today, ahead) }
    }

    fn when(&self, day: Date) -> When {
        match day {
            day if day < self.today => When::Overdue,
            day if day == self.today => When::Today,
            day if day <= self.sunday => When::ThisWeek,
            _ => When::Next,
        }
    }
}

/// The version of the format.
const SCHEMA: &str = "segell.today/v1";

/// What `segell today --format json` writes.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "What is due, by segell")]
struct Document {
    /// `segell.today/v1`.
    schema: &'static str,
    /// The day, `YYYY-MM-DD`.
    as_of: String,
    /// The Sunday that ends its week, `YYYY-MM-DD`.
    week_ends: String,
    /// What is to be done, the most pressing first.
    tasks: Vec<Entry>,
}

/// Something to be done.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Task")]
struct Entry {
    /// When it is due.
    when: When,
    /// The day on which it is due, or since which it waits, `YYYY-MM-DD`.
    day: String,
    /// Who has to act.
    actors: Vec<Actor>,
    /// What.
    what: String,
    /// The batch that it is about.
    batch: Option<String>,
    /// The environment that it is about.
    environment: Option<Environment>,
    /// The ens that it is about.
    ens: Vec<String>,
    /// What one should know besides.
    notes: Vec<String>,
    /// The command lines that do it, or record that it is done. A word in capitals is to be filled in.
    commands: Vec<String>,
}

fn document(today: &Today) -> Document {
    let entry = |task: &Task| Entry {
        when: task.when,
        day: task.day.to_string(),
        actors: task.actors.clone(),
        what: task.what.to_string(),
        batch: task.batch.clone(),
        environment: task.environment,
        ens: task.ens.clone(),
        notes: task.notes.iter().map(ToString::to_string).collect(),
        commands: task.commands.clone(),
    };
    Document {
        schema: SCHEMA,
        as_of: today.today.to_string(),
        week_ends: today.week_ends.to_string(),
        tasks: today.tasks.iter().map(entry).collect(),
    }
}

/// The JSON Schema (draft 2020-12) of what is due.
pub fn schema() -> schemars::Schema {
    json::schema_of::<Document>()
}
