//! `pre-permission-first`.

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Environment, Kind, Rule};
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "pre-permission-first",
    kind: Kind::Precondition,
    at: At::Step(Step::Planned),
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
    if planned.load.loaded(Environment::Pre).is_some() || !case.ens.has_requested_pre() {
        return None;
    }
    let survey = case.survey;
    let earlier = survey.earlier_days(planned.batch.at);
    let rising = earlier.partition_point(|day| day.number < planned.batch.number);
    let Some(view) = survey.last_without_pre(&earlier[..rising]) else { return HOLDS };
    let message = tr!(
        "`{ens}` has requested PRE, and comes after `{other}`, which has not",
        ens = case.ens.id,
        other = &view.load.ens
    );
    let before = survey.place_of(view).key("ens");
    let draft = Draft::at(case.place().key("ens"), message);
    draft.related(before, tr!("PRE not requested")).into()
}
