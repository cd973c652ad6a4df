//! `loaded-as-released`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "loaded-as-released",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!(
        "each load that is newly recorded stood in a manifest that the environment's branch held on or before its day"
    ),
    why: tr!(
        "a record of a load that nobody approved would make it the state, and what comes back after a withdrawal"
    ),
    mend: tr!(
        "promote the batch before it is loaded; what was there before segell goes into `baseline.yaml`"
    ),
};
