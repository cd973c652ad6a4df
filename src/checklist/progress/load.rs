//! How far a load has come in one environment, and the loads of a batch counted.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::Text;
use crate::base::word::Word;
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::model::{Load, Outcome};
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

/// How far a load has come in one environment; what an operator must see first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// Its last check fails.
    Fails,
    /// Its day has passed without it.
    Missed,
    /// Loaded, and not yet seen to work by all who check.
    Loaded,
    /// Released, and to be loaded on its day.
    Released,
    /// Not yet released.
    Planned,
    /// All who check have seen it work.
    Works,
    /// Taken out.
    Withdrawn,
}

impl Word for Moment {
    const ALL: &'static [Moment] = &[
        Moment::Fails,
        Moment::Missed,
        Moment::Loaded,
        Moment::Released,
        Moment::Planned,
        Moment::Works,
        Moment::Withdrawn,
    ];
}

impl Moment {
    /// How far `load` of the batch has come in `environment` on the day `today`.
    pub fn of(batch: &BatchView<'_>, load: &Load, environment: Environment, today: Date) -> Moment {
        if load.withdrawn.is_some() {
            return Moment::Withdrawn;
        }
        let Some(record) = load.record(environment) else {
            return match batch.batch.releases(environment) {
                _ if batch.batch.running_hold().is_some() => Moment::Planned,
                _ if batch.batch.date(environment) < today => Moment::Missed,
                true => Moment::Released,
                false => Moment::Planned,
            };
        };
        let checks = record.since_last_failure();
        let by = |actor| checks.iter().any(|check| check.by.contains(&actor));
        let works = match environment {
            Environment::Pre => by(Actor::Aoc),
            Environment::Pro => record.unverified_by().is_empty(),
        };
        match record.checks.last().map(|check| check.result) {
            Some(Outcome::Fails) => Moment::Fails,
            Some(Outcome::Works) if works => Moment::Works,
            _ => Moment::Loaded,
        }
    }

    /// In a word.
    pub fn shown(self) -> Text {
        match self {
            Moment::Fails => tr!("fails"),
            Moment::Missed => tr!("missed"),
            Moment::Loaded => tr!("loaded"),
            Moment::Released => tr!("released"),
            Moment::Planned => tr!("planned"),
            Moment::Works => tr!("works"),
            Moment::Withdrawn => tr!("withdrawn"),
        }
    }

    /// One character for it.
    pub fn mark(self) -> &'static str {
        match self {
            Moment::Fails => "✗",
            Moment::Missed => "!",
            Moment::Loaded => "◐",
            Moment::Released => "●",
            Moment::Planned => "○",
            Moment::Works => "✓",
            Moment::Withdrawn => "–",
        }
    }
}

/// How many loads of a batch are how far in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Tally(pub BTreeMap<Moment, usize>);

impl Tally {
    /// Counts the loads of `batch` in `environment`.
    pub fn of(survey: &Survey<'_>, batch: &BatchView<'_>, environment: Environment) -> Tally {
        let mut tally = Tally::default();
        for view in survey.loads_of(batch) {
            let moment = Moment::of(batch, view.load, environment, survey.today);
            *tally.0.entry(moment).or_default() += 1;
        }
        tally
    }

    /// What an operator must see first of it; a batch without loads is planned.
    pub fn first(&self) -> Moment {
        self.0.keys().next().copied().unwrap_or(Moment::Planned)
    }

    /// In marks: one where all stand alike, else each with its number, so that none goes unseen.
    pub fn marks(&self) -> String {
        if self.0.len() <= 1 {
            return self.first().mark().to_owned();
        }
        self.0.iter().map(|(moment, count)| format!("{}{count}", moment.mark())).collect()
    }

    /// In words: one word where all stand alike, else each with its number.
    pub fn shown(&self) -> Text {
        if self.0.len() <= 1 {
            return self.first().shown();
        }
        let part = |(moment, count): (&Moment, &usize)| {
            tr!("{count} {word}", count = *count, word = moment.shown()).into()
        };
        let parts = crate::base::text::Argument::List(self.0.iter().map(part).collect());
        tr!("{parts}", parts = parts)
    }
}
