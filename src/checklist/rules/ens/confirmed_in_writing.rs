//! `confirmed-in-writing`.

use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::base::word::Word;
use crate::checklist::rules::{Case, Draft, Loaded, Verdict};
use crate::files::x509::Style;
use crate::inventory::finding::{Actor, Environment, Kind, Place, Rule, Severity};
use crate::inventory::model::{Confirmation, Load};
use crate::inventory::step::At;
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "confirmed-in-writing",
    kind: Kind::Precondition,
    at: At::Confirmation,
    holds: tr!(
        "AEAT has confirmed for both environments, quoting this certificate's serial or SHA-256, with a file or a ticket as evidence"
    ),
    why: tr!(
        "a seal loaded before AEAT has its public key stops all requests of the body; the receipt of the request (a CSV) is no confirmation"
    ),
    mend: tr!(
        "wait for AEAT's written answer for each environment and record it under `confirmations`"
    ),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let mut found = Vec::new();
    for environment in Environment::BOTH {
        match case.certificate.record.confirmations.get(environment) {
            None => {
                let message = tr!(
                    "AEAT has not confirmed `{certificate}` for {environment}",
                    certificate = case.certificate.id,
                    environment = environment.shown()
                );
                let draft = Draft::at(case.certificate_named(), message).environment(environment);
                let record = case.certificate_place().key("confirmations");
                let draft = match case.planned {
                    Some(_) => draft.related(record, tr!("the confirmations on record")),
                    None => draft,
                };
                found.push(draft.waits_for(Actor::Aeat));
            }
            Some(confirmation) => confirmation_faults(case, environment, confirmation, &mut found),
        }
    }
    Some(found)
}

/// Of a seal that is in use by a load and was never confirmed: that is still to be recorded.
pub fn check_current(survey: &Survey<'_>, view: &CertificateView<'_>, loaded: &Loaded) -> Verdict {
    let lacks = |environment: &Environment| view.record.confirmations.get(*environment).is_none();
    let mut lacking = Environment::BOTH.into_iter().filter(lacks).peekable();
    if lacking.peek().is_none() || !loaded.in_use.contains(&Environment::Pro) {
        return None;
    }
    let users = view.users.iter().flat_map(|&ens| &survey[ens].loads);
    let mut loads = users.map(|&place| survey[place].load);
    let is_finished = |load: &Load| load.withdrawn.is_none() && !load.is_open();
    if !loads.any(|load| load.certificate.as_str() == view.id && is_finished(load)) {
        return None;
    }
    let found = lacking.map(|environment| {
        let message = tr!(
            "AEAT has not confirmed `{certificate}` for {environment}",
            certificate = view.id,
            environment = environment.shown()
        );
        let place = Place::start(view.file).key("confirmations");
        let draft = Draft::at(place, message).environment(environment);
        draft.severity(Severity::Pending).waits_for(Actor::Aeat)
    });
    Some(found.collect())
}

fn confirmation_faults(
    case: &Case<'_, '_>,
    environment: Environment,
    confirmation: &Confirmation,
    found: &mut Vec<Draft>,
) {
    let place = case.certificate_place().key("confirmations").key(environment.word());
    let mut add = |place: Place, message| {
        found.push(Draft::at(place, message).environment(environment).waits_for(Actor::Aeat));
    };
    if confirmation.serial.is_none() && confirmation.sha256.is_none() {
        let message = tr!("AEAT's confirmation quotes neither a serial nor a SHA-256");
        add(place.clone(), message);
    }
    let quoted = confirmation.serial.as_ref();
    if let Some(message) = quoted.and_then(|quoted| other_serial(case.certificate, quoted.as_str()))
    {
        add(place.key("serial"), message);
    }
    let quoted = confirmation.sha256.as_ref();
    if let Some(message) = quoted.and_then(|quoted| other_sha256(case.certificate, &quoted.0)) {
        add(place.key("sha256"), message);
    }
    let shows = |evidence: &crate::inventory::model::Evidence| {
        evidence.file.is_some() || evidence.ticket.is_some()
    };
    if !confirmation.evidence.iter().any(shows) {
        add(place, no_answer(environment));
    }
}

/// Says that the serial which AEAT quotes is another than the certificate's, if it is.
pub fn other_serial(certificate: &CertificateView<'_>, quoted: &str) -> Option<Text> {
    let (facts, _) = certificate.pem?;
    if facts.serial.matches_quoted(quoted) {
        return None;
    }
    let serial = facts.serial.to_string();
    match facts.serial.written_otherwise(quoted) {
        Some(Style::Decimal) => {
            return Some(tr!(
                "the serial `{quoted}` is that of `{certificate}` in decimal digits; record it in hexadecimal, `{serial}`",
                quoted = quoted,
                certificate = certificate.id,
                serial = serial
            ));
        }
        Some(Style::Marked) => {
            return Some(tr!(
                "the serial `{quoted}` is that of `{certificate}` with other marks; record it as `{serial}`",
                quoted = quoted,
                certificate = certificate.id,
                serial = serial
            ));
        }
        None => {}
    }
    let message = || {
        tr!(
            "AEAT confirmed the serial `{quoted}`; that of `{certificate}` is `{serial}`",
            quoted = quoted,
            certificate = certificate.id,
            serial = serial
        )
    };
    Some(message())
}

/// Says that the SHA-256 which AEAT quotes is another than the certificate's, if it is.
pub fn other_sha256(certificate: &CertificateView<'_>, quoted: &Sha256) -> Option<Text> {
    let message = || {
        tr!(
            "AEAT confirmed another certificate than `{certificate}`: the SHA-256 differs",
            certificate = certificate.id
        )
    };
    (*quoted != certificate.record.sha256.0).then(message)
}

/// Says that a confirmation has no evidence but, at most, a receipt.
pub fn no_answer(environment: Environment) -> Text {
    tr!(
        "no file and no ticket shows AEAT's confirmation for {environment}",
        environment = environment.shown()
    )
}
