//! The next batch of each calendar that may be released: the rules are asked as if it were.

use std::collections::HashSet;

use super::{Task, Week, When};
use crate::base::text::{Text, names};
use crate::base::time::plus_days;
use crate::base::word::Word;
use crate::checklist::rules::{self, Part};
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::model::{Batch, Stage};
use crate::inventory::survey::{BatchIndex, Resolved, Survey};
use crate::tr;

/// Of each calendar the batch that is released next, and what keeps it from that.
pub fn tasks(survey: &Survey<'_>, week: &Week) -> Vec<Task> {
    let raised: Vec<(BatchIndex, Batch)> = next_batches(survey, week)
        .into_iter()
        .map(|place| {
            let batch = survey[place].batch;
            let stage = if batch.stage == Stage::Planned { Stage::Pre } else { Stage::Pro };
            (place, Batch { stage, ..batch.clone() })
        })
        .collect();
    let trial = Resolved::of(survey.inventory);
    let trial = raised.iter().fold(trial, |trial, (at, batch)| trial.with_batch(*at, batch));
    let trial = trial.on(survey.today);
    raised.iter().map(|(place, batch)| task(survey, &trial, (*place, batch), week)).collect()
}

/// The batches with an open load and a stage left to raise them to: of each calendar the first, and
/// whichever of the others is to be loaded by the end of next week.
fn next_batches(survey: &Survey<'_>, week: &Week) -> Vec<BatchIndex> {
    let mut next: Vec<BatchIndex> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for view in &survey.batches {
        let loads = survey.loads_of(view);
        if !loads.iter().any(|view| view.load.is_open()) {
            continue;
        }
        let is_first = seen.insert(view.calendar);
        let is_due_soon = match view.batch.stage {
            Stage::Planned => view.batch.date(Environment::Pre) <= plus_days(week.sunday, 7),
            Stage::Pre => view.batch.date(Environment::Pro) <= plus_days(week.sunday, 7),
            Stage::Pro => false,
        };
        if is_due_soon || is_first && view.batch.stage != Stage::Pro {
            next.push(view.at);
        }
    }
    next
}

fn task(
    survey: &Survey<'_>,
    trial: &Survey<'_>,
    (place, raised): (BatchIndex, &Batch),
    week: &Week,
) -> Task {
    let batch = &survey[place];
    let environment = match raised.stage {
        Stage::Pro => Environment::Pro,
        Stage::Pre | Stage::Planned => Environment::Pre,
    };
    let day = batch.batch.date(environment);
    let obstacles = obstacles(trial, place);
    let loads = survey.loads_of(batch).iter().filter(|view| view.load.is_open());
    let ens: Vec<String> = loads.map(|view| view.load.ens.to_string()).collect();
    let what = match obstacles.is_empty() {
        true => tr!(
            "release to {environment}, to be loaded on {day}: {ens}",
            environment = environment.shown(),
            day = day,
            ens = names(&ens)
        ),
        false => tr!(
            "cannot yet be released to {environment}, to be loaded on {day}: {ens}",
            environment = environment.shown(),
            day = day,
            ens = names(&ens)
        ),
    };
    let mut actors: Vec<Actor> = obstacles.iter().filter_map(|finding| finding.actor).collect();
    if actors.is_empty() {
        actors.push(Actor::Aoc);
    }
    actors.sort_unstable();
    actors.dedup();
    let command = format!("segell release --batch {} --stage {}", batch.id, raised.stage.word());
    Task {
        when: match week.when(day) {
            When::Next => When::Next,
            _ if !obstacles.is_empty() => When::Waiting,
            when => when,
        },
        day,
        actors,
        what,
        batch: Some(batch.id.to_owned()),
        environment: Some(environment),
        ens,
        notes: notes(&obstacles),
        commands: match (obstacles.is_empty(), day < week.today) {
            (true, false) => vec![command],
            (true, true) => vec![command, super::command::postpone(batch.id)],
            (false, true) => vec![super::command::postpone(batch.id)],
            (false, false) => Vec::new(),
        },
    }
}

/// How many obstacles are told.
const TOLD: usize = 3;

fn notes(obstacles: &[Finding]) -> Vec<Text> {
    let mut notes: Vec<Text> = obstacles.iter().map(|finding| finding.message.clone()).collect();
    notes.dedup();
    let rest = notes.len().saturating_sub(TOLD);
    notes.truncate(TOLD);
    notes.extend((rest > 0).then(|| tr!("… and {count} more", count = rest)));
    notes
}

/// The errors that the rules would find about the batch if it were released, as it is in
/// `trial`. After a batch's last load the departments are looked at before the next one: that is
/// asked of the batch before.
fn obstacles(trial: &Survey<'_>, at: BatchIndex) -> Vec<Finding> {
    let batch = &trial[at];
    let before = trial.earlier_days(at).last().map(|before| Part::Batch(before.at));
    let loads = trial.loads_of(batch).iter().map(|view| Part::Load(view.at));
    let parts = [Part::Batch(at)].into_iter().chain(before).chain(loads);
    let found = parts.flat_map(|part| rules::check_part(trial, part));
    let blocks = |finding: &Finding| {
        finding.severity == Severity::Error && finding.subject.batch.as_deref() == Some(batch.id)
    };
    found.filter(blocks).collect()
}
