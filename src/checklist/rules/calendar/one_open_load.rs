//! `one-open-load`.

use std::collections::BTreeMap;

use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{EnsView, LoadView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "one-open-load",
    kind: Kind::Integrity,
    at: At::Step(Step::Planned),
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
    let loads: Vec<&LoadView<'_>> = view.loads.iter().map(|&place| &survey[place]).collect();
    Some(clashes(survey, view.id, &loads))
}

/// The same of the ens whose file is broken.
pub fn check_unread(survey: &Survey<'_>) -> Verdict {
    let is_there = |view: &&LoadView<'_>| {
        view.ens.is_none() && survey.inventory.ens.contains_key(view.load.ens.as_str())
    };
    let mut of_ens: BTreeMap<&str, Vec<&LoadView<'_>>> = BTreeMap::new();
    for view in survey.loads.iter().filter(is_there) {
        of_ens.entry(view.load.ens.as_str()).or_default().push(view);
    }
    let found = of_ens
        .iter()
        .flat_map(|(id, loads)| clashes(survey, id, loads).into_iter().map(|draft| draft.ens(id)));
    (!of_ens.is_empty()).then(|| found.collect())
}

fn clashes(survey: &Survey<'_>, ens: &str, loads: &[&LoadView<'_>]) -> Vec<Draft> {
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
                ens = ens
            )
        } else {
            tr!("`{ens}` has another load that is still open", ens = ens)
        };
        let batch = &survey[load.batch];
        let draft = Draft::at(survey.place_of(load).key("ens"), message).batch(batch.id);
        let first = survey.place_of(other).key("ens");
        found.push(
            draft.certificate(load.load.certificate.as_str()).related(first, tr!("the other load")),
        );
    }
    found
}
