//! What happens to whom is trusted: each CA with its name, its key and until when it is valid.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Events, What};
use crate::base::text::Text;
use crate::base::time::day_of;
use crate::files::x509::{Authority, RevocationList};
use crate::inventory::Inventory;
use crate::planning::plan::Sides;
use crate::tr;

/// Compares the files of `trust/`, by path.
pub fn compare(sides: &Sides<'_>, events: &mut Events) {
    let (before, after) = (authorities(sides.base), authorities(sides.head));
    for (file, authority) in &after {
        let old = before.get(file);
        if old.is_some_and(|old| old.certificate.sha256 == authority.certificate.sha256) {
            continue;
        }
        if let Some(old) = old {
            events.add(What::Trust, file, gone(old));
        }
        events.add(What::Trust, file, trusted(authority));
    }
    for (file, old) in before.iter().filter(|(file, _)| !after.contains_key(*file)) {
        events.add(What::Trust, file, gone(old));
    }
    let (before, after) = (lists(sides.base), lists(sides.head));
    for (file, list) in &after {
        let is_same =
            |old: &&RevocationList| old.this_update == list.this_update && old.len() == list.len();
        if before.get(file).is_none_or(|old| !is_same(old)) {
            events.add(What::Trust, file, listed(list));
        }
    }
    for (file, old) in before.iter().filter(|(file, _)| !after.contains_key(*file)) {
        let message =
            tr!("trust: the revocation list of {issuer} goes", issuer = old.issuer.to_string());
        events.add(What::Trust, file, message);
    }
}

fn authorities(inventory: &Inventory) -> BTreeMap<&str, &Authority> {
    let files = inventory.authorities.iter();
    files.map(|file| (&*file.file, Arc::as_ref(&file.authority))).collect()
}

fn lists(inventory: &Inventory) -> BTreeMap<&str, &RevocationList> {
    inventory.lists.iter().map(|file| (&*file.file, Arc::as_ref(&file.list))).collect()
}

fn trusted(authority: &Authority) -> Text {
    let facts = &authority.certificate;
    tr!(
        "trust: {subject} is trusted, valid from {from} until {until}, key {key}, sha256:{digest}",
        subject = facts.subject.to_string(),
        from = day_of(facts.not_before),
        until = day_of(facts.not_after),
        key = facts.public_key.to_string(),
        digest = facts.public_key_sha256.to_string()
    )
}

fn gone(authority: &Authority) -> Text {
    let facts = &authority.certificate;
    tr!(
        "trust: {subject} is trusted no more, key sha256:{digest}",
        subject = facts.subject.to_string(),
        digest = facts.public_key_sha256.to_string()
    )
}

fn listed(list: &RevocationList) -> Text {
    tr!(
        "trust: the revocation list of {issuer} is that of {day}, with {count} revoked",
        issuer = list.issuer.to_string(),
        day = day_of(list.this_update),
        count = list.len()
    )
}
