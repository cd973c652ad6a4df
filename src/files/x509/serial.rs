//! Serial numbers of certificates.

use std::fmt;

use x509_parser::num_bigint::BigUint;

/// A certificate's serial number: the bytes of its DER integer, the sign included.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(Box<[u8]>);

impl Serial {
    /// `integer` is the content of a DER integer: two's complement, not empty, as short as it can be.
    pub(super) fn new(integer: &[u8]) -> Serial {
        Serial(integer.into())
    }

    /// The content of the DER integer.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is below zero: RFC 5280, 4.1.2.2 forbids it; old roots have one.
    pub fn is_negative(&self) -> bool {
        self.0.first().is_some_and(|&first| first >= 0x80)
    }

    /// Whether somebody who wrote `quote` meant this number: hexadecimal digits of either case,
    /// with or without spaces, colons and leading zeros.
    pub fn matches_quoted(&self, quote: &str) -> bool {
        let digits = quote.chars().filter(|character| !matches!(character, ' ' | ':'));
        let mut digits = digits.map(|digit| digit.to_digit(16)).peekable();
        if digits.peek().is_none() {
            return false;
        }
        let own = self.0.iter().flat_map(|&byte| [byte >> 4, byte & 15]).map(u32::from).map(Some);
        digits.skip_while(is_zero).eq(own.skip_while(is_zero))
    }
}

/// How somebody wrote a number who did not write hexadecimal digits, spaces and colons alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As Java and XML signatures have it.
    Decimal,
    /// With `0x` before, or with `-` between the bytes.
    Marked,
}

impl Serial {
    /// How `quote` writes this number, if it does so otherwise than [`Serial::matches_quoted`] takes.
    pub fn written_otherwise(&self, quote: &str) -> Option<Style> {
        let plain = quote.trim_start_matches("0x").trim_start_matches("0X").replace('-', "");
        if plain != quote && self.matches_quoted(&plain) {
            return Some(Style::Marked);
        }
        let digits = quote.trim_start_matches('0');
        (!self.is_negative() && digits == self.decimal()).then_some(Style::Decimal)
    }

    /// The number in decimal digits, without its sign.
    fn decimal(&self) -> String {
        BigUint::from_bytes_be(&self.0).to_string()
    }
}

fn is_zero(digit: &Option<u32>) -> bool {
    *digit == Some(0)
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(place, byte)| match place {
            0 => write!(f, "{byte:02X}"),
            _ => write!(f, " {byte:02X}"),
        })
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::{Serial, Style};

    #[test]
    fn a_quote_may_be_written_in_many_ways() {
        let serial = Serial::new(&[0x00, 0x96, 0x90, 0x0a]);
        assert_eq!(serial.to_string(), "00 96 90 0A");
        for quote in ["00 96 90 0A", "96900A", "96:90:0a", "0096900a", " 9 6900A "] {
            assert!(serial.matches_quoted(quote), "{quote}");
        }
        for quote in ["", " ", "00", "96 90", "96 90 0A 00", "0x96900A", "96-90-0A", "9690\u{a0}0A"]
        {
            assert!(!serial.matches_quoted(quote), "{quote}");
        }
    }

    #[test]
    fn another_way_of_writing_is_told_apart() {
        let serial = Serial::new(&[0x00, 0x96, 0x90, 0x0a]);
        assert_eq!(serial.written_otherwise("9867274"), Some(Style::Decimal));
        assert_eq!(serial.written_otherwise("009867274"), Some(Style::Decimal));
        for marked in ["0x96900A", "96-90-0A", "0X96-90-0A"] {
            assert_eq!(serial.written_otherwise(marked), Some(Style::Marked), "{marked}");
        }
        for other in ["96900A", "9867275", "0x96900B", ""] {
            assert_eq!(serial.written_otherwise(other), None, "{other}");
        }
        let long = Serial::new(&[0x01; 20]);
        assert_eq!(long.decimal(), "5731378969925109483151705226338364782964441345");
        assert_eq!(Serial::new(&[0x01, 0x00]).decimal(), "256");
    }

    #[test]
    fn zero_needs_a_digit() {
        assert!(Serial::new(&[0]).matches_quoted("0"));
        assert!(!Serial::new(&[0]).matches_quoted(""));
    }
}
