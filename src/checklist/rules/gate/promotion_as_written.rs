//! `promotion-as-written`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "promotion-as-written",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!(
        "a promotion is the commit that `segell promote` writes, byte for byte: its parents are the branch's tip and a commit of `main`, its tree is that commit's, and its message holds the approvals and nothing else"
    ),
    why: tr!("the record must say what was approved, and nothing that was not"),
    mend: tr!("promote with `segell promote`; do not write, amend or sign such a commit by hand"),
};
