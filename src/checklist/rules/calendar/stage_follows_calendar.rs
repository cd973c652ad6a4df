//! `stage-follows-calendar`.

use crate::base::word::Word;
use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::finding::{Environment, Kind, Place, Rule};
use crate::inventory::step::At;
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "stage-follows-calendar",
    kind: Kind::Integrity,
    at: At::Load,
    holds: tr!(
        "a load recorded in an environment needs the batch's stage to ask for it, and comes no earlier than the batch's date there"
    ),
    why: tr!("what was loaded without a release, or before its day, was loaded without approval"),
    mend: tr!("correct the record; if it was loaded so, withdraw it and tell SIAD"),
};

pub fn check(_: &Survey<'_>, view: &BatchView<'_>) -> Verdict {
    let mut found = Vec::new();
    for (index, load) in view.batch.loads.iter().enumerate() {
        for environment in Environment::BOTH {
            let Some(loaded) = load.loaded(environment) else { continue };
            let record = Place::start(view.file).key("loads").item(index).key(environment.word());
            let due = view.batch.date(environment);
            let message = if !view.batch.asks_for(environment) {
                tr!(
                    "`{ens}` is recorded as loaded in {environment}, for which the batch is not released",
                    ens = &load.ens,
                    environment = environment.shown()
                )
            } else if loaded < due {
                tr!(
                    "`{ens}` is recorded as loaded in {environment} on {loaded}, before the batch's day, {due}",
                    ens = &load.ens,
                    environment = environment.shown(),
                    loaded = loaded,
                    due = due
                )
            } else {
                continue;
            };
            let batch = Place::start(view.file);
            let cause = if view.batch.asks_for(environment) {
                batch.key(environment.word())
            } else {
                batch.key("stage")
            };
            let draft = Draft::at(record.key("loaded"), message).ens(load.ens.as_str());
            found.push(draft.environment(environment).related(cause, tr!("what the batch says")));
        }
    }
    Some(found)
}
