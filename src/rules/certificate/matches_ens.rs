//! `certificate-matches-ens`.

use crate::finding::{Kind, Rule};
use crate::model::identifier::is_body_nif;
use crate::rules::{Case, Draft, HOLDS, Verdict};
use crate::text::names;
use crate::tr;
use crate::x509::Certificate;

pub static RULE: Rule = Rule {
    name: "certificate-matches-ens",
    kind: Kind::Precondition,
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
    let stated = nifs(case.facts()?);
    let message = if stated.is_empty() {
        tr!("`{certificate}` names no NIF at all", certificate = case.certificate.id)
    } else if stated.iter().all(|nif| nif == ours) {
        return HOLDS;
    } else {
        let others = stated.iter().filter(|nif| *nif != ours);
        tr!(
            "`{certificate}` is the seal of {others}, not of `{ours}`, the NIF of `{ens}`",
            certificate = case.certificate.id,
            others = names(others),
            ours = ours,
            ens = case.ens.id
        )
    };
    let draft = Draft::at(case.certificate_named(), message);
    draft.related(case.ens_place().key("nif"), tr!("the ens's NIF")).into()
}

/// The NIFs that the certificate states, each once: organizationIdentifier without its scheme
/// (`VATES-`, ETSI EN 319 412-1, 5.1.4), serialNumber with or without `IDCES-`, and attribute 3 of
/// the seal's profile.
pub fn nifs(facts: &Certificate) -> Vec<String> {
    let organization = facts.subject.organization_identifier();
    let serial = facts.subject.serial_number();
    let subject = [organization, serial].into_iter().flatten().map(|value| {
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
