//! The SSH wire format (RFC 4251, 5): strings after their length, and numbers as the shortest string that
//! says them.

/// Takes what `length` bytes there are.
pub fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

/// Takes four bytes, a number.
pub fn uint32(rest: &mut &[u8]) -> Option<u32> {
    let (number, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_be_bytes(*number))
}

/// Takes a string: its length in four bytes, and its bytes.
pub fn string<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = uint32(rest)?;
    take(rest, usize::try_from(length).ok()?)
}

/// Takes a number above nought, in the one way that it is written, and gives its bytes without the nought
/// that keeps it from being negative.
pub fn positive<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    match string(rest)? {
        [0, bytes @ ..] if bytes.first()? >= &0x80 => Some(bytes),
        bytes if (1..0x80).contains(bytes.first()?) => Some(bytes),
        _ => None,
    }
}

/// Writes a string.
pub fn put_string(to: &mut Vec<u8>, string: &[u8]) {
    let length = u32::try_from(string.len()).expect("no string here has 4 GiB");
    to.extend(length.to_be_bytes());
    to.extend(string);
}

/// Writes a number above nought.
pub fn put_positive(to: &mut Vec<u8>, bytes: &[u8]) {
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let shortest = &bytes[first..];
    match shortest.first() {
        Some(0x80..) => put_string(to, &[&[0], shortest].concat()),
        _ => put_string(to, shortest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_one_way() {
        let long = [&[1_u8][..], &[0; 31]].concat();
        for bytes in [&[1][..], &[0x7f], &[0x80], &[0xff, 0], &long] {
            let mut written = Vec::new();
            put_positive(&mut written, &[&[0, 0], bytes].concat());
            assert_eq!(positive(&mut written.as_slice()), Some(bytes));
        }
        for other in [&[][..], &[0], &[0, 0x7f], &[0, 0, 0x80], &[0x80], &[0xff]] {
            let mut written = Vec::new();
            put_string(&mut written, other);
            assert_eq!(positive(&mut written.as_slice()), None, "{other:?}");
        }
    }

    #[test]
    fn nothing_is_taken_beyond_the_end() {
        for cut in [&b""[..], b"\0\0\0", b"\0\0\0\x02a", b"\xff\xff\xff\xffa"] {
            assert_eq!(string(&mut &cut[..]), None, "{cut:?}");
        }
    }
}
