//! `certificate-is-individual`.

use crate::base::text::names;
use crate::checklist::rules::{Case, Draft, Verdict};
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::model::Block;
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-is-individual",
    kind: Kind::Precondition,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "outside block `departments`, a certificate has one organ code, and no other ens uses it or another with the same public key"
    ),
    why: tr!("each body signs with its own seal: that is what the whole move is for"),
    mend: tr!("ask for a seal of the body's own"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    if case.ens.ens.block == Block::Departments {
        return None;
    }
    let mut found = Vec::new();
    let codes = &case.certificate.record.organ_codes;
    if codes.len() > 1 {
        let message = tr!(
            "`{certificate}` is registered under {count} organ codes; outside block `departments` it has one",
            certificate = case.certificate.id,
            count = codes.len()
        );
        let codes = case.certificate_place().key("organ_codes");
        found.push(Draft::at(case.certificate_named(), message).related(codes, tr!("its codes")));
    }
    found.extend(other_users(case));
    Some(found)
}

/// Other ens that load or hold this certificate, or one with its key. What an ens of another day
/// still has because this load will replace it, it has by its own right.
fn other_users(case: &Case<'_, '_>) -> Option<Draft> {
    let survey = case.survey;
    let twins = case.twins();
    let mut others: Vec<(&str, &str)> = Vec::new();
    for twin in twins {
        let users = twin.users.iter().map(|&place| &survey[place]);
        let others_of_twin = users.filter(|ens| ens.id != case.ens.id);
        let present = others_of_twin.filter(|ens| !ens.has_ceased_by(survey.today));
        others.extend(present.map(|ens| (ens.id, twin.id)));
    }
    let (_, twin) = *others.first()?;
    let mut ids: Vec<&str> = others.iter().map(|(ens, _)| *ens).collect();
    ids.sort_unstable();
    ids.dedup();
    let message = if twin == case.certificate.id {
        tr!(
            "`{certificate}` is also used by {others}",
            certificate = case.certificate.id,
            others = names(ids)
        )
    } else {
        tr!(
            "`{certificate}` has the public key of `{twin}`, which {others} use",
            certificate = case.certificate.id,
            twin = twin,
            others = names(ids)
        )
    };
    let other = survey.ens(others[0].0)?;
    let place = crate::inventory::finding::Place::start(other.file);
    Some(Draft::at(case.certificate_named(), message).related(place, tr!("another user")))
}
