//! What a record's `key` selects in the stores that were read.

use std::collections::{BTreeSet, HashMap};

use super::actual::{Actual, At, folded};
use crate::base::digest::Sha256;
use crate::files::pkcs11::Uri;
use crate::files::stores::token::are_selected;
use crate::files::stores::{Content, Key, KeyObject, Kind, Store, Unknown};

/// What a key's place selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// No store of its kind was read, or its keys could not be asked.
    NotAsked,
    /// The seal's own.
    Fits,
    /// Nothing.
    None,
    /// Another seal's.
    Another,
    /// So many.
    Several(usize),
}

/// The keys of all stores, to be looked up.
pub struct Selector<'a> {
    actual: &'a Actual<'a>,
    has_aliases: bool,
    by_alias: HashMap<String, Vec<At>>,
    /// Whether there are tokens, and all could be asked.
    has_tokens: bool,
    by_label: HashMap<&'a [u8], Vec<(usize, &'a KeyObject)>>,
    by_id: HashMap<&'a [u8], Vec<(usize, &'a KeyObject)>>,
}

impl<'a> Selector<'a> {
    /// Looks through the stores once.
    pub fn of(actual: &'a Actual<'a>) -> Selector<'a> {
        let kinds = |is_it: fn(Kind) -> bool| actual.stores().any(|(_, store)| is_it(store.kind));
        let tokens = || actual.stores().filter(|(_, store)| store.kind == Kind::Token);
        let mut selector = Selector {
            has_aliases: actual.is_whole && kinds(Kind::has_aliases),
            by_alias: HashMap::new(),
            has_tokens: actual.is_whole
                && tokens().next().is_some()
                && tokens().all(|(_, store)| was_asked(store)),
            by_label: HashMap::new(),
            by_id: HashMap::new(),
            actual,
        };
        for (at, entry) in actual.all().filter(|(at, _)| actual.kind(*at).has_aliases()) {
            for name in entry.names() {
                selector.by_alias.entry(folded(name)).or_default().push(at);
            }
        }
        for (place, store) in tokens() {
            for key in &store.keys {
                selector.by_label.entry(&key.label).or_default().push((place, key));
                selector.by_id.entry(&key.id).or_default().push((place, key));
            }
        }
        selector
    }

    /// What the place selects, of which the seal with this digest should be.
    pub fn select(&self, key: &str, sha256: &Sha256) -> Selection {
        if let Some(alias) = key.strip_prefix("alias:") {
            return if self.has_aliases {
                self.by_alias(alias, sha256)
            } else {
                Selection::NotAsked
            };
        }
        match Uri::read(key) {
            Ok(uri) if self.has_tokens => self.by_uri(&uri, sha256),
            _ => Selection::NotAsked,
        }
    }

    fn by_alias(&self, alias: &str, sha256: &Sha256) -> Selection {
        let found = self.by_alias.get(&folded(alias)).map_or(&[][..], Vec::as_slice);
        let digests = |at: &At| match &self.actual.entry(*at).content {
            Content::Certificate { sha256, key, .. } if *key != Key::NotKept => Some(*sha256),
            _ => None,
        };
        let selected: BTreeSet<Sha256> = found.iter().filter_map(digests).collect();
        match selected.len() {
            0 => Selection::None,
            1 if selected.contains(sha256) => Selection::Fits,
            1 => Selection::Another,
            several => Selection::Several(several),
        }
    }

    fn by_uri(&self, uri: &Uri<'_>, sha256: &Sha256) -> Selection {
        let (label, id) = (uri.get("object"), uri.get("id"));
        let candidates = match (label, id) {
            (_, Some(id)) => self.by_id.get(id),
            (Some(label), None) => self.by_label.get(label),
            (None, None) => return Selection::NotAsked,
        };
        let of_token =
            uri.attributes().filter(|(name, _)| !["object", "id", "type"].contains(name));
        let of_token: Vec<(&'static str, &[u8])> = of_token.collect();
        let fits = |(_, key): &&(usize, &KeyObject)| {
            label.is_none_or(|label| key.label == label)
                && are_selected(&key.token, of_token.iter().copied())
        };
        let selected: Vec<_> =
            candidates.map_or(&[][..], Vec::as_slice).iter().filter(fits).collect();
        // One token that several URIs mean is read into several stores.
        let first = selected.first().map(|(store, _)| *store);
        let selected: Vec<_> =
            selected.into_iter().filter(|(store, _)| Some(*store) == first).collect();
        match &selected[..] {
            [] => Selection::None,
            [(store, key)] => {
                let is_it = |entry: &usize| {
                    let at = At { store: *store, entry: *entry };
                    matches!(&self.actual.entry(at).content,
                        Content::Certificate { sha256: own, .. } if own == sha256)
                };
                if key.entries.iter().any(is_it) { Selection::Fits } else { Selection::Another }
            }
            several => Selection::Several(several.len()),
        }
    }
}

/// Whether a token's keys could be asked.
fn was_asked(store: &Store) -> bool {
    let is_closed = |content: &Content| {
        matches!(content, Content::Certificate { key: Key::Unknown(Unknown::NoPin), .. })
    };
    !store.entries.iter().any(|entry| is_closed(&entry.content))
}
