//! What waits to come into an environment: for a merge, for approvals, for a promotion, as the branches
//! and the approvals of this clone say.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::follow::to_restore;
use super::{Task, Week, When};
use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::inventory::finding::Environment;
use crate::inventory::survey::{EnsView, LoadView, Survey};
use crate::pipeline::manifest::Restoring;
use crate::pipeline::phase::{Deed, Phase, Phases};
use crate::tr;

/// A load, a restoring or a removal: its day, its batch where it has one, and its ens.
type Waiting<'s> = (Date, Option<&'s str>, &'s str);

/// What still waits, what waits for the same in one task.
pub fn tasks(survey: &Survey<'_>, week: &Week, phases: &Phases) -> Vec<Task> {
    let restorings = to_restore(survey);
    let mut tasks = Vec::new();
    for environment in Environment::BOTH {
        let mut alike: BTreeMap<&Phase, Vec<Waiting<'_>>> = BTreeMap::new();
        let restorings = restorings.iter().filter(|(at, _)| *at == environment);
        let restorings = restorings.filter_map(|(_, restoring)| restored(restoring));
        let asked = loads(survey, environment).into_iter().chain(restorings);
        for (deed, certificate, waiting) in asked.chain(removed(survey, environment)) {
            if let Some(phase) = phases.get(environment, deed, (waiting.2, certificate)) {
                alike.entry(phase).or_default().push(waiting);
            }
        }
        let task = |(phase, waiting): (&Phase, Vec<_>)| {
            task(week, environment, phases.has_server, (phase, &waiting))
        };
        tasks.extend(alike.into_iter().filter_map(task));
    }
    tasks
}

/// What is to be done, with which certificate, and what it is that waits.
type Asked<'s> = (Deed, &'s str, Waiting<'s>);

fn loads<'s>(survey: &'s Survey<'_>, environment: Environment) -> Vec<Asked<'s>> {
    let asked = survey.loads.iter().filter(|view| {
        let batch = survey[view.batch].batch;
        view.load.withdrawn.is_none()
            && view.load.record(environment).is_none()
            && batch.releases(environment)
    });
    let load = |view: &LoadView<'s>| {
        let batch = &survey[view.batch];
        let waiting = (batch.batch.date(environment), Some(batch.id), view.load.ens.as_str());
        (Deed::Load, view.load.certificate.as_str(), waiting)
    };
    asked.map(load).collect()
}

fn restored(restoring: &Restoring) -> Option<Asked<'_>> {
    let day = crate::base::time::read_date(&restoring.date)?;
    let waiting = (day, Some(restoring.batch.as_str()), restoring.ens.as_str());
    Some((Deed::Restore, restoring.withdraws.id.as_str(), waiting))
}

fn removed<'s>(survey: &'s Survey<'_>, environment: Environment) -> Vec<Asked<'s>> {
    let removal = |ens: &'s EnsView<'_>| {
        let removal = survey.removal(ens, environment)?;
        Some((Deed::Remove, removal.certificate.id, (removal.date, None, ens.id)))
    };
    survey.ens.iter().filter_map(removal).collect()
}

fn task(
    week: &Week,
    environment: Environment,
    has_server: bool,
    (phase, waiting): (&Phase, &[Waiting<'_>]),
) -> Option<Task> {
    let actors = phase.actors()?;
    let day = waiting.iter().map(|(day, _, _)| *day).min()?;
    let mut batches: Vec<Option<&str>> = waiting.iter().map(|(_, batch, _)| *batch).collect();
    batches.dedup();
    let ens: Vec<String> = waiting.iter().map(|(_, _, ens)| (*ens).to_owned()).collect();
    let mut notes = Vec::new();
    if let Phase::Approval(approval) = phase
        && !approval.by.is_empty()
    {
        notes.push(tr!("approved by {people}", people = names(&approval.by)));
    }
    Some(Task {
        when: match week.when(day) {
            When::Next => When::Waiting,
            when => when,
        },
        day,
        actors,
        what: what(phase, environment, &ens),
        batch: batches[0].filter(|_| batches.len() == 1).map(str::to_owned),
        environment: Some(environment),
        commands: command(phase, environment, has_server).into_iter().collect(),
        ens,
        notes,
    })
}

fn what(phase: &Phase, environment: Environment, ens: &[String]) -> Text {
    let (environment, ens) = (environment.shown(), names(ens));
    match phase {
        Phase::Merge => tr!(
            "merge what is to go into {environment}, `main` does not have it yet: {ens}",
            environment = environment,
            ens = ens
        ),
        Phase::Approval(_) => tr!(
            "approve what is to go into {environment}: {ens}",
            environment = environment,
            ens = ens
        ),
        Phase::Promotion(_) | Phase::Released => tr!(
            "promote what is approved for {environment}: {ens}",
            environment = environment,
            ens = ens
        ),
    }
}

/// What does it; a merge is the forge's.
fn command(phase: &Phase, environment: Environment, has_server: bool) -> Option<String> {
    let (verb, commit) = match phase {
        Phase::Merge | Phase::Released => return None,
        Phase::Approval(approval) => ("approve", &approval.commit),
        Phase::Promotion(commit) => ("promote", commit),
    };
    let commit = commit.as_ref().map(|id| format!(" --commit {id}")).unwrap_or_default();
    let push = if has_server { " --push" } else { "" };
    Some(format!("segell {verb} --env {}{commit}{push}", environment.word()))
}
