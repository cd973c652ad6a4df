//! The bytes of a message as text: which encoding they are in, and what XML has done with line ends.

use std::borrow::Cow;

use super::lexical::{self, BLANKS};
use crate::base::text::Text;
use crate::tr;

/// The encodings that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 { little: bool },
    Latin1,
}

/// The document's text behind its XML declaration, line ends as XML has them (XML 1.0, 2.11).
///
/// # Errors
/// When the bytes are in another encoding than UTF-8, UTF-16 or ISO-8859-1, or in another than they say.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Text> {
    if bytes.is_empty() {
        return Err(tr!("the file is empty"));
    }
    let (marked, rest) = marked(bytes);
    let encoding = match marked {
        Some(encoding) => encoding,
        None => declared_in(bytes)?.unwrap_or(Encoding::Utf8),
    };
    let text = match encoding {
        Encoding::Utf8 => utf8(rest)?,
        Encoding::Utf16 { little } => Cow::Owned(utf16(rest, little)?),
        Encoding::Latin1 => Cow::Owned(rest.iter().map(|&byte| char::from(byte)).collect()),
    };
    let (declaration, document) = split(&text)?;
    if marked.is_some()
        && let Some(name) = declaration.and_then(|declaration| declaration.encoding)
        && !is_same(named(name)?, encoding)
    {
        return Err(tr!("its first bytes are of another encoding than its XML declaration says"));
    }
    Ok(match document.contains('\r') {
        true => document.replace("\r\n", "\n").replace('\r', "\n"),
        false => document.to_owned(),
    })
}

/// The encoding that the first bytes show, and what follows a byte order mark (XML 1.0, F.1).
fn marked(bytes: &[u8]) -> (Option<Encoding>, &[u8]) {
    let utf16 = |little| Some(Encoding::Utf16 { little });
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (Some(Encoding::Utf8), rest),
        [0xff, 0xfe, rest @ ..] => (utf16(true), rest),
        [0xfe, 0xff, rest @ ..] => (utf16(false), rest),
        [b'<', 0, ..] => (utf16(true), bytes),
        [0, b'<', ..] => (utf16(false), bytes),
        _ => (None, bytes),
    }
}

/// The encoding that an XML declaration in ASCII names.
fn declared_in(bytes: &[u8]) -> Result<Option<Encoding>, Text> {
    let start = &bytes[..bytes.len().min(256)];
    let end = start.iter().position(|&byte| byte == b'>').map_or(0, |end| end + 1);
    let Ok(start) = std::str::from_utf8(&start[..end]) else { return Ok(None) };
    let Ok((Some(declaration), _)) = split(start) else { return Ok(None) };
    match declaration.encoding.map(named).transpose()? {
        Some(Encoding::Utf16 { .. }) => {
            Err(tr!("it says to be in UTF-16, and its first bytes are not"))
        }
        other => Ok(other),
    }
}

fn named(name: &str) -> Result<Encoding, Text> {
    let is = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if is(&["UTF-8", "UTF8", "US-ASCII", "ASCII"]) {
        Ok(Encoding::Utf8)
    } else if is(&["UTF-16", "UTF-16LE", "UTF-16BE"]) {
        Ok(Encoding::Utf16 { little: true })
    } else if is(&["ISO-8859-1", "ISO8859-1", "ISO8859_1", "ISO_8859-1", "LATIN1"]) {
        Ok(Encoding::Latin1)
    } else {
        Err(tr!("its encoding is none of UTF-8, UTF-16 and ISO-8859-1"))
    }
}

/// Whether what is declared fits what the first bytes show.
fn is_same(declared: Encoding, shown: Encoding) -> bool {
    matches!(
        (declared, shown),
        (Encoding::Utf8, Encoding::Utf8) | (Encoding::Utf16 { .. }, Encoding::Utf16 { .. })
    )
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Text> {
    let text = std::str::from_utf8(bytes);
    text.map(Cow::Borrowed).map_err(|error| {
        tr!("it is read as UTF-8, and byte {byte} is none", byte = error.valid_up_to() + 1)
    })
}

fn utf16(bytes: &[u8], little: bool) -> Result<String, Text> {
    let broken = || tr!("it is read as UTF-16, and is broken");
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(broken());
    }
    let unit = |pair: &[u8]| match little {
        true => u16::from_le_bytes([pair[0], pair[1]]),
        false => u16::from_be_bytes([pair[0], pair[1]]),
    };
    char::decode_utf16(pairs.map(unit)).collect::<Result<_, _>>().map_err(|_| broken())
}

/// What an XML declaration says.
#[derive(Clone, Copy)]
struct Declaration<'t> {
    encoding: Option<&'t str>,
}

/// The XML declaration, if there is one, and what follows it (XML 1.0, 2.8).
fn split(text: &str) -> Result<(Option<Declaration<'_>>, &str), Text> {
    let begins = |text: &str| text.starts_with("<?xml") && text[5..].starts_with(BLANKS);
    if !begins(text) {
        return match begins(text.trim_start_matches(BLANKS)) {
            true => Err(tr!("blanks stand before its XML declaration: take them away")),
            false => Ok((None, text)),
        };
    }
    let broken = || tr!("its XML declaration is broken");
    let (inside, rest) = text[5..].split_once("?>").ok_or_else(broken)?;
    let attributes = lexical::attributes(inside).ok_or_else(broken)?;
    let [("version", version), others @ ..] = attributes.as_slice() else { return Err(broken()) };
    if *version != "1.0" {
        return Err(tr!("it is not XML 1.0"));
    }
    let encoding = match others {
        [] | [("standalone", "yes" | "no")] => None,
        [("encoding", name)] | [("encoding", name), ("standalone", "yes" | "no")] => Some(*name),
        _ => return Err(broken()),
    };
    Ok((Some(Declaration { encoding }), rest))
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let plain = "<a>ç\u{e9}</a>";
        let latin = b"<?xml version='1.0' encoding=\"ISO-8859-1\"?><a>\xe7\xe9</a>".to_vec();
        let declared = |name: &str| format!("<?xml version=\"1.0\" encoding=\"{name}\" ?>{plain}");
        let cases = [
            plain.as_bytes().to_vec(),
            format!("\u{feff}{}", declared("utf-8")).into_bytes(),
            declared("UTF-8").into_bytes(),
            latin,
            utf16(&format!("\u{feff}{}", declared("UTF-16")), u16::to_le_bytes),
            utf16(&format!("\u{feff}{plain}"), u16::to_be_bytes),
            utf16(&declared("utf-16"), u16::to_be_bytes),
            utf16(plain, u16::to_le_bytes),
        ];
        for case in cases {
            assert_eq!(decode(&case).as_deref(), Ok(plain), "{case:x?}");
        }
        assert_eq!(decode(b"<a>\r\n\r</a>").as_deref(), Ok("<a>\n\n</a>"));
    }

    #[test]
    fn another_encoding_is_refused_without_its_name() {
        let says = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
        let named = b"<?xml version='1.0' encoding='Garcia'?><a/>";
        assert_eq!(says(named), "its encoding is none of UTF-8, UTF-16 and ISO-8859-1");
        let said = says(b"<?xml version='1.0' encoding='UTF-16'?><a/>");
        assert!(said.contains("says to be in UTF-16"), "{said}");
        let said = says("\u{feff}<?xml version='1.0' encoding='ISO-8859-1'?><a/>".as_bytes());
        assert!(said.contains("of another encoding"), "{said}");
        assert!(says(b"<a>\xff</a>").contains("byte 4 is none"));
        assert!(says(&utf16("<a/>", u16::to_le_bytes)[..7]).contains("broken"));
        assert!(says(b" <?xml version='1.0'?><a/>").contains("blanks stand before"));
        assert!(says(b"<?xml version='1.1'?><a/>").contains("not XML 1.0"));
        assert!(says(b"<?xml encoding='UTF-8'?><a/>").contains("declaration is broken"));
        assert!(says(b"").contains("empty"));
    }
}
