//! Evidence as it is named on the command line.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::{Changeset, Value};
use crate::base::digest::Sha256;
use crate::base::slug::slug_of;
use crate::checklist::rules::{is_csv, is_ticket};
use crate::files::{message, repo, x509};
use crate::inventory::load::{LARGE, kind_of};
use crate::inventory::model;
use crate::tr;

/// What shows that something is so: a ticket, a CSV code, or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A support ticket, `ST-123`.
    Ticket(String),
    /// A secure verification code, 16 characters.
    Csv(String),
    /// A document that is to be copied under `inventory/evidence/`.
    File(PathBuf),
}

impl std::str::FromStr for Evidence {
    type Err = String;

    fn from_str(text: &str) -> Result<Evidence, String> {
        match text {
            ticket if is_ticket(ticket) => Ok(Evidence::Ticket(ticket.to_owned())),
            csv if is_csv(csv) => Ok(Evidence::Csv(csv.to_owned())),
            path if Path::new(path).is_file() => Ok(Evidence::File(path.into())),
            _ => Err(tr!("neither a ticket `ABC-123`, nor a CSV of 16 characters, nor a file")
                .to_string()),
        }
    }
}

impl Evidence {
    /// All of it, as `evidence` holds it. Files are copied into `inventory/evidence/<folder>/`.
    ///
    /// # Errors
    /// When a file cannot be taken.
    pub fn take(all: &[Evidence], folder: &str, changes: &mut Changeset) -> Result<Value> {
        Evidence::items(all, folder, changes).map(Value::List)
    }

    /// The same, each by itself.
    ///
    /// # Errors
    /// As [`Evidence::take`].
    pub fn items(all: &[Evidence], folder: &str, changes: &mut Changeset) -> Result<Vec<Value>> {
        all.iter().map(|evidence| evidence.item(folder, changes)).collect()
    }

    fn item(&self, folder: &str, changes: &mut Changeset) -> Result<Value> {
        Ok(match self {
            Evidence::Ticket(ticket) => Value::map([("ticket", Some(Value::text(ticket)))]),
            Evidence::Csv(csv) => Value::map([("csv", Some(Value::quoted(csv)))]),
            Evidence::File(path) => {
                let (file, digest) = copy(path, folder, changes)?;
                let file = Some(Value::text(file));
                Value::map([("file", file), ("sha256", Some(Value::quoted(digest)))])
            }
        })
    }
}

/// Evidence that is recorded, as it is written: to see whether it is there already.
impl From<&model::Evidence> for Value {
    fn from(evidence: &model::Evidence) -> Value {
        Value::map([
            ("ticket", evidence.ticket.as_ref().map(Value::text)),
            ("file", evidence.file.as_ref().map(Value::text)),
            ("sha256", evidence.sha256.as_ref().map(Value::quoted)),
            ("csv", evidence.csv.as_ref().map(Value::quoted)),
        ])
    }
}

/// Copies a document, and says where it lies from `inventory/`. One that lies there already stays.
fn copy(path: &Path, folder: &str, changes: &mut Changeset) -> Result<(String, Sha256)> {
    let shown = path.display().to_string();
    let bytes = repo::read_file(path, LARGE)
        .map_err(|why| tr!("cannot read `{file}`: {why}", file = &shown, why = why.to_string()))?;
    if let Some((_, what)) = x509::private_key_in(&bytes) {
        anyhow::bail!(tr!(
            "`{file}` holds {what}; a private key is never evidence",
            file = &shown,
            what = what
        ));
    }
    if message::holds_one(&bytes) {
        anyhow::bail!(tr!(
            "`{file}` holds a message of Via Oberta, which names people, and is never evidence; a check keeps what it proves: `segell record check --request FILE`",
            file = &shown
        ));
    }
    let digest = Sha256::of(&bytes);
    if let Some(there) = below_evidence(path, changes.root()) {
        changes.checkout().ensure_unfiltered([format!("inventory/{there}").as_str()])?;
        return Ok((there, digest));
    }
    let name = file_name(path).with_context(|| tr!("`{file}` has no name", file = &shown))?;
    let file = format!("evidence/{folder}/{name}");
    let place = format!("inventory/{file}");
    ensure!(kind_of(&place).is_some(), tr!("`{file}` is no place for evidence", file = &place));
    changes.create(&place, bytes)?;
    Ok((file, digest))
}

/// The path from `inventory/`, of a file that lies below `inventory/evidence/` already.
fn below_evidence(path: &Path, root: &Path) -> Option<String> {
    let evidence = root.join("inventory/evidence").canonicalize().ok()?;
    let path = path.canonicalize().ok()?;
    let parts = path.strip_prefix(evidence).ok()?.iter().map(|part| part.to_str());
    Some(format!("evidence/{}", parts.collect::<Option<Vec<_>>>()?.join("/")))
}

/// A document's name, in letters a to z, digits and hyphens: it has to be typed in reviews.
fn file_name(path: &Path) -> Option<String> {
    let part =
        |part: Option<&std::ffi::OsStr>| slug_of(&part.unwrap_or_default().to_string_lossy());
    let (stem, ending) = (part(path.file_stem()), part(path.extension()));
    match (stem.is_empty(), ending.is_empty()) {
        (true, _) => None,
        (false, true) => Some(stem),
        (false, false) => Some(format!("{stem}.{ending}")),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::file_name;

    #[test]
    fn names_of_documents_are_plain() {
        let name = |path: &str| file_name(Path::new(path));
        assert_eq!(name("/tmp/Resposta AEAT (PRE).PDF").as_deref(), Some("resposta-aeat-pre.pdf"));
        assert_eq!(name("confirmació.pdf").as_deref(), Some("confirmacio.pdf"));
        assert_eq!(name("...."), None);
    }
}
