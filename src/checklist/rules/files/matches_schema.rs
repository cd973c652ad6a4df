//! `matches-schema`.

use crate::checklist::rules::Draft;
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::inventory::{Problem, Trouble};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "matches-schema",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "the file satisfies its schema: every field is known, none that must be there is missing, and each has a value of its kind"
    ),
    why: tr!("a misspelt field would be silently ignored, and with it what it was meant to say"),
    mend: tr!(
        "correct the field; an editor that follows the file's `$schema` comment shows what may stand there"
    ),
};

pub fn check(problem: &Problem) -> Option<Draft> {
    match &problem.trouble {
        Trouble::Misshapen { message, help } => {
            Some(Draft::at(problem.place(), message.clone()).help(help.clone()))
        }
        Trouble::Missing => {
            let message = tr!("the policy is missing");
            let help = tr!("write `inventory/policy.yaml`: without it no rule can be asked");
            Some(Draft::at(problem.place(), message).help(help))
        }
        _ => None,
    }
}
