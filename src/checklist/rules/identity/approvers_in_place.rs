//! `approvers-in-place`.

use crate::checklist::rules::{Draft, Verdict};
use crate::files::signature::Key;
use crate::inventory::finding::{Kind, Place, Rule, Severity};
use crate::inventory::model::{Reviewer, Role};
use crate::inventory::step::At;
use crate::inventory::survey::Survey;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "approvers-in-place",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "the policy has an AOC and a SIAD reviewer (one alone in a role: a warning); no key and no e-mail is there twice; keys are ed25519, ECDSA, `sk-` or RSA of at least 2048 bits; names hold no `<`, `>` or control character"
    ),
    why: tr!(
        "what is loaded needs the approval of both bodies: without a reviewer of each nobody can release a load, and with a key twice one person could approve for two"
    ),
    mend: tr!("correct the policy's `reviewers`"),
};

pub fn check(survey: &Survey<'_>) -> Verdict {
    let policy = survey.inventory.policy.as_deref()?;
    let place = Place::start(&"inventory/policy.yaml".into()).key("reviewers");
    let mut found = Vec::new();
    for (role, name) in [(Role::Aoc, "AOC"), (Role::Siad, "SIAD")] {
        found.extend(role_fault(&policy.reviewers, role, name, &place));
    }
    for (index, reviewer) in policy.reviewers.iter().enumerate() {
        reviewer_faults(reviewer, &place.item(index), &mut found);
        duplicates(&policy.reviewers[..index], reviewer, &place, index, &mut found);
    }
    Some(found)
}

fn role_fault(reviewers: &[Reviewer], role: Role, name: &str, place: &Place) -> Option<Draft> {
    let places = (0..reviewers.len()).filter(|&index| reviewers[index].role == role);
    match places.collect::<Vec<_>>().as_slice() {
        [] => Some(Draft::at(place.clone(), tr!("the policy has no {role} reviewer", role = name))),
        [only] => {
            let message = tr!("the policy has a single {role} reviewer", role = name);
            let help = tr!(
                "add a second one: when the first is away, or has written the change, nobody can approve"
            );
            Some(Draft::at(place.item(*only), message).help(help).severity(Severity::Warning))
        }
        _ => None,
    }
}

fn reviewer_faults(reviewer: &Reviewer, place: &Place, found: &mut Vec<Draft>) {
    // Of an e-mail `valid-identifier` speaks.
    let name = reviewer.name.as_str();
    let is_odd = |character: char| matches!(character, '<' | '>') || character.is_control();
    if name.contains(is_odd) || name.trim() != name {
        let message = tr!("`{text}` cannot stand in a commit's record", text = name);
        let help = tr!("leave out `<`, `>`, line ends and spaces around it");
        found.push(Draft::at(place.key("name"), message).help(help));
    }
    for (field, key) in keys(reviewer) {
        if let Err(reason) = Key::read(key) {
            let message = tr!("the signing key is not accepted: {reason}", reason = reason);
            let help = tr!("paste the line of the `.pub` file, `ssh-ed25519 AAAA…`");
            found.push(Draft::at(place.key(field), message).help(help));
        }
    }
}

fn keys(reviewer: &Reviewer) -> impl Iterator<Item = (&'static str, &str)> {
    let next = reviewer.next_key.as_ref().map(|key| ("next_key", key.as_str()));
    std::iter::once(("signing_key", reviewer.signing_key.as_str())).chain(next)
}

fn duplicates(
    before: &[Reviewer],
    reviewer: &Reviewer,
    place: &Place,
    index: usize,
    found: &mut Vec<Draft>,
) {
    for (other_index, other) in before.iter().enumerate() {
        if other.email.as_str().eq_ignore_ascii_case(reviewer.email.as_str()) {
            let message = tr!("the e-mail `{email}` is there twice", email = &reviewer.email);
            let first = place.item(other_index).key("email");
            let draft = Draft::at(place.item(index).key("email"), message);
            found.push(draft.related(first, tr!("the first time")));
        }
        for (field, key) in keys(reviewer) {
            let twin = keys(other).find(|(_, known)| same_key(known, key));
            if let Some((other_field, _)) = twin {
                let first = place.item(other_index).key(other_field);
                let draft = Draft::at(place.item(index).key(field), tr!("the key is there twice"));
                found.push(draft.related(first, tr!("the first time")));
            }
        }
    }
    if reviewer
        .next_key
        .as_ref()
        .is_some_and(|next| same_key(next.as_str(), reviewer.signing_key.as_str()))
    {
        let message = tr!("the next key is the present one");
        found.push(Draft::at(place.item(index).key("next_key"), message));
    }
}

/// Whether two lines hold the same key, comments apart.
fn same_key(a: &str, b: &str) -> bool {
    match (Key::read(a), Key::read(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}
