//! The elements of DER (ITU-T X.690, 8.1 and 10.1): a first byte, a length, a content.

use x509_parser::asn1_rs::Oid;

use super::unreadable::Fault;

/// The first bytes of elements.
pub(super) mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    /// `UTCTime`; for [`super::Element::fits`], `GeneralizedTime` too.
    pub const TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    /// For [`super::Element::fits`], whatever there is.
    pub const ANY: u8 = 0xff;
}

/// An element, its content not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Its class, its form and its number.
    pub first: u8,
    /// Its content.
    pub data: &'a [u8],
    /// All of it.
    pub whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The first element of `bytes`, its length in the shortest form, and what follows it.
    pub fn read(bytes: &'a [u8]) -> Result<(Element<'a>, &'a [u8]), Fault> {
        let (first, length, content) = match *bytes {
            [tag, ..] if tag & 0x1f == 0x1f => return Err(Fault::LongTag),
            [_, 0x80, ..] => return Err(Fault::IndefiniteLength),
            [_, 0x81, 0..0x80, ..] | [_, 0x82..=0xff, 0, ..] => {
                return Err(Fault::LengthNotMinimal);
            }
            [first, length @ 0..0x80, ref content @ ..] => (first, usize::from(length), content),
            [first, 0x81, length, ref content @ ..] => (first, usize::from(length), content),
            [first, 0x82, high, low, ref content @ ..] => {
                (first, usize::from(u16::from_be_bytes([high, low])), content)
            }
            [first, 0x83, high, middle, low, ref content @ ..] => {
                (first, u32::from_be_bytes([0, high, middle, low]) as usize, content)
            }
            // Nothing that is read here has 16 MiB.
            _ => return Err(Fault::Truncated),
        };
        let (data, rest) = content.split_at_checked(length).ok_or(Fault::Truncated)?;
        let whole = &bytes[..bytes.len() - rest.len()];
        Ok((Element { first, data, whole }, rest))
    }

    /// The elements inside, or in bytes like those inside; the last is a fault where one is broken.
    pub fn all(mut bytes: &'a [u8]) -> impl Iterator<Item = Result<Element<'a>, Fault>> {
        std::iter::from_fn(move || {
            if bytes.is_empty() {
                return None;
            }
            let read = Element::read(bytes);
            bytes = read.as_ref().map_or(&[], |(_, rest)| *rest);
            Some(read.map(|(element, _)| element))
        })
    }

    /// The elements inside, up to the first that is broken.
    pub fn inside(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        Element::all(self.data).map_while(Result::ok)
    }

    /// Whether it holds others.
    pub fn is_constructed(&self) -> bool {
        self.first & 0x20 != 0
    }

    /// Whether it begins with this byte, by its meaning in [`tag`].
    pub fn fits(&self, tag: u8) -> bool {
        let is_other_time = self.first == tag::GENERALIZED_TIME && tag == tag::TIME;
        tag == tag::ANY || self.first == tag || is_other_time
    }

    /// The object identifier that it is.
    pub fn oid(&self) -> Option<Oid<'a>> {
        self.fits(tag::OBJECT_IDENTIFIER).then(|| Oid::new(self.data.into()))
    }
}

/// An element in DER (X.690, 10.1).
pub(super) fn encoded(first: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let head = match (content.len(), length) {
        (0..0x80, _) => vec![first, length.first().copied().unwrap_or(0)],
        // A length of a length is 8 at most.
        #[allow(clippy::cast_possible_truncation)]
        _ => [&[first, 0x80 | length.len() as u8], length].concat(),
    };
    [head.as_slice(), content].concat()
}
