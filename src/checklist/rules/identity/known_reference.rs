//! `known-reference`.

use super::waiver_valid::is_history;
use crate::base::text::Text;
use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::finding::{Kind, Place, Rule};
use crate::inventory::model::{Baseline, OneOrMore, ServiceId};
use crate::inventory::step::At;
use crate::inventory::survey::{BatchView, EnsView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "known-reference",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "every ens, certificate, service, environment, successor and reviewer that is named exists"
    ),
    why: tr!("a name that leads nowhere is a load, a permission or an approval of nothing"),
    mend: tr!("correct the name, or add the file that it names"),
};

pub fn check(survey: &Survey<'_>) -> Verdict {
    let mut found = Vec::new();
    survey.ens.iter().for_each(|view| ens(survey, view, &mut found));
    survey.batches.iter().for_each(|view| batch(survey, view, &mut found));
    baseline(survey, &mut found);
    waivers(survey, &mut found);
    policy(survey, &mut found);
    Some(found)
}

fn ens(survey: &Survey<'_>, view: &EnsView<'_>, found: &mut Vec<Draft>) {
    let place = Place::start(view.file);
    for (index, authorisation) in view.ens.authorisations.iter().enumerate() {
        let place = || place.key("authorisations").item(index).key("service");
        found
            .extend(service(survey, &authorisation.service, place).map(|draft| draft.ens(view.id)));
    }
    let successor = view.ens.ceased.as_ref().and_then(|ceased| ceased.successor.as_ref());
    if let Some(successor) = successor {
        let place = || place.key("ceased").key("successor");
        found.extend(named_ens(survey, successor.as_str(), place).map(|draft| draft.ens(view.id)));
    }
}

fn batch(survey: &Survey<'_>, view: &BatchView<'_>, found: &mut Vec<Draft>) {
    let place = Place::start(view.file);
    let mut add = |draft: Option<Draft>| found.extend(draft.map(|draft| draft.batch(view.id)));
    for (index, load) in view.batch.loads.iter().enumerate() {
        let place = || place.key("loads").item(index);
        add(named_ens(survey, load.ens.as_str(), || place().key("ens")));
        add(certificate(survey, load.certificate.as_str(), || place().key("certificate")));
        for (field, record) in [("pre", &load.pre), ("pro", &load.pro)] {
            let checks = record.iter().flat_map(|record| record.checks.iter().enumerate());
            for (at, check) in checks {
                let place = || place().key(field).key("checks").item(at).key("services");
                for (at, id) in check.services.iter().enumerate() {
                    add(service(survey, id, || place().item(at)));
                }
            }
        }
    }
    for (index, check) in view.batch.departments.iter().enumerate() {
        let place = || place.key("departments").item(index).key("services");
        for (at, id) in check.services.iter().enumerate() {
            add(service(survey, id, || place().item(at)));
        }
    }
}

fn baseline(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    let place = Place::start(&Baseline::FILE.into()).key("holds");
    let holds = survey.inventory.baseline.iter().flat_map(|baseline| &baseline.holds);
    for (index, held) in holds.enumerate() {
        let place = || place.item(index);
        let (ens, seal) = (held.ens.as_str(), held.certificate.as_str());
        found.extend(named_ens(survey, ens, || place().key("ens")));
        found.extend(certificate(survey, seal, || place().key("certificate")));
    }
}

fn waivers(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    for item in survey.inventory.waivers.values() {
        let Some(waiver) = &item.value else { continue };
        let place = Place::start(&item.file);
        for (index, ens) in waiver.ens.iter().flat_map(OneOrMore::all).enumerate() {
            let at = || match waiver.ens {
                Some(OneOrMore::More(_)) => place.key("ens").item(index),
                _ => place.key("ens"),
            };
            found.extend(named_ens(survey, ens.as_str(), at));
        }
        let Some(policy) = survey.policy.filter(|_| !is_history(survey, waiver)) else { continue };
        for (index, email) in waiver.approved_by.iter().enumerate() {
            let is_reviewer = |known: &str| known.eq_ignore_ascii_case(email.as_str());
            if !policy.reviewers.iter().any(|reviewer| is_reviewer(reviewer.email.as_str())) {
                let message = tr!("`{email}` is no reviewer of the policy", email = email);
                found.push(Draft::at(place.key("approved_by").item(index), message));
            }
        }
    }
}

fn policy(survey: &Survey<'_>, found: &mut Vec<Draft>) {
    let place = Place::start(&"inventory/policy.yaml".into()).key("rules");
    let names = survey.inventory.policy.iter().flat_map(|policy| policy.rules.keys());
    for name in names.filter(|name| crate::checklist::rules::named(name.as_str()).is_none()) {
        let help = tr!("`segell rules` lists them");
        let message = tr!("there is no rule `{name}`", name = name);
        found.push(Draft::at(place.key(name.as_str()), message).help(help));
    }
}

fn service(survey: &Survey<'_>, id: &ServiceId, place: impl Fn() -> Place) -> Option<Draft> {
    let policy = survey.policy?;
    let message = || tr!("the policy has no service `{service}`", service = id);
    let help = || tr!("correct it, or add it to the policy's `services`");
    (!policy.services.contains_key(id)).then(|| Draft::at(place(), message()).help(help()))
}

fn named_ens(survey: &Survey<'_>, id: &str, place: impl Fn() -> Place) -> Option<Draft> {
    let known = survey.inventory.ens.contains_key(id);
    (!known).then(|| missing(place(), tr!("there is no ens `{ens}`", ens = id), "ens", id))
}

fn certificate(survey: &Survey<'_>, id: &str, place: impl Fn() -> Place) -> Option<Draft> {
    let known = survey.inventory.certificates.contains_key(id);
    let message = || tr!("there is no certificate `{certificate}`", certificate = id);
    (!known).then(|| missing(place(), message(), "certificates", id))
}

fn missing(place: Place, message: Text, folder: &str, id: &str) -> Draft {
    let file = format!("inventory/{folder}/{id}.yaml");
    Draft::at(place, message).help(tr!("correct the name, or add `{file}`", file = file))
}
