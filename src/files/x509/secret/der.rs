//! Private keys in DER, by how they begin.

use memchr::memmem;

use crate::base::text::Text;
use crate::files::x509::element::tag;
use crate::tr;

pub(super) const PKCS12: Text = tr!("a PKCS#12 container");

/// The kind of private key whose DER begins so.
pub(in crate::files::x509) fn key_in_der(bytes: &[u8]) -> Option<Text> {
    let fields = inside(bytes, tag::SEQUENCE)?;
    if is_pkcs12(bytes) {
        return (!holds_certificates_alone(bytes)).then_some(PKCS12);
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
    let algorithm = inside(fields, tag::SEQUENCE)?;
    // Bouncy Castle's BCFKS: the same one level deeper, sealed by a second sequence.
    let sealed = inside(algorithm, tag::SEQUENCE);
    let pkcs5 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05";
    if sealed.is_some_and(|algorithm| algorithm.starts_with(pkcs5)) {
        return Some(tr!("a key store (BCFKS)"));
    }
    // EncryptedPrivateKeyInfo: an AlgorithmIdentifier of PKCS#5 or PKCS#12 (RFC 5958, 3).
    let oids: [&[u8]; 2] =
        [b"\x2a\x86\x48\x86\xf7\x0d\x01\x05", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"];
    let oid = inside(algorithm, tag::OBJECT_IDENTIFIER)?;
    let is_encrypted = oids.iter().any(|known| oid.starts_with(known));
    is_encrypted.then(|| tr!("an encrypted PKCS#8 private key"))
}

/// PFX: version 3, then a `ContentInfo` of PKCS#7's data or signedData (RFC 7292, 4).
pub(in crate::files::x509) fn is_pkcs12(bytes: &[u8]) -> bool {
    let version = inside(bytes, tag::SEQUENCE).and_then(|it| it.strip_prefix(b"\x02\x01\x03"));
    let info = version.and_then(|content| inside(content, tag::SEQUENCE));
    info.is_some_and(|info| info.starts_with(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"))
}

fn begins_algorithm(bytes: &[u8]) -> bool {
    inside(bytes, tag::SEQUENCE)
        .is_some_and(|fields| fields.first() == Some(&tag::OBJECT_IDENTIFIER))
}

/// What follows the head of the element at the beginning, when it has this tag. The length is
/// not believed: the element may be cut off, and older programs write it in forms that DER forbids.
pub(in crate::files::x509) fn inside(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (&length, rest) = bytes.strip_prefix(&[tag])?.split_first()?;
    let more = if length < 0x80 { 0 } else { usize::from(length & 0x7f) };
    if more > 4 { None } else { rest.get(more..) }
}

/// Whether a PKCS#12 container has bags of certificates in the clear, and neither a bag of keys or
/// secrets nor anything encrypted (RFC 7292, 4.2): a list of whom to trust.
fn holds_certificates_alone(bytes: &[u8]) -> bool {
    // 1.2.840.113549.1.12.10.1, whose next number is the bag's kind; PKCS#7's kinds of content.
    let bags = memmem::find_iter(bytes, b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01");
    let kinds = bags.map(|place| bytes.get(place + 10).copied());
    let contents = memmem::find_iter(bytes, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07");
    let mut contents = contents.map(|place| bytes.get(place + 8).copied());
    let is_certificate = |kind: Option<u8>| kind == Some(3);
    let mut kinds = kinds.peekable();
    kinds.peek().is_some() && kinds.all(is_certificate) && contents.all(|kind| kind == Some(1))
}
