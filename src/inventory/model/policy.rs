//! `inventory/policy.yaml`: what AOC and SIAD have agreed on for all loads.

use std::collections::BTreeMap;

use crate::base::language::Language;
use crate::base::word::Word;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Count, Day, ServiceId, Slug, Words, map_schema, text_type};

/// The policy.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The version of this format: 1.
    #[schemars(schema_with = "version_schema")]
    #[serde(deserialize_with = "read_version")]
    pub version: u16,
    /// AEAT's services that may be asked for: product/modality and its name.
    #[schemars(schema_with = "map_schema::<ServiceId, Words>")]
    pub services: BTreeMap<ServiceId, Words>,
    /// The Generalitat itself.
    pub generalitat: Generalitat,
    /// On organ codes.
    #[serde(default)]
    pub organ_codes: OrganCodePolicy,
    /// On days.
    pub calendar: CalendarPolicy,
    /// On certificates.
    pub certificates: CertificatePolicy,
    /// On checks.
    #[serde(default)]
    pub checks: CheckPolicy,
    /// Where a ticket can be seen, with `{ticket}` once in it: pages link to it.
    pub tickets: Option<TicketPage>,
    /// What CI, comments, pages and generated texts are written in.
    #[serde(default)]
    pub language: Option<Language>,
    /// Who approves.
    pub reviewers: Vec<Reviewer>,
    /// Rules whose warnings are errors here.
    #[schemars(schema_with = "map_schema::<Slug, Raised>")]
    #[serde(default)]
    pub rules: BTreeMap<Slug, Raised>,
}

fn read_version<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    match u16::deserialize(from)? {
        1 => Ok(1),
        _ => Err(serde::de::Error::custom("version 1 is the only one")),
    }
}

fn version_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "integer", "const": 1 })
}

/// The Generalitat itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Generalitat {
    /// The NIF that all departments share.
    pub nif: Words,
}

/// On organ codes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganCodePolicy {
    /// Codes accepted although their control digits fail.
    #[serde(default)]
    pub exceptions: Vec<Words>,
}

/// On days.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarPolicy {
    /// The days of the week on which AOC loads.
    pub working_days: Vec<Weekday>,
    /// Count on which nothing is loaded.
    #[serde(default)]
    pub holidays: Vec<Day>,
    /// Spans in which nothing is loaded.
    #[serde(default)]
    pub freezes: Vec<Freeze>,
    /// Count from AEAT's confirmation to a load.
    pub lead_days: Count,
    /// How many loads a proposed batch aims at.
    pub batch_size: Count,
    /// Count from one batch to the next, for proposals.
    pub days_between_batches: Count,
    /// Count from PRE to PRO, for proposals.
    pub days_from_pre_to_pro: Count,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekday {
    /// The day of the week of `date`.
    pub fn of(date: Date) -> Weekday {
        use jiff::civil::Weekday as Day;
        match date.weekday() {
            Day::Monday => Weekday::Mon,
            Day::Tuesday => Weekday::Tue,
            Day::Wednesday => Weekday::Wed,
            Day::Thursday => Weekday::Thu,
            Day::Friday => Weekday::Fri,
            Day::Saturday => Weekday::Sat,
            Day::Sunday => Weekday::Sun,
        }
    }
}

/// A span in which nothing is loaded.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// Why.
    pub reason: Words,
}

/// On certificates.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificatePolicy {
    /// Count that a certificate must have left after its load.
    pub days_left_after_load: Count,
    /// Count before its expiry from which a loaded certificate is warned of.
    pub warn_days_before_expiry: Count,
    /// Where the private keys of new seals are, when no other place is told: a place with `{holder}`
    /// and `{label}` in it.
    pub key: Option<Words>,
    /// Working days that it takes to issue a seal, for forecasts.
    pub working_days_to_issue: Count,
    /// Count that AEAT takes to confirm, for forecasts.
    pub days_for_confirmation: Count,
    /// OIDs of the accepted certificate policies.
    pub policies: Vec<Words>,
    /// The accepted common names.
    pub common_names: Vec<Words>,
    /// The longest validity allowed, in days.
    pub longest_validity_days: Count,
    /// The smallest accepted keys, from a day on.
    pub keys: Vec<KeySizes>,
}

impl CertificatePolicy {
    /// Where the private key of the seal `holder/label` is, when no other place is told.
    pub fn key_of(&self, holder: &str, label: &str) -> Option<String> {
        let template = self.key.as_ref()?.as_str();
        Some(template.replace("{holder}", holder).replace("{label}", label))
    }

    /// The key sizes accepted on `day`: those of the latest `from` that has come.
    pub fn keys_on(&self, day: Date) -> Option<&KeySizes> {
        let begun = self.keys.iter().filter(|sizes| sizes.from.date() <= day);
        begun.max_by_key(|sizes| sizes.from.date())
    }
}

text_type! {
    /// The address of a ticket's page, with `{ticket}` in its place: https alone.
    TicketPage, {
        "type": "string",
        "pattern": "^https://[A-Za-z0-9.:-]+/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*\\{ticket\\}[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*$"
    },
    "an https address with `{ticket}` once in it",
    |text| is_ticket_page(text).then(|| text.into()) => Box<str>
}

fn is_ticket_page(text: &str) -> bool {
    let Some((host, path)) = text.strip_prefix("https://").and_then(|it| it.split_once('/')) else {
        return false;
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".:-".contains(c);
    let is_path = |c: char| c.is_ascii_alphanumeric() || "._~:/?#@!$&'()*+,;=%-".contains(c);
    let parts: Vec<&str> = path.split("{ticket}").collect();
    let is_plain = parts.iter().all(|part| part.chars().all(is_path));
    !host.is_empty() && host.chars().all(is_host) && parts.len() == 2 && is_plain
}

impl TicketPage {
    /// The address of one ticket's page.
    pub fn of(&self, ticket: &str) -> String {
        self.0.replace("{ticket}", ticket)
    }
}

/// On checks that requests work.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckPolicy {
    /// From this day on AOC's working checks are proved by their message.
    pub message_from: Option<Day>,
}

/// The smallest accepted keys, in bits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeySizes {
    /// From this day on.
    pub from: Day,
    /// For RSA.
    pub rsa: Count,
    /// For elliptic curves.
    pub ec: Count,
}

/// Somebody who approves.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reviewer {
    /// Their name.
    pub name: Words,
    /// Their e-mail, as in their commits.
    pub email: Words,
    /// Further addresses under which they commit, such as a forge's `noreply` one.
    #[serde(default)]
    pub emails: Vec<Words>,
    /// For whom they approve.
    pub role: Role,
    /// Their SSH public key.
    pub signing_key: Words,
    /// The key that takes its place, while it is being changed.
    pub next_key: Option<Words>,
}

/// For whom a reviewer approves.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Consorci AOC.
    Aoc,
    /// SIAD, for the Generalitat.
    Siad,
}

impl Word for Role {
    const ALL: &'static [Role] = &Role::BOTH;
}

impl Role {
    /// Both.
    pub const BOTH: [Role; 2] = [Role::Aoc, Role::Siad];
}

/// What a rule's warning may be raised to. Lowering is a waiver's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Raised {
    /// An error.
    Error,
}
