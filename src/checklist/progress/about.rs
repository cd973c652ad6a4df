//! Which ens a finding is about.

use std::collections::{BTreeMap, HashMap};

use crate::checklist::rules::load::departments_still_consuming;
use crate::inventory::finding::{Finding, Severity, Spot};
use crate::inventory::survey::{CertificateView, Survey};

/// Findings by what they are about; what is waived is left out.
#[derive(Debug, Default)]
pub struct About<'s, 'f> {
    /// By the id of the ens. A finding about a batch is about the ens whose load in it is open, if
    /// there is one, else about all in it; one about a certificate about each ens that has it, is to
    /// have it, or is meant by its organ codes.
    pub ens: BTreeMap<&'s str, Vec<&'f Finding>>,
    /// That the departments still have to be seen consuming after a batch, which is no ens's of it.
    pub departments: Vec<&'f Finding>,
    /// About no ens.
    pub others: Vec<&'f Finding>,
}

/// Sorts `findings` by what they are about.
pub fn about<'s, 'f>(survey: &'s Survey<'_>, findings: &'f [Finding]) -> About<'s, 'f> {
    let mut by_code: HashMap<&str, Vec<&str>> = HashMap::new();
    for ens in &survey.ens {
        by_code.entry(ens.ens.organ_code.as_str()).or_default().push(ens.id);
    }
    let index = Index { survey, by_code };
    let mut about = About::default();
    for finding in findings.iter().filter(|finding| finding.severity != Severity::Waived) {
        if is_of_departments(finding) {
            about.departments.push(finding);
            continue;
        }
        let all = index.ens_of(finding);
        if all.is_empty() {
            about.others.push(finding);
        }
        for ens in all {
            about.ens.entry(ens).or_default().push(finding);
        }
    }
    about
}

/// Whether it is about the departments alone: where it keeps the next batch, it is found there.
fn is_of_departments(finding: &Finding) -> bool {
    finding.rule.name == departments_still_consuming::RULE.name && finding.related.is_empty()
}

struct Index<'s, 'a> {
    survey: &'s Survey<'a>,
    by_code: HashMap<&'s str, Vec<&'s str>>,
}

impl<'s> Index<'s, '_> {
    fn ens_of(&self, finding: &Finding) -> Vec<&'s str> {
        let (survey, subject) = (self.survey, &finding.subject);
        let file = finding.place.file.strip_prefix("inventory/").unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        if let Some(id) = subject.ens.as_deref().or_else(|| stem.strip_prefix("ens/")) {
            let known = survey.inventory.ens.get_key_value(id);
            return known.map(|(id, _)| &**id).into_iter().collect();
        }
        let batch = subject.batch.as_deref().or_else(|| stem.strip_prefix("calendars/"));
        if let Some(batch) = batch {
            return in_batch(survey, batch, &finding.place.spot);
        }
        let named = subject.certificate.as_deref().or_else(|| stem.strip_prefix("certificates/"));
        let certificate = named.and_then(|id| survey.certificate(id));
        certificate.map_or_else(Vec::new, |certificate| self.users(certificate))
    }

    fn users(&self, certificate: &CertificateView<'_>) -> Vec<&'s str> {
        if !certificate.users.is_empty() {
            return certificate.users.iter().map(|&ens| self.survey[ens].id).collect();
        }
        let codes = certificate.record.organ_codes.iter();
        codes.filter_map(|code| self.by_code.get(code.as_str())).flatten().copied().collect()
    }
}

/// The ens of the load that the spot is in; else those that the whole batch is about.
fn in_batch<'s>(survey: &'s Survey<'_>, id: &str, spot: &Spot) -> Vec<&'s str> {
    let Some(batch) = survey.batch(id) else { return Vec::new() };
    let loads = survey.loads_of(batch);
    if let Some(load) = load_at(spot).and_then(|index| loads.get(index)) {
        return load.ens.map(|ens| survey[ens].id).into_iter().collect();
    }
    let has_open = loads.iter().any(|view| view.load.is_open());
    let counts = loads
        .iter()
        .filter(|view| if has_open { view.load.is_open() } else { view.load.withdrawn.is_none() });
    counts.filter_map(|view| view.ens).map(|ens| survey[ens].id).collect()
}

/// The number of the load in a batch's file that a spot is in.
fn load_at(spot: &Spot) -> Option<usize> {
    let (Spot::Pointer(pointer) | Spot::Key(pointer)) = spot else { return None };
    pointer.strip_prefix("/loads/")?.split('/').next()?.parse().ok()
}
