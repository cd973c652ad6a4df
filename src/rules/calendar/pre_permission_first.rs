//! `pre-permission-first`.

use crate::finding::{Environment, Kind, Rule};
use crate::rules::{Case, Draft, HOLDS, Verdict};
use crate::survey::EnsView;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "pre-permission-first",
    kind: Kind::Precondition,
    holds: tr!(
        "while not loaded in PRE, no ens without PRE requested comes on an earlier day of the calendar than one with it"
    ),
    why: tr!(
        "who has asked for PRE can be tried there first, and what is learnt serves the others"
    ),
    mend: tr!("swap the two, or request PRE for the earlier one"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let planned = case.planned?;
    if planned.load.loaded(Environment::Pre).is_some() || !has_requested_pre(case.ens) {
        return None;
    }
    let survey = case.survey;
    for earlier in survey.earlier_days(planned.place).iter().rev() {
        for view in &survey.loads[earlier.loads.clone()] {
            let Some(other) = view.ens.map(|ens| &survey.ens[ens]) else { continue };
            let waits = view.load.is_open() && view.load.loaded(Environment::Pre).is_none();
            if waits && earlier.number < planned.batch.number && !has_requested_pre(other) {
                let message = tr!(
                    "`{ens}` has requested PRE, and comes after `{other}`, which has not",
                    ens = case.ens.id,
                    other = other.id
                );
                let before = survey.place_of(view).key("ens");
                let draft = Draft::at(case.place().key("ens"), message);
                return draft.related(before, tr!("PRE not requested")).into();
            }
        }
    }
    HOLDS
}

/// Whether PRE has been requested for one service at least.
fn has_requested_pre(view: &EnsView<'_>) -> bool {
    let mut permissions = view.ens.authorisations.iter().filter_map(|known| known.pre.as_ref());
    permissions.any(|permission| permission.requested.is_some())
}
