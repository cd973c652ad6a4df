//! `key-located`.

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Actor, Environment, Kind, Rule};
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "key-located",
    kind: Kind::Precondition,
    at: At::Step(Step::Certificate),
    holds: tr!("the certificate's record says where its private key is, in each environment"),
    why: tr!("whoever loads the seal must find its key, and no other"),
    mend: tr!(
        "add `key` to the record: `pkcs11:token=TOKEN;object=LABEL`, or `alias:NAME` for one in a key store's file"
    ),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let record = case.certificate.record;
    let lacks = |environment: &Environment| record.key_in(*environment).is_none();
    let message = match Environment::BOTH.into_iter().filter(lacks).collect::<Vec<_>>()[..] {
        [] => return HOLDS,
        [environment] => tr!(
            "the record of `{certificate}` does not say where its key is in {environment}",
            certificate = case.certificate.id,
            environment = environment.shown()
        ),
        _ => tr!(
            "the record of `{certificate}` does not say where its key is",
            certificate = case.certificate.id
        ),
    };
    let draft = Draft::at(case.certificate_named(), message).waits_for(Actor::Aoc);
    let place = if record.key.is_some() {
        case.certificate_place().key("key")
    } else {
        case.certificate_place()
    };
    match case.planned {
        Some(_) => draft.related(place, tr!("its record")).into(),
        None => draft.into(),
    }
}
