//! Private keys in text: by their labels, and by the fields that hold their secret part.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use super::Search;
use crate::base::text::Text;
use crate::tr;

/// What a search through text looks for: a text of which little is elsewhere, and what it says of a
/// key when it stands at this place.
struct Sign {
    finder: Finder<'static>,
    kind: fn(&[u8], usize) -> Option<Text>,
}

static SIGNS: LazyLock<[Sign; 4]> = LazyLock::new(|| {
    let sign = |needle: &'static str, kind| Sign { finder: Finder::new(needle), kind };
    [
        sign("-----BEGIN ", labelled),
        sign("PuTTY-User-Key-File-", |_, _| Some(tr!("a PuTTY private key"))),
        sign("kty", json_web_key),
        sign("RSAKeyValue", xml),
    ]
});

/// How many of one sign are looked at; each costs as much as what is near it.
const MOST_SIGNS: usize = 1000;

/// How far from its sign a key's secret field is sought.
const NEAR: usize = 8 << 10;

impl Search {
    /// The first key in text.
    pub(super) fn look_through(&mut self, bytes: &[u8]) -> Option<(usize, Text)> {
        let signed = SIGNS.iter().filter_map(|sign| {
            let mut places = sign.finder.find_iter(bytes).take(MOST_SIGNS);
            places.find_map(|place| Some((place, (sign.kind)(bytes, place)?)))
        });
        let signed = signed.min_by_key(|(place, _)| *place);
        let before = &bytes[..signed.as_ref().map_or(bytes.len(), |(place, _)| *place)];
        self.look_for_digits(before).or(signed)
    }
}

/// `-----BEGIN … PRIVATE KEY-----`, whatever stands for the dots (RFC 7468, 10 and 11; OpenPGP's
/// label ends in `BLOCK`).
fn labelled(bytes: &[u8], place: usize) -> Option<Text> {
    const LONGEST_LABEL: usize = 64;
    let label = bytes[place..].strip_prefix(b"-----BEGIN ")?;
    let label = &label[..label.len().min(LONGEST_LABEL)];
    let end = memmem::find(label, b"-----")?;
    let label = label[..end].strip_suffix(b" BLOCK").unwrap_or(&label[..end]);
    label.ends_with(b"PRIVATE KEY").then(|| tr!("a private key in PEM"))
}

/// A JSON web key with its private part, `d` (RFC 7518, 6.2.2 and 6.3.2), in JSON or YAML.
fn json_web_key(bytes: &[u8], place: usize) -> Option<Text> {
    let near = &bytes[place.saturating_sub(NEAR)..bytes.len().min(place + NEAR)];
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_mark = |byte: &u8| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b'\t' | b'\r' | b'\n');
    let is_secret = |at: usize| {
        let after = &near[at + 1..];
        let value = after.iter().position(|byte| !is_mark(byte));
        let value = value.and_then(|colon| after[colon..].strip_prefix(b":"));
        let value = value.map(|value| value.iter().skip_while(|byte| is_mark(byte)));
        value.is_some_and(|value| value.take_while(|byte| is_word(byte)).count() >= 40)
    };
    let begins = |at: usize| at.checked_sub(1).is_none_or(|before| !is_word(&near[before]));
    let mut places = memchr::memchr_iter(b'd', near);
    places
        .any(|at| begins(at) && is_secret(at))
        .then(|| tr!("a JSON web key with its private part"))
}

/// An RSA key in XML with its private exponent, as .NET writes it.
fn xml(bytes: &[u8], place: usize) -> Option<Text> {
    let near = &bytes[place..bytes.len().min(place + NEAR)];
    let is_tag = |at: usize| at > 0 && matches!(near[at - 1], b'<' | b':');
    let mut places = memmem::find_iter(near, b"D>");
    places.any(is_tag).then(|| tr!("an RSA key in XML with its private part"))
}

#[cfg(test)]
mod tests {
    use crate::files::x509::private_key_in;

    #[test]
    fn fields_of_public_keys_are_no_secret() {
        let digits = "AQABAQABAQABAQABAQABAQABAQABAQABAQABAQAB";
        let public = format!(r#"{{"kty":"EC","kid":"d","id":"{digits}","x":"{digits}"}}"#);
        assert!(private_key_in(public.as_bytes()).is_none());
        for private in [
            format!(r#"{{"d":"{digits}","kty":"EC"}}"#),
            format!("kty: OKP\nd: {digits}\n"),
            format!(r#"jwk: "{{\"kty\": \"RSA\", \"d\": \"{digits}\"}}""#),
        ] {
            assert!(private_key_in(private.as_bytes()).is_some(), "{private}");
        }
        let xml = |field: &str| format!("<RSAKeyValue><Modulus>x</Modulus>{field}</RSAKeyValue>");
        assert!(private_key_in(xml("<Exponent>AQAB</Exponent>").as_bytes()).is_none());
        assert!(private_key_in(xml("<D>AQAB</D>").as_bytes()).is_some());
        assert!(private_key_in(xml("<ds:D>AQAB</ds:D>").as_bytes()).is_some());
    }
}
