//! `record-kept`, asked by `--base`.

use crate::finding::{Kind, Rule};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "record-kept",
    kind: Kind::Warning,
    holds: tr!(
        "with `--base`, no recorded fact has changed or vanished: granted, confirmed, loaded, a check, informed"
    ),
    why: tr!("the files are the record of what happened; history is added to, not rewritten"),
    mend: tr!("restore the record, or say in the pull request why it was wrong"),
};
