//! `no-private-key`.

use crate::checklist::rules::Draft;
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::inventory::{Problem, Trouble};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "no-private-key",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "no file holds a private key or a password, in whatever encoding, and no key URI a PIN; a store of certificates alone is none"
    ),
    why: tr!(
        "whoever can read the repository, and every clone of it for ever, could sign as the body"
    ),
    mend: tr!(
        "take it out of the repository's history, consider the key compromised, and ask for a new seal"
    ),
};

pub fn check(problem: &Problem) -> Option<Draft> {
    let message = match &problem.trouble {
        Trouble::PrivateKey { what } => {
            tr!("the file holds a private key: {what}", what = what.clone())
        }
        Trouble::Password => tr!("a field for a secret stands here"),
        Trouble::Pin { attribute } => {
            let message = tr!("the key's URI has a `{attribute}`", attribute = *attribute);
            let help = tr!("take it out: the PIN is the loader's to know");
            return Some(Draft::at(problem.place(), message).help(help));
        }
        _ => return None,
    };
    Some(Draft::at(problem.place(), message))
}
