//! What the stores hold together, to be looked up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::base::digest::Sha256;
use crate::base::text::{Text, names};
use crate::files::stores::{Content, Entry, Key, Kind, Store};
use crate::tr;

/// A store that was asked for, and what came of it.
#[derive(Debug)]
pub struct Looked {
    /// As it was named.
    pub name: String,
    /// What it holds, or why it could not be read whole.
    pub outcome: Result<Store, Text>,
}

/// Where something stands: the place of the store, and of the entry in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The store.
    pub store: usize,
    /// The entry.
    pub entry: usize,
}

/// What all stores hold.
pub struct Actual<'a> {
    /// The stores, as they were asked for.
    pub looked: &'a [Looked],
    /// Whether all of them were read whole.
    pub is_whole: bool,
    /// Whether some keep certificates.
    pub has_certificates: bool,
    /// Whether some are tables of the front.
    pub has_tables: bool,
    /// Certificates, by what they are.
    by_digest: HashMap<Sha256, Vec<At>>,
    /// Rows, by organ code without zeros before it.
    by_code: HashMap<String, Vec<At>>,
    /// Certificates that share a name with another, and in which words that is told.
    ambiguous: HashMap<Sha256, Text>,
}

impl<'a> Actual<'a> {
    /// Looks through the stores once.
    pub fn of(looked: &'a [Looked]) -> Actual<'a> {
        let mut actual = Actual {
            looked,
            is_whole: looked.iter().all(|it| it.outcome.is_ok()),
            has_certificates: false,
            has_tables: false,
            by_digest: HashMap::new(),
            by_code: HashMap::new(),
            ambiguous: HashMap::new(),
        };
        for (place, looked) in looked.iter().enumerate() {
            let Ok(store) = &looked.outcome else { continue };
            match store.kind {
                Kind::Siri => actual.has_tables = true,
                _ => actual.has_certificates = true,
            }
            for (entry, it) in store.entries.iter().enumerate() {
                let at = At { store: place, entry };
                match &it.content {
                    Content::Certificate { sha256, .. } => {
                        actual.by_digest.entry(*sha256).or_default().push(at);
                    }
                    Content::Row { .. } => {
                        actual.by_code.entry(bare(&it.name).to_owned()).or_default().push(at);
                    }
                }
            }
            actual.find_namesakes(store, &looked.name);
        }
        actual
    }

    /// The stores that were read, with their places.
    pub fn stores(&self) -> impl Iterator<Item = (usize, &'a Store)> {
        let all = self.looked.iter().enumerate();
        all.filter_map(|(place, looked)| Some((place, looked.outcome.as_ref().ok()?)))
    }

    /// The entry at a place.
    pub fn entry(&self, at: At) -> &'a Entry {
        let store = self.looked[at.store].outcome.as_ref();
        &store.expect("only stores that were read have entries").entries[at.entry]
    }

    /// What the store at a place is.
    pub fn kind(&self, at: At) -> Kind {
        let store = self.looked[at.store].outcome.as_ref();
        store.expect("only stores that were read have entries").kind
    }

    /// Where a certificate stands.
    pub fn places(&self, sha256: &Sha256) -> &[At] {
        self.by_digest.get(sha256).map_or(&[], Vec::as_slice)
    }

    /// The rows under a code, with or without zeros before it.
    pub fn rows(&self, code: &str) -> &[At] {
        self.by_code.get(bare(code)).map_or(&[], Vec::as_slice)
    }

    /// All entries, in the order of the stores.
    pub fn all(&self) -> impl Iterator<Item = (At, &'a Entry)> {
        self.stores().flat_map(|(place, store)| {
            let entries = store.entries.iter().enumerate();
            entries.map(move |(entry, it)| (At { store: place, entry }, it))
        })
    }

    /// What is ambiguous about a certificate's name.
    pub fn ambiguity(&self, sha256: &Sha256) -> Option<&Text> {
        self.ambiguous.get(sha256)
    }

    /// Remembers certificates of one store that share a name.
    fn find_namesakes(&mut self, store: &Store, shown: &str) {
        if !store.kind.has_keys() {
            return;
        }
        let mut named: HashMap<String, Vec<(Sha256, &[u8])>> = HashMap::new();
        for entry in &store.entries {
            let Content::Certificate { sha256, key, .. } = &entry.content else { continue };
            if *key == Key::NotKept {
                continue;
            }
            for name in entry.names() {
                let is_token = store.kind == Kind::Token;
                let name = if is_token { name.to_owned() } else { folded(name) };
                named.entry(name).or_default().push((*sha256, &entry.id));
            }
        }
        let several: BTreeMap<String, Vec<(Sha256, &[u8])>> =
            named.into_iter().filter(|(_, found)| found.len() > 1).collect();
        for (name, found) in several {
            let digests: BTreeSet<Sha256> = found.iter().map(|(sha256, _)| *sha256).collect();
            if digests.len() < 2 {
                continue;
            }
            let ids: BTreeSet<&[u8]> = found.iter().map(|(_, id)| *id).collect();
            let is_one_id = ids.len() < found.len();
            let why = why(store.kind, is_one_id, &name, shown, digests.len());
            for sha256 in digests {
                self.ambiguous.entry(sha256).or_insert_with(|| why.clone());
            }
        }
    }
}

/// What programs make of a name that several certificates have.
fn why(kind: Kind, is_one_id: bool, name: &str, store: &str, count: usize) -> Text {
    let (name, store) = (names([name]), names([store]));
    match kind {
        Kind::Token if is_one_id => tr!(
            "{count} certificates have the label {name} and one id in {store}: which of them a program is given is chance",
            count = count,
            name = name,
            store = store
        ),
        Kind::Token => tr!(
            "{count} certificates have the label {name} in {store}: a program that goes by the label may be given either, and Java names them anew",
            count = count,
            name = name,
            store = store
        ),
        _ => tr!(
            "{count} certificates have the name {name} in {store}: Java keeps the last, others take the first",
            count = count,
            name = name,
            store = store
        ),
    }
}

/// An alias as it is compared: without case.
pub fn folded(alias: &str) -> String {
    alias.to_lowercase()
}

/// An organ code without the zeros that get lost in practice.
fn bare(code: &str) -> &str {
    code.trim_start_matches('0')
}
