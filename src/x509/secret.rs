//! Private keys, found in whatever file they slipped into.
//!
//! Text is searched from end to end, for labels and for base64 that decodes to the beginning of a
//! key. Binary formats are only sought where a file begins: elsewhere chance would find them too.

use data_encoding::BASE64;
use memchr::{memchr3_iter, memmem};

use super::element::tag;
use crate::text::Text;
use crate::tr;

pub(super) const PKCS12: Text = tr!("a PKCS#12 container");

/// Where in a file's bytes a private key begins, and what kind it is.
pub fn private_key_in(bytes: &[u8]) -> Option<(usize, Text)> {
    if let Some(kind) = key_store(bytes).or_else(|| key_in_der(bytes)) {
        return Some((0, kind));
    }
    if let Some(text) = from_utf16(bytes) {
        return key_in_text(&text).map(|(offset, kind)| (2 * offset, kind));
    }
    key_in_text(bytes)
}

/// Java's key stores, by their first four bytes.
fn key_store(bytes: &[u8]) -> Option<Text> {
    match bytes.first_chunk::<4>()? {
        b"\xfe\xed\xfe\xed" => Some(tr!("a Java key store")),
        b"\xce\xce\xce\xce" => Some(tr!("a Java key store (JCEKS)")),
        _ => None,
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

/// The first key in text: `PuTTY`'s has a label of its own, the others begin with one of three bytes.
fn key_in_text(bytes: &[u8]) -> Option<(usize, Text)> {
    let putty = memmem::find(bytes, b"PuTTY-User-Key-File-");
    let others = &bytes[..putty.unwrap_or(bytes.len())];
    let mut places = memchr3_iter(b'-', b'M', b'b', others);
    let other = places.find_map(|place| Some((place, key_at(bytes, place)?)));
    other.or_else(|| Some((putty?, tr!("a PuTTY private key"))))
}

fn key_at(bytes: &[u8], place: usize) -> Option<Text> {
    let (before, rest) = bytes.split_at(place);
    if rest.starts_with(b"-") {
        return labelled_key(rest);
    }
    match before.last() {
        Some(&byte) if is_base64(byte) => None,
        _ => key_in_base64(rest),
    }
}

/// `-----BEGIN … PRIVATE KEY-----`, whatever stands for the dots (RFC 7468, 10 and 11; OpenPGP's
/// label ends in `BLOCK`).
fn labelled_key(rest: &[u8]) -> Option<Text> {
    const LONGEST_LABEL: usize = 64;
    let label = rest.strip_prefix(b"-----BEGIN ")?;
    let label = &label[..label.len().min(LONGEST_LABEL)];
    let end = label.windows(5).position(|window| window == b"-----")?;
    let label = label[..end].strip_suffix(b" BLOCK").unwrap_or(&label[..end]);
    label.ends_with(b"PRIVATE KEY").then(|| tr!("a private key in PEM"))
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Base64 whose first bytes are those of a key, even if its label is gone and its lines are indented.
fn key_in_base64(rest: &[u8]) -> Option<Text> {
    const ENOUGH: usize = 64;
    if !matches!(rest.get(..2)?, b"MI" | b"MH" | b"MC" | b"ME" | b"MF" | b"b3") {
        return None;
    }
    let text = rest.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\r' | b'\n' | b'\t'));
    let digits: Vec<u8> = text.take_while(|&byte| is_base64(byte)).take(ENOUGH).collect();
    let bytes = BASE64.decode(digits.get(..ENOUGH)?).ok()?;
    if bytes.starts_with(b"openssh-key-v1\0") {
        return Some(tr!("an OpenSSH private key"));
    }
    key_in_der(&bytes)
}

/// The kind of private key whose DER begins so.
pub(super) fn key_in_der(bytes: &[u8]) -> Option<Text> {
    let fields = inside(bytes, tag::SEQUENCE)?;
    // PFX: version 3, then a ContentInfo of PKCS#7's data or signedData (RFC 7292, 4).
    if let Some(content) = fields.strip_prefix(b"\x02\x01\x03") {
        let info = inside(content, tag::SEQUENCE)?;
        return info.starts_with(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07").then_some(PKCS12);
    }
    // PrivateKeyInfo: version 0 or 1, then an AlgorithmIdentifier (RFC 5958, 2).
    let after_version = |version: &[u8]| fields.strip_prefix(version);
    if let Some(rest) = after_version(b"\x02\x01\x00").or_else(|| after_version(b"\x02\x01\x01")) {
        match *rest.first()? {
            tag::SEQUENCE if begins_algorithm(rest) => return Some(tr!("a PKCS#8 private key")),
            // RSAPrivateKey: version 0, then a modulus of at least 512 bits (RFC 8017, A.1.2).
            tag::INTEGER if rest.get(1)? >= &0x40 => return Some(tr!("a PKCS#1 private key")),
            // ECPrivateKey: version 1, then 20 bytes at least (RFC 5915, 3).
            tag::OCTET_STRING if (20..=66).contains(rest.get(1)?) => {
                return Some(tr!("a SEC1 private key"));
            }
            _ => return None,
        }
    }
    // EncryptedPrivateKeyInfo: an AlgorithmIdentifier of PKCS#5 or PKCS#12 (RFC 5958, 3).
    let algorithm = inside(fields, tag::SEQUENCE)?;
    let oids: [&[u8]; 2] =
        [b"\x2a\x86\x48\x86\xf7\x0d\x01\x05", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"];
    let oid = inside(algorithm, tag::OBJECT_IDENTIFIER)?;
    let is_encrypted = oids.iter().any(|known| oid.starts_with(known));
    is_encrypted.then(|| tr!("an encrypted PKCS#8 private key"))
}

fn begins_algorithm(bytes: &[u8]) -> bool {
    inside(bytes, tag::SEQUENCE)
        .is_some_and(|fields| fields.first() == Some(&tag::OBJECT_IDENTIFIER))
}

/// What follows the head of the element at the beginning, when it has this tag. The length is
/// not believed: the element may be cut off, and older programs write it in forms that DER forbids.
pub(super) fn inside(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (&length, rest) = bytes.strip_prefix(&[tag])?.split_first()?;
    let more = if length < 0x80 { 0 } else { usize::from(length & 0x7f) };
    if more > 4 { None } else { rest.get(more..) }
}
