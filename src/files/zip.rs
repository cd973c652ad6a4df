//! ZIP archives (PKWARE's APPNOTE, 4.3), as far as they are read: the files that their directory names.

use std::borrow::Cow;

use miniz_oxide::inflate::{DecompressError, decompress_to_vec_with_limit};

/// A file in a ZIP (PKWARE's APPNOTE, 4.3.7 and 4.3.12).
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its name, in whatever encoding.
    pub name: &'a [u8],
    method: u16,
    is_encrypted: bool,
    data: &'a [u8],
}

/// Why a file in a ZIP could not be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packed {
    /// A password is asked for.
    Encrypted,
    /// It is packed in another way than as it is or deflated.
    Method,
    /// It is broken, or more than was allowed; so many bytes were made of it.
    Unfit(usize),
}

/// Whether a file begins as a ZIP does.
pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The files that the directory names, in its order. Wherever an entry of a directory stands it is taken
/// for one: what a hurried reader overlooks is seen here.
pub fn entries(bytes: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    memchr::memmem::find_iter(bytes, b"PK\x01\x02").filter_map(|place| entry(bytes, place))
}

impl Entry<'_> {
    /// Its name, for people.
    pub fn shown(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.name)
    }

    /// What it holds, `budget` bytes at most.
    ///
    /// # Errors
    /// When that cannot be told.
    pub fn unpack(&self, budget: usize) -> Result<Vec<u8>, Packed> {
        match self.method {
            _ if self.is_encrypted => Err(Packed::Encrypted),
            0 if self.data.len() > budget => Err(Packed::Unfit(0)),
            0 => Ok(self.data.to_vec()),
            8 => {
                // What fails has cost as much as what it came to.
                let spent = |failed: DecompressError| Packed::Unfit(failed.output.len());
                decompress_to_vec_with_limit(self.data, budget).map_err(spent)
            }
            _ => Err(Packed::Method),
        }
    }
}

/// The file that an entry of the directory, at `place`, tells of.
fn entry(bytes: &[u8], place: usize) -> Option<Entry<'_>> {
    let entry = bytes.get(place..)?;
    let (short, long) = (|at| short(entry, at), |at| long(entry, at));
    let name = entry.get(46..46 + short(28)?)?;
    let start = long(42)?;
    let local = bytes.get(start..).filter(|local| local.starts_with(b"PK\x03\x04"))?;
    let begin = 30 + self::short(local, 26)? + self::short(local, 28)?;
    let data = local.get(begin..)?.get(..long(20)?)?;
    let flags = short(8)?;
    let method = u16::try_from(short(10)?).ok()?;
    Some(Entry { name, method, is_encrypted: flags & 1 != 0, data })
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_le_bytes(number).into())
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(number)).ok()
}
