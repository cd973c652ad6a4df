//! `history-kept`: its words; `pipeline::gate` asks it.

use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "history-kept",
    kind: Kind::Gate,
    at: At::File,
    holds: tr!(
        "an environment's branch begins at a root and only grows from its tip, one promotion at a time, each dated no earlier than what both branches hold, today or yesterday when it comes in, and none in the future"
    ),
    why: tr!(
        "the branch is the record of what was loaded and who approved it; what is taken off it could be put back later without anyone's approval"
    ),
    mend: tr!(
        "promote from the branch's tip; for a branch that is spoilt, an administrator lists an unapproved promotion as a root: `git config --add segell.ENV.root COMMIT`"
    ),
};
