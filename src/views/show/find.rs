//! What a person means by an id, a NIF, a code, a serial or a digest.

use crate::files::x509::Style;
use crate::inventory::survey::{BatchView, CertificateView, EnsView, Survey};

/// Something with an id.
#[derive(Clone, Copy, Debug)]
pub enum Found<'s, 'a> {
    /// A body.
    Ens(&'s EnsView<'a>),
    /// A seal.
    Certificate(&'s CertificateView<'a>),
    /// The bodies loaded together.
    Batch(&'s BatchView<'a>),
}

/// The fewest digits of a SHA-256 that name a seal.
const FEWEST: usize = 8;

/// What is meant: what has this id; else whatever has this NIF, DIR3, organ code (its leading zero may
/// be lost), serial (hexadecimal with or without separators, or decimal) or beginning of a SHA-256.
pub fn find<'s, 'a>(survey: &'s Survey<'a>, asked: &str) -> Vec<Found<'s, 'a>> {
    let asked = asked.trim();
    let path = asked.strip_prefix("inventory/").unwrap_or(asked);
    let id = ["ens/", "certificates/", "calendars/"].iter().find_map(|it| path.strip_prefix(it));
    let id = id.unwrap_or(path);
    let id = id.strip_suffix(".yaml").or_else(|| id.strip_suffix(".pem")).unwrap_or(id);
    let ens = survey.ens(id).map(Found::Ens);
    let certificate = survey.certificate(id).map(Found::Certificate);
    let by_id: Vec<_> =
        ens.into_iter().chain(certificate).chain(survey.batch(id).map(Found::Batch)).collect();
    if !by_id.is_empty() {
        return by_id;
    }
    let ens = survey.ens.iter().filter(|view| is_number_of(view, asked)).map(Found::Ens);
    let seals = survey.certificates.iter().filter(|view| is_digits_of(view, asked));
    ens.chain(seals.map(Found::Certificate)).collect()
}

fn is_number_of(view: &EnsView<'_>, asked: &str) -> bool {
    let ens = view.ens;
    let plain: String = asked.chars().filter(|it| !matches!(it, ' ' | '-' | '.')).collect();
    let plain = plain.strip_prefix("VATES").unwrap_or(&plain).to_uppercase();
    let code = ens.organ_code.as_str();
    ens.nif.as_str().eq_ignore_ascii_case(&plain)
        || ens.dir3.as_ref().is_some_and(|dir3| dir3.as_str().eq_ignore_ascii_case(&plain))
        || code == plain
        || plain.len() >= FEWEST && code.strip_prefix('0') == Some(plain.as_str())
}

fn is_digits_of(view: &CertificateView<'_>, asked: &str) -> bool {
    let digits: String = asked.chars().filter(|it| !matches!(it, ' ' | ':')).collect();
    let digits = digits.to_lowercase();
    let sha256 = view.record.sha256.to_string();
    let is_serial = view.pem.is_some_and(|(pem, _)| {
        pem.serial.matches_quoted(asked)
            || pem.serial.written_otherwise(asked) == Some(Style::Decimal)
    });
    is_serial || digits.len() >= FEWEST && sha256.starts_with(&digits)
}

/// The ids that have `asked` in them, in order: what may have been meant.
pub fn alike<'s>(survey: &'s Survey<'_>, asked: &str) -> Vec<&'s str> {
    let asked = asked.trim().to_lowercase();
    let names = survey.ens.iter().filter(|view| {
        view.id.contains(&asked) || view.ens.name.as_str().to_lowercase().contains(&asked)
    });
    let names = names.map(|view| view.id);
    let seals = survey.certificates.iter().map(|view| view.id);
    let batches = survey.batches.iter().map(|view| view.id);
    names.chain(seals.chain(batches).filter(|id| id.contains(&asked))).collect()
}
