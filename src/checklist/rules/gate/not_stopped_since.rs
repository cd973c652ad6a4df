//! `not-stopped-since`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "not-stopped-since",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!(
        "nothing that is to be loaded has been put on hold, withdrawn or retired as compromised on `main` since"
    ),
    why: tr!("a push to `main` stops a load at once, whatever was approved before"),
    mend: tr!("promote what `main` is now, or wait until the hold has ended"),
};
