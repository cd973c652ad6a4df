//! The strings of certificates: decoded by their tag (RFC 5280, 4.1.2.4), shown without surprises.

use std::borrow::Cow;
use std::fmt::{self, Write};

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::der::{Element, tag};

/// The text of a string; `None` when it is not in the encoding that its tag declares, or no string.
/// A bit string, which a unique identifier is, becomes `#` and its DER as in RFC 4514, 2.4.
pub(super) fn decode<'a>(element: &Element<'a>) -> Option<Cow<'a, str>> {
    let bytes = element.content.bytes();
    match element.tag {
        tag::UTF8_STRING => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        tag::PRINTABLE_STRING | tag::IA5_STRING => ascii(bytes),
        tag::NUMERIC_STRING => ascii(bytes).filter(|text| text.bytes().all(is_numeric)),
        // T.61 in the standards, Latin-1 in the certificates that still use it.
        tag::TELETEX_STRING => Some(bytes.iter().copied().map(char::from).collect()),
        tag::BMP_STRING => utf16(bytes).map(Cow::Owned),
        tag::UNIVERSAL_STRING => utf32(bytes).map(Cow::Owned),
        tag::BIT_STRING => Some(Cow::Owned(format!("#{}", Hex(element.whole)))),
        _ => None,
    }
}

pub(super) fn ascii(bytes: &[u8]) -> Option<Cow<'_, str>> {
    bytes.is_ascii().then(|| std::str::from_utf8(bytes).ok().map(Cow::Borrowed))?
}

fn is_numeric(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b' '
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let (units, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    char::decode_utf16(units.iter().map(|&unit| u16::from_be_bytes(unit)))
        .collect::<Result<_, _>>()
        .ok()
}

fn utf32(bytes: &[u8]) -> Option<String> {
    let (units, []) = bytes.as_chunks::<4>() else {
        return None;
    };
    units.iter().map(|&unit| char::from_u32(u32::from_be_bytes(unit))).collect()
}

/// Bytes as upper-case hexadecimal digits.
pub(super) struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// Writes a value as RFC 4514, 2.4 does, and what cannot be seen as `\` and hexadecimal digits too.
pub(super) fn write_escaped(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    let last = value.chars().count().wrapping_sub(1);
    for (place, character) in value.chars().enumerate() {
        let at_edge = place == 0 || place == last;
        match character {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => write!(f, "\\{character}")?,
            '#' if place == 0 => f.write_str("\\#")?,
            ' ' if at_edge => f.write_str("\\ ")?,
            _ if is_invisible(character) => {
                let bytes = character.encode_utf8(&mut [0; 4]).bytes().collect::<Vec<_>>();
                bytes.iter().try_for_each(|byte| write!(f, "\\{byte:02X}"))?;
            }
            _ => f.write_char(character)?,
        }
    }
    Ok(())
}

/// Control, formatting, private and unassigned characters, and every space but the usual one.
fn is_invisible(character: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Unassigned,
    };
    let category = character.general_category();
    let unseen = [Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Unassigned];
    unseen.contains(&category) || (category == SpaceSeparator && character != ' ')
}
