//! `certificate-is-latest`.

use jiff::Timestamp;

use crate::base::time::day_of;
use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Kind, Place, Rule};
use crate::inventory::model::RetirementReason;
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-is-latest",
    kind: Kind::Precondition,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "of the ens's certificates none has a later notBefore; those apart that are retired as compromised, as superseded with a later one that is not retired, or as ceased with the ens"
    ),
    why: tr!(
        "the checklist asks that the certificate to be loaded is in force and is the latest: a superseded one would have to be loaded twice"
    ),
    mend: tr!("load the latest certificate, or retire it if it is not to be used"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let not_before = case.facts()?.not_before;
    // Of one that is not the ens's `organ-codes-match` speaks; of one that is retired, and was not
    // loaded before that, `certificate-in-force`.
    let code = &case.ens.ens.organ_code;
    let is_ours = case.certificate.record.organ_codes.contains(code);
    let day = case.survey.today.min(case.last_load_day().1);
    if !is_ours || case.certificate.is_retired_on(day) {
        return None;
    }
    let Some((later, latest)) = latest(case.survey, case.ens, not_before) else { return HOLDS };
    let message = match latest.is_retired_on(case.survey.today) {
        false => tr!(
            "`{certificate}` has been superseded by `{latest}`",
            certificate = case.certificate.id,
            latest = latest.id
        ),
        true => tr!(
            "`{latest}` is later than `{certificate}`, and nothing takes the place of either",
            certificate = case.certificate.id,
            latest = latest.id
        ),
    };
    let draft = Draft::at(case.certificate_named(), message)
        .label(tr!("valid from {date}", date = day_of(not_before)))
        .related(
            Place::start(latest.file).key("sha256"),
            tr!("`{latest}` is valid from {date}", latest = latest.id, date = day_of(later)),
        )
        .help(tr!(
            "load `{latest}`, or retire it for the reason there is: superseded needs a later one, ceased an ens that is no more",
            latest = latest.id
        ));
    draft.into()
}

/// The ens's latest certificate that begins after `first` and may not be left out.
fn latest<'s, 'a>(
    survey: &'s Survey<'a>,
    ens: &EnsView<'a>,
    first: Timestamp,
) -> Option<(Timestamp, &'s CertificateView<'a>)> {
    let certificates = || ens.certificates.iter().map(|&place| &survey[place]);
    let is_superseded = |begin: Timestamp| {
        let mut others = certificates().filter(|other| !other.is_retired_on(survey.today));
        others.any(|other| other.not_before().is_some_and(|later| later > begin))
    };
    let is_left_out = |begin: Timestamp, certificate: &CertificateView<'_>| {
        let retired = certificate.record.retired.as_ref().map(|retired| retired.reason);
        match retired.filter(|_| certificate.is_retired_on(survey.today)) {
            None => false,
            Some(RetirementReason::Compromised) => true,
            Some(RetirementReason::Superseded) => is_superseded(begin),
            Some(RetirementReason::Ceased) => ens.has_ceased_by(survey.today),
        }
    };
    let later = certificates().filter_map(|other| Some((other.not_before()?, other)));
    let later = later.filter(|(begin, other)| *begin > first && !is_left_out(*begin, other));
    later.max_by_key(|(begin, other)| (*begin, other.id))
}
