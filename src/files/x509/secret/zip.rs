//! Key containers in a ZIP: what its files hold, and of those that cannot be unpacked their names.

use super::Search;
use crate::base::text::Text;
use crate::files::zip::{self, Entry, Packed};
use crate::tr;

/// Endings of the names of files that hold keys.
const KEY_FILES: [&str; 9] =
    [".p12", ".pfx", ".jks", ".jceks", ".bks", ".bcfks", ".key", ".pvk", "key4.db"];

impl Search {
    pub(super) fn look_into_zip(&mut self, bytes: &[u8]) -> Option<(usize, Text)> {
        for file in zip::entries(bytes) {
            let found = match self.unpack(&file) {
                Some(content) => self.look_inside(&content),
                None => is_key_file(file.name).then(|| tr!("a key container")),
            };
            if let Some(kind) = found {
                return Some((0, tr!("{kind}, in a ZIP", kind = kind)));
            }
        }
        None
    }

    /// What a file holds, unless it is encrypted, packed in some rare way or too much.
    fn unpack(&mut self, file: &Entry<'_>) -> Option<Vec<u8>> {
        let unpacked = file.unpack(self.budget);
        if let Err(Packed::Unfit(spent)) = unpacked {
            self.budget -= spent.min(self.budget);
        }
        unpacked.ok()
    }
}

fn is_key_file(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    KEY_FILES.iter().any(|ending| name.ends_with(ending.as_bytes()))
}
