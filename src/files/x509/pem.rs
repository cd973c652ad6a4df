//! PEM (RFC 7468), more strictly than most: one block, of the right kind, and nothing else.

use data_encoding::BASE64;
use memchr::memmem;

use super::element::tag;
use super::secret;
use super::{Instead, Unreadable};

pub(super) const CERTIFICATE: &str = "CERTIFICATE";

/// The DER of the one certificate that a PEM file holds.
pub fn from_pem(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    block(bytes, CERTIFICATE)
}

/// The DER of the one certificate that a file holds, as such or in PEM.
pub fn from_pem_or_der(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    match refused_binary(bytes) {
        Some(Unreadable::NotPem { found: Instead::Der }) => Ok(bytes.to_vec()),
        Some(why) => Err(why),
        None => from_pem(bytes),
    }
}

/// A certificate's DER as a PEM file, always with the same bytes (RFC 7468, 3: 64 characters a line).
pub fn to_pem(der: &[u8]) -> String {
    let body = BASE64.encode(der);
    let mut pem = format!("-----BEGIN {CERTIFICATE}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str(&format!("-----END {CERTIFICATE}-----\n"));
    pem
}

/// The bytes in the one PEM block of a file, which must have the label `expected`.
pub(super) fn block(bytes: &[u8], expected: &'static str) -> Result<Vec<u8>, Unreadable> {
    let text = text(bytes)?;
    if memchr::memchr(b'\r', text.as_bytes())
        .is_some_and(|place| !text[place..].starts_with("\r\n"))
    {
        return Err(Unreadable::NotPem { found: Instead::LoneReturns });
    }
    let labels: Vec<&str> = labels(text).collect();
    if labels.iter().any(|label| label.contains("PRIVATE KEY")) {
        return Err(Unreadable::PrivateKey);
    }
    let mut lines =
        text.lines().map(str::trim_end).enumerate().skip_while(|(_, line)| line.is_empty());
    let Some((place, first)) = lines.next() else {
        return Err(Unreadable::Empty);
    };
    let Some(begin) = label(first, "BEGIN") else {
        let outside = Unreadable::TextOutside { line: place + 1 };
        return Err(if labels.is_empty() && is_bare(text) {
            Unreadable::NoLabel
        } else if labels.is_empty() {
            Unreadable::NotPem { found: Instead::Text }
        } else {
            outside
        });
    };
    expect_label(begin, expected)?;
    if labels.len() > 1 {
        return Err(Unreadable::SeveralBlocks { count: labels.len() });
    }
    let mut body = String::with_capacity(text.len());
    let end = loop {
        let Some((_, line)) = lines.next() else {
            return Err(Unreadable::NoEnd { label: begin.to_owned() });
        };
        match label(line, "END") {
            Some(end) => break end,
            None => body.push_str(line),
        }
    };
    if end != begin {
        return Err(Unreadable::EndDiffers { begin: begin.to_owned(), end: end.to_owned() });
    }
    if let Some((place, _)) = lines.find(|(_, line)| !line.is_empty()) {
        return Err(Unreadable::TextOutside { line: place + 1 });
    }
    BASE64.decode(body.as_bytes()).map_err(|_| Unreadable::NotBase64)
}

/// The labels and the bytes of all blocks of a file, whatever text stands around them.
pub(super) fn blocks(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Unreadable> {
    let mut blocks = Vec::new();
    let mut lines = text(bytes)?.lines().map(str::trim_end);
    while let Some(line) = lines.next() {
        let Some(begin) = label(line, "BEGIN") else { continue };
        let mut body = String::new();
        let end = loop {
            let line = lines.next().ok_or_else(|| Unreadable::NoEnd { label: begin.to_owned() })?;
            match label(line, "END") {
                Some(end) => break end,
                None => body.push_str(line),
            }
        };
        if end != begin {
            return Err(Unreadable::EndDiffers { begin: begin.to_owned(), end: end.to_owned() });
        }
        let bytes = BASE64.decode(body.as_bytes()).map_err(|_| Unreadable::NotBase64)?;
        blocks.push((begin.to_owned(), bytes));
    }
    Ok(blocks)
}

fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(Unreadable::ByteOrderMark);
    }
    if let Some(why) = refused_binary(bytes) {
        return Err(why);
    }
    // UTF-16 without its mark is UTF-8 too, with a NUL beside each letter.
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    text.ok_or(Unreadable::NotUtf8)
}

/// Whether the text is the base64 of a certificate without the lines around it.
fn is_bare(text: &str) -> bool {
    let digits: String = text.split_whitespace().collect();
    digits.starts_with("MII") && BASE64.decode(digits.as_bytes()).is_ok()
}

/// The labels of all blocks that begin in `text`.
fn labels(text: &str) -> impl Iterator<Item = &str> {
    let places = memmem::find_iter(text.as_bytes(), b"-----BEGIN ");
    let begins_line = |&place: &usize| place == 0 || text.as_bytes()[place - 1] == b'\n';
    let lines = places.filter(begins_line).filter_map(|place| text[place..].lines().next());
    lines.filter_map(|line| label(line, "BEGIN"))
}

/// The label in a line such as `-----BEGIN CERTIFICATE-----`.
fn label<'a>(line: &'a str, boundary: &str) -> Option<&'a str> {
    let inside = line.strip_prefix("-----")?.trim_end().strip_suffix("-----")?;
    inside.strip_prefix(boundary)?.strip_prefix(' ')
}

fn expect_label(found: &str, expected: &'static str) -> Result<(), Unreadable> {
    if found == expected {
        return Ok(());
    }
    Err(Unreadable::OtherLabel { found: found.to_owned(), expected })
}

/// Tells apart, by how they begin, what support desks send, and why it is refused; `None` for text.
fn refused_binary(bytes: &[u8]) -> Option<Unreadable> {
    let not_pem = |found| Unreadable::NotPem { found };
    let inside = secret::inside(bytes, tag::SEQUENCE)?;
    // 1.2.840.113549.1.7.2, signedData (RFC 5652, 5.1).
    let is_pkcs7 = inside.starts_with(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
    // A request is a version, 0, and then a name: a sequence of sets (RFC 2986, 4.1).
    let after_version = secret::inside(inside, tag::SEQUENCE)
        .and_then(|fields| fields.strip_prefix(b"\x02\x01\x00"))
        .and_then(|fields| secret::inside(fields, tag::SEQUENCE));
    Some(match secret::key_in_der(bytes) {
        _ if secret::is_pkcs12(bytes) => not_pem(Instead::Pkcs12),
        Some(_) => Unreadable::PrivateKey,
        None if is_pkcs7 => not_pem(Instead::Pkcs7),
        None if after_version.is_some_and(|name| name.first() == Some(&tag::SET)) => {
            not_pem(Instead::Request)
        }
        // A certificate is longer than a short length can say; text may begin with the same byte, `0`.
        None if bytes.get(1).is_some_and(|&length| length < 0x80) => return None,
        None => not_pem(Instead::Der),
    })
}
