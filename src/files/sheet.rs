//! Tables that a spreadsheet or a database saved as text (RFC 4180), as people have them.

use crate::base::text::Text;
use crate::tr;

/// The text, without a byte order mark.
///
/// # Errors
/// When it is not UTF-8.
pub fn decoded(bytes: &[u8]) -> Result<&str, Text> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(tr!("it is UTF-16; save it as CSV in UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        tr!(
            "line {line} is not UTF-8, so that accents would get lost; it may be Latin-1 (Windows-1252): save it as CSV in UTF-8",
            line = line
        )
    })
}

/// What separates the fields of the first line: a semicolon, where it has more of them than commas.
pub fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |separator| header.matches(separator).count();
    if count(';') > count(',') { b';' } else { b',' }
}

/// The line of `text` on which a record begins. Where lines end with CR and LF, csv takes a record to begin
/// before the LF of the line above.
pub fn line_of(record: &csv::StringRecord, text: &str) -> u64 {
    record.position().map_or(0, |position| {
        let first = usize::try_from(position.byte()).ok().and_then(|at| text.as_bytes().get(at));
        position.line() + u64::from(first == Some(&b'\n'))
    })
}
