//! `inventory/calendars/<calendar>/<NN>-<slug>.yaml`, one batch a file, and `baseline.yaml`.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{CertificateId, Count, Day, Evidence, Message, ServiceId, Slug, Words};
use crate::base::word::Word;
use crate::inventory::finding::{Actor, Environment};

/// A batch (*tanda*): the bodies loaded together, one day of a calendar.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The day's number, the same as in the file's name.
    pub day: Count,
    /// How far the batch is released.
    pub stage: Stage,
    /// The day on which AOC loads it in PRE.
    pub pre: Day,
    /// The day on which AOC loads it in PRO.
    pub pro: Day,
    /// What is loaded.
    pub loads: Vec<Load>,
    /// Checks that the departments still consume after the change in PRO.
    #[serde(default)]
    pub departments: Vec<Check>,
    /// The batch is, or was, stopped: one hold, or a list of them.
    pub hold: Option<Holds>,
}

impl Batch {
    /// D(E): the day on which AOC loads it in `environment`.
    pub fn date(&self, environment: Environment) -> Date {
        match environment {
            Environment::Pre => self.pre.date(),
            Environment::Pro => self.pro.date(),
        }
    }

    /// Whether its stage asks for `environment`.
    pub fn asks_for(&self, environment: Environment) -> bool {
        match environment {
            Environment::Pre => self.stage >= Stage::Pre,
            Environment::Pro => self.stage >= Stage::Pro,
        }
    }

    /// Its holds, in the file's order.
    pub fn holds(&self) -> &[Hold] {
        self.hold.as_ref().map_or(&[], Holds::all)
    }

    /// The hold that stops it, if one runs: the first in the file.
    pub fn running_hold(&self) -> Option<&Hold> {
        self.holds().iter().find(|hold| hold.runs())
    }

    /// Whether a manifest of `environment` asks for its loads: the stage does, and no hold runs.
    pub fn releases(&self, environment: Environment) -> bool {
        self.asks_for(environment) && self.running_hold().is_none()
    }
}

/// How far a batch is released.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Not yet.
    Planned,
    /// To be loaded in PRE.
    Pre,
    /// To be loaded in PRO too.
    Pro,
}

impl Word for Stage {
    const ALL: &'static [Stage] = &[Stage::Planned, Stage::Pre, Stage::Pro];
}

/// One seal for one ens.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// For whom.
    pub ens: Slug,
    /// Which seal.
    pub certificate: CertificateId,
    /// What happened in PRE; absent until it has.
    pub pre: Option<Record>,
    /// What happened in PRO; absent until it has.
    pub pro: Option<Record>,
    /// The load was taken out.
    pub withdrawn: Option<Withdrawal>,
}

impl Load {
    /// Whose seal it is, and which.
    pub fn seal(&self) -> (&str, &str) {
        (self.ens.as_str(), self.certificate.as_str())
    }

    /// What happened in `environment`.
    pub fn record(&self, environment: Environment) -> Option<&Record> {
        match environment {
            Environment::Pre => self.pre.as_ref(),
            Environment::Pro => self.pro.as_ref(),
        }
    }

    /// The day on which it was loaded in `environment`.
    pub fn loaded(&self, environment: Environment) -> Option<Date> {
        self.record(environment).map(|record| record.loaded.date())
    }

    /// Open until withdrawn or verified in PRO.
    pub fn is_open(&self) -> bool {
        self.withdrawn.is_none() && !self.is_verified_in_pro()
    }

    /// Since SIAD was told of the load in PRO, and since the last failure, PICA's and AOC's checks
    /// there work.
    pub fn is_verified_in_pro(&self) -> bool {
        let verified = |record: &Record| {
            let told = record.told_siad_on();
            told.is_some_and(|day| record.unverified_since(day).is_empty())
        };
        self.pro.as_ref().is_some_and(verified)
    }
}

/// What happened to a load in one environment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The day AOC loaded it.
    pub loaded: Day,
    /// The checks, in the order in which they were made.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// SIAD was told.
    pub informed: Option<Informed>,
}

impl Record {
    /// The checks since the last failure, the failure apart.
    pub fn since_last_failure(&self) -> &[Check] {
        let after = self.checks.iter().rposition(|check| check.result == Outcome::Fails);
        &self.checks[after.map_or(0, |failure| failure + 1)..]
    }

    /// Whether AOC has seen it work since the last failure by a request that proves it.
    pub fn is_proved(&self) -> bool {
        let mut checks = self.since_last_failure().iter();
        checks.any(|check| check.by.contains(&Actor::Aoc) && check.is_proved())
    }

    /// Of PICA and AOC, those whose check does not yet work since the last failure.
    pub fn unverified_by(&self) -> Vec<Actor> {
        self.unverified_since(Date::MIN)
    }

    /// The same, of the checks from that day on.
    fn unverified_since(&self, day: Date) -> Vec<Actor> {
        let working = self.since_last_failure().iter().filter(|check| check.date.date() >= day);
        let lacks = |actor: &Actor| !working.clone().any(|check| check.by.contains(actor));
        [Actor::Aoc, Actor::Pica].into_iter().filter(lacks).collect()
    }

    /// The day on which SIAD was told of the load, once it had been made.
    fn told_siad_on(&self) -> Option<Date> {
        let informed = self.informed.as_ref()?;
        let counts =
            informed.to.contains(&Actor::Siad) && informed.date.date() >= self.loaded.date();
        counts.then(|| informed.date.date())
    }
}

/// A check that requests work.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The day it was made.
    pub date: Day,
    /// By whom.
    pub by: Vec<Actor>,
    /// What came of it.
    pub result: Outcome,
    /// The services that were asked.
    #[serde(default)]
    pub services: Vec<ServiceId>,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Of a failure: why.
    pub cause: Option<Words>,
    /// Of a failure: with whom the cause was discussed.
    #[serde(default)]
    pub discussed_with: Vec<Actor>,
    /// Of a failure: the day it was mended.
    pub corrected: Option<Day>,
    /// The request with which it was made, and what was answered.
    pub message: Option<Message>,
}

impl Check {
    /// Whether its message proves it: the request and its answer are known.
    pub fn is_proved(&self) -> bool {
        self.message.as_ref().is_some_and(|message| message.code.is_some())
    }
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Requests work.
    Works,
    /// They do not.
    Fails,
}

impl Word for Outcome {
    const ALL: &'static [Outcome] = &[Outcome::Works, Outcome::Fails];
}

/// Somebody was told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Informed {
    /// The day.
    pub date: Day,
    /// Whom.
    pub to: Vec<Actor>,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// A load taken out: what the ens had before comes back.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// From this day on.
    pub date: Day,
    /// Why.
    pub reason: Words,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Where what was before has been loaded again.
    #[serde(default)]
    pub restored: Restored,
}

/// The days on which what was before was loaded again.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// In PRE.
    pub pre: Option<Day>,
    /// In PRO.
    pub pro: Option<Day>,
}

impl Restored {
    /// The day in `environment`.
    pub fn get(&self, environment: Environment) -> Option<&Day> {
        match environment {
            Environment::Pre => self.pre.as_ref(),
            Environment::Pro => self.pro.as_ref(),
        }
    }
}

/// A batch is stopped.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// From this day on.
    pub since: Day,
    /// Who asked for it.
    pub by: Actor,
    /// Why.
    pub reason: Words,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The day from which it may go on.
    pub ended: Option<Day>,
}

impl Hold {
    /// Whether it still stops the batch: it does while nobody has recorded its end, whatever the day.
    pub fn runs(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether nothing may be loaded on `day`: one after its first and before its last.
    pub fn covers(&self, day: Date) -> bool {
        self.since.date() < day && self.ended.as_ref().is_none_or(|ended| day < ended.date())
    }
}

/// The holds of a batch. One hold and a list of one are the same.
#[derive(Clone, Debug)]
pub enum Holds {
    /// The only one, written without a list.
    One(Hold),
    /// One after the other.
    List(Vec<Hold>),
}

impl Holds {
    /// All of them, in order.
    pub fn all(&self) -> &[Hold] {
        match self {
            Holds::One(hold) => std::slice::from_ref(hold),
            Holds::List(holds) => holds,
        }
    }

    /// Where the hold at `index` stands, from the batch's `hold`.
    pub fn pointer(&self, index: usize) -> String {
        match self {
            Holds::One(_) => "/hold".to_owned(),
            Holds::List(_) => format!("/hold/{index}"),
        }
    }
}

impl<'de> Deserialize<'de> for Holds {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Holds;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a hold, or a list of holds")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Holds, A::Error> {
                Hold::deserialize(MapAccessDeserializer::new(map)).map(Holds::One)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Holds, A::Error> {
                let holds = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                if holds.is_empty() {
                    return Err(serde::de::Error::invalid_length(0, &"one hold at least"));
                }
                Ok(Holds::List(holds))
            }
        }
        from.deserialize_any(Reader)
    }
}

impl JsonSchema for Holds {
    fn schema_name() -> Cow<'static, str> {
        "Holds".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let hold = generator.subschema_for::<Hold>();
        schemars::json_schema!({
            "anyOf": [hold, { "type": "array", "items": hold, "minItems": 1 }]
        })
    }
}

/// `inventory/baseline.yaml`: what was loaded already when segell came in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The day on which it was so.
    pub as_of: Day,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// What each ens had.
    pub holds: Vec<Held>,
}

impl Baseline {
    /// Its file.
    pub const FILE: &str = "inventory/baseline.yaml";
}

/// What an ens had before segell.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Who.
    pub ens: Slug,
    /// Which seal.
    pub certificate: CertificateId,
    /// Where.
    #[serde(rename = "in")]
    pub environments: Vec<Environment>,
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::Load;

    /// Whether a load with this record in PRO is open.
    fn is_open(checks: &str, informed: &str) -> bool {
        let text = format!(
            "{{ ens: a, certificate: a/1, pro: {{ loaded: 2026-11-10, checks: [{checks}], informed: {informed} }} }}"
        );
        let root = crate::files::yaml::parse(&text).root.unwrap();
        Load::deserialize(&root).unwrap().is_open()
    }

    #[test]
    fn a_load_is_open_until_checks_work_after_siad_was_told() {
        let works = |day: u8| format!("{{ date: 2026-11-{day}, by: [aoc, pica], result: works }}");
        let told = |day: u8| format!("{{ date: 2026-11-{day}, to: [pica, siad] }}");
        assert!(is_open(&works(10), &told(11)));
        assert!(!is_open(&works(11), &told(11)));
        assert!(!is_open(&works(12), &told(11)));
        assert!(!is_open(&works(10), &told(10)));
        // Who was told before the load was made was not told of it.
        assert!(is_open(&works(11), "{ date: 2026-11-09, to: [siad] }"));
        assert!(is_open(&works(11), "{ date: 2026-11-11, to: [pica] }"));
        let fails = "{ date: 2026-11-12, by: [pica], result: fails }";
        assert!(is_open(&format!("{}, {fails}", works(11)), &told(11)));
        assert!(!is_open(&format!("{fails}, {}", works(12)), &told(11)));
    }
}
