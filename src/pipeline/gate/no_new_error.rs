//! `no-new-error`.

use std::collections::HashSet;

use anyhow::Result;

use super::{Case, Judge, Refusal, kept};
use crate::checklist::change::{self, Judged, Sides, Terms};
use crate::checklist::rules::gate::no_new_error::RULE;
use crate::inventory::finding::{Cause, Finding, Severity};
use crate::inventory::survey::Survey;
use crate::pipeline::manifest::Manifest;

/// How many errors are told.
const MOST: usize = 20;

/// Compares both inventories, today. What is found of what is loaded today is nobody's: only a
/// promotion mends it.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let old = judge.snapshots.at_or_none(&case.held)?;
    let new = judge.snapshots.at(&case.commit)?;
    let made = judge.snapshots.yielded(&case.commit, case.environment)?;
    let asked = Asked::of(&made.manifest);
    let [before, after] = [&old, &new].map(|it| Survey::of(&it.inventory, case.today));
    let sides = Sides { base: &before, head: &after, under_base: None };
    let terms = Terms { committed: None, judged: Judged::ByItsOwn, causes: Severity::Error };
    let mut errors = change::compare(sides, terms).findings;
    errors.retain(|finding| !finding.now);
    errors.retain(|finding| finding.cause == Some(Cause::Change) || asked.is_about(finding));
    errors.extend(kept::lost(judge, case, &before, &after)?);
    let refusal = |finding: &Finding| Refusal::new(&RULE, new.told(finding), finding.help.clone());
    Ok(errors.iter().take(MOST).map(refusal).collect())
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
