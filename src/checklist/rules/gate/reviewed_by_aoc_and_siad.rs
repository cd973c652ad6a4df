//! `reviewed-by-aoc-and-siad`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "reviewed-by-aoc-and-siad",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!(
        "every approval verifies, has not expired and is another reviewer's; AOC and SIAD are among them; two at least are by people who wrote nothing of what is promoted"
    ),
    why: tr!("no one body, and no one alone, decides what signs citizens' data requests"),
    mend: tr!("ask the reviewers who are missing to run `segell approve`, and promote again"),
};
