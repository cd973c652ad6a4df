//! `no-hidden-characters`.

use crate::checklist::rules::Draft;
use crate::files::yaml::Fault;
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::inventory::{Problem, Trouble};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "no-hidden-characters",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "the file has no bidirectional control, zero-width or other invisible character, neither plain nor as an escape"
    ),
    why: tr!(
        "such a character makes a diff show something else than what is loaded (Trojan Source, CVE-2021-42574)"
    ),
    mend: tr!("delete the character; an editor that shows invisible characters helps"),
};

pub fn check(problem: &Problem) -> Option<Draft> {
    match &problem.trouble {
        Trouble::Yaml(yaml) if yaml.kind == Fault::Hidden => {
            Some(Draft::at(problem.place(), yaml.message.clone()).help(yaml.help.clone()))
        }
        _ => None,
    }
}
