//! `organ-codes-match`.

use crate::checklist::rules::identity::valid_identifier::accepts_organ_code;
use crate::checklist::rules::{Case, Draft, Verdict};
use crate::inventory::finding::{Actor, Kind, Rule};
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "organ-codes-match",
    kind: Kind::Precondition,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "the ens's organ code is that of each of its authorisations, and one that the certificate is registered under"
    ),
    why: tr!("a seal configured under another code than AEAT authorised has its requests refused"),
    mend: tr!(
        "find out which code is right, and correct the others; AEAT's authorisation can only be changed by AEAT"
    ),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let ens = case.ens.ens;
    let code = ens.organ_code.as_str();
    // Of codes that are none, `valid-identifier` speaks.
    let is_code = |code: &str| accepts_organ_code(case.survey, code);
    if !is_code(code) {
        return None;
    }
    let mut found = Vec::new();
    let codes = &case.certificate.record.organ_codes;
    if codes.iter().all(|known| known.as_str() != code && is_code(known.as_str())) {
        let message = tr!(
            "`{certificate}` is not registered under `{ens}`'s organ code, `{code}`",
            certificate = case.certificate.id,
            ens = case.ens.id,
            code = code
        );
        let draft = Draft::at(case.certificate_named(), message)
            .related(
                case.certificate_place().key("organ_codes"),
                tr!("the codes it is registered under"),
            )
            .related(case.ens_place().key("organ_code"), tr!("the ens's code"));
        found.push(draft);
    }
    for (index, authorisation) in ens.authorisations.iter().enumerate() {
        let other = authorisation.organ_code.as_str();
        if other != code && is_code(other) {
            let place = case.ens_place().key("authorisations").item(index).key("organ_code");
            let message = tr!(
                "the authorisation of `{service}` is for another organ code than the ens's, `{code}`",
                service = &authorisation.service,
                code = code
            );
            let ours = case.ens_place().key("organ_code");
            found.push(
                Draft::at(place, message)
                    .related(ours, tr!("the ens's code"))
                    .waits_for(Actor::Ens),
            );
        }
    }
    Some(found)
}
