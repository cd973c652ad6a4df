//! The keys of the record, as a file for `ssh-keygen -Y verify`.

use std::collections::BTreeSet;

use anyhow::Result;

use super::line;
use crate::files::signature::NAMESPACE;
use crate::pipeline::gate::Judge;
use crate::pipeline::reviewer::reviewers_at;

/// An allowed-signers file (ssh-keygen(1)) of every key that the policies of these environments'
/// branches ever listed: an auditor checks with it, by OpenSSH alone, that an approval in the
/// record was signed by whom it names.
///
/// # Errors
/// When git data is missing.
pub fn allowed_signers(judges: &mut [Judge<'_>]) -> Result<String> {
    let mut lines = BTreeSet::new();
    for judge in judges {
        for commit in line(judge)? {
            // A root may stand where there is no policy yet.
            for reviewer in reviewers_at(judge.git, &commit).unwrap_or_default() {
                // An old policy may have letters with accents.
                let plain = |c: char| match c.is_ascii() {
                    true => c.is_ascii_graphic() && !matches!(c, '"' | ',' | '*' | '?' | '!' | '#'),
                    false => c.is_alphanumeric(),
                };
                if reviewer.email.is_empty() || !reviewer.email.chars().all(plain) {
                    continue;
                }
                for key in &reviewer.keys {
                    let (email, key) = (&reviewer.email, key.to_openssh());
                    lines.insert(format!("{email} namespaces=\"{NAMESPACE}\" {key}\n"));
                }
            }
        }
    }
    Ok(lines.into_iter().collect())
}
