//! `well-formed`.

use crate::checklist::rules::Draft;
use crate::files::yaml::Fault;
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::inventory::{Problem, Trouble};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "well-formed",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "the file is UTF-8 and strict YAML: one document, no anchors, aliases, tags, merge keys or duplicate keys, no value that YAML 1.1 reads otherwise"
    ),
    why: tr!(
        "what a reviewer reads must be what every program reads: the same file under two YAML readers would otherwise load two things"
    ),
    mend: tr!("correct the syntax, and quote what is text"),
};

pub fn check(problem: &Problem) -> Option<Draft> {
    let draft = match &problem.trouble {
        Trouble::NotUtf8 => Draft::at(problem.place(), tr!("the file is not UTF-8 from here on"))
            .help(tr!("save it as UTF-8, without a byte order mark")),
        Trouble::Yaml(yaml) if yaml.kind != Fault::Hidden => {
            Draft::at(problem.place(), yaml.message.clone()).help(yaml.help.clone())
        }
        _ => return None,
    };
    Some(draft)
}
