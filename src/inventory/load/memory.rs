//! What was read last, so that two commits' common files are read once.

use std::collections::HashMap;

use crate::files::objects::Oid;

use super::File;
use crate::files::repo::{Entry, Kind};

/// A file's path, what it is, and the id of its bytes: with the same trust they come to the same.
type Identity = (String, Kind, Oid);

/// The files of the tree that was read last, where its bytes have ids.
#[derive(Default)]
pub struct Memory {
    trust: Vec<Identity>,
    files: HashMap<Identity, File>,
}

impl Memory {
    /// What `entry` came to.
    pub(super) fn get(&self, entry: &Entry) -> Option<&File> {
        self.files.get(&identity(entry)?)
    }

    /// Forgets all when other authorities are trusted: whether a certificate chains is part of
    /// what its file came to.
    pub(super) fn forget_unless_trust_is(&mut self, trust: &[&Entry]) {
        let trust: Vec<_> = trust.iter().filter_map(|entry| identity(entry)).collect();
        if self.trust != trust {
            *self = Memory { trust, files: HashMap::new() };
        }
    }

    /// Remembers these files instead.
    pub(super) fn keep(&mut self, files: &[(&Entry, File)]) {
        let known = files.iter().filter_map(|(entry, file)| Some((identity(entry)?, file.clone())));
        self.files = known.collect();
    }
}

/// None for what lies in a working tree, or has no bytes.
fn identity(entry: &Entry) -> Option<Identity> {
    Some((entry.path.clone(), entry.kind, entry.blob()?))
}
