//! Key containers in a ZIP: what its files hold, and of those that cannot be unpacked their names.

use miniz_oxide::inflate::{DecompressError, decompress_to_vec_with_limit};

use super::Search;
use crate::base::text::Text;
use crate::tr;

/// Endings of the names of files that hold keys.
const KEY_FILES: [&str; 9] =
    [".p12", ".pfx", ".jks", ".jceks", ".bks", ".bcfks", ".key", ".pvk", "key4.db"];

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// A file in a ZIP (PKWARE's APPNOTE, 4.3.7 and 4.3.12).
struct Packed<'a> {
    name: &'a [u8],
    method: u16,
    is_encrypted: bool,
    data: &'a [u8],
}

impl Search {
    pub(super) fn look_into_zip(&mut self, bytes: &[u8]) -> Option<(usize, Text)> {
        for place in memchr::memmem::find_iter(bytes, b"PK\x01\x02") {
            let Some(file) = packed(bytes, place) else { continue };
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
    fn unpack(&mut self, file: &Packed<'_>) -> Option<Vec<u8>> {
        match file.method {
            _ if file.is_encrypted => None,
            0 => (file.data.len() <= self.budget).then(|| file.data.to_vec()),
            8 => {
                let unpacked = decompress_to_vec_with_limit(file.data, self.budget);
                // What fails has cost as much as what it came to.
                let spend = |failed: DecompressError| self.budget -= failed.output.len();
                unpacked.map_err(spend).ok()
            }
            _ => None,
        }
    }
}

/// The file that an entry of the directory, at `place`, tells of.
fn packed(bytes: &[u8], place: usize) -> Option<Packed<'_>> {
    let entry = bytes.get(place..)?;
    let (short, long) = (|at| short(entry, at), |at| long(entry, at));
    let name = entry.get(46..46 + short(28)?)?;
    let start = long(42)?;
    let local = bytes.get(start..).filter(|local| local.starts_with(b"PK\x03\x04"))?;
    let begin = 30 + self::short(local, 26)? + self::short(local, 28)?;
    let data = local.get(begin..)?.get(..long(20)?)?;
    let flags = short(8)?;
    let method = u16::try_from(short(10)?).ok()?;
    Some(Packed { name, method, is_encrypted: flags & 1 != 0, data })
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_le_bytes(number).into())
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(number)).ok()
}

fn is_key_file(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    KEY_FILES.iter().any(|ending| name.ends_with(ending.as_bytes()))
}
