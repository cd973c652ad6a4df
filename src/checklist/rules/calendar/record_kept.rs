//! `record-kept`, asked of two inventories.

use std::collections::BTreeMap;

use crate::base::text::Text;
use crate::checklist::facts::{self, Fact, What};
use crate::checklist::rules::Draft;
use crate::inventory::finding::{Finding, Kind, Place, Rule};
use crate::inventory::step::At;
use crate::inventory::survey::Survey;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "record-kept",
    kind: Kind::Warning,
    at: At::File,
    holds: tr!(
        "no recorded fact has changed or vanished since the base: an error of what decides what an environment holds (loaded, withdrawn, restored, removed, retired, ceased, the baseline), a warning of what shows that it was in order (granted, denied, ended, confirmed, checks, their message, informed, their evidence, queries, ended holds, the key's place)"
    ),
    why: tr!("the files are the record of what happened; history is added to, not rewritten"),
    mend: tr!(
        "put the record back; if it was wrong, AOC and SIAD agree on a waiver of `record-kept` for this file first"
    ),
};

/// What the base records and the change does not, or records otherwise: each fact that is lost, and
/// the finding about it.
pub fn check(base: &Survey<'_>, head: &Survey<'_>) -> Vec<(Fact, Finding)> {
    let (before, after) = facts::of(base, head);
    let named = |fact: &Fact| {
        let (what, subject, which) = fact.name();
        (what, subject.clone(), which.to_owned())
    };
    let mut now: BTreeMap<_, Vec<Fact>> = BTreeMap::new();
    for fact in after {
        now.entry(named(&fact)).or_default().push(fact);
    }
    let mut lost = Vec::new();
    for fact in before {
        let alike = now.entry(named(&fact)).or_default();
        match alike.iter().position(|now| now.value == fact.value) {
            Some(place) => {
                alike.swap_remove(place);
            }
            None => lost.push(fact),
        }
    }
    let told = |fact: Fact| {
        let changed = now.get_mut(&named(&fact)).and_then(Vec::pop);
        let finding = match changed {
            Some(now) => finding(&now, now.place.clone(), changed_to(fact.what)),
            None => finding(&fact, fact.place.clone(), vanished(fact.what)),
        };
        (fact, finding)
    };
    lost.into_iter().map(told).collect()
}

fn changed_to(what: What) -> Text {
    tr!("a recorded fact has changed: `{what}`", what = what.field())
}

fn vanished(what: What) -> Text {
    tr!("a recorded fact has vanished: `{what}`", what = what.field())
}

fn finding(fact: &Fact, place: Place, message: Text) -> Finding {
    let mut draft = Draft { subject: fact.subject.clone(), ..Draft::at(place, message) };
    draft.subject.batch.clone_from(&fact.batch);
    draft.into_finding(&RULE, fact.what.severity())
}
