//! `no-new-error`.

use std::collections::HashSet;

use anyhow::Result;

use super::{Case, Judge, Refusal};
use crate::change;
use crate::finding::{Finding, Kind, Rule};
use crate::manifest::Manifest;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "no-new-error",
    kind: Kind::Gate,
    holds: tr!(
        "the commit has no error today that the branch does not have today too, and none at all about a load that its manifest asks for"
    ),
    why: tr!(
        "what is out of order is not loaded, and what is already out of order keeps no one else from loading"
    ),
    mend: tr!("see `segell check --rev COMMIT`, mend it on `main`, and promote that"),
};

/// How many errors are told.
const MOST: usize = 20;

/// Checks both inventories, today.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let old = judge.snapshots.at(&case.held)?;
    let new = judge.snapshots.at(&case.commit)?;
    let made = judge.snapshots.yielded(&case.commit, case.environment)?;
    let Ok(made) = made.as_ref() else { return Ok(Vec::new()) };
    let asked = Asked::of(&made.manifest);
    let errors = change::errors_against(&new.inventory, &old.inventory, case.today);
    let refused = errors.iter().filter(|(finding, is_new)| *is_new || asked.is_about(finding));
    Ok(refused
        .take(MOST)
        .map(|(finding, _)| Refusal::new(&RULE, new.told(finding), finding.help.clone()))
        .collect())
}

/// The loads that a manifest asks for, as findings name them.
struct Asked<'m> {
    batches: HashSet<&'m str>,
    loads: HashSet<(&'m str, &'m str)>,
    ens: HashSet<(&'m str, &'m str)>,
    certificates: HashSet<&'m str>,
}

impl<'m> Asked<'m> {
    fn of(manifest: &'m Manifest) -> Asked<'m> {
        let loads = || manifest.load.iter();
        Asked {
            batches: loads().map(|load| load.batch.as_str()).collect(),
            loads: loads().map(|load| (load.batch.as_str(), load.ens.as_str())).collect(),
            ens: loads().map(|load| (load.ens.as_str(), load.certificate.id.as_str())).collect(),
            certificates: loads().map(|load| load.certificate.id.as_str()).collect(),
        }
    }

    /// Whether a finding is about one of the loads: of its batch or its seal, and of no other ens.
    fn is_about(&self, finding: &Finding) -> bool {
        let subject = &finding.subject;
        let (ens, certificate) = (subject.ens.as_deref(), subject.certificate.as_deref());
        let of_batch = subject.batch.as_deref().is_some_and(|batch| match ens {
            Some(ens) => self.loads.contains(&(batch, ens)),
            None => self.batches.contains(batch),
        });
        let of_seal = certificate.is_some_and(|certificate| match ens {
            Some(ens) => self.ens.contains(&(ens, certificate)),
            None => self.certificates.contains(certificate),
        });
        of_batch || of_seal
    }
}
