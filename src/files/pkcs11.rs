//! PKCS#11 URIs (RFC 7512), read strictly: of what is unknown, repeated or badly encoded, programs
//! make different keys.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::base::text::Text;
use crate::tr;

/// Attributes by their names, decoded.
pub type Attributes<'a> = Vec<(&'static str, Cow<'a, [u8]>)>;

/// What a URI names its key by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uri<'a> {
    /// The attributes before `?`, decoded, in the order of their names.
    attributes: Attributes<'a>,
}

/// The attributes before `?` (RFC 7512, 2.3), in the order of the alphabet.
const PATH: [&str; 13] = [
    "id",
    "library-description",
    "library-manufacturer",
    "library-version",
    "manufacturer",
    "model",
    "object",
    "serial",
    "slot-description",
    "slot-id",
    "slot-manufacturer",
    "token",
    "type",
];

/// The attributes after it. Of those with a PIN `no-private-key` speaks.
const QUERY: [&str; 4] = ["module-name", "module-path", "pin-source", "pin-value"];

/// The attributes that say nothing of which object is meant, or are no text.
const ALONE: [&str; 3] = ["id", "object", "type"];

impl<'a> Uri<'a> {
    /// Reads a URI.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &'a str) -> Result<Uri<'a>, Text> {
        let scheme = text.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("pkcs11"));
        let (_, rest) = scheme.ok_or_else(|| tr!("it does not begin with `pkcs11:`"))?;
        let (path, query) = rest.split_once('?').map_or((rest, None), |(a, b)| (a, Some(b)));
        let attributes = attributes(path, ';', &PATH, b"&")?;
        if let Some(query) = query {
            attributes_of_query(query)?;
        }
        Ok(Uri { attributes })
    }

    /// The value of an attribute before `?`.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let known = self.attributes.iter().find(|(known, _)| *known == name);
        known.map(|(_, value)| &**value)
    }

    /// The attributes before `?`, in the order of their names.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.attributes.iter().map(|(name, value)| (*name, &**value))
    }

    /// Why it may select another object than the one private key that is meant, if so.
    pub fn fault(&self) -> Option<Text> {
        if self.get("token").or(self.get("serial")).is_none() {
            return Some(tr!("it names neither a `token` nor a `serial`"));
        }
        if self.get("object").or(self.get("id")).is_none() {
            return Some(tr!("it names neither an `object` nor an `id`"));
        }
        if self.get("type").is_some_and(|kind| kind != b"private") {
            return Some(tr!("its `type` is not `private`"));
        }
        let padded = self.attributes.iter().find(|(name, value)| {
            !ALONE.contains(name) && value.last().is_some_and(|&last| last == b' ')
        });
        padded.map(|(name, _)| tr!("its `{attribute}` ends with a blank", attribute = *name))
    }

    /// What selects the object, the same for every URI of one place: tokens pad their texts with
    /// blanks, and only private keys are meant.
    pub fn place(self) -> Attributes<'a> {
        let selects = self.attributes.into_iter().filter(|(name, _)| *name != "type");
        selects.map(|(name, value)| (name, unpadded(name, value))).collect()
    }
}

fn unpadded<'a>(name: &str, value: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
    if ALONE.contains(&name) || value.last() != Some(&b' ') {
        return value;
    }
    let mut value = value.into_owned();
    value.truncate(value.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1));
    value.into()
}

/// A query is read to be refused; what it says selects nothing.
fn attributes_of_query(query: &str) -> Result<(), Text> {
    attributes(query, '&', &QUERY, b"/?|").map(|_| ())
}

/// Attributes `name=value`, sorted, each known and there once.
fn attributes<'a>(
    text: &'a str,
    separator: char,
    known: &[&'static str],
    also: &[u8],
) -> Result<Attributes<'a>, Text> {
    let mut found: Attributes<'a> = Vec::new();
    for attribute in text.split(separator) {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let name = known.iter().find(|known| **known == name).ok_or_else(|| unknown(name))?;
        if found.iter().any(|(other, _)| other == name) {
            return Err(tr!("its `{attribute}` is there twice", attribute = *name));
        }
        found.push((name, value_of(name, value, also)?));
    }
    found.sort_unstable_by_key(|(name, _)| *name);
    Ok(found)
}

fn unknown(name: &str) -> Text {
    if name.is_empty() {
        return tr!("it has an empty attribute");
    }
    tr!("it has the unknown attribute `{attribute}`", attribute = name)
}

/// A value, decoded. Only an `id` is bytes, the others are text.
fn value_of<'a>(name: &'static str, value: &'a str, also: &[u8]) -> Result<Cow<'a, [u8]>, Text> {
    if value.is_empty() {
        return Err(tr!("its `{attribute}` is empty", attribute = name));
    }
    let encoded = || tr!("its `{attribute}` is not soundly percent-encoded", attribute = name);
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = match (byte, after) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                after
            }
            (b'%', _) => return Err(encoded()),
            _ if stands_bare(byte) || also.contains(&byte) => after,
            _ => return Err(encoded()),
        };
    }
    let bytes: Cow<'a, [u8]> = percent_decode_str(value).into();
    let is_text = std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains('\0'));
    let is_number = bytes.iter().all(u8::is_ascii_digit);
    let version = || bytes.split(|&byte| byte == b'.');
    let is_version = version().count() <= 2
        && version().all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit));
    let fits = match name {
        "id" => true,
        "slot-id" => is_number,
        "library-version" => is_version,
        _ => is_text,
    };
    let unfit = || tr!("its `{attribute}` has a value that it cannot have", attribute = name);
    if fits { Ok(bytes) } else { Err(unfit()) }
}

/// `pk11-res-avail` and `unreserved` (RFC 7512, 2.3; RFC 3986, 2.3).
fn stands_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:[]@!$'()*+,=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Uri;

    fn refusal(text: &str) -> Option<String> {
        let read = Uri::read(text);
        read.map_or_else(Some, |uri| uri.fault()).map(|fault| fault.to_string())
    }

    #[test]
    fn a_uri_names_one_private_key() {
        for sound in [
            "pkcs11:token=via-oberta;object=sct-2026",
            "pkcs11:serial=DE01;id=%00%ff%2F",
            "PKCS11:object=a%3Bb;token=Via%20Oberta;type=private",
            "pkcs11:token=x;object=y;slot-id=0;library-version=3.2;model=SoftHSM%20v2",
            "pkcs11:token=x;object=y?module-path=/usr/lib/softhsm.so&module-name=softhsm2",
            "pkcs11:token=x;object=%C3%A0&b",
        ] {
            assert_eq!(refusal(sound), None, "{sound}");
        }
        for unsound in [
            "",
            "pkcs11:",
            "pkcs11:token=x",
            "pkcs11:object=y",
            "the key store in the safe",
            "pkcs12:token=x;object=y",
            "pkcs11:TOKEN=x;object=y",
            "pkcs11:token=x;token=x;object=y",
            "pkcs11:token=x;object=%ZZ",
            "pkcs11:token=x;object=%4",
            "pkcs11:token=x;object=y;type=cert",
            "pkcs11:token=x;object=y;type=Private",
            "pkcs11:token=x;object=y;vendor=1",
            "pkcs11:token=x;object=y;",
            "pkcs11:token=x;;object=y",
            "pkcs11:token=x;object",
            "pkcs11:token=;serial=1;object=y",
            "pkcs11:token=x%20;object=y",
            "pkcs11:token=x;object=y;model=m%20",
            "pkcs11:token=a b;object=y",
            "pkcs11:token=à;object=y",
            "pkcs11:token=a/b;object=y",
            "pkcs11:token=a%00;object=y",
            "pkcs11:token=a%ff;object=y",
            "pkcs11:token=x;object=y;slot-id=a",
            "pkcs11:token=x;object=y;library-version=3.",
            "pkcs11:token=x;object=y?",
            "pkcs11:token=x;object=y?module-name=a&module-name=a",
            "pkcs11:token=x;object=y?token=x",
            "pkcs11:token=x;object=y#z",
        ] {
            assert!(refusal(unsound).is_some(), "{unsound}");
        }
    }

    #[test]
    fn what_selects_makes_the_place() {
        let place = |text| Uri::read(text).unwrap().place();
        let one = place("pkcs11:token=x;object=y");
        for same in [
            "PKCS11:object=y;token=x",
            "pkcs11:token=x;object=y;type=private",
            "pkcs11:token=x;object=y?module-name=z",
            "pkcs11:token=%78%20%20;object=%79",
        ] {
            assert_eq!(place(same), one, "{same}");
        }
        for other in [
            "pkcs11:token=x;object=y%20",
            "pkcs11:token=x;object=Y",
            "pkcs11:token=x;id=y",
            "pkcs11:token=x;object=y;slot-id=1",
        ] {
            assert_ne!(place(other), one, "{other}");
        }
    }

    proptest! {
        /// Whatever is read is read the same with everything encoded, and never panics.
        #[test]
        fn encoding_changes_no_place(text in "(pkcs11:)?[a-z=;?&%0-9A-F :é-]{0,40}") {
            let Ok(uri) = Uri::read(&text) else { return Ok(()) };
            let encode = |value: &[u8]| -> String {
                value.iter().map(|byte| format!("%{byte:02x}")).collect()
            };
            let parts: Vec<String> = uri.attributes.iter()
                .map(|(name, value)| format!("{name}={}", encode(value))).collect();
            let encoded = format!("pkcs11:{}", parts.join(";"));
            prop_assert_eq!(Uri::read(&encoded).unwrap(), uri);
        }
    }
}
