//! `certificate-trusted`.

use crate::finding::{Kind, Rule};
use crate::rules::{Case, Draft, HOLDS, Verdict};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-trusted",
    kind: Kind::Precondition,
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
    let Err(why) = chain else { return HOLDS };
    let message = tr!(
        "`{certificate}` is not trusted: {reason}",
        certificate = case.certificate.id,
        reason = why.to_string()
    );
    Draft::at(case.certificate_named(), message).into()
}
