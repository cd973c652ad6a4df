//! What follows from loads: the load itself, its checks, who is to be told, and the way back.

use std::collections::BTreeMap;

use super::{Task, Week, When, command};
use crate::base::text::{Text, names};
use crate::base::time::{day_of, plus_days};
use crate::base::word::Word;
use crate::checklist::progress::Moment;
use crate::checklist::rules::load::{
    check_proved, departments_still_consuming, ens_informed_in_pro, failure_analysed,
    siad_informed_after_pre,
};
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::survey::{BatchView, CertificateView, LoadView, Survey};
use crate::pipeline::manifest::{Manifest, Restoring};
use crate::pipeline::phase::{Deed, Phases};
use crate::tr;

/// The loads that are so far in `environment`, by batch: the batch and the places of the loads.
fn that_are<'s, 'a>(
    survey: &'s Survey<'a>,
    environment: Environment,
    moments: &[Moment],
) -> Vec<(&'s BatchView<'a>, Vec<&'s LoadView<'a>>)> {
    let mut found = Vec::new();
    for batch in &survey.batches {
        let is_so = |view: &&LoadView<'_>| {
            view.load.is_open()
                && moments.contains(&Moment::of(batch, view.load, environment, survey.today))
        };
        let loads: Vec<_> = survey.loads_of(batch).iter().filter(is_so).collect();
        if !loads.is_empty() {
            found.push((batch, loads));
        }
    }
    found
}

fn ids(loads: &[&LoadView<'_>]) -> Vec<String> {
    loads.iter().map(|view| view.load.ens.to_string()).collect()
}

/// A task about some loads of a batch in one environment, still without notes and commands.
fn task(
    batch: &BatchView<'_>,
    environment: Environment,
    ens: Vec<String>,
    (when, day): (When, jiff::civil::Date),
    what: Text,
) -> Task {
    Task {
        when,
        day,
        actors: vec![Actor::Aoc],
        what,
        batch: Some(batch.id.to_owned()),
        environment: Some(environment),
        ens,
        notes: Vec::new(),
        commands: Vec::new(),
    }
}

/// What is released is to be loaded on its day; what was missed, now.
pub fn loads(survey: &Survey<'_>, week: &Week, phases: &Phases) -> Vec<Task> {
    let mut tasks = Vec::new();
    for environment in Environment::BOTH {
        for (batch, loads) in that_are(survey, environment, &[Moment::Released, Moment::Missed]) {
            let day = batch.batch.date(environment);
            let when = week.when(day);
            // What has not been released, or is not yet in PRE, waits for that first.
            let waits =
                environment == Environment::Pro && loads.iter().any(|view| view.load.pre.is_none());
            let is_far = day > plus_days(week.sunday, 7);
            if is_far || waits || !batch.batch.releases(environment) {
                continue;
            }
            let may_be = |view: &&LoadView<'_>| {
                phases.may_be_done(environment, Deed::Load, view.load.seal())
            };
            let loads: Vec<_> = loads.into_iter().filter(may_be).collect();
            if loads.is_empty() {
                continue;
            }
            let ens = ids(&loads);
            let what = tr!(
                "load in {environment}: {ens}",
                environment = environment.shown(),
                ens = names(&ens)
            );
            let mut commands = vec![command::record("loaded", survey, batch, environment, &ens)];
            if when == When::Overdue {
                commands.push(command::postpone(batch.id));
            }
            let task = task(batch, environment, ens, (when, day), what);
            tasks.push(Task { commands, notes: vec![walk(environment)], ..task });
        }
    }
    tasks
}

/// What comes before a load is recorded.
fn walk(environment: Environment) -> Text {
    tr!(
        "verify the manifest before: `segell manifest verify DIR --env {environment}`; see afterwards that it is there: `segell drift --env {environment} STORE`",
        environment = environment.word()
    )
}

/// What is loaded is to be seen working, in PRO by PICA too once SIAD knows.
pub fn checks(survey: &Survey<'_>) -> Vec<Task> {
    let mut tasks = Vec::new();
    for environment in Environment::BOTH {
        for (batch, loads) in that_are(survey, environment, &[Moment::Loaded]) {
            let mut by_actors: BTreeMap<Vec<Actor>, Vec<&LoadView<'_>>> = BTreeMap::new();
            for view in loads {
                let unseen = match (environment, view.load.record(environment)) {
                    (Environment::Pro, Some(record)) => record.unverified_by(),
                    _ => vec![Actor::Aoc],
                };
                by_actors.entry(unseen).or_default().push(view);
            }
            for (actors, loads) in by_actors {
                tasks.push(check(survey, batch, environment, actors, &loads));
            }
        }
    }
    tasks
}

fn check(
    survey: &Survey<'_>,
    batch: &BatchView<'_>,
    environment: Environment,
    actors: Vec<Actor>,
    loads: &[&LoadView<'_>],
) -> Task {
    let ens = ids(loads);
    let since = loads.iter().filter_map(|view| view.load.loaded(environment)).min();
    let what = tr!(
        "see that requests work in {environment}: {ens}",
        environment = environment.shown(),
        ens = names(&ens)
    );
    let notes = since.map(|day| tr!("loaded on {day}", day = day)).into_iter().collect();
    let mut commands = vec![command::works(survey, batch, environment, (&actors, &ens))];
    if actors.contains(&Actor::Aoc) {
        commands.push(command::proves(batch, environment, &actors));
        if demands_messages(survey) {
            commands.remove(0);
        }
    }
    let task = task(batch, environment, ens, (When::Today, survey.today), what);
    Task { actors, notes, commands, ..task }
}

/// A working check that the policy wants proved lacks its message, or its answer.
pub fn proofs(survey: &Survey<'_>, findings: &[Finding]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for environment in Environment::BOTH {
        let of_environment: Vec<Finding> = findings
            .iter()
            .filter(|finding| finding.subject.environment == Some(environment))
            .cloned()
            .collect();
        for (batch, ens) in told_by(survey, &of_environment, check_proved::RULE.name) {
            let what = tr!(
                "prove the check in {environment} with its message: {ens}",
                environment = environment.shown(),
                ens = names(&ens)
            );
            let commands = vec![command::proves(batch, environment, &[Actor::Aoc])];
            let task = task(batch, environment, ens, (When::Today, survey.today), what);
            tasks.push(Task { commands, ..task });
        }
    }
    tasks
}

/// Whether a check of today is to be proved by its message.
fn demands_messages(survey: &Survey<'_>) -> bool {
    let from = survey.policy.and_then(|policy| policy.checks.message_from.as_ref());
    from.is_some_and(|from| from.date() <= survey.today)
}

/// SIAD is to be told: that PRE works, or that PRO is loaded.
pub fn informings(survey: &Survey<'_>, findings: &[Finding]) -> Vec<Task> {
    let rules = [
        (siad_informed_after_pre::RULE.name, Environment::Pre),
        (ens_informed_in_pro::RULE.name, Environment::Pro),
    ];
    let mut tasks = Vec::new();
    for (rule, environment) in rules {
        for (batch, ens) in told_by(survey, findings, rule) {
            let what = match environment {
                Environment::Pre => tr!("tell SIAD that PRE works: {ens}", ens = names(&ens)),
                Environment::Pro => {
                    tr!("tell SIAD that PRO is loaded: {ens}", ens = names(&ens))
                }
            };
            let record = command::record("informed", survey, batch, environment, &ens);
            let task = task(batch, environment, ens, (When::Today, survey.today), what);
            tasks.push(Task { commands: vec![format!("{record} --evidence TICKET")], ..task });
        }
    }
    tasks
}

/// The batches and ens of which a rule lacks something, in the order of the batches.
fn told_by<'s, 'a>(
    survey: &'s Survey<'a>,
    findings: &[Finding],
    rule: &str,
) -> Vec<(&'s BatchView<'a>, Vec<String>)> {
    let of_rule = findings
        .iter()
        .filter(|finding| finding.rule.name == rule && finding.severity != Severity::Waived);
    let mut by_batch: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for finding in of_rule {
        let Some(batch) = &finding.subject.batch else { continue };
        by_batch.entry(batch).or_default().extend(finding.subject.ens.clone());
    }
    let known = by_batch.into_iter().filter_map(|(id, ens)| Some((survey.batch(id)?, ens)));
    known.collect()
}

/// The departments are to be seen consuming after a batch's last load in PRO.
pub fn departments(survey: &Survey<'_>, findings: &[Finding]) -> Vec<Task> {
    let rule = departments_still_consuming::RULE.name;
    let of_rule = findings
        .iter()
        .filter(|finding| finding.rule.name == rule && finding.severity != Severity::Waived);
    let to_task = |finding: &Finding| {
        // Where the next batch has begun, the rule speaks there, and names this batch's file beside.
        let own = finding.related.first().map_or(&finding.place, |related| &related.place);
        let batch = survey.batches.iter().find(|batch| *batch.file == own.file)?;
        let what = tr!("see that the departments still consume");
        let command = format!(
            "segell record departments --batch {} --by aoc --result works --evidence TICKET",
            batch.id
        );
        let when = (When::Today, survey.today);
        let task = task(batch, Environment::Pro, Vec::new(), when, what);
        Some(Task { notes: vec![finding.message.clone()], commands: vec![command], ..task })
    };
    of_rule.filter_map(to_task).collect()
}

/// What fails is to be mended, or taken out: then what was before comes back.
pub fn failures(survey: &Survey<'_>, findings: &[Finding]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for environment in Environment::BOTH {
        for (batch, loads) in that_are(survey, environment, &[Moment::Fails]) {
            let ens = ids(&loads);
            let what = tr!(
                "does not work in {environment}: {ens}; mend it and check again, or take it out",
                environment = environment.shown(),
                ens = names(&ens)
            );
            let lacks = findings.iter().filter(|finding| {
                finding.rule.name == failure_analysed::RULE.name
                    && finding.subject.batch.as_deref() == Some(batch.id)
                    && finding.subject.environment == Some(environment)
            });
            let lacks: Vec<&Finding> = lacks.collect();
            let mut notes: Vec<Text> = lacks.iter().map(|lack| lack.message.clone()).collect();
            notes.dedup();
            notes.extend(rollback(survey, &loads));
            let checkers = match environment {
                Environment::Pre => vec![Actor::Aoc],
                Environment::Pro => vec![Actor::Pica, Actor::Aoc],
            };
            let mut commands = analyses(survey, batch, environment, (&loads, &lacks));
            commands.push(command::works(survey, batch, environment, (&checkers, &ens)));
            commands.push(format!(
                "segell withdraw --batch {}{} --reason REASON --evidence TICKET",
                batch.id,
                command::each("ens", &ens)
            ));
            let task = task(batch, environment, ens, (When::Today, survey.today), what);
            tasks.push(Task { notes, commands, ..task });
        }
    }
    tasks
}

/// The commands that complete the failing checks which lack their cause: those of one day and by the
/// same people together.
fn analyses(
    survey: &Survey<'_>,
    batch: &BatchView<'_>,
    environment: Environment,
    (loads, lacks): (&[&LoadView<'_>], &[&Finding]),
) -> Vec<String> {
    let mut by_check: BTreeMap<(jiff::civil::Date, &[Actor]), Vec<String>> = BTreeMap::new();
    for view in loads {
        let ens = view.load.ens.to_string();
        if !lacks.iter().any(|lack| lack.subject.ens.as_ref() == Some(&ens)) {
            continue;
        }
        let last = view.load.record(environment).and_then(|record| record.checks.last());
        let Some(check) = last else { continue };
        by_check.entry((check.date.date(), &check.by)).or_default().push(ens);
    }
    let analysed = |((day, by), ens): ((_, &[Actor]), Vec<String>)| {
        command::analysed(survey, batch, environment, (day, by, &ens))
    };
    by_check.into_iter().map(analysed).collect()
}

/// What comes back if these loads are taken out, and until when that is in force.
fn rollback(survey: &Survey<'_>, loads: &[&LoadView<'_>]) -> Vec<Text> {
    let mut notes = Vec::new();
    for environment in Environment::BOTH {
        let mut back: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
        let loaded = loads.iter().filter(|view| view.load.record(environment).is_some());
        for view in loaded {
            let Some(ens) = view.ens.map(|ens| &survey[ens]) else { continue };
            let before = survey.would_restore(ens, environment, view.at);
            back.entry(before.map(|before| before.id)).or_default().push(ens.id);
        }
        for (before, ens) in back {
            notes.push(restored(before.and_then(|id| survey.certificate(id)), environment, &ens));
        }
    }
    notes
}

fn restored(before: Option<&CertificateView<'_>>, at: Environment, ens: &[&str]) -> Text {
    let facts = before.and_then(|before| Some((before, before.pem?.0)));
    let Some((before, facts)) = facts else {
        return tr!(
            "taking it out leaves {ens} without a seal in {environment}: nothing that was there before is in force",
            ens = names(ens),
            environment = at.shown()
        );
    };
    let expires = day_of(facts.not_after);
    let retired = before.record.retired.as_ref().map(|retired| retired.date.date());
    let last = retired.map_or(expires, |day| expires.min(plus_days(day, -1)));
    tr!(
        "taking it out brings back {certificate} in {environment} for {ens}; that is in force until {last}",
        certificate = names([before.id]),
        environment = at.shown(),
        ens = names(ens),
        last = last
    )
}

/// What was withdrawn waits for what was before to come back.
pub fn restorings(survey: &Survey<'_>, week: &Week, phases: &Phases) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (environment, restoring) in to_restore(survey) {
        let seal = (restoring.ens.as_str(), restoring.withdraws.id.as_str());
        let Some(batch) = survey.batch(&restoring.batch) else { continue };
        let Some(day) = crate::base::time::read_date(&restoring.date) else { continue };
        if !phases.may_be_done(environment, Deed::Restore, seal) {
            continue;
        }
        let ens = vec![restoring.ens.clone()];
        let what = match &restoring.certificate {
            Some(before) => tr!(
                "bring back {certificate} in {environment}: {ens}",
                certificate = names([&before.id]),
                environment = environment.shown(),
                ens = names(&ens)
            ),
            None => tr!(
                "take {certificate} out of {environment}, nothing comes back: {ens}",
                certificate = names([&restoring.withdraws.id]),
                environment = environment.shown(),
                ens = names(&ens)
            ),
        };
        let command = format!(
            "segell record restored --batch {} --env {}{}",
            batch.id,
            environment.word(),
            command::each("ens", &ens)
        );
        let task = task(batch, environment, ens, (week.when(day), day), what);
        tasks.push(Task { commands: vec![command], ..task });
    }
    tasks
}

/// What the inventory asks to restore, as its manifests say it.
pub fn to_restore(survey: &Survey<'_>) -> Vec<(Environment, Restoring)> {
    if survey.loads.iter().all(|view| view.load.withdrawn.is_none()) {
        return Vec::new();
    }
    let of = |environment| {
        let manifest = Manifest::of(survey, environment, "", "");
        manifest.restore.into_iter().map(move |restoring| (environment, restoring))
    };
    Environment::BOTH.into_iter().flat_map(of).collect()
}

/// What a body that ceases, or a seal that was compromised or retired with its body, leaves behind is
/// taken out, unless something is still to be loaded in its place.
pub fn removals(survey: &Survey<'_>, week: &Week, phases: &Phases) -> Vec<Task> {
    let mut tasks = Vec::new();
    for ens in &survey.ens {
        for environment in Environment::BOTH {
            let Some(removal) = survey.removal(ens, environment) else { continue };
            let loads = ens.loads.iter().map(|&place| survey[place].load);
            let waits = |load: &crate::inventory::model::Load| {
                load.withdrawn.is_none() && load.loaded(environment).is_none()
            };
            let seal = (ens.id, removal.certificate.id);
            if loads.into_iter().any(waits) || !phases.may_be_done(environment, Deed::Remove, seal)
            {
                continue;
            }
            let subject = match ens.ens.ceased {
                Some(_) => format!("--ens {}", ens.id),
                None => format!("--certificate {}", removal.certificate.id),
            };
            tasks.push(Task {
                when: week.when(removal.date),
                day: removal.date,
                actors: vec![Actor::Aoc],
                what: tr!(
                    "take {certificate} of {ens} out of {environment}",
                    certificate = names([removal.certificate.id]),
                    ens = names([ens.id]),
                    environment = environment.shown()
                ),
                batch: None,
                environment: Some(environment),
                ens: vec![ens.id.to_owned()],
                notes: Vec::new(),
                commands: vec![format!(
                    "segell record removed {subject} --env {}",
                    environment.word()
                )],
            });
        }
    }
    tasks
}

/// A batch on hold waits for whoever stopped it.
pub fn holds(survey: &Survey<'_>) -> Vec<Task> {
    let mut tasks = Vec::new();
    for batch in &survey.batches {
        let Some(hold) = batch.batch.running_hold() else { continue };
        let loads = survey.loads_of(batch);
        if !loads.iter().any(|view| view.load.is_open()) {
            continue;
        }
        tasks.push(Task {
            when: When::Waiting,
            day: hold.since.date(),
            actors: vec![hold.by],
            what: tr!("on hold: {reason}", reason = &hold.reason),
            batch: Some(batch.id.to_owned()),
            environment: None,
            ens: Vec::new(),
            notes: Vec::new(),
            commands: vec![format!("segell hold --batch {} --end", batch.id)],
        });
    }
    tasks
}

/// A query waits for its answer: the last in the chain that was asked gives it.
pub fn queries(survey: &Survey<'_>) -> Vec<Task> {
    let mut tasks = Vec::new();
    for ens in survey.ens.iter().filter(|ens| !ens.has_ceased_by(survey.today)) {
        for query in ens.ens.queries.iter().filter(|query| query.is_open()) {
            let asked = query.asked.date();
            tasks.push(Task {
                when: When::Waiting,
                day: asked,
                actors: vec![query.answers()],
                what: tr!(
                    "answer a query about {ens}: {question}",
                    ens = names([ens.id]),
                    question = &query.question
                ),
                batch: None,
                environment: None,
                ens: vec![ens.id.to_owned()],
                notes: Vec::new(),
                commands: vec![format!(
                    "segell answer query --ens {} --asked {asked} --answer ANSWER --evidence TICKET",
                    ens.id
                )],
            });
        }
    }
    tasks
}
