//! `inventory/waivers/<slug>.yaml`: an exception that AOC and SIAD have agreed on, for a while.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Day, Evidence, OneOrMore, Slug, Words};

/// A waiver of one rule for one file's findings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The rule.
    pub rule: Slug,
    /// The file that the finding is in, from `inventory/`: `calendars/…`.
    pub subject: Words,
    /// The ens, one or a list; needed where the file is a batch's.
    pub ens: Option<OneOrMore<Slug>>,
    /// Why.
    pub reason: Option<Words>,
    /// E-mails of an AOC and of a SIAD reviewer.
    #[serde(default)]
    pub approved_by: Vec<Words>,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The first day.
    pub granted: Option<Day>,
    /// The last day, at most 90 after the first.
    pub expires: Option<Day>,
}
