//! `promoted-from-main`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "promoted-from-main",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!("what is promoted stands on `main`'s line, after what the branch holds"),
    why: tr!(
        "what was never reviewed on `main` may not be loaded, and an old state may not come back unseen"
    ),
    mend: tr!("merge it into `main` first; the way back is a revert on `main`"),
};
