//! Where x509-parser is more lenient than DER (ITU-T X.690) and RFC 5280 are.
//!
//! It accepts lengths of BER, empty and padded integers, fields of another class than theirs, and
//! bytes or fields that nothing asks for: all of that is refused here, before it reads anything.
//! What the fields mean, and that none is missing, is left to it.

use std::collections::BTreeSet;

use x509_parser::asn1_rs::Oid;

use super::element::Element;
use super::element::tag::*;
use super::text::dotted;
use super::unreadable::{Fault, Malformed, Unreadable};

/// The extensions that segell reads, by the content of their identifiers, and what their values
/// are. `id-ce`, 2.5.29, is `55 1D`, and `id-pe`, 1.3.6.1.5.5.7.1, is `2B 06 01 05 05 07 01`
/// (RFC 5280, A.1 and A.2).
const READ: [(&[u8], u8); 11] = [
    (&[0x55, 0x1d, 14], OCTET_STRING),
    (&[0x55, 0x1d, 15], BIT_STRING),
    (&[0x55, 0x1d, 17], SEQUENCE),
    (&[0x55, 0x1d, 19], SEQUENCE),
    (&[0x55, 0x1d, 21], ENUMERATED),
    (&[0x55, 0x1d, 28], SEQUENCE),
    (&[0x55, 0x1d, 31], SEQUENCE),
    (&[0x55, 0x1d, 32], SEQUENCE),
    (&[0x55, 0x1d, 35], SEQUENCE),
    (&[0x55, 0x1d, 37], SEQUENCE),
    (&[0x2b, 6, 1, 5, 5, 7, 1, 3], SEQUENCE),
];

/// Checks parts of a certificate or a revocation list, whose bytes these are.
#[derive(Clone, Copy)]
pub(super) struct Strict<'a>(pub &'a [u8]);

impl<'a> Strict<'a> {
    /// A `Certificate` (RFC 5280, 4.1).
    pub fn certificate(self) -> Result<(), Unreadable> {
        let allowed =
            [0xa0, INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, 0x81, 0x82, 0xa3];
        let fields = self.signed(&allowed)?;
        let fields = match fields.as_slice() {
            // Version 1 is the default, which DER does not write out (RFC 5280, 4.1.2.1).
            [version, ..] if version.fits(0xa0) && version.data == [INTEGER, 1, 0] => {
                return Err(Unreadable::Version);
            }
            [version, fields @ ..] if version.fits(0xa0) => {
                self.ordered(version, &[INTEGER])?;
                fields
            }
            fields => fields,
        };
        let [_, _, issuer, validity, subject, key, optional @ ..] = fields else {
            return Ok(self.fault(self.0, Fault::Fields)?);
        };
        self.name(issuer)?;
        self.ordered(validity, &[TIME, TIME])?;
        self.name(subject)?;
        if let Some(algorithm) = self.fields(key, &[SEQUENCE, BIT_STRING])?.next() {
            self.typed(&algorithm)?;
        }
        match optional.last() {
            Some(extensions) if extensions.fits(0xa3) => self.wrapped_extensions(extensions),
            _ => Ok(()),
        }
    }

    /// A `CertificateList` (RFC 5280, 5.1).
    pub fn revocation_list(self) -> Result<(), Unreadable> {
        let allowed = [INTEGER, SEQUENCE, SEQUENCE, TIME, TIME, SEQUENCE, 0xa0];
        let fields = self.signed(&allowed)?;
        let mut fields = fields.iter().skip_while(|field| field.fits(INTEGER));
        if let Some(issuer) = fields.nth(1) {
            self.name(issuer)?;
        }
        for field in fields {
            if field.fits(0xa0) {
                self.wrapped_extensions(field)?;
            } else if field.fits(SEQUENCE) && !field.data.is_empty() {
                for entry in self.list(field, SEQUENCE)? {
                    let mut fields = self.fields(&entry, &[INTEGER, TIME, SEQUENCE])?;
                    if let Some(extensions) = fields.nth(2) {
                        self.extensions(&extensions)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The fields of what is signed, in a `SIGNED` structure.
    fn signed(self, allowed: &[u8]) -> Result<Vec<Element<'a>>, Malformed> {
        let whole = self.encoding(self.0, SEQUENCE)?;
        let mut parts = self.fields(&whole, &[SEQUENCE, SEQUENCE, BIT_STRING])?;
        let [Some(message), Some(algorithm), Some(signature)] = [(); 3].map(|()| parts.next())
        else {
            return self.fault(self.0, Fault::Fields);
        };
        if signature.data.first() != Some(&0) {
            return self.fault(signature.data, Fault::UnusedBits);
        }
        let fields: Vec<_> = self.fields(&message, allowed)?.collect();
        let inside = fields.iter().find(|field| field.fits(SEQUENCE));
        for algorithm in [&algorithm].into_iter().chain(inside) {
            self.typed(algorithm)?;
        }
        Ok(fields)
    }

    /// A `Name`: sets, not empty, of attributes (RFC 5280, 4.1.2.4).
    pub fn name(self, name: &Element<'a>) -> Result<(), Malformed> {
        self.ensure_each(name, |part| part.fits(SET))?;
        for part in name.inside() {
            for attribute in self.list(&part, SEQUENCE)? {
                // Of a name with an attribute that it cannot read, x509-parser drops the rest.
                if self.typed(&attribute)?.1.is_none() {
                    return self.fault(attribute.data, Fault::Fields);
                }
            }
        }
        Ok(())
    }

    fn wrapped_extensions(self, wrapper: &Element<'a>) -> Result<(), Unreadable> {
        self.fields(wrapper, &[SEQUENCE])?.try_for_each(|list| self.extensions(&list))
    }

    /// `Extensions`: at least one, and none twice (RFC 5280, 4.2).
    fn extensions(self, list: &Element<'a>) -> Result<(), Unreadable> {
        if list.data.is_empty() {
            return Err(Unreadable::NoExtensions);
        }
        let mut seen = BTreeSet::new();
        for extension in self.list(list, SEQUENCE)? {
            let mut fields =
                self.fields(&extension, &[OBJECT_IDENTIFIER, BOOLEAN, OCTET_STRING])?;
            let (Some(oid), Some(value)) = (fields.next(), fields.last()) else {
                return Ok(self.fault(extension.data, Fault::Fields)?);
            };
            if !seen.insert(oid.data) {
                let oid = dotted(&Oid::new(oid.data.into()));
                return Err(Unreadable::DuplicateExtension { oid });
            }
            if let Some((_, tag)) = READ.iter().find(|(read, _)| *read == oid.data) {
                self.encoding(value.data, *tag)?;
            }
        }
        Ok(())
    }

    /// `part` is one element with this tag; it and all inside are encoded as DER wants.
    pub fn encoding(self, part: &'a [u8], tag: u8) -> Result<Element<'a>, Malformed> {
        let (root, rest) = self.element(part)?;
        if !rest.is_empty() {
            return self.fault(rest, Fault::TrailingBytes(rest.len()));
        }
        // What is still to be looked at: nothing recurses, however deep the elements lie.
        let mut pending = Vec::with_capacity(32);
        pending.push(part);
        while let Some(bytes) = pending.pop() {
            let (element, rest) = self.element(bytes)?;
            if let Some(fault) = wrong_content(&element) {
                return self.fault(bytes, fault);
            }
            let inside: &[u8] = if element.is_constructed() { element.data } else { &[] };
            pending.extend([rest, inside].into_iter().filter(|bytes| !bytes.is_empty()));
        }
        if root.fits(tag) { Ok(root) } else { self.fault(part, Fault::Fields) }
    }

    /// The first element of `bytes`, and what follows it.
    pub fn element(self, bytes: &'a [u8]) -> Result<(Element<'a>, &'a [u8]), Malformed> {
        Element::read(bytes).or_else(|fault| self.fault(bytes, fault))
    }

    /// Sees to it that the elements inside `element` stand in the order of `allowed`; any may be
    /// missing.
    pub fn ordered(self, element: &Element<'a>, allowed: &[u8]) -> Result<(), Malformed> {
        let mut allowed = allowed.iter();
        self.ensure_each(element, |field| allowed.any(|&tag| field.fits(tag)))
    }

    /// The elements inside `element`, which stand in the order of `allowed`; any may be missing.
    pub fn fields(
        self,
        element: &Element<'a>,
        allowed: &[u8],
    ) -> Result<impl Iterator<Item = Element<'a>> + use<'a>, Malformed> {
        self.ordered(element, allowed)?;
        Ok(element.inside())
    }

    /// The elements inside `element`: one at least, and all with this tag.
    pub fn list(
        self,
        element: &Element<'a>,
        tag: u8,
    ) -> Result<impl Iterator<Item = Element<'a>> + use<'a>, Malformed> {
        if element.data.is_empty() {
            return self.fault(element.data, Fault::Fields);
        }
        self.ensure_each(element, |item| item.fits(tag))?;
        Ok(element.inside())
    }

    /// An object identifier and, it may be, one element of whatever kind.
    pub fn typed(
        self,
        element: &Element<'a>,
    ) -> Result<(Element<'a>, Option<Element<'a>>), Malformed> {
        let mut fields = self.fields(element, &[OBJECT_IDENTIFIER, ANY])?;
        match fields.next() {
            Some(oid) if oid.fits(OBJECT_IDENTIFIER) => Ok((oid, fields.next())),
            _ => self.fault(element.data, Fault::Fields),
        }
    }

    /// Sees to it that the elements inside `element` can be read, and each is allowed.
    fn ensure_each(
        self,
        element: &Element<'a>,
        mut is_allowed: impl FnMut(&Element<'a>) -> bool,
    ) -> Result<(), Malformed> {
        let mut inside = Element::all(element.data);
        if inside.all(|field| field.is_ok_and(|field| is_allowed(&field))) {
            Ok(())
        } else {
            self.fault(element.data, Fault::Fields)
        }
    }

    pub fn fault<T>(self, part: &[u8], fault: Fault) -> Result<T, Malformed> {
        let offset = part.as_ptr().addr().saturating_sub(self.0.as_ptr().addr());
        Err(Malformed { offset, fault })
    }
}

/// What is wrong with the content of a value, if anything (X.690, 8 to 11).
fn wrong_content(element: &Element<'_>) -> Option<Fault> {
    let data = element.data;
    let is_time = |length: usize| {
        let digits = data.strip_suffix(b"Z").unwrap_or_default();
        digits.len() == length && digits.iter().all(u8::is_ascii_digit)
    };
    let (is_right, fault) = match element.first {
        BOOLEAN => (matches!(data, [0x00 | 0xff]), Fault::Boolean),
        INTEGER | ENUMERATED => match data {
            [] => (false, Fault::EmptyInteger),
            [0x00, 0..0x80, ..] | [0xff, 0x80..=0xff, ..] => (false, Fault::IntegerNotMinimal),
            _ => return None,
        },
        BIT_STRING => {
            let is_right = match *data {
                [0] => true,
                [unused, .., last] => unused < 8 && last.trailing_zeros() >= u32::from(unused),
                _ => false,
            };
            (is_right, Fault::UnusedBits)
        }
        OBJECT_IDENTIFIER => {
            let mut arcs = data.split_inclusive(|&byte| byte < 0x80);
            let is_right = data.last().is_some_and(|&last| last < 0x80);
            (is_right && arcs.all(|arc| arc[0] != 0x80), Fault::ObjectIdentifier)
        }
        TIME => (is_time(12), Fault::Time),
        GENERALIZED_TIME => (is_time(14), Fault::Time),
        SEQUENCE | SET => return None,
        // Of the universal types only these two hold others.
        first => (first >= 0x40 || !matches!(first, 0x10 | 0x11 | 0x20..), Fault::Form),
    };
    (!is_right).then_some(fault)
}
