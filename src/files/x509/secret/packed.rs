//! Private keys behind base64 or hexadecimal digits in text: in a mail, a secret of Kubernetes, a dump.

use std::sync::LazyLock;

use data_encoding::BASE64;
use memchr::memchr2_iter;
use memchr::memmem::Finder;

use super::{Search, is_pkcs12, key_in_der};
use crate::base::text::Text;
use crate::tr;

/// Base64 or hexadecimal digits that tell a key by how it begins.
const ENOUGH: usize = 64;

/// Base64 digits in one line that are no word, and the fewest in all that can hold a file with a key.
const NO_WORD: usize = 48;
const LEAST: usize = 100;

static HEXADECIMAL: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("30"));

impl Search {
    /// The first key in digits.
    pub(super) fn look_for_digits(&mut self, bytes: &[u8]) -> Option<(usize, Text)> {
        let bare = memchr2_iter(b'M', b'b', bytes);
        let bare = bare.filter(|&place| is_start(bytes, place, is_base64));
        let bare = bare.filter_map(|place| Some((place, key_in_base64(&bytes[place..])?))).next();
        let hexadecimal = HEXADECIMAL.find_iter(bytes);
        let hexadecimal = hexadecimal.filter(|&place| is_start(bytes, place, is_hexadecimal));
        let hexadecimal = hexadecimal
            .filter_map(|place| Some((place, key_in_hexadecimal(&bytes[place..])?)))
            .next();
        let found = bare.into_iter().chain(hexadecimal).min_by_key(|(place, _)| *place);
        let before = &bytes[..found.as_ref().map_or(bytes.len(), |(place, _)| *place)];
        self.look_into_base64(before).or(found)
    }

    /// The first long run of base64 that decodes to something with a key.
    fn look_into_base64(&mut self, bytes: &[u8]) -> Option<(usize, Text)> {
        let mut at = NO_WORD / 2;
        while at < bytes.len() {
            if !is_base64(bytes[at]) {
                at += NO_WORD / 2;
                continue;
            }
            let start = bytes[..at].iter().rposition(|&byte| !is_base64(byte));
            let start = start.map_or(0, |before| before + 1);
            let line = bytes[start..].iter().take_while(|&&byte| is_base64(byte)).count();
            if line < NO_WORD {
                at = start + line + NO_WORD / 2;
                continue;
            }
            let (digits, length) = digits_of(&bytes[start..]);
            if digits.len() >= LEAST
                && let Some(kind) = decoded(&digits).and_then(|inner| self.look_inside(&inner))
            {
                return Some((start, tr!("{kind}, in base64", kind = kind)));
            }
            at = start + length + NO_WORD / 2;
        }
        None
    }
}

fn is_start(bytes: &[u8], place: usize, is_digit: fn(u8) -> bool) -> bool {
    place.checked_sub(1).is_none_or(|before| !is_digit(bytes[before]))
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

fn is_hexadecimal(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// The digits of a run of base64, whatever white space is in it, and how many bytes it has.
fn digits_of(bytes: &[u8]) -> (Vec<u8>, usize) {
    let length = bytes.iter().take_while(|byte| is_base64(**byte) || byte.is_ascii_whitespace());
    let length = length.count();
    let digits = bytes[..length].iter().filter(|byte| !byte.is_ascii_whitespace());
    (digits.map(|&byte| standard(byte)).collect(), length)
}

/// The digit of the standard alphabet for one of that for URLs.
fn standard(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    }
}

/// What the digits say up to their padding; words after them, and digits too many, do not matter.
fn decoded(digits: &[u8]) -> Option<Vec<u8>> {
    let end = digits.iter().position(|&byte| byte == b'=').unwrap_or(digits.len());
    let mut digits = digits[..end].to_vec();
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    digits.resize(digits.len().next_multiple_of(4), b'=');
    let mut encoding = BASE64.specification();
    encoding.check_trailing_bits = false;
    encoding.encoding().ok()?.decode(&digits).ok()
}

/// Base64 whose first bytes are those of a key, even if its label is gone and its lines are indented.
fn key_in_base64(rest: &[u8]) -> Option<Text> {
    if !matches!(rest.get(..2)?, b"MI" | b"MH" | b"MC" | b"ME" | b"MF" | b"b3") {
        return None;
    }
    let text = rest.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    let digits: Vec<u8> =
        text.take_while(|&byte| is_base64(byte)).take(ENOUGH).map(standard).collect();
    let bytes = BASE64.decode(digits.get(..ENOUGH)?).ok()?;
    if bytes.starts_with(b"openssh-key-v1\0") {
        return Some(tr!("an OpenSSH private key"));
    }
    let kind = key_in_der(&bytes)?;
    // What a container holds is seen only in all of it.
    if is_pkcs12(&bytes) { key_in_der(&decoded(&digits_of(rest).0)?) } else { Some(kind) }
}

/// Hexadecimal digits that say a key in DER, in pairs apart or not.
fn key_in_hexadecimal(rest: &[u8]) -> Option<Text> {
    let text = rest.iter().copied().filter(|byte| !byte.is_ascii_whitespace() && *byte != b':');
    let digits: Vec<u8> = text.take_while(u8::is_ascii_hexdigit).take(ENOUGH).collect();
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.get(..ENOUGH)?).ok()?;
    key_in_der(&bytes)
}
