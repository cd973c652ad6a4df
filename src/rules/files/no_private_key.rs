//! `no-private-key`.

use crate::finding::{Environment, Kind, Place, Rule};
use crate::inventory::{Problem, Trouble};
use crate::model::KeyLocation;
use crate::rules::{Draft, Verdict};
use crate::survey::{CertificateView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "no-private-key",
    kind: Kind::Integrity,
    holds: tr!("no file holds a private key or a password, and no key URI a PIN"),
    why: tr!(
        "whoever can read the repository, and every clone of it for ever, could sign as the body"
    ),
    mend: tr!(
        "take it out of the repository's history, consider the key compromised, and ask for a new seal"
    ),
};

pub fn check(problem: &Problem) -> Option<Draft> {
    let message = match &problem.trouble {
        Trouble::PrivateKey { what } => {
            tr!("the file holds a private key: {what}", what = what.clone())
        }
        Trouble::Password => tr!("a field for a secret stands here"),
        _ => return None,
    };
    Some(Draft::at(problem.place(), message))
}

/// Attributes of a PKCS#11 URI that carry a PIN or say where one is read (RFC 7512, 2.4).
const PIN_ATTRIBUTES: [&str; 2] = ["pin-value", "pin-source"];

pub fn check_key(_: &Survey<'_>, certificate: &CertificateView<'_>) -> Verdict {
    let key = Place::start(certificate.file).key("key");
    let places = match &certificate.record.key {
        KeyLocation::Same(uri) => vec![(key, uri.as_str())],
        each @ KeyLocation::Each { .. } => Environment::BOTH
            .map(|environment| (key.key(environment.field()), each.get(environment)))
            .into(),
    };
    let with_pin = places.into_iter().filter_map(|(place, uri)| {
        let uri = uri.to_ascii_lowercase();
        let attribute = PIN_ATTRIBUTES.iter().find(|attribute| uri.contains(**attribute))?;
        let message = tr!("the key's URI has a `{attribute}`", attribute = *attribute);
        Some(Draft::at(place, message).help(tr!("take it out: the PIN is the loader's to know")))
    });
    Some(with_pin.collect())
}
