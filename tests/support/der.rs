//! A writer of DER, which writes wrong DER as willingly as right.

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const ENUMERATED: u8 = 0x0a;
pub const UTF8_STRING: u8 = 0x0c;
pub const PRINTABLE_STRING: u8 = 0x13;
pub const TELETEX_STRING: u8 = 0x14;
pub const IA5_STRING: u8 = 0x16;
pub const UNIVERSAL_STRING: u8 = 0x1c;
pub const BMP_STRING: u8 = 0x1e;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// An element with the shortest head.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let digits = &length[length.iter().take_while(|&&digit| digit == 0).count()..];
    let mut der = match digits {
        [] => vec![tag, 0],
        [short] if *short < 0x80 => vec![tag, *short],
        digits => [&[tag, 0x80 | digits.len() as u8][..], digits].concat(),
    };
    der.extend_from_slice(content);
    der
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &parts.concat())
}

/// The tags and contents of elements that are written as [`element`] writes them.
pub fn parts(mut der: &[u8]) -> Vec<(u8, &[u8])> {
    let mut parts = Vec::new();
    while let [tag, first, rest @ ..] = der {
        let digits = if *first < 0x80 { 0 } else { usize::from(first & 0x7f) };
        let (digits, rest) = rest.split_at(digits);
        let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
        let length = if *first < 0x80 { usize::from(*first) } else { length };
        parts.push((*tag, &rest[..length]));
        der = &rest[length..];
    }
    parts
}

/// `[n]` around other elements.
pub fn context(n: u8, content: &[u8]) -> Vec<u8> {
    element(0xa0 | n, content)
}

pub fn bits(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

/// An object identifier from its dotted form.
pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = Vec::new();
    for arc in [&[40 * arcs[0] + arcs[1]], &arcs[2..]].concat() {
        let groups = (0..10).rev().map(|group| (arc >> (7 * group)) as u8 & 0x7f);
        let mut groups: Vec<u8> = groups.skip_while(|&group| group == 0).collect();
        let last = groups.pop().unwrap_or(0);
        content.extend(groups.into_iter().map(|group| group | 0x80));
        content.push(last);
    }
    element(0x06, &content)
}

/// A time, as UTCTime until 2049 (RFC 5280, 4.1.2.5).
pub fn time(instant: jiff::Timestamp) -> Vec<u8> {
    let long = instant.strftime("%Y%m%d%H%M%SZ").to_string();
    if long.as_str() < "2050" {
        element(0x17, &long.as_bytes()[2..])
    } else {
        element(0x18, long.as_bytes())
    }
}
