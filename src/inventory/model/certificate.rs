//! `inventory/certificates/<holder>/<label>.yaml`: what is known of a seal besides its PEM.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Day, Digest, Evidence, PerEnvironment, Words, text_type};
use crate::base::word::Word;
use crate::inventory::finding::Environment;

/// A seal's record.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// SHA-256 of the certificate's DER: its identity.
    pub sha256: Digest,
    /// The organ codes it is registered under; several only in block departments.
    pub organ_codes: Vec<Words>,
    /// Where the private key is, never the key: a PKCS#11 URI (RFC 7512), or `alias:NAME` in a key
    /// store's file; or one an environment.
    pub key: Option<KeyLocation>,
    /// The support desk's ticket with which the seal was handed over.
    pub delivered: Option<Delivery>,
    /// AEAT's written confirmations.
    #[serde(default)]
    pub confirmations: PerEnvironment<Confirmation>,
    /// It is no longer to be used.
    pub retired: Option<Retirement>,
}

impl Certificate {
    /// Where the private key is in `environment`, as far as the record says.
    pub fn key_in(&self, environment: Environment) -> Option<&str> {
        match self.key.as_ref()? {
            KeyLocation::Same(place) => Some(place.as_str()),
            KeyLocation::Each(each) => each.get(environment).map(Words::as_str),
        }
    }

    /// The places of the private key, each with the environment that it is for; none for both.
    pub fn key_places(&self) -> Vec<(Option<Environment>, &str)> {
        match &self.key {
            None => Vec::new(),
            Some(KeyLocation::Same(place)) => vec![(None, place.as_str())],
            Some(KeyLocation::Each(each)) => {
                let named = |it| Some((Some(it), each.get(it)?.as_str()));
                Environment::BOTH.into_iter().filter_map(named).collect()
            }
        }
    }
}

/// Where a private key is.
#[derive(Clone, Debug)]
pub enum KeyLocation {
    /// The same in both environments.
    Same(Words),
    /// One an environment.
    Each(PerEnvironment<Words>),
}

impl<'de> Deserialize<'de> for KeyLocation {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = KeyLocation;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key's place, or one for `pre` and one for `pro`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<KeyLocation, E> {
                let uri = serde::de::value::StrDeserializer::new(text);
                Words::deserialize(uri).map(KeyLocation::Same)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<KeyLocation, A::Error> {
                let each = MapAccessDeserializer::new(map);
                PerEnvironment::deserialize(each).map(KeyLocation::Each)
            }
        }
        from.deserialize_any(Reader)
    }
}

impl JsonSchema for KeyLocation {
    fn schema_name() -> Cow<'static, str> {
        "KeyLocation".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let same = generator.subschema_for::<Words>();
        let each = generator.subschema_for::<PerEnvironment<Words>>();
        schemars::json_schema!({ "anyOf": [same, each] })
    }
}

/// The support desk's delivery.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// The ticket, `ST-22976`.
    pub ticket: Words,
    /// The day it was handed over.
    pub date: Day,
}

text_type! {
    /// A serial number as AEAT wrote it: hexadecimal digits, with spaces or colons.
    QuotedSerial, { "type": "string", "pattern": "^(0[xX])?[0-9a-fA-F]([ :-]?[0-9a-fA-F])*$" },
    "a serial number in hexadecimal digits", read_serial => Box<str>
}

impl QuotedSerial {
    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn read_serial(text: &str) -> Option<Box<str>> {
    let mut after_digit = false;
    // `0x` and `-` are read, to be told by `confirmed-in-writing` with what the serial is.
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    for byte in digits.bytes() {
        let digit = byte.is_ascii_hexdigit();
        let separator = after_digit && matches!(byte, b' ' | b':' | b'-');
        if !digit && !separator {
            return None;
        }
        after_digit = digit;
    }
    after_digit.then(|| text.into())
}

/// AEAT's written answer that it has loaded the public key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The day from which the key is loaded.
    pub date: Day,
    /// The certificate's serial, as AEAT quotes it.
    pub serial: Option<QuotedSerial>,
    /// The certificate's SHA-256, as AEAT quotes it.
    pub sha256: Option<Digest>,
    /// The answer itself: a file or a ticket. The receipt of the request (a CSV) is none.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// The end of a certificate's use.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retirement {
    /// The day from which it is not to be used.
    pub date: Day,
    /// Why.
    pub reason: RetirementReason,
    /// Of one compromised or ceased that nothing takes the place of: the days on which it was taken
    /// out.
    #[serde(default)]
    pub removed: PerEnvironment<Day>,
}

/// Why a certificate is no longer used.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum RetirementReason {
    /// A later one takes its place.
    Superseded,
    /// Its private key is, or may be, known to others.
    Compromised,
    /// Its ens is no more.
    Ceased,
}

impl Word for RetirementReason {
    const ALL: &'static [RetirementReason] =
        &[RetirementReason::Superseded, RetirementReason::Compromised, RetirementReason::Ceased];
}
