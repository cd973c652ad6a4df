//! Where the pages lie, from the folder of their language.

use crate::base::digest::Sha256;
use crate::inventory::finding::Environment;
use crate::inventory::survey::Survey;
use crate::pipeline::log::Entry;

/// The longest name that a file gets from an id.
const LONGEST: usize = 120;

/// The file's name that stands for an id: an id has no point of its own, and no more than one `/`.
fn name(id: &str) -> String {
    match id.len() {
        ..=LONGEST => id.replace('/', "."),
        _ => Sha256::of(id.as_bytes()).to_string(),
    }
}

/// The page of an ens.
pub fn ens(id: &str) -> String {
    format!("ens/{}.html", name(id))
}

/// The page of a seal.
pub fn seal(id: &str) -> String {
    format!("seals/{}.html", name(id))
}

/// The page of a batch.
pub fn batch(id: &str) -> String {
    format!("batches/{}.html", name(id))
}

/// The page of a calendar.
pub fn calendar(name_of: &str) -> String {
    format!("calendars/{}.html", name(name_of))
}

/// The page of a rule.
pub fn rule(name_of: &str) -> String {
    format!("rules/{}.html", name(name_of))
}

/// The page of a promotion, or of a root.
pub fn promotion(entry: &Entry) -> String {
    let environment = match entry.environment {
        Environment::Pre => "pre",
        Environment::Pro => "pro",
    };
    format!("record/{environment}.{}.html", &entry.commit)
}

/// The page of whatever has this id.
pub fn of(survey: &Survey<'_>, id: &str) -> Option<String> {
    if id.contains('/') {
        let seal = survey.certificate(id).map(|_| seal(id));
        return seal.or_else(|| survey.batch(id).map(|_| batch(id)));
    }
    survey.ens(id).map(|_| ens(id))
}

/// Whether a site has files of this name: its `SHA256SUMS` may name them to be replaced.
pub fn is_own(path: &str) -> bool {
    let is_plain = |part: &str| {
        let is_of_it = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        !part.starts_with('.') && !part.is_empty() && part.bytes().all(is_of_it)
    };
    let ends = [".html", ".css", ".js"].iter().any(|end| path.ends_with(end));
    ends && path.split('/').count() <= 3 && path.split('/').all(is_plain)
}
