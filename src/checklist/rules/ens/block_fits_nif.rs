//! `block-fits-nif`.

use crate::checklist::rules::{Case, Draft, HOLDS, Verdict};
use crate::inventory::finding::{Kind, Rule, Severity};
use crate::inventory::model::Block;
use crate::inventory::model::identifier::is_body_nif;
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "block-fits-nif",
    kind: Kind::Precondition,
    at: At::Step(Step::Authorised),
    holds: tr!(
        "departments have the Generalitat's NIF; bodies of block `new` have another (`consuming` too: a warning)"
    ),
    why: tr!(
        "the block decides which permissions and which seal a body needs; the NIF shows whether it is the Generalitat itself"
    ),
    mend: tr!("correct the `block` or the `nif`"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let policy = case.policy()?;
    let generalitat = &policy.generalitat.nif;
    let ens = case.ens.ens;
    // Of a NIF that is none, `valid-identifier` speaks.
    if !is_body_nif(ens.nif.as_str()) || !is_body_nif(generalitat.as_str()) {
        return None;
    }
    let same = ens.nif == *generalitat;
    let (message, severity) = match ens.block {
        Block::Departments if !same => (
            tr!("a department has the Generalitat's NIF, `{nif}`", nif = generalitat),
            case.precondition(),
        ),
        Block::New if same => (
            tr!("a body of block `new` has a NIF of its own, not the Generalitat's"),
            case.precondition(),
        ),
        Block::Consuming if same => (
            tr!("a body of block `consuming` usually has a NIF of its own, not the Generalitat's"),
            Severity::Warning,
        ),
        _ => return HOLDS,
    };
    Draft::at(case.ens_place().key("nif"), message).severity(severity).into()
}
