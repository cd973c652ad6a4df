//! `record-kept`, asked by `--base`.

use std::collections::BTreeMap;

use crate::change::{Fact, FactKey};
use crate::finding::{Finding, Kind, Place, Rule, Severity};
use crate::rules::Draft;
use crate::text::Text;
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

/// What the base records and the change does not, or records otherwise.
pub fn check(base: &BTreeMap<FactKey, Fact>, head: &BTreeMap<FactKey, Fact>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (key, before) in base {
        let (place, message) = match head.get(key) {
            Some(now) if now.value == before.value => continue,
            Some(now) => (now.place.clone(), changed(key.1)),
            None => (before.place.clone(), vanished(key.1)),
        };
        found.push(finding(key, place, message));
    }
    found
}

fn changed(what: &'static str) -> Text {
    tr!("a recorded fact has changed: `{what}`", what = what)
}

fn vanished(what: &'static str) -> Text {
    tr!("a recorded fact has vanished: `{what}`", what = what)
}

fn finding((subject, _, _): &FactKey, place: Place, message: Text) -> Finding {
    let draft = Draft { subject: subject.clone(), ..Draft::at(place, message) };
    draft.into_finding(&RULE, Severity::Warning)
}
