//! What happens to batches and their loads.

use super::{Events, What, gone, several};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::inventory::finding::Environment;
use crate::inventory::model::{
    Batch, Check, Day, Hold, Holds, Informed, Load, Message, Outcome, Record, Restored, Stage,
    Withdrawal,
};
use crate::planning::plan::Sides;
use crate::tr;

/// Compares the batches of both sides, by id.
pub fn compare(sides: &Sides<'_>, events: &mut Events) {
    for (id, item) in &sides.head.batches {
        let Some(batch) = item.value.as_deref() else { continue };
        let about = About { id, file: &item.file };
        match sides.base.batches.get(id).and_then(|item| item.value.as_deref()) {
            None => new(&about, batch, events),
            Some(before) => change(&about, before, batch, events),
        }
    }
    for (id, item) in gone(&sides.base.batches, &sides.head.batches) {
        let loads = item.value.as_deref().map_or(&[][..], |batch| &batch.loads);
        let ens: Vec<&str> = loads.iter().map(|load| load.ens.as_str()).collect();
        let message = tr!("batch {batch} goes, with {ens}", batch = id, ens = several(&ens));
        events.add(What::Dropped, &item.file, message);
    }
}

/// The batch that is spoken of.
struct About<'i> {
    id: &'i str,
    file: &'i str,
}

fn new(about: &About<'_>, batch: &Batch, events: &mut Events) {
    let Batch { day: _, stage, pre, pro, loads, departments, hold } = batch;
    let ens: Vec<&str> = loads.iter().map(|load| load.ens.as_str()).collect();
    events.add(
        What::Scheduled,
        about.file,
        tr!(
            "batch {batch} is scheduled: {ens}, in PRE on {pre} and in PRO on {pro}",
            batch = about.id,
            ens = several(&ens),
            pre = pre.date(),
            pro = pro.date()
        ),
    );
    if *stage != Stage::Planned {
        released(about, loads, Stage::Planned, *stage, events);
    }
    loads.iter().for_each(|load| history(about, None, load, events));
    checks(about, "departments", &[], departments, events);
    held(about, &[], list(hold.as_ref()), events);
}

fn change(about: &About<'_>, before: &Batch, after: &Batch, events: &mut Events) {
    let Batch { day, stage, pre, pro, loads, departments, hold } = after;
    if before.stage != *stage {
        released(about, loads, before.stage, *stage, events);
    }
    moved(about, Environment::Pre, &before.pre, pre, events);
    moved(about, Environment::Pro, &before.pro, pro, events);
    if before.day != *day {
        let (old, new) = (before.day.count(), day.count());
        let message = tr!(
            "batch {batch} was day {old}, becomes day {new}",
            batch = about.id,
            old = old,
            new = new
        );
        events.add(What::Moved, about.file, message);
    }
    let same = |a: &Load, b: &Load| (&a.ens, &a.certificate) == (&b.ens, &b.certificate);
    for load in loads {
        let known = before.loads.iter().find(|known| same(known, load));
        if known.is_none() {
            events.add(What::Scheduled, about.file, tr!(
                "{ens} is scheduled in batch {batch}, with {certificate}: in PRE on {pre} and in PRO on {pro}",
                ens = &load.ens,
                batch = about.id,
                certificate = &load.certificate,
                pre = pre.date(),
                pro = pro.date()
            ));
        }
        history(about, known, load, events);
    }
    for load in before.loads.iter().filter(|load| !loads.iter().any(|other| same(other, load))) {
        let (ens, certificate) = (&load.ens, &load.certificate);
        events.add(
            What::Dropped,
            about.file,
            tr!(
                "{ens} with {certificate} is taken off batch {batch}",
                ens = ens,
                certificate = certificate,
                batch = about.id
            ),
        );
    }
    checks(about, "departments", &before.departments, departments, events);
    held(about, before.holds(), list(hold.as_ref()), events);
}

fn released(about: &About<'_>, loads: &[Load], before: Stage, after: Stage, events: &mut Events) {
    let loads = loads.iter().filter(|load| load.withdrawn.is_none());
    let ens: Vec<&str> = loads.map(|load| load.ens.as_str()).collect();
    let to = match after {
        Stage::Planned => tr!("planned"),
        Stage::Pre => tr!("PRE"),
        Stage::Pro => tr!("PRO"),
    };
    let message = match before < after {
        true => tr!(
            "batch {batch} is released to {to}: {ens}",
            batch = about.id,
            to = to,
            ens = several(&ens)
        ),
        false => tr!("the release of batch {batch} is taken back: {to}", batch = about.id, to = to),
    };
    events.add(What::Released, about.file, message);
}

fn moved(
    about: &About<'_>,
    environment: Environment,
    before: &Day,
    after: &Day,
    events: &mut Events,
) {
    if before != after {
        events.add(
            What::Moved,
            about.file,
            tr!(
                "batch {batch} moves in {environment} from {old} to {new}",
                batch = about.id,
                environment = environment.shown(),
                old = before.date(),
                new = after.date()
            ),
        );
    }
}

/// What is recorded of a load besides its being scheduled.
fn history(about: &About<'_>, before: Option<&Load>, after: &Load, events: &mut Events) {
    let Load { ens, certificate: _, pre, pro, withdrawn } = after;
    let environments = [(Environment::Pre, pre), (Environment::Pro, pro)];
    for (environment, record) in environments {
        let known = before.and_then(|before| before.record(environment));
        recorded(about, ens.as_str(), environment, known, record.as_ref(), events);
    }
    let known = before.and_then(|before| before.withdrawn.as_ref());
    self::withdrawn(about, ens.as_str(), known, withdrawn.as_ref(), events);
}

fn recorded(
    about: &About<'_>,
    ens: &str,
    environment: Environment,
    before: Option<&Record>,
    after: Option<&Record>,
    events: &mut Events,
) {
    let shown = environment.shown();
    let Some(Record { loaded, checks: made, informed }) = after else {
        if before.is_some() {
            let message =
                tr!("the record of {ens} in {environment} goes", ens = ens, environment = shown);
            events.add(What::Recorded, about.file, message);
        }
        return;
    };
    if before.map(|before| &before.loaded) != Some(loaded) {
        let message = tr!(
            "{ens} was loaded in {environment} on {day}",
            ens = ens,
            environment = shown,
            day = loaded.date()
        );
        events.add(What::Recorded, about.file, message);
    }
    let known = before.map_or(&[][..], |before| &before.checks);
    checks(about, &format!("{ens} {shown}"), known, made, events);
    told(
        about,
        ens,
        shown,
        before.and_then(|before| before.informed.as_ref()),
        informed.as_ref(),
        events,
    );
}

fn told(
    about: &About<'_>,
    ens: &str,
    environment: &str,
    before: Option<&Informed>,
    after: Option<&Informed>,
    events: &mut Events,
) {
    let Some(Informed { date, to, evidence: _ }) = after else {
        if before.is_some() {
            let message = tr!(
                "no longer recorded: who was told of {ens} in {environment}",
                ens = ens,
                environment = environment
            );
            events.add(What::Recorded, about.file, message);
        }
        return;
    };
    if before.is_none_or(|before| (&before.date, &before.to) != (date, to)) {
        let to: Vec<&str> = to.iter().map(|actor| actor.word()).collect();
        events.add(
            What::Recorded,
            about.file,
            tr!(
                "{who} was told of {ens} in {environment} on {day}",
                who = several(&to),
                ens = ens,
                environment = environment,
                day = date.date()
            ),
        );
    }
}

/// What came of a check, and whether its message proves it.
fn outcome(result: Outcome, is_proved: bool) -> Text {
    match (result, is_proved) {
        (Outcome::Works, true) => tr!("works, proved by its message"),
        (Outcome::Fails, true) => tr!("fails, proved by its message"),
        (Outcome::Works, false) => tr!("works"),
        (Outcome::Fails, false) => tr!("fails"),
    }
}

/// A message that comes to a check, or changes, or goes.
fn message_told(
    about: &About<'_>,
    of: &str,
    check: &Check,
    before: Option<&Message>,
    events: &mut Events,
) {
    let message = match (before, &check.message) {
        (before, after) if before == after.as_ref() => return,
        (_, None) => tr!(
            "{what}: the message of the check on {day} goes",
            what = of,
            day = check.date.date()
        ),
        (_, Some(after)) => tr!(
            "{what}: the check on {day} gets its message, the request `{request}`",
            what = of,
            day = check.date.date(),
            request = &after.request
        ),
    };
    events.add(What::Recorded, about.file, message);
}

/// Checks that are new or are told otherwise than before.
fn checks(about: &About<'_>, of: &str, before: &[Check], after: &[Check], events: &mut Events) {
    for (index, check) in after.iter().enumerate() {
        let Check {
            date,
            by,
            result,
            services: _,
            evidence: _,
            cause,
            discussed_with: _,
            corrected,
            message,
        } = check;
        let is_known = before.get(index).is_some_and(|known| {
            (&known.date, &known.by, known.result) == (date, by, *result)
                && (&known.cause, &known.corrected) == (cause, corrected)
        });
        if is_known {
            let before = before[index].message.as_ref();
            message_told(about, of, check, before, events);
            continue;
        }
        let outcome = outcome(*result, message.is_some() && check.is_proved());
        let by: Vec<&str> = by.iter().map(|actor| actor.word()).collect();
        events.add(
            What::Recorded,
            about.file,
            tr!(
                "{what}, checked by {by} on {day}: {outcome}",
                what = of,
                by = several(&by),
                day = date.date(),
                outcome = outcome
            ),
        );
    }
    if after.len() < before.len() {
        let message = tr!(
            "{what}: {count} recorded checks go",
            what = of,
            count = before.len() - after.len()
        );
        events.add(What::Recorded, about.file, message);
    }
}

fn withdrawn(
    about: &About<'_>,
    ens: &str,
    before: Option<&Withdrawal>,
    after: Option<&Withdrawal>,
    events: &mut Events,
) {
    let Some(Withdrawal { date, reason, evidence: _, restored }) = after else {
        if before.is_some() {
            let message = tr!("the withdrawal of {ens} is taken back", ens = ens);
            events.add(What::Withdrawn, about.file, message);
        }
        return;
    };
    if before.is_none_or(|before| before.date != *date) {
        events.add(
            What::Withdrawn,
            about.file,
            tr!(
                "{ens} is withdrawn from batch {batch} on {day}: {reason}",
                ens = ens,
                batch = about.id,
                day = date.date(),
                reason = reason
            ),
        );
    }
    let Restored { pre, pro } = restored;
    let known = before.map(|before| before.restored.clone()).unwrap_or_default();
    for (environment, day, known) in
        [(Environment::Pre, pre, known.pre), (Environment::Pro, pro, known.pro)]
    {
        if let Some(day) = day.as_ref().filter(|day| known.as_ref() != Some(*day)) {
            events.add(
                What::Withdrawn,
                about.file,
                tr!(
                    "what {ens} had before is back in {environment} since {day}",
                    ens = ens,
                    environment = environment.shown(),
                    day = day.date()
                ),
            );
        }
    }
}

fn list(holds: Option<&Holds>) -> &[Hold] {
    holds.map_or(&[], Holds::all)
}

/// What becomes of each stop, told by the day on which it began.
fn held(about: &About<'_>, before: &[Hold], after: &[Hold], events: &mut Events) {
    for Hold { since, by, reason, evidence: _, ended } in after {
        let before = before.iter().find(|before| before.since == *since);
        if before.is_none_or(|before| before.by != *by) {
            events.add(
                What::Held,
                about.file,
                tr!(
                    "batch {batch} is stopped since {day} by {by}: {reason}",
                    batch = about.id,
                    day = since.date(),
                    by = by.word(),
                    reason = reason
                ),
            );
        }
        let known = before.and_then(|before| before.ended.as_ref());
        if let Some(ended) = ended.as_ref().filter(|ended| known != Some(*ended)) {
            let message =
                tr!("batch {batch} goes on from {day}", batch = about.id, day = ended.date());
            events.add(What::Held, about.file, message);
        }
    }
    let is_kept = |gone: &&Hold| after.iter().any(|hold| hold.since == gone.since);
    for gone in before.iter().filter(|gone| !is_kept(gone)) {
        let message = tr!(
            "the hold of batch {batch} since {day} is erased",
            batch = about.id,
            day = gone.since.date()
        );
        events.add(What::Held, about.file, message);
    }
}
