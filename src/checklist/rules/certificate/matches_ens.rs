//! `certificate-matches-ens`.

use crate::base::text::{Text, names};
use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::files::x509::Certificate;
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::model::identifier::is_body_nif;
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-matches-ens",
    kind: Kind::Precondition,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "the NIF in the certificate's organizationIdentifier, serialNumber and alternative name, wherever present, is the ens's; at least one is"
    ),
    why: tr!("AEAT answers to the body that the seal names"),
    mend: tr!("find out whose seal it is: load it for that body, or ask this one for its own"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let ours = case.ens.ens.nif.as_str();
    // Of a NIF that is none, `valid-identifier` speaks.
    if !is_body_nif(ours) {
        return None;
    }
    let facts = case.facts()?;
    let Some(message) = fault(case.certificate.id, facts, case.ens.id, ours) else { return HOLDS };
    let draft = Draft::at(case.certificate_named(), message);
    draft.related(case.ens_place().key("nif"), tr!("the ens's NIF")).into()
}

/// Why the certificate of these facts is not that of the ens with the NIF `ours`.
pub fn fault(certificate: &str, facts: &Certificate, ens: &str, ours: &str) -> Option<Text> {
    let stated = nifs(facts);
    if stated.is_empty() {
        return Some(tr!("`{certificate}` names no NIF at all", certificate = certificate));
    }
    let others: Vec<&String> = stated.iter().filter(|nif| *nif != ours).collect();
    (!others.is_empty()).then(|| {
        tr!(
            "`{certificate}` is the seal of {others}, not of `{ours}`, the NIF of `{ens}`",
            certificate = certificate,
            others = names(others),
            ours = ours,
            ens = ens
        )
    })
}

/// The NIFs that the certificate states, each once: organizationIdentifier without its scheme
/// (`VATES-`, ETSI EN 319 412-1, 5.1.4), serialNumber with or without `IDCES-`, and attribute 3 of
/// the seal's profile.
pub fn nifs(facts: &Certificate) -> Vec<String> {
    let organizations = facts.subject.organization_identifiers();
    let subject = organizations.chain(facts.subject.serial_numbers()).map(|value| {
        let schemes = ["VATES-", "IDCES-", "NTRES-"];
        let bare = schemes.iter().find_map(|scheme| value.strip_prefix(scheme));
        bare.unwrap_or(&value).to_owned()
    });
    let mut nifs: Vec<String> = subject.chain(facts.seal_attributes(&[3])).collect();
    nifs.retain(|nif| !nif.is_empty());
    nifs.sort_unstable();
    nifs.dedup();
    nifs
}
