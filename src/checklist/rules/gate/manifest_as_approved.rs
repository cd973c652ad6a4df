//! `manifest-as-approved`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "manifest-as-approved",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!("the commit yields a manifest, and its digest is the one that was approved"),
    why: tr!("what is loaded must be exactly what was reviewed"),
    mend: tr!(
        "mend what breaks the inventory's integrity, or promote again with one version of segell"
    ),
};
