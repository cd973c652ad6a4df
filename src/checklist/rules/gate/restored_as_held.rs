//! `restored-as-held`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "restored-as-held",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!(
        "what comes back after a withdrawal is what the load took the place of, as the manifest that asked for the load says it"
    ),
    why: tr!(
        "a withdrawal brings back what was approved once; a baseline that is changed with it could bring in a seal that nobody ever loaded"
    ),
    mend: tr!("put what the environment held back into `baseline.yaml` and the batches, as it was"),
};
