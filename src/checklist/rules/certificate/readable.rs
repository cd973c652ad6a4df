//! `certificate-readable`.

use crate::base::text::Text;
use crate::checklist::rules::Draft;
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::inventory::{Problem, Trouble};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-readable",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "the PEM holds exactly one certificate, it parses strictly, and its SHA-256 is the record's"
    ),
    why: tr!("what the record says must be said of the certificate that is loaded, to the byte"),
    mend: tr!(
        "export the certificate alone, in PEM, and copy its SHA-256 from `segell inspect FILE`"
    ),
};

pub fn check(problem: &Problem) -> Option<Draft> {
    let message = match &problem.trouble {
        Trouble::Unreadable(why) => why.told(),
        Trouble::NoPem => tr!("the certificate's PEM is missing beside its record"),
        Trouble::OtherDigest { found } => {
            tr!(
                "the PEM beside it holds another certificate, `{digest}`",
                digest = found.to_string()
            )
        }
        _ => return None,
    };
    let draft = Draft::at(problem.place(), message);
    Some(match help(problem) {
        Some(help) => draft.help(help),
        None => draft,
    })
}

/// What to do about a file that cannot be read: it may be no certificate that is asked for.
fn help(problem: &Problem) -> Option<Text> {
    let Trouble::Unreadable(why) = &problem.trouble else { return None };
    if problem.file.ends_with(".crl") {
        return Some(tr!("fetch the issuer's list anew: one whole list, in DER or in PEM"));
    }
    why.help()
}
