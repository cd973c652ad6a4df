//! What several files have in common.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::text_type;
use crate::base::digest::Sha256;
use crate::inventory::finding::Environment;

text_type! {
    /// A civil date in Europe/Madrid, `YYYY-MM-DD`.
    Day, { "type": "string", "format": "date" }, "a date, `YYYY-MM-DD`",
    crate::base::time::read_date => Date
}

impl Day {
    /// The date.
    pub fn date(&self) -> Date {
        self.0
    }
}

text_type! {
    /// A SHA-256, 64 hexadecimal digits.
    Digest, { "type": "string", "pattern": "^[0-9a-fA-F]{64}$" }, "64 hexadecimal digits",
    Sha256::from_hex => Sha256
}

text_type! {
    /// Free text that is not blank.
    Words, { "type": "string", "pattern": "[^ \\t\\n\\r]" }, "some text",
    |text| text.contains(|c: char| !matches!(c, ' ' | '\t' | '\n' | '\r')).then(|| text.into())
    => Box<str>
}

text_type! {
    /// A file's or a folder's name as an id: lower-case letters a to z, digits and hyphens.
    Slug, { "type": "string", "pattern": "^[a-z0-9-]+$" }, "letters a to z, digits and hyphens",
    |text| is_slug(text).then(|| text.into()) => Box<str>
}

text_type! {
    /// A certificate's id: its folder and its file's stem, `sct/2026`.
    CertificateId, { "type": "string", "pattern": "^[a-z0-9-]+/[a-z0-9-]+$" },
    "a certificate, `holder/label`",
    |text| is_pair(text, is_slug, is_slug).then(|| text.into()) => Box<str>
}

text_type! {
    /// A batch's id: its calendar and its file's stem, `transicio-2026/10-sct`.
    BatchId, { "type": "string", "pattern": "^[a-z0-9-]+/[a-z0-9-]+$" }, "a batch, `calendar/NN-slug`",
    |text| is_pair(text, is_slug, is_slug).then(|| text.into()) => Box<str>
}

text_type! {
    /// A service, product and modality: `AEAT_IRPF/C2`.
    ServiceId, { "type": "string", "pattern": "^[A-Za-z0-9_-]+/[A-Za-z0-9_-]+$" },
    "a service, `PRODUCT/MODALITY`",
    |text| is_pair(text, is_product, is_product).then(|| text.into()) => Box<str>
}

/// Implements access to the text of the types above that are plain text.
macro_rules! as_text {
    ($($name:ty),+ $(,)?) => {
        $(impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&$name> for crate::base::text::Argument {
            fn from(value: &$name) -> Self {
                crate::base::text::Argument::from(value.as_str())
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        })+
    };
}

as_text!(
    Words,
    Slug,
    CertificateId,
    BatchId,
    ServiceId,
    super::RequestName,
    super::StateCode,
    super::AnswerCode
);

/// Whether `text` may be an id: `[a-z0-9-]+`.
pub(crate) fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_product(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn is_pair(text: &str, first: fn(&str) -> bool, second: fn(&str) -> bool) -> bool {
    text.split_once('/').is_some_and(|(before, after)| first(before) && second(after))
}

/// A quantity, of days, bits or loads: from 0 to 36,500.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u16);

impl Count {
    const MOST: u16 = 36_500;

    /// The number, to count with.
    pub fn count(self) -> i64 {
        i64::from(self.0)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = u16::deserialize(from)?;
        let refused = || serde::de::Error::custom("a whole number from 0 to 36500 is expected");
        (number <= Count::MOST).then_some(Count(number)).ok_or_else(refused)
    }
}

impl JsonSchema for Count {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        super::unnamed()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": Count::MOST })
    }
}

/// Something for PRE and something for PRO, each when there is one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PerEnvironment<T> {
    /// For pre-production.
    pub pre: Option<T>,
    /// For production.
    pub pro: Option<T>,
}

impl<T> Default for PerEnvironment<T> {
    fn default() -> Self {
        PerEnvironment { pre: None, pro: None }
    }
}

impl<T> PerEnvironment<T> {
    /// What is there for `environment`.
    pub fn get(&self, environment: Environment) -> Option<&T> {
        match environment {
            Environment::Pre => self.pre.as_ref(),
            Environment::Pro => self.pro.as_ref(),
        }
    }
}

/// What shows that something is so: a ticket, a file with its SHA-256, or a CSV code.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// A support ticket, `ST-22980`.
    pub ticket: Option<Words>,
    /// A document, by its path from `inventory/`: `evidence/…`.
    pub file: Option<Words>,
    /// The SHA-256 of the document's bytes.
    pub sha256: Option<Box<Digest>>,
    /// A secure verification code (*codi segur de verificació*), 16 characters.
    pub csv: Option<Words>,
}

impl Evidence {
    /// The ticket, the file's path or the code.
    pub fn shown(&self) -> Option<&str> {
        let Evidence { ticket, file, sha256: _, csv } = self;
        ticket.as_ref().or(file.as_ref()).or(csv.as_ref()).map(Words::as_str)
    }
}

/// One text, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OneOrMore<T> {
    /// One.
    One(T),
    /// A list.
    More(Vec<T>),
}

impl<T> OneOrMore<T> {
    /// All of them.
    pub fn all(&self) -> &[T] {
        match self {
            OneOrMore::One(one) => std::slice::from_ref(one),
            OneOrMore::More(all) => all,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Reader<T> {
            type Value = OneOrMore<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("one, or a list")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(serde::de::value::StrDeserializer::new(text)).map(OneOrMore::One)
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                items: A,
            ) -> Result<Self::Value, A::Error> {
                let items = serde::de::value::SeqAccessDeserializer::new(items);
                Vec::deserialize(items).map(OneOrMore::More)
            }
        }
        from.deserialize_any(Reader(std::marker::PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMore<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        super::unnamed()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<T>();
        schemars::json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}
