//! What is kept of the message that proves a check: derived facts alone.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Digest, ServiceId, Words, text_type};

/// The request with which a check was made, and what was answered. The message itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The request's id; of one that might name a person, 16 digits of its SHA-256.
    pub request: RequestName,
    /// When it was sent.
    pub sent: Instant,
    /// What the answer says of the request: four digits, or `fault`.
    pub code: Option<StateCode>,
    /// What AEAT answered, if it did.
    pub answer: Option<AnswerCode>,
    /// The service that was asked.
    pub service: ServiceId,
    /// The organ code under which it was asked.
    pub organ_code: Words,
    /// The SHA-256 of the certificate that signed it.
    pub signed_by: Digest,
    /// The SHA-256 of the request's bytes.
    pub sha256: Digest,
}

text_type! {
    /// An instant in UTC, in whole seconds.
    Instant, {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
        "format": "date-time"
    }, "an instant, `YYYY-MM-DDTHH:MM:SSZ`",
    crate::base::time::read_instant => Timestamp
}

impl Instant {
    /// The instant.
    pub fn timestamp(&self) -> Timestamp {
        self.0
    }
}

text_type! {
    /// A request's id.
    RequestName, { "type": "string", "pattern": "^[A-Za-z0-9_.:/-]{1,100}$" },
    "a request's id: 1 to 100 of the letters a to z, digits, `_`, `.`, `:`, `/` and `-`",
    |text| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:/-".contains(&byte);
        ((1..=100).contains(&text.len()) && text.bytes().all(fits)).then(|| text.into())
    } => Box<str>
}

text_type! {
    /// What an answer says of the request.
    StateCode, { "type": "string", "pattern": "^([0-9]{4}|fault)$" }, "four digits, or `fault`",
    |text| {
        let is_digits = text.len() == 4 && text.bytes().all(|digit| digit.is_ascii_digit());
        (is_digits || text == "fault").then(|| text.into())
    } => Box<str>
}

text_type! {
    /// What AEAT answered.
    AnswerCode, { "type": "string", "pattern": "^[0-9]{1,4}$" }, "one to four digits",
    |text| {
        let digits = text.bytes().all(|digit| digit.is_ascii_digit());
        (digits && (1..=4).contains(&text.len())).then(|| text.into())
    } => Box<str>
}
