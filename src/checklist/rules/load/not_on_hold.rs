//! `not-on-hold`.

use crate::base::word::Word;
use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::finding::{Environment, Finding, Kind, Place, Rule, Severity};
use crate::inventory::model::Batch;
use crate::inventory::step::At;
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "not-on-hold",
    kind: Kind::Sequence,
    at: At::NextLoad,
    holds: tr!(
        "nothing was loaded on a day after a hold's first and before its last; while a hold runs its batch's stage does not rise, and it does not vanish"
    ),
    why: tr!("whoever stopped the batch had a reason"),
    mend: tr!("ask who stopped it; when the reason is gone, record `ended`"),
};

pub fn check(survey: &Survey<'_>, view: &BatchView<'_>) -> Verdict {
    view.batch.hold.as_ref()?;
    let mut found = loaded_on_hold(view);
    if let Some(hold) = view.batch.running_hold()
        && survey.loads_of(view).iter().any(|load| survey.is_asked(load.at))
    {
        let message = tr!(
            "the batch is on hold since {since}: {reason}",
            since = hold.since.date(),
            reason = &hold.reason
        );
        let draft = Draft::at(Place::start(view.file).key("hold"), message);
        found.push(draft.severity(Severity::Pending).waits_for(hold.by));
    }
    Some(found)
}

fn loaded_on_hold(view: &BatchView<'_>) -> Vec<Draft> {
    let mut found = Vec::new();
    for (index, load) in view.batch.loads.iter().enumerate() {
        for environment in Environment::BOTH {
            let Some(day) = load.loaded(environment) else { continue };
            let Some(hold) = view.batch.holds().iter().find(|hold| hold.covers(day)) else {
                continue;
            };
            let message = tr!(
                "`{ens}` was loaded in {environment} on {day}, while the batch was on hold since {since}",
                ens = &load.ens,
                environment = environment.shown(),
                day = day,
                since = hold.since.date()
            );
            let place = Place::start(view.file).key("loads").item(index);
            let draft = Draft::at(place.key(environment.word()).key("loaded"), message);
            let hold = Place::start(view.file).key("hold");
            found.push(
                draft
                    .severity(Severity::Error)
                    .ens(load.ens.as_str())
                    .certificate(load.certificate.as_str())
                    .environment(environment)
                    .related(hold, tr!("the hold")),
            );
        }
    }
    found
}

/// What a change may not do: take a hold away that runs in the base, or let the stage of a batch
/// rise while one runs.
pub fn check_change(base: &Survey<'_>, head: &Survey<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for before in base.batches.iter().filter(|view| view.batch.running_hold().is_some()) {
        let after = same_batch(before, head);
        // Several may be of one day: as many must be left, running or ended.
        let of_day = |view: Option<&BatchView<'_>>, since| {
            let holds = view.map_or(&[][..], |view| view.batch.holds()).iter();
            holds.filter(|hold| hold.since.date() == since).count()
        };
        for hold in before.batch.holds().iter().filter(|hold| hold.runs()) {
            let since = hold.since.date();
            if of_day(after, since) < of_day(Some(before), since) {
                let message = tr!("the hold since {since} has vanished", since = since);
                let view = after.unwrap_or(before);
                let help = tr!("put it back; a hold goes by recording `ended`");
                found.push(Draft::at(Place::start(view.file), message).batch(view.id).help(help));
            }
        }
    }
    for after in head.batches.iter().filter(|view| view.batch.running_hold().is_some()) {
        let rises = |before: &BatchView<'_>| after.batch.stage > before.batch.stage;
        if same_batch(after, base).is_some_and(rises) {
            let message = tr!("the stage rises while the batch is on hold");
            let place = Place::start(after.file).key("stage");
            found.push(Draft::at(place, message).batch(after.id));
        }
    }
    found.into_iter().map(|draft| draft.into_finding(&RULE, Severity::Error)).collect()
}

/// The batch on the other side: of the same id, else, since a batch may be renamed, one that loads
/// something of it.
fn same_batch<'s, 'a>(view: &BatchView<'_>, other: &'s Survey<'a>) -> Option<&'s BatchView<'a>> {
    let loads = |batch: &Batch| {
        batch.loads.iter().any(|load| {
            view.batch
                .loads
                .iter()
                .any(|known| (&known.ens, &known.certificate) == (&load.ens, &load.certificate))
        })
    };
    let renamed = || other.batches.iter().find(|other| loads(other.batch));
    other.batch(view.id).or_else(renamed)
}
