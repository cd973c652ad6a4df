//! `manifest-as-approved`.

use anyhow::Result;

use super::{Case, Judge, Refusal};

use crate::checklist::rules::gate::manifest_as_approved::RULE;
use crate::tr;

/// How many of the integrity errors are told.
const MOST: usize = 20;

/// Makes the manifest again, and compares. Of the past only the digest is asked: what breaks
/// integrity today did not when it was let in.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    if !case.is_past() {
        let broken = judge.snapshots.broken(&case.commit)?;
        if !broken.is_empty() {
            let snapshot = judge.snapshots.at(&case.commit)?;
            let refusal = |finding| {
                let help = tr!("mend it on `main`; a broken inventory yields no manifest");
                Refusal::new(&RULE, snapshot.told(finding), help)
            };
            return Ok(broken.iter().take(MOST).map(refusal).collect());
        }
    }
    let Some(record) = case.record() else { return Ok(Vec::new()) };
    let made = judge.snapshots.yielded(&case.commit, case.environment)?;
    let (approved, digest) = (record.words.statement.manifest, made.files.digest());
    if approved == digest {
        return Ok(Vec::new());
    }
    let message = tr!(
        "the manifest is sha256:{digest}, and sha256:{approved} was approved",
        digest = digest.to_string(),
        approved = approved.to_string()
    );
    let help = tr!("approve and promote again, all with the same version of segell");
    Ok(vec![Refusal::new(&RULE, message, help)])
}
