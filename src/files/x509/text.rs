//! The strings of certificates: decoded by their tag (RFC 5280, 4.1.2.4), shown without surprises.

use std::borrow::Cow;
use std::fmt::{self, Write};

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use x509_parser::asn1_rs::Oid;

use super::element::{Element, tag};

/// The text of a string; `None` when it is not in the encoding that its tag declares, or no string.
/// A bit string, which a unique identifier is, becomes `#` and its DER as in RFC 4514, 2.4.
pub(super) fn decode<'a>(string: &Element<'a>) -> Option<Cow<'a, str>> {
    let bytes = string.data;
    let text = |is_right: bool| std::str::from_utf8(bytes).ok().filter(|_| is_right);
    match string.first {
        tag::UTF8_STRING => text(true).map(Cow::Borrowed),
        tag::PRINTABLE_STRING | tag::IA5_STRING => text(bytes.is_ascii()).map(Cow::Borrowed),
        tag::NUMERIC_STRING => text(bytes.iter().all(is_numeric)).map(Cow::Borrowed),
        // T.61 in the standards, Latin-1 in the certificates that still use it.
        tag::TELETEX_STRING => Some(bytes.iter().copied().map(char::from).collect()),
        tag::BMP_STRING => {
            let (units, half) = bytes.as_chunks();
            let units = units.iter().copied().map(u16::from_be_bytes);
            let decoded: Result<String, _> = char::decode_utf16(units).collect();
            decoded.ok().filter(|_| half.is_empty()).map(Cow::Owned)
        }
        tag::UNIVERSAL_STRING => {
            let (units, part) = bytes.as_chunks();
            let mut units = units.iter().copied().map(u32::from_be_bytes);
            let decoded: Option<String> = units.try_fold(String::new(), |mut text, unit| {
                text.push(char::from_u32(unit)?);
                Some(text)
            });
            decoded.filter(|_| part.is_empty()).map(Cow::Owned)
        }
        tag::BIT_STRING => Some(format!("#{}", Hex(string.whole)).into()),
        _ => None,
    }
}

/// The text of one string in DER, by its tag; `None` for anything else.
pub fn text_of(der: &[u8]) -> Option<String> {
    let (string, rest) = Element::read(der).ok()?;
    rest.is_empty().then(|| decode(&string).map(Cow::into_owned)).flatten()
}

fn is_numeric(byte: &u8) -> bool {
    byte.is_ascii_digit() || *byte == b' '
}

/// The dotted form. That of asn1-rs takes the first two arcs for one byte, and so gets 2.999 wrong
/// (X.690, 8.19.4); relative identifiers have no such arcs.
pub(super) fn dotted(oid: &Oid<'_>) -> String {
    let relative = Oid::new_relative(oid.as_bytes().into());
    let Some(mut arcs) = relative.iter() else {
        return oid.to_id_string();
    };
    let first = arcs.next().unwrap_or_default();
    let root = (first / 40).min(2);
    let mut dotted = String::with_capacity(4 * oid.as_bytes().len());
    let second = first - 40 * root;
    let written = write!(dotted, "{root}.{second}")
        .and_then(|()| arcs.try_for_each(|arc| write!(dotted, ".{arc}")));
    debug_assert!(written.is_ok(), "a string takes whatever is written");
    dotted
}

/// Bytes as upper-case hexadecimal digits.
pub(super) struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// A value as RFC 4514, 2.4 writes it, and what cannot be seen as `\` and hexadecimal digits too.
pub(super) struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.chars().count().wrapping_sub(1);
        for (place, character) in self.0.chars().enumerate() {
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
}

/// Control, formatting, private and unassigned characters, and every space but the usual one.
fn is_invisible(character: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Unassigned,
    };
    if matches!(character, ' '..='~') {
        return false;
    }
    let category = character.general_category();
    let unseen = [Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Unassigned];
    unseen.contains(&category) || category == SpaceSeparator
}
