//! Private keys, found in whatever file they slipped into.
//!
//! Text is searched from end to end, for labels, fields and for base64 or hexadecimal digits that say
//! a key. Binary formats are only sought where a file begins: elsewhere chance would find them too.

mod der;
mod packed;
mod store;
mod text;
mod zip;

use crate::base::text::Text;

pub(super) use der::{inside, is_pkcs12, key_in_der};

/// How often what is found inside is looked into in turn: a container in a ZIP in a mail.
const DEEPEST: usize = 3;

/// Most bytes that are made of a file's own to be looked into.
const MOST_UNPACKED: usize = 10 << 20;

/// Where in a file's bytes a private key begins, and what kind it is.
pub fn private_key_in(bytes: &[u8]) -> Option<(usize, Text)> {
    Search { depth: 0, budget: MOST_UNPACKED }.look(bytes)
}

/// A look into a file, or into what was packed in it.
struct Search {
    depth: usize,
    budget: usize,
}

impl Search {
    fn look(&mut self, bytes: &[u8]) -> Option<(usize, Text)> {
        if let Some(kind) = store::key_store(bytes).or_else(|| key_in_der(bytes)) {
            return Some((0, kind));
        }
        if crate::files::zip::is_zip(bytes) {
            return self.look_into_zip(bytes);
        }
        if let Some(text) = from_utf16(bytes) {
            return self.look_through(&text).map(|(offset, kind)| (2 * offset, kind));
        }
        self.look_through(bytes)
    }

    /// Looks into what was packed in a file, while it is not too much.
    fn look_inside(&mut self, bytes: &[u8]) -> Option<Text> {
        if self.depth == DEEPEST {
            return None;
        }
        self.budget = self.budget.checked_sub(bytes.len())?;
        self.depth += 1;
        let found = self.look(bytes);
        self.depth -= 1;
        found.map(|(_, kind)| kind)
    }
}

/// Text in UTF-16, as some editors save it, without its zero bytes.
fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let significant = match bytes.first_chunk::<2>()? {
        b"\xff\xfe" => 0,
        b"\xfe\xff" => 1,
        _ => return None,
    };
    Some(bytes.iter().copied().skip(significant).step_by(2).collect())
}
