//! `promoted-through-pre`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "promoted-through-pre",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!(
        "each seal that PRO is to load is what PRE holds for that ens, by a load that PRE's own record approved; restoring is exempt"
    ),
    why: tr!("PRO may only get what PRE has shown to work"),
    mend: tr!("promote the batch to PRE first"),
};
