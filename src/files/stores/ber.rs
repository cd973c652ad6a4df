//! Elements of BER (ITU-T X.690, 8.1), as stores are written: lengths may be indefinite, strings in
//! parts. Certificates are DER, and read elsewhere.

use std::borrow::Cow;

use crate::base::text::Text;
use crate::tr;

/// How deep elements may nest.
const DEEPEST: u8 = 32;

/// First bytes of elements.
pub mod tag {
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTETS: u8 = 0x04;
    pub const OID: u8 = 0x06;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    /// `[0]`, with others inside.
    pub const CONTEXT_0: u8 = 0xa0;
    /// `[0]`, a value.
    pub const CONTEXT_0_VALUE: u8 = 0x80;
    /// `[0]`, in parts.
    pub const IN_PARTS: u8 = 0x20;
}

/// An element: its first byte and its content, without the marks that end an indefinite length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its class, its form and its number.
    pub first: u8,
    /// Its content.
    pub data: &'a [u8],
    /// All of it.
    pub whole: &'a [u8],
}

/// Elements one after the other; the place of each is known from where they all began.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a> {
    rest: &'a [u8],
    depth: u8,
}

impl<'a> Elements<'a> {
    /// The elements in `bytes`.
    pub fn of(bytes: &'a [u8]) -> Elements<'a> {
        Elements { rest: bytes, depth: 0 }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, whatever it is; none at the end.
    ///
    /// # Errors
    /// When it is cut off, or its length lies.
    pub fn next(&mut self) -> Result<Option<Element<'a>>, Text> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (element, rest) = read(self.rest, self.depth)?;
        self.rest = rest;
        Ok(Some(element))
    }

    /// The next element, which must begin with `first`.
    ///
    /// # Errors
    /// When it is another, cut off, or not there.
    pub fn expect(&mut self, first: u8) -> Result<Element<'a>, Text> {
        match self.next()? {
            Some(element) if element.first == first => Ok(element),
            Some(element) => Err(tr!(
                "an element begins with {found} where {expected} belongs",
                found = format!("{:02x}", element.first),
                expected = format!("{first:02x}")
            )),
            None => Err(tr!("an element is missing")),
        }
    }

    /// The next element, if it begins with `first`.
    ///
    /// # Errors
    /// When it is cut off.
    pub fn next_if(&mut self, first: u8) -> Result<Option<Element<'a>>, Text> {
        if self.next_is(first) { self.next() } else { Ok(None) }
    }

    /// Whether the next element begins with `first`.
    pub fn next_is(&self, first: u8) -> bool {
        self.rest.first() == Some(&first)
    }

    /// The elements inside the next one, which must begin with `first`.
    ///
    /// # Errors
    /// As [`Elements::expect`].
    pub fn enter(&mut self, first: u8) -> Result<Elements<'a>, Text> {
        Ok(Elements { rest: self.expect(first)?.data, depth: self.depth })
    }

    /// The content of an octet string, put together where it is in parts. `first` is its first byte
    /// as a value: 04, or 80 for an implicit `[0]`.
    ///
    /// # Errors
    /// When there is none.
    pub fn octets(&mut self, first: u8) -> Result<Cow<'a, [u8]>, Text> {
        if let Some(parts) = self.next_if(first | tag::IN_PARTS)? {
            let mut whole = Vec::with_capacity(parts.data.len());
            join(parts.data, &mut whole, 0)?;
            return Ok(Cow::Owned(whole));
        }
        Ok(Cow::Borrowed(self.expect(first)?.data))
    }

    /// The content of an object identifier.
    ///
    /// # Errors
    /// When there is none.
    pub fn oid(&mut self) -> Result<&'a [u8], Text> {
        Ok(self.expect(tag::OID)?.data)
    }

    /// A number that fits 32 bits.
    ///
    /// # Errors
    /// When there is none, or it does not fit.
    pub fn number(&mut self) -> Result<u32, Text> {
        let bytes = self.expect(tag::INTEGER)?.data;
        let digits = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        if bytes.is_empty() || bytes[0] >= 0x80 || digits.len() > 4 {
            return Err(tr!("a number is none that fits"));
        }
        Ok(digits.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }
}

fn join(bytes: &[u8], whole: &mut Vec<u8>, depth: u8) -> Result<(), Text> {
    if depth > DEEPEST {
        return Err(too_deep());
    }
    let mut parts = Elements { rest: bytes, depth };
    while let Some(part) = parts.next()? {
        match part.first {
            tag::OCTETS => whole.extend_from_slice(part.data),
            first if first == tag::OCTETS | tag::IN_PARTS => join(part.data, whole, depth + 1)?,
            _ => return Err(tr!("a string in parts has something else among them")),
        }
    }
    Ok(())
}

fn cut_off() -> Text {
    tr!("it is cut off, or a length in it lies")
}

fn too_deep() -> Text {
    tr!("its elements nest too deep")
}

/// The first element of `bytes`, and what follows it.
fn read(bytes: &[u8], depth: u8) -> Result<(Element<'_>, &[u8]), Text> {
    let [first, length, after @ ..] = bytes else { return Err(cut_off()) };
    if first & 0x1f == 0x1f {
        return Err(tr!("an element's tag has several bytes"));
    }
    let (length, content) = match *length {
        0x80 if first & tag::IN_PARTS != 0 => return read_indefinite(*first, bytes, after, depth),
        0x80 => return Err(cut_off()),
        short @ 0..0x80 => (usize::from(short), after),
        long => {
            let count = usize::from(long & 0x7f);
            let (digits, content) = after.split_at_checked(count).ok_or_else(cut_off)?;
            if count > 8 {
                return Err(cut_off());
            }
            let length = digits.iter().fold(0_u64, |sum, digit| sum << 8 | u64::from(*digit));
            (usize::try_from(length).map_err(|_| cut_off())?, content)
        }
    };
    let (data, rest) = content.split_at_checked(length).ok_or_else(cut_off)?;
    Ok((Element { first: *first, data, whole: &bytes[..bytes.len() - rest.len()] }, rest))
}

/// An element that ends with two zero bytes, however many others are inside.
fn read_indefinite<'a>(
    first: u8,
    bytes: &'a [u8],
    content: &'a [u8],
    depth: u8,
) -> Result<(Element<'a>, &'a [u8]), Text> {
    if depth >= DEEPEST {
        return Err(too_deep());
    }
    let mut rest = content;
    loop {
        if let [0, 0, after @ ..] = rest {
            let data = &content[..content.len() - rest.len()];
            let whole = &bytes[..bytes.len() - after.len()];
            return Ok((Element { first, data, whole }, after));
        }
        if rest.is_empty() {
            return Err(cut_off());
        }
        (_, rest) = read(rest, depth + 1)?;
    }
}

/// An object identifier's content in dotted form, for messages.
pub fn dotted(oid: &[u8]) -> String {
    let mut arcs: Vec<u128> = Vec::new();
    let mut arc: u128 = 0;
    for byte in oid.iter().take(64) {
        arc = arc.checked_shl(7).unwrap_or(0) | u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            arcs.push(arc);
            arc = 0;
        }
    }
    let Some((first, others)) = arcs.split_first() else { return "?".to_owned() };
    let root = (first / 40).min(2);
    let mut dotted = format!("{root}.{}", first - 40 * root);
    others.iter().for_each(|arc| dotted.push_str(&format!(".{arc}")));
    dotted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Elements, dotted, tag};

    #[test]
    fn lengths_are_definite_or_not() {
        let definite = [0x30, 0x05, 0x04, 0x03, 1, 2, 3];
        let indefinite = [0x30, 0x80, 0x24, 0x80, 0x04, 1, 1, 0x04, 2, 2, 3, 0, 0, 0, 0];
        for bytes in [&definite[..], &indefinite] {
            let mut all = Elements::of(bytes);
            let mut inside = all.enter(tag::SEQUENCE).unwrap();
            assert_eq!(*inside.octets(tag::OCTETS).unwrap(), [1, 2, 3]);
            assert!(inside.is_empty() && all.is_empty());
        }
    }

    #[test]
    fn what_is_cut_off_or_lies_is_told() {
        for bytes in [
            &[0x30][..],
            &[0x30, 0x05, 1],
            &[0x30, 0x80, 0x04, 1, 1],
            &[0x30, 0x89, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            &[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x04, 0x80, 0, 0],
            &[0x3f, 1, 1],
            &[0x30, 0x80].repeat(100),
        ] {
            assert!(Elements::of(bytes).next().is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn numbers_fit_or_are_told() {
        let number = |bytes: &[u8]| Elements::of(bytes).number().ok();
        assert_eq!(number(&[2, 1, 5]), Some(5));
        assert_eq!(number(&[2, 5, 0, 0xff, 0xff, 0xff, 0xff]), Some(u32::MAX));
        assert_eq!(number(&[2, 5, 1, 0, 0, 0, 0]), None);
        assert_eq!(number(&[2, 1, 0x80]), None);
        assert_eq!(number(&[2, 0]), None);
    }

    #[test]
    fn identifiers_are_dotted() {
        assert_eq!(
            dotted(b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03"),
            "1.2.840.113549.1.12.10.1.3"
        );
        assert_eq!(dotted(b""), "?");
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut all = Elements::of(&bytes);
            let mut seen = 0;
            while let Ok(Some(element)) = all.next() {
                seen += element.whole.len();
                let _ = Elements::of(element.whole).octets(tag::OCTETS);
            }
            prop_assert!(seen <= bytes.len());
        }
    }
}
