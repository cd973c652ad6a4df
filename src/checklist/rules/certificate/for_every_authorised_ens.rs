//! `certificate-for-every-authorised-ens`.

use crate::checklist::rules::identity::valid_identifier::accepts_organ_code;
use crate::checklist::rules::{Draft, Verdict, unless};
use crate::inventory::finding::{Actor, Kind, Place, Rule};
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{EnsView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-for-every-authorised-ens",
    kind: Kind::Pending,
    at: At::Step(Step::Certificate),
    holds: tr!("an ens with authorisations has a certificate that is in force and not retired"),
    why: tr!("a permission without a seal is of no use; issuing one takes weeks"),
    mend: tr!(
        "ask the ens for its seal, and record it under `certificates/` with the ens's organ code"
    ),
};

pub fn check(survey: &Survey<'_>, view: &EnsView<'_>) -> Verdict {
    if view.ens.authorisations.is_empty() || view.has_ceased_by(survey.today) {
        return None;
    }
    // A certificate that cannot be read may be the one: that is told elsewhere.
    let mut certificates = view.certificates.iter().map(|&place| &survey[place]);
    let will_do = certificates.any(|certificate| {
        let usable = certificate.pem.is_none() || certificate.is_in_force_on(survey.today);
        usable && !certificate.is_retired_on(survey.today)
    });
    let message = || {
        tr!(
            "`{ens}` has no certificate in force for its organ code, `{code}`",
            ens = view.id,
            code = &view.ens.organ_code
        )
    };
    unless((!will_do && !is_hidden(survey, view)).then(|| {
        Draft::at(Place::start(view.file).key("organ_code"), message()).waits_for(Actor::Ens)
    }))
}

/// Whether something else hides the ens's certificate: its own code is none, or an open load names
/// one that cannot be read or is registered under other codes. Other rules say so.
fn is_hidden(survey: &Survey<'_>, view: &EnsView<'_>) -> bool {
    let loads = view.loads.iter().map(|&place| &survey[place]);
    let mut open = loads.filter(|load| load.load.is_open()).map(|load| load.certificate);
    let is_known = |certificate| view.certificates.contains(&certificate);
    !accepts_organ_code(survey, view.ens.organ_code.as_str())
        || !open.all(|certificate| certificate.is_some_and(is_known))
}
