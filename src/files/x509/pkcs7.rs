//! Bundles of certificates in PKCS#7 (`.p7b`, `.p7c`): a `SignedData` that nobody signed, or somebody
//! did (RFC 5652, 5.1). Only its certificates are read; each is then read as strictly as one alone.

use super::Unreadable;
use super::element::tag;
use super::strict::Strict;
use super::unreadable::Fault;

/// 1.2.840.113549.1.7.2, `id-signedData`.
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// `[0]`, constructed.
const FIRST: u8 = 0xa0;

/// The DER of the certificates in a bundle, in its order.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<&[u8]>, Unreadable> {
    let strict = Strict(bytes);
    let (info, rest) = strict.element(bytes)?;
    if !rest.is_empty() {
        return Ok(strict.fault(rest, Fault::TrailingBytes(rest.len()))?);
    }
    let (kind, content) = strict.element(info.data)?;
    if !info.fits(tag::SEQUENCE) || !kind.fits(tag::OBJECT_IDENTIFIER) || kind.data != SIGNED_DATA {
        return Ok(strict.fault(info.data, Fault::Fields)?);
    }
    let (content, _) = strict.element(content)?;
    let (signed, _) = strict.element(content.data)?;
    if !content.fits(FIRST) || !signed.fits(tag::SEQUENCE) {
        return Ok(strict.fault(content.whole, Fault::Fields)?);
    }
    let mut found = Vec::new();
    let mut rest = signed.data;
    while !rest.is_empty() {
        let (field, after) = strict.element(rest)?;
        rest = after;
        let mut inside = if field.fits(FIRST) { field.data } else { &[] };
        while !inside.is_empty() {
            let (certificate, after) = strict.element(inside)?;
            inside = after;
            // The other choices are of older and of attribute certificates (RFC 5652, 10.2.2).
            found.extend(certificate.fits(tag::SEQUENCE).then_some(certificate.whole));
        }
    }
    Ok(found)
}
