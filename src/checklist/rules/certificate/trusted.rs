//! `certificate-trusted`.

use crate::checklist::rules::{Case, Draft, Verdict, unless};
use crate::inventory::Chain;
use crate::inventory::finding::{Kind, Place, Rule};
use crate::inventory::step::{At, Step};
use crate::inventory::survey::CertificateView;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-trusted",
    kind: Kind::Precondition,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "the certificate chains, with its signature verified, to a CA in `trust/` that was valid when it was issued"
    ),
    why: tr!(
        "a seal from any other issuer, such as a CA for citizens, is refused; a forged one must never be loaded"
    ),
    mend: tr!(
        "ask for a seal from an accepted CA; to accept another CA, add its certificate to `inventory/trust/` in a change of its own"
    ),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let (_, chain) = case.certificate.pem?;
    let fault = fault(case.certificate, chain);
    unless(fault.map(|draft| Draft { place: case.certificate_named(), ..draft }))
}

/// What the rule says of a certificate, at its record.
pub fn fault(view: &CertificateView<'_>, chain: &Chain) -> Option<Draft> {
    let why = chain.as_ref().err()?;
    let message =
        tr!("`{certificate}` is not trusted: {reason}", certificate = view.id, reason = why.told());
    Some(Draft::at(Place::start(view.file), message))
}
