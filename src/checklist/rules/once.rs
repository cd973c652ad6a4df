//! What one cause does to several ens is told once, with all of them beside it. This is for whoever
//! reads: what blocks, what is waived and what each ens still lacks is decided before, one by one.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use super::certificate::{
    delivered, in_force, is_a_seal, key_located, not_revoked, strong_enough, trusted,
};
use super::ens::confirmed_in_writing;
use crate::inventory::finding::{Cause, Environment, Finding, Place, Related, Rule, Severity};
use crate::inventory::survey::Survey;
use crate::tr;

/// Those that ask about the certificate alone: of each load of a seal that several share they say the
/// same.
static OF_THE_CERTIFICATE: [&Rule; 8] = [
    &delivered::RULE,
    &in_force::RULE,
    &is_a_seal::RULE,
    &key_located::RULE,
    &not_revoked::RULE,
    &strong_enough::RULE,
    &trusted::RULE,
    &confirmed_in_writing::RULE,
];

/// What has to be the same for two findings to be one.
#[derive(PartialEq, Eq, Hash)]
struct Told {
    rule: &'static str,
    severity: Severity,
    words: [String; 2],
    certificate: Option<String>,
    environment: Option<Environment>,
    cause: Option<Cause>,
    is_of_the_change: bool,
    now: bool,
    waived_by: Option<String>,
    place: Option<Place>,
}

/// `findings`, those of one cause in one: it stands where the first did, and names the others.
pub fn tell_once(survey: &Survey<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut alike: HashMap<u64, usize> = HashMap::new();
    let hasher = RandomState::new();
    let marks: Vec<u64> = findings.iter().map(|finding| hasher.hash_one(mark(finding))).collect();
    marks.iter().for_each(|mark| *alike.entry(*mark).or_default() += 1);
    let mut places: HashMap<Told, usize> = HashMap::new();
    // Those that are kept move forward in their own list: there may be too many for a second one.
    let mut kept = 0;
    for (place, mark) in marks.iter().enumerate() {
        let first = match alike[mark] {
            1 => kept,
            _ => *places.entry(told(&findings[place])).or_insert(kept),
        };
        if first == kept {
            findings.swap(kept, place);
            kept += 1;
        } else {
            let (before, from) = findings.split_at_mut(place);
            join(survey, &mut before[first], &from[0]);
        }
    }
    findings.truncate(kept);
    findings
}

/// What findings that are told once share, as far as it costs no words: most have it for themselves.
fn mark(finding: &Finding) -> impl Hash {
    let place = (!is_anywhere(finding)).then_some(&finding.place);
    (finding.rule.name, &finding.subject.certificate, finding.subject.environment, place)
}

/// Whether a finding says the same of its certificate wherever it stands.
fn is_anywhere(finding: &Finding) -> bool {
    finding.subject.certificate.is_some()
        && OF_THE_CERTIFICATE.iter().any(|rule| rule.name == finding.rule.name)
}

fn told(finding: &Finding) -> Told {
    Told {
        rule: finding.rule.name,
        severity: finding.severity,
        words: [finding.message.to_string(), finding.help.to_string()],
        certificate: finding.subject.certificate.clone(),
        environment: finding.subject.environment,
        cause: finding.cause,
        is_of_the_change: finding.is_of_the_change(),
        now: finding.now,
        waived_by: finding.waived_by.clone(),
        place: (!is_anywhere(finding)).then(|| finding.place.clone()),
    }
}

/// Names the ens of `other` beside `first`, which is then no single one's.
fn join(survey: &Survey<'_>, first: &mut Finding, other: &Finding) {
    let own = first.subject.ens.is_some().then(|| named(survey, first)).flatten();
    first.related.extend(own.filter(|own| own.place != first.place));
    first.related.extend(named(survey, other));
    first.subject.ens = None;
    if first.subject.batch != other.subject.batch {
        first.subject.batch = None;
    }
}

/// The ens that a finding is about, at the load that it is about, or else in its own file.
fn named(survey: &Survey<'_>, finding: &Finding) -> Option<Related> {
    let ens = finding.subject.ens.as_deref()?;
    let batch = finding.subject.batch.as_deref().and_then(|batch| survey.batch(batch));
    let certificate = finding.subject.certificate.as_deref();
    let load = batch.and_then(|batch| {
        survey.loads_of(batch).iter().find(|view| {
            view.load.ens.as_str() == ens && Some(view.load.certificate.as_str()) == certificate
        })
    });
    let file = || survey.inventory.ens.get(ens).map(|item| Place::start(&item.file));
    let place = load.map(|view| survey.place_of(view).key("certificate")).or_else(file)?;
    Some(Related { message: tr!("it concerns `{ens}`", ens = ens), place })
}
