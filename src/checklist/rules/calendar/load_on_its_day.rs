//! `load-on-its-day`.

use jiff::civil::Date;

use crate::base::word::Word;
use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Place, Rule};
use crate::inventory::model::Load;
use crate::inventory::step::At;
use crate::inventory::survey::{BatchView, Survey};
use crate::inventory::workdays::rest;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "load-on-its-day",
    kind: Kind::Warning,
    at: At::Load,
    holds: tr!(
        "the batch's date has not passed without a load, and nothing was loaded on a day that is no working day"
    ),
    why: tr!(
        "a day that slips by leaves the next batches waiting, and the certificate growing old"
    ),
    mend: tr!("load it and record it, or move the batch"),
};

pub fn check(survey: &Survey<'_>, view: &BatchView<'_>) -> Verdict {
    let mut found = Vec::new();
    for (index, (load, own)) in view.batch.loads.iter().zip(survey.loads_of(view)).enumerate() {
        if load.withdrawn.is_some() {
            continue;
        }
        for environment in Environment::BOTH {
            let at = Place::start(view.file).key("loads").item(index);
            let draft = match load.loaded(environment) {
                None => missed(survey, view, load, environment, at),
                Some(loaded) if survey.is_asked(own.at) => {
                    loaded_at_rest(survey, load, environment, loaded, &at)
                }
                Some(_) => None,
            };
            let about = |draft: Draft| draft.ens(load.ens.as_str()).environment(environment);
            found.extend(draft.map(about));
        }
    }
    Some(found)
}

fn missed(
    survey: &Survey<'_>,
    view: &BatchView<'_>,
    load: &Load,
    environment: Environment,
    place: Place,
) -> Option<Draft> {
    let due = view.batch.date(environment);
    let message = tr!(
        "`{ens}` was to be loaded in {environment} on {due}",
        ens = &load.ens,
        environment = environment.shown(),
        due = due
    );
    let date = Place::start(view.file).key(environment.word());
    (due < survey.today)
        .then(|| Draft::at(place, message).related(date, tr!("its day")).waits_for(Actor::Aoc))
}

fn loaded_at_rest(
    survey: &Survey<'_>,
    load: &Load,
    environment: Environment,
    loaded: Date,
    place: &Place,
) -> Option<Draft> {
    let reason = rest(&survey.policy?.calendar, loaded)?;
    let message = tr!(
        "`{ens}` was loaded in {environment} on {loaded}, no day to load on: {reason}",
        ens = &load.ens,
        environment = environment.shown(),
        loaded = loaded,
        reason = reason
    );
    Some(Draft::at(place.key(environment.word()).key("loaded"), message))
}
