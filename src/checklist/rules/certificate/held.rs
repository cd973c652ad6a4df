//! Where a seal is loaded today, beside what is found of it.

use crate::base::text::names;
use crate::base::word::Word;
use crate::checklist::rules::Draft;
use crate::inventory::finding::{Environment, Place};
use crate::inventory::model::Baseline;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::tr;

/// So many places are named of a seal that many share.
const MOST: usize = 20;

/// `draft`, with the loads by which the seal is there, or the line of the baseline; with the ens, where
/// it is one alone.
pub(super) fn named(survey: &Survey<'_>, view: &CertificateView<'_>, draft: Draft) -> Draft {
    let users = view.users.iter().map(|&place| &survey[place]);
    let held: Vec<_> = users.filter_map(|ens| Some((ens, held_in(survey, ens, view)?))).collect();
    let draft = match held.as_slice() {
        [(only, _)] => draft.ens(only.id),
        _ => draft,
    };
    held.iter().take(MOST).fold(draft, |draft, (ens, environments)| {
        let shown: Vec<&str> = environments.iter().map(|at| at.shown()).collect();
        let message =
            tr!("`{ens}` has it in {environments}", ens = ens.id, environments = names(shown));
        draft.related(place(survey, ens, view, environments[0]), message)
    })
}

/// Where the ens has it, or may have it.
fn held_in(
    survey: &Survey<'_>,
    ens: &EnsView<'_>,
    view: &CertificateView<'_>,
) -> Option<Vec<Environment>> {
    let is_there = |at: &Environment| survey.may_hold(ens, *at).any(|held| held.id == view.id);
    let environments: Vec<_> = Environment::BOTH.into_iter().filter(is_there).collect();
    (!environments.is_empty()).then_some(environments)
}

/// The latest load of it that is recorded there; without one, the baseline's line.
fn place(
    survey: &Survey<'_>,
    ens: &EnsView<'_>,
    view: &CertificateView<'_>,
    environment: Environment,
) -> Place {
    let loads = ens.loads.iter().map(|&place| &survey[place]);
    let recorded = loads.rev().find(|load| {
        load.load.certificate.as_str() == view.id && load.load.loaded(environment).is_some()
    });
    if let Some(load) = recorded {
        return survey.place_of(load).key(environment.word()).key("loaded");
    }
    let place = Place::start(&Baseline::FILE.into()).key("holds");
    let mut holds = survey.inventory.baseline.iter().flat_map(|baseline| &baseline.holds);
    let line =
        holds.position(|held| held.ens.as_str() == ens.id && held.certificate.as_str() == view.id);
    line.map_or_else(|| place.clone(), |line| place.item(line))
}
