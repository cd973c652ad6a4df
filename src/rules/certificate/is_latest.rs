//! `certificate-is-latest`.

use crate::finding::{Kind, Place, Rule};
use crate::rules::{Case, Draft, HOLDS, Verdict};
use crate::time::day_of;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-is-latest",
    kind: Kind::Precondition,
    holds: tr!("of the ens's certificates that are not retired, none has a later notBefore"),
    why: tr!(
        "the checklist asks that the certificate to be loaded is in force and is the latest: a superseded one would have to be loaded twice"
    ),
    mend: tr!("load the latest certificate, or retire it if it is not to be used"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let not_before = case.facts()?.not_before;
    // Of a certificate that is retired, `certificate-in-force` speaks; of one that is not the ens's,
    // `organ-codes-match`.
    let code = &case.ens.ens.organ_code;
    let is_ours = case.certificate.record.organ_codes.contains(code);
    if !is_ours || case.certificate.is_retired_on(case.survey.today) {
        return None;
    }
    let Some(latest) = case.survey.latest(case.ens) else { return HOLDS };
    let Some(later) = latest.not_before().filter(|later| *later > not_before) else {
        return HOLDS;
    };
    let message = tr!(
        "`{certificate}` has been superseded by `{latest}`",
        certificate = case.certificate.id,
        latest = latest.id
    );
    let draft = Draft::at(case.certificate_named(), message)
        .label(tr!("valid from {date}", date = day_of(not_before)))
        .related(
            Place::start(latest.file).key("sha256"),
            tr!("`{latest}` is valid from {date}", latest = latest.id, date = day_of(later)),
        )
        .help(tr!("load `{latest}`, or retire it", latest = latest.id));
    draft.into()
}
