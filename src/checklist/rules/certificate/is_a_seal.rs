//! `certificate-is-a-seal`.

use crate::base::text::{Argument, Text, names};
use crate::checklist::rules::{Case, Draft, Verdict, unless};
use crate::files::x509::Certificate;
use crate::inventory::finding::{Kind, Place, Rule};
use crate::inventory::model::Policy;
use crate::inventory::step::{At, Step};
use crate::inventory::survey::CertificateView;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-is-a-seal",
    kind: Kind::Precondition,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "the certificate has an accepted seal policy, QcType eseal, the key usage digitalSignature, CA:FALSE and the required common name"
    ),
    why: tr!(
        "only an electronic seal of the type ceded to AOC's services may sign the requests; a person's or a server's certificate is refused by AEAT"
    ),
    mend: tr!("ask for the seal of the right type"),
};

/// QcType of an electronic seal (ETSI EN 319 412-5, 4.2.3).
const QC_TYPE_ESEAL: &str = "0.4.0.1862.1.6.2";

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let fault = fault(case.certificate, case.facts()?, case.policy()?);
    unless(fault.map(|draft| Draft { place: case.certificate_named(), ..draft }))
}

/// What the rule says of a certificate, at its record.
pub fn fault(view: &CertificateView<'_>, facts: &Certificate, policy: &Policy) -> Option<Draft> {
    let lacks = lacks(facts, policy);
    let message = || {
        let lacks = Argument::List(lacks.iter().cloned().map(Argument::Text).collect());
        tr!("`{certificate}` is not a seal: {lacks}", certificate = view.id, lacks = lacks)
    };
    (!lacks.is_empty()).then(|| Draft::at(Place::start(view.file), message()))
}

/// What makes the certificate no seal.
fn lacks(facts: &Certificate, policy: &Policy) -> Vec<Text> {
    let accepted = &policy.certificates;
    let mut lacks = Vec::new();
    if !accepted.policies.iter().any(|oid| facts.policies.has(oid.as_str())) {
        let oids = names(&accepted.policies);
        lacks.push(tr!("its policies hold none of {oids}", oids = oids));
    }
    if !facts.qc_types.has(QC_TYPE_ESEAL) {
        lacks.push(tr!("it has no QcType eseal"));
    }
    if !facts.key_usage.is_some_and(|usage| usage.allows("digitalSignature")) {
        lacks.push(tr!("its key usage has no digitalSignature"));
    }
    if facts.is_authority {
        lacks.push(tr!("it is an authority (CA:TRUE)"));
    }
    let name = facts.subject.common_name().unwrap_or_default();
    if !accepted.common_names.iter().any(|known| known.as_str() == name) {
        lacks.push(tr!("its common name is `{name}`", name = name.as_ref()));
    }
    if !facts.unknown_critical.is_empty() {
        let oids = names(facts.unknown_critical.dotted());
        lacks.push(tr!("it has the unknown critical extensions {oids}", oids = oids));
    }
    lacks
}
