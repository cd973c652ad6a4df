//! A strict reader of DER (ITU-T X.690): every value has one encoding, and all others are refused.
//!
//! It never recurses: each structure is read by the code that knows its shape.

use std::fmt;

use jiff::{Timestamp, civil, tz::TimeZone};

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
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;

    /// `[n]` around a primitive value.
    pub const fn primitive(n: u8) -> u8 {
        0x80 | n
    }

    /// `[n]` around other elements.
    pub const fn constructed(n: u8) -> u8 {
        0xa0 | n
    }
}

/// What stands in the way of reading bytes as DER, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// The place of the element at fault, counted from the first byte.
    pub offset: usize,
    pub fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Truncated,
    TrailingBytes(usize),
    IndefiniteLength,
    LengthNotMinimal,
    LongTag,
    Unexpected { found: u8, expected: u8 },
    Boolean,
    EmptyInteger,
    IntegerNotMinimal,
    NegativeInteger,
    UnusedBits,
    ObjectIdentifier,
    Time,
    Text,
    EmptyName,
    LongReason,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no strict DER at byte {}: {}", self.offset, self.fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Truncated => f.write_str("it ends too early"),
            Fault::TrailingBytes(1) => f.write_str("1 byte too many follows"),
            Fault::TrailingBytes(count) => write!(f, "{count} bytes too many follow"),
            Fault::IndefiniteLength => f.write_str("the length is indefinite"),
            Fault::LengthNotMinimal => f.write_str("the length is not in its shortest form"),
            Fault::LongTag => f.write_str("the tag has several bytes"),
            Fault::Unexpected { found, expected } => {
                write!(f, "the tag is {found:#04x} and not {expected:#04x}")
            }
            Fault::Boolean => f.write_str("a boolean is neither 00 nor FF"),
            Fault::EmptyInteger => f.write_str("an integer is empty"),
            Fault::IntegerNotMinimal => f.write_str("an integer is not in its shortest form"),
            Fault::NegativeInteger => f.write_str("an integer is negative"),
            Fault::UnusedBits => f.write_str("the unused bits of a bit string are wrong"),
            Fault::ObjectIdentifier => f.write_str("an object identifier is ill-formed"),
            Fault::Time => f.write_str("a time is ill-formed"),
            Fault::Text => f.write_str("a text is not in the encoding it declares"),
            Fault::EmptyName => f.write_str("a part of a name is empty"),
            Fault::LongReason => f.write_str("a reason for revocation is not one byte"),
        }
    }
}

impl std::error::Error for Malformed {}

/// The elements in some bytes, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

/// One element: its tag, its content, and all of its bytes.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub tag: u8,
    pub content: Reader<'a>,
    pub whole: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, offset: 0 }
    }

    /// What has not been read yet.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn fault<T>(&self, fault: Fault) -> Result<T, Malformed> {
        Err(Malformed { offset: self.offset, fault })
    }

    /// Nothing may be left.
    pub fn finish(&self) -> Result<(), Malformed> {
        match self.bytes.len() {
            0 => Ok(()),
            count => self.fault(Fault::TrailingBytes(count)),
        }
    }

    /// The next element, whatever it is.
    pub fn any(&mut self) -> Result<Element<'a>, Malformed> {
        let Some(&tag) = self.bytes.first() else {
            return self.fault(Fault::Truncated);
        };
        if tag & 0x1f == 0x1f {
            return self.fault(Fault::LongTag);
        }
        let (head, length) = self.length()?;
        let Some(end) = head.checked_add(length).filter(|&end| end <= self.bytes.len()) else {
            return self.fault(Fault::Truncated);
        };
        let (whole, rest) = self.bytes.split_at(end);
        let content = Reader { bytes: &whole[head..], offset: self.offset + head };
        *self = Reader { bytes: rest, offset: self.offset + end };
        Ok(Element { tag, content, whole })
    }

    /// The number of bytes of the next element's head, and of its content (X.690, 8.1.3 and 10.1).
    fn length(&self) -> Result<(usize, usize), Malformed> {
        let Some(&first) = self.bytes.get(1) else {
            return self.fault(Fault::Truncated);
        };
        if first < 0x80 {
            return Ok((2, usize::from(first)));
        }
        let count = usize::from(first & 0x7f);
        if count == 0 {
            return self.fault(Fault::IndefiniteLength);
        }
        let Some(digits) = self.bytes.get(2..2 + count) else {
            return self.fault(Fault::Truncated);
        };
        if digits[0] == 0 || (count == 1 && digits[0] < 0x80) {
            return self.fault(Fault::LengthNotMinimal);
        }
        if count > 4 {
            return self.fault(Fault::Truncated);
        }
        let length = digits.iter().fold(0u32, |length, &digit| length << 8 | u32::from(digit));
        match usize::try_from(length) {
            Ok(length) => Ok((2 + count, length)),
            Err(_) => self.fault(Fault::Truncated),
        }
    }

    /// The next element, which has this tag.
    pub fn element(&mut self, expected: u8) -> Result<Element<'a>, Malformed> {
        let start = *self;
        let element = self.any()?;
        if element.tag != expected {
            return start.fault(Fault::Unexpected { found: element.tag, expected });
        }
        Ok(element)
    }

    /// The content of the next element, which has this tag.
    pub fn content(&mut self, expected: u8) -> Result<Reader<'a>, Malformed> {
        Ok(self.element(expected)?.content)
    }

    /// The content of the next element when it has this tag.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Reader<'a>>, Malformed> {
        if self.starts_with(tag) { self.content(tag).map(Some) } else { Ok(None) }
    }

    pub fn sequence(&mut self) -> Result<Reader<'a>, Malformed> {
        self.content(tag::SEQUENCE)
    }

    pub fn octets(&mut self) -> Result<&'a [u8], Malformed> {
        Ok(self.content(tag::OCTET_STRING)?.bytes)
    }

    /// A `BOOLEAN DEFAULT FALSE`. That `FALSE` is written out all the same is common, and accepted.
    pub fn flag(&mut self) -> Result<bool, Malformed> {
        match self.optional(tag::BOOLEAN)? {
            None => Ok(false),
            Some(content) => content.as_boolean(),
        }
    }

    /// Takes what is left as the content of a boolean.
    pub fn as_boolean(self) -> Result<bool, Malformed> {
        match self.bytes {
            [0x00] => Ok(false),
            [0xff] => Ok(true),
            _ => self.fault(Fault::Boolean),
        }
    }

    /// The two's complement of an integer, as short as it can be (X.690, 8.3.2).
    pub fn integer(&mut self) -> Result<&'a [u8], Malformed> {
        let content = self.content(tag::INTEGER)?;
        match content.bytes {
            [] => content.fault(Fault::EmptyInteger),
            [0x00, second, ..] if *second < 0x80 => content.fault(Fault::IntegerNotMinimal),
            [0xff, second, ..] if *second >= 0x80 => content.fault(Fault::IntegerNotMinimal),
            bytes => Ok(bytes),
        }
    }

    /// The digits of an integer that may not be negative, without the sign's byte.
    pub fn natural(&mut self) -> Result<&'a [u8], Malformed> {
        let start = *self;
        match self.integer()? {
            [first, ..] if *first >= 0x80 => start.fault(Fault::NegativeInteger),
            [0, digits @ ..] => Ok(digits),
            digits => Ok(digits),
        }
    }

    /// The bytes of a bit string, and how many of the last one's bits are unused (X.690, 11.2).
    pub fn bits(&mut self) -> Result<(&'a [u8], u8), Malformed> {
        let content = self.content(tag::BIT_STRING)?;
        match content.bytes {
            [0, bytes @ ..] => Ok((bytes, 0)),
            [unused @ 1..=7, bytes @ .., last] if last.trailing_zeros() >= u32::from(*unused) => {
                Ok((&content.bytes[1..=1 + bytes.len()], *unused))
            }
            _ => content.fault(Fault::UnusedBits),
        }
    }

    /// A bit string made of whole bytes: a key or a signature.
    pub fn whole_bits(&mut self) -> Result<&'a [u8], Malformed> {
        let start = *self;
        match self.bits()? {
            (bytes, 0) => Ok(bytes),
            _ => start.fault(Fault::UnusedBits),
        }
    }

    pub fn oid(&mut self) -> Result<Oid<'a>, Malformed> {
        let content = self.content(tag::OBJECT_IDENTIFIER)?;
        match Oid::from_content(content.bytes) {
            Some(oid) => Ok(oid),
            None => content.fault(Fault::ObjectIdentifier),
        }
    }

    /// A `Time`, in one of the two forms of RFC 5280, 4.1.2.5.
    pub fn time(&mut self) -> Result<Timestamp, Malformed> {
        let start = *self;
        let element = self.any()?;
        let is_time = matches!(element.tag, tag::UTC_TIME | tag::GENERALIZED_TIME);
        match time(element.tag == tag::UTC_TIME, element.content.bytes).filter(|_| is_time) {
            Some(time) => Ok(time),
            None => start.fault(Fault::Time),
        }
    }

    pub fn starts_with_time(&self) -> bool {
        self.starts_with(tag::UTC_TIME) || self.starts_with(tag::GENERALIZED_TIME)
    }

    pub fn starts_with(&self, tag: u8) -> bool {
        self.bytes.first() == Some(&tag)
    }
}

fn time(short: bool, text: &[u8]) -> Option<Timestamp> {
    let (digits, zone) = text.split_last_chunk::<1>()?;
    let year_length = if short { 2 } else { 4 };
    let well_formed = digits.len() == year_length + 10 && digits.iter().all(u8::is_ascii_digit);
    if zone != b"Z" || !well_formed {
        return None;
    }
    let number =
        |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0'));
    let (year, rest) = digits.split_at(year_length);
    let mut pairs = rest.chunks_exact(2).map(|pair| i8::try_from(number(pair)).ok());
    let mut pair = || pairs.next().flatten();
    let year = match number(year) {
        year if !short => year,
        year @ 50.. => 1900 + year,
        year => 2000 + year,
    };
    let time = civil::DateTime::new(year, pair()?, pair()?, pair()?, pair()?, pair()?, 0).ok()?;
    // RFC 5280 writes "never" as the last second of 9999, which lies beyond jiff's last instant.
    Some(TimeZone::UTC.to_timestamp(time).unwrap_or(Timestamp::MAX))
}

/// An object identifier in its encoded form (X.690, 8.19).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Oid<'a>(&'a [u8]);

impl<'a> Oid<'a> {
    /// `None` when an arc is cut off, padded or longer than 128 bits.
    fn from_content(content: &'a [u8]) -> Option<Oid<'a>> {
        content.last().filter(|&&last| last < 0x80)?;
        let mut arcs = content.split_inclusive(|&byte| byte < 0x80);
        let fits = |arc: &[u8]| arc[0] != 0x80 && arc.len() <= 18;
        arcs.all(fits).then_some(Oid(content))
    }

    pub fn content(self) -> &'a [u8] {
        self.0
    }

    pub fn arcs(self) -> impl Iterator<Item = u128> {
        let mut numbers = self.0.split_inclusive(|&byte| byte < 0x80).map(|arc| {
            arc.iter().fold(0u128, |number, &byte| number << 7 | u128::from(byte & 0x7f))
        });
        let first = numbers.next().unwrap_or_default();
        let root = (first / 40).min(2);
        [root, first - 40 * root].into_iter().chain(numbers)
    }

    /// Whether this is the identifier with this dotted form.
    pub fn is(self, dotted: &str) -> bool {
        self.arcs().map(Some).eq(dotted.split('.').map(|arc| arc.parse().ok()))
    }
}

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arcs().enumerate().try_for_each(|(place, arc)| match place {
            0 => write!(f, "{arc}"),
            _ => write!(f, ".{arc}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(bytes: &[u8]) -> Result<&[u8], Fault> {
        let mut reader = Reader::new(bytes);
        reader.any().map(|element| element.content.bytes).map_err(|malformed| malformed.fault)
    }

    #[test]
    fn only_the_shortest_definite_length_is_read() {
        assert_eq!(first(&[4, 1, 7]), Ok(&[7][..]));
        assert_eq!(first(&[4, 0x81, 1, 7]), Err(Fault::LengthNotMinimal));
        assert_eq!(first(&[4, 0x82, 0, 1, 7]), Err(Fault::LengthNotMinimal));
        assert_eq!(first(&[0x30, 0x80, 0, 0]), Err(Fault::IndefiniteLength));
        assert_eq!(first(&[4, 0x84, 0xff, 0xff, 0xff, 0xff]), Err(Fault::Truncated));
        assert_eq!(first(&[4, 0xff]), Err(Fault::Truncated));
        assert_eq!(first(&[0x1f, 1, 0]), Err(Fault::LongTag));
        assert_eq!(first(&[]), Err(Fault::Truncated));
    }

    #[test]
    fn integers_are_minimal() {
        let integer = |bytes| Reader::new(bytes).integer().map_err(|malformed| malformed.fault);
        assert_eq!(integer(&[2, 2, 0, 0x80]), Ok(&[0, 0x80][..]));
        assert_eq!(integer(&[2, 1, 0xff]), Ok(&[0xff][..]));
        assert_eq!(integer(&[2, 0]), Err(Fault::EmptyInteger));
        assert_eq!(integer(&[2, 2, 0, 0x7f]), Err(Fault::IntegerNotMinimal));
        assert_eq!(integer(&[2, 2, 0xff, 0x80]), Err(Fault::IntegerNotMinimal));
    }

    #[test]
    fn unused_bits_are_zero() {
        let bits = |bytes| Reader::new(bytes).bits().map_err(|malformed| malformed.fault);
        assert_eq!(bits(&[3, 2, 5, 0xe0]), Ok((&[0xe0][..], 5)));
        assert_eq!(bits(&[3, 1, 0]), Ok((&[][..], 0)));
        assert_eq!(bits(&[3, 2, 6, 0xe0]), Err(Fault::UnusedBits));
        assert_eq!(bits(&[3, 1, 1]), Err(Fault::UnusedBits));
        assert_eq!(bits(&[3, 0]), Err(Fault::UnusedBits));
    }

    #[test]
    fn object_identifiers_have_a_dotted_form() {
        let oid = Oid::from_content(&[0x60, 0x85, 0x54, 1, 3, 5, 6, 2]).expect("an identifier");
        assert_eq!(oid.to_string(), "2.16.724.1.3.5.6.2");
        assert!(oid.is("2.16.724.1.3.5.6.2"));
        assert!(!oid.is("2.16.724.1.3.5.6"));
        assert!(!oid.is("2.16.724.1.3.5.6.2.x"));
        assert!(Oid::from_content(&[0x60, 0x85]).is_none());
        assert!(Oid::from_content(&[0x60, 0x80, 1]).is_none());
        assert!(Oid::from_content(&[]).is_none());
    }

    #[test]
    fn times_are_instants_of_utc() {
        let read = |short, text: &str| time(short, text.as_bytes()).map(|time| time.to_string());
        assert_eq!(read(true, "491231235959Z").as_deref(), Some("2049-12-31T23:59:59Z"));
        assert_eq!(read(true, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        assert_eq!(read(false, "20500101000000Z").as_deref(), Some("2050-01-01T00:00:00Z"));
        assert_eq!(time(false, b"99991231235959Z"), Some(Timestamp::MAX));
        for wrong in ["", "Z", "2412312359Z", "241231235959", "241331235959Z", "241231235959+0000"]
        {
            assert_eq!(read(true, wrong), None, "{wrong}");
        }
    }
}
