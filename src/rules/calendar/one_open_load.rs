//! `one-open-load`.

use crate::finding::{Kind, Rule};
use crate::rules::{Draft, Verdict};
use crate::survey::{EnsView, LoadView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "one-open-load",
    kind: Kind::Integrity,
    holds: tr!(
        "an ens has at most one open load, and no two loads of the same certificate of which neither is withdrawn"
    ),
    why: tr!("with two loads on their way, nobody can say which seal the body will sign with"),
    mend: tr!("withdraw one of the two, or take it out of its batch if nothing was loaded"),
};

pub fn check(survey: &Survey<'_>, view: &EnsView<'_>) -> Verdict {
    if view.loads.is_empty() {
        return None;
    }
    let loads: Vec<&LoadView<'_>> = view.loads.iter().map(|&place| &survey.loads[place]).collect();
    let mut found = Vec::new();
    for (later, load) in loads.iter().enumerate().filter(|(_, load)| load.load.withdrawn.is_none())
    {
        let mut before = loads[..later].iter().filter(|load| load.load.withdrawn.is_none());
        let clash = before.find(|other| {
            let both_open = other.load.is_open() && load.load.is_open();
            both_open || other.load.certificate == load.load.certificate
        });
        let Some(other) = clash else { continue };
        let message = if other.load.certificate == load.load.certificate {
            tr!(
                "another batch loads `{certificate}` for `{ens}` already",
                certificate = &load.load.certificate,
                ens = view.id
            )
        } else {
            tr!("`{ens}` has another load that is still open", ens = view.id)
        };
        let batch = &survey.batches[load.batch];
        let draft = Draft::at(survey.place_of(load).key("ens"), message).batch(batch.id);
        let first = survey.place_of(other).key("ens");
        found.push(
            draft.certificate(load.load.certificate.as_str()).related(first, tr!("the other load")),
        );
    }
    Some(found)
}
