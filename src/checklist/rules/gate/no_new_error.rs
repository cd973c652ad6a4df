//! `no-new-error`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "no-new-error",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!(
        "the commit has no error today that the branch does not have today too, what is loaded apart; no fact of the record is lost; and there is no error at all about a load that its manifest asks for"
    ),
    why: tr!(
        "what is out of order is not loaded, and what is already out of order keeps no one else from loading"
    ),
    mend: tr!("see `segell check --rev COMMIT`, mend it on `main`, and promote that"),
};
