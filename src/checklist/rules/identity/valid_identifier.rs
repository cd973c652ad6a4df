//! `valid-identifier`.

use crate::base::text::Text;
use crate::checklist::rules::{Draft, Verdict};
use crate::files::pkcs11::Uri;
use crate::inventory::finding::{Kind, Place, Rule};
use crate::inventory::model::Policy;
use crate::inventory::model::identifier::{
    OrganCodeFault, check_organ_code, is_body_nif, is_dir3, is_email,
};
use crate::inventory::step::At;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::tr;

use super::unique_identity::key_place;

pub static RULE: Rule = Rule {
    name: "valid-identifier",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "organ code, NIF and DIR3 are well formed, with right control characters (the policy's exceptions apart, which are digits themselves); a key's place is an `alias:` or a PKCS#11 URI that names one private key (RFC 7512); e-mails are ASCII `local@domain`"
    ),
    why: tr!(
        "a digit mistyped, or a leading zero lost in a spreadsheet, configures the seal under another body's code; a key URI that programs read differently signs with another key"
    ),
    mend: tr!("copy the code anew from its source; codes are quoted strings"),
};

pub fn check(survey: &Survey<'_>, view: &EnsView<'_>) -> Verdict {
    let place = || Place::start(view.file);
    let ens = view.ens;
    let mut found = Vec::new();
    found.extend(organ_code(survey, ens.organ_code.as_str(), || place().key("organ_code")));
    for (index, authorisation) in ens.authorisations.iter().enumerate() {
        let code = authorisation.organ_code.as_str();
        // The same code, wrong in the same way, is told once.
        if code != ens.organ_code.as_str() {
            let place = || place().key("authorisations").item(index).key("organ_code");
            found.extend(organ_code(survey, code, place));
        }
    }
    found.extend(nif(ens.nif.as_str(), || place().key("nif")));
    if let Some(dir3) = ens.dir3.as_ref().filter(|dir3| !is_dir3(dir3.as_str())) {
        let message = tr!("`{code}` is no DIR3 code", code = dir3);
        let help =
            tr!("a DIR3 code is one of A, E, I, J, L, U, a letter or digit, and seven digits");
        found.push(Draft::at(place().key("dir3"), message).help(help));
    }
    Some(found)
}

/// A code that an ens has too is told of the ens.
pub fn check_certificate(survey: &Survey<'_>, view: &CertificateView<'_>) -> Verdict {
    let codes = view.record.organ_codes.iter().enumerate();
    let untold = codes.filter(|(_, code)| !survey.has_organ_code(code.as_str()));
    let codes = untold.filter_map(|(index, code)| {
        let place = || Place::start(view.file).key("organ_codes").item(index);
        organ_code(survey, code.as_str(), place)
    });
    let keys = view.record.key_places().into_iter().filter_map(|(environment, text)| {
        let fault = key_fault(text)?;
        let message = tr!("this is no place of a key: {fault}", fault = fault);
        let help = tr!(
            "write `pkcs11:token=TOKEN;object=LABEL`, or `alias:NAME` for one in a key store's file"
        );
        Some(Draft::at(key_place(view, environment), message).help(help))
    });
    Some(codes.chain(keys).collect())
}

/// What is wrong with a key's place, if anything is.
fn key_fault(text: &str) -> Option<Text> {
    let Some(name) = text.strip_prefix("alias:") else {
        return Uri::read(text).map_or_else(Some, |uri| uri.fault());
    };
    let is_plain = !name.is_empty() && name.trim() == name && !name.contains(char::is_control);
    (!is_plain).then(|| tr!("the alias is empty, or has blanks around it or control characters"))
}

pub fn check_policy(survey: &Survey<'_>) -> Verdict {
    let policy = survey.inventory.policy.as_deref()?;
    let place = Place::start(&"inventory/policy.yaml".into());
    let mut found = Vec::new();
    found.extend(nif(policy.generalitat.nif.as_str(), || place.key("generalitat").key("nif")));
    let exceptions = place.key("organ_codes").key("exceptions");
    for (index, code) in policy.organ_codes.exceptions.iter().enumerate() {
        if check_organ_code(code.as_str()) == Err(OrganCodeFault::Shape) {
            found.push(no_organ_code(code.as_str(), exceptions.item(index)));
        }
    }
    found.extend(key_template(policy, &place));
    for (index, reviewer) in policy.reviewers.iter().enumerate() {
        if !is_email(reviewer.email.as_str()) {
            let message = tr!("`{email}` is no e-mail", email = &reviewer.email);
            let help =
                tr!("write it as `local@domain`, in letters without accents, digits and `._%+'-`");
            let place = place.key("reviewers").item(index).key("email");
            found.push(Draft::at(place, message).help(help));
        }
    }
    Some(found)
}

/// What is wrong with the place of the keys of new seals.
fn key_template(policy: &Policy, place: &Place) -> Option<Draft> {
    let template = policy.certificates.key.as_ref()?.as_str();
    let filled = policy.certificates.key_of("holder", "label")?;
    let is_each_its_own = template.contains("{holder}") && template.contains("{label}");
    let message = match key_fault(&filled) {
        // A brace is no character of a URI: what is left is no placeholder.
        Some(fault) => tr!("this is no place of a key: {fault}", fault = fault),
        None if is_each_its_own && !filled.contains(['{', '}']) => return None,
        None => tr!("`{template}` is not one place a seal", template = template),
    };
    let help = tr!(
        "write it with both placeholders and no other: `pkcs11:token=TOKEN;object={holder}-{label}`"
    );
    Some(Draft::at(place.key("certificates").key("key"), message).help(help))
}

/// Whether nothing is said of this organ code here, so that others may compare with it.
pub fn accepts_organ_code(survey: &Survey<'_>, code: &str) -> bool {
    let exceptions = survey.policy.map(|policy| policy.organ_codes.exceptions.as_slice());
    check_organ_code(code).is_ok()
        || check_organ_code(code) != Err(OrganCodeFault::Shape)
            && exceptions.is_some_and(|codes| codes.iter().any(|known| known.as_str() == code))
}

fn no_organ_code(code: &str, place: Place) -> Draft {
    let message = tr!("`{code}` is no organ code", code = code);
    Draft::at(place, message).help(tr!("an organ code has ten digits (an ine10), or one to nine"))
}

fn organ_code(survey: &Survey<'_>, code: &str, place: impl Fn() -> Place) -> Option<Draft> {
    let fault = check_organ_code(code).err()?;
    if accepts_organ_code(survey, code) {
        return None;
    }
    let (message, help) = match fault {
        OrganCodeFault::Shape => return Some(no_organ_code(code, place())),
        OrganCodeFault::LostZero => (
            tr!("the organ code `{code}` has lost its leading zero", code = code),
            tr!("write `\"0{code}\"`", code = code),
        ),
        OrganCodeFault::Control => (
            tr!("the control digits of organ code `{code}` do not fit", code = code),
            tr!(
                "copy it anew; if it is right all the same, list it in the policy's `organ_codes.exceptions`"
            ),
        ),
    };
    Some(Draft::at(place(), message).help(help))
}

fn nif(nif: &str, place: impl Fn() -> Place) -> Option<Draft> {
    let message =
        || tr!("`{nif}` is no body's NIF: its form or its control character is wrong", nif = nif);
    (!is_body_nif(nif)).then(|| Draft::at(place(), message()))
}
