//! `no-personal-data`.

use crate::checklist::rules::{Draft, Verdict, unless};
use crate::files::x509::Certificate;
use crate::inventory::finding::{Kind, Place, Rule};
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "no-personal-data",
    kind: Kind::Warning,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "the certificate names no custodian: no surname, no given name, and empty attributes 4 and 6 to 9 of the alternative name"
    ),
    why: tr!(
        "the certificate is published to whoever can read the repository; today's seals name no person"
    ),
    mend: tr!("ask for a seal without the custodian's data"),
};

/// Attributes of the seal's profile that hold a custodian's data: NIF, given name, surnames, e-mail.
const CUSTODIAN: [u8; 5] = [4, 6, 7, 8, 9];

pub fn check(_: &Survey<'_>, view: &CertificateView<'_>) -> Verdict {
    let (facts, _) = view.pem?;
    let message = || tr!("`{certificate}` names a person", certificate = view.id);
    let place = Place::start(view.file).key("sha256");
    unless(names_a_person(facts).then(|| Draft::at(place, message())))
}

fn names_a_person(facts: &Certificate) -> bool {
    facts.subject.surname().is_some()
        || facts.subject.given_name().is_some()
        || !facts.seal_attributes(&CUSTODIAN).is_empty()
}
