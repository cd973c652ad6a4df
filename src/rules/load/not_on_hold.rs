//! `not-on-hold`.

use jiff::civil::Date;

use crate::finding::{Actor, Environment, Kind, Place, Rule, Severity};
use crate::model::{Batch, Stage};
use crate::rules::{Draft, HOLDS, Verdict};
use crate::survey::Survey;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "not-on-hold",
    kind: Kind::Sequence,
    holds: tr!(
        "the batch has no hold that has not ended, while its stage rises or a load is recorded"
    ),
    why: tr!("whoever stopped the batch had a reason"),
    mend: tr!("ask who stopped it; when the reason is gone, record `ended`"),
};

pub fn check(survey: &Survey<'_>, place: usize) -> Verdict {
    let view = &survey.batches[place];
    let hold = view.batch.hold.as_ref()?;
    if !hold.stops_on(survey.today) {
        return HOLDS;
    }
    if !view.loads.clone().any(|load| survey.is_asked(load)) {
        return None;
    }
    let severity =
        if goes_on(view.batch, hold.since.date()) { Severity::Error } else { Severity::Pending };
    let message = tr!(
        "the batch is on hold since {since}: {reason}",
        since = hold.since.date(),
        reason = &hold.reason
    );
    let actor: Actor = hold.by;
    Draft::at(Place::start(view.file).key("hold"), message)
        .severity(severity)
        .waits_for(actor)
        .into()
}

/// Whether the batch's stage asks for a load that has not been made, or one was made on hold.
fn goes_on(batch: &Batch, since: Date) -> bool {
    let loads = batch.loads.iter().filter(|load| load.withdrawn.is_none());
    let mut records = loads.flat_map(|load| {
        Environment::BOTH.map(|environment| (environment, load.loaded(environment)))
    });
    batch.stage != Stage::Planned
        && records.any(|(environment, loaded)| match loaded {
            Some(loaded) => loaded >= since,
            None => batch.asks_for(environment),
        })
}
