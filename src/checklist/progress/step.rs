//! How a step stands, and at which of them a finding speaks.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::word::Word;
use crate::inventory::finding::{Environment, Finding, Severity};
use crate::inventory::model::Load;
use crate::inventory::step::{At, Step};

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// An error stands against it.
    Error,
    /// Done, but a rule warns.
    Warning,
    /// Somebody has to act.
    Pending,
    /// Not done, and nothing is said of it yet.
    Later,
    /// Done.
    Done,
}

impl Word for State {
    const ALL: &'static [State] =
        &[State::Error, State::Warning, State::Pending, State::Later, State::Done];
}

impl State {
    /// What it is where the files record the step as done or not, and the gravest finding says so.
    pub(super) fn of(is_done: bool, gravest: Option<Severity>) -> State {
        match (gravest, is_done) {
            (Some(Severity::Error), _) => State::Error,
            (Some(Severity::Pending), _) => State::Pending,
            (Some(Severity::Warning), true) => State::Warning,
            (Some(Severity::Warning), false) => State::Pending,
            (_, true) => State::Done,
            (_, false) => State::Later,
        }
    }

    /// Whether nothing is left to do for the step itself.
    pub fn is_done(self) -> bool {
        matches!(self, State::Done | State::Warning)
    }

    /// One character for it.
    pub fn mark(self) -> &'static str {
        match self {
            State::Error => "✗",
            State::Warning => "!",
            State::Pending => "○",
            State::Later => "·",
            State::Done => "✓",
        }
    }
}

impl Step {
    /// The step at which a finding about an ens speaks; `load` is the load in question.
    pub(super) fn of(finding: &Finding, load: Option<&Load>) -> Step {
        let environment = finding.subject.environment;
        match finding.rule.at {
            At::Step(step) => step,
            At::Confirmation => Step::confirmed(environment),
            At::Load => Step::loaded(environment),
            At::NextLoad => Step::loaded(next_load(load)),
            At::Check(checked) => {
                let checked = checked.or(environment).unwrap_or(Environment::Pre);
                Step::checked(checked, load)
            }
            At::File => Step::of_file(&finding.place.file),
        }
    }

    fn confirmed(environment: Option<Environment>) -> Step {
        match environment {
            Some(Environment::Pro) => Step::ConfirmedPro,
            Some(Environment::Pre) | None => Step::ConfirmedPre,
        }
    }

    fn loaded(environment: Option<Environment>) -> Step {
        match environment {
            Some(Environment::Pro) => Step::LoadedPro,
            Some(Environment::Pre) | None => Step::LoadedPre,
        }
    }

    /// What has not been loaded cannot be checked: then the load is what is missing.
    fn checked(environment: Environment, load: Option<&Load>) -> Step {
        let is_loaded = load.is_some_and(|load| load.record(environment).is_some());
        match environment {
            _ if !is_loaded => Step::loaded(Some(environment)),
            Environment::Pre => Step::VerifiedPre,
            Environment::Pro => Step::VerifiedPro,
        }
    }

    fn of_file(file: &str) -> Step {
        match file.strip_prefix("inventory/").and_then(|below| below.split_once('/')) {
            Some(("calendars", _)) => Step::Planned,
            Some(("certificates", _)) => Step::Certificate,
            _ => Step::Authorised,
        }
    }
}

/// The environment in which the load comes next.
fn next_load(load: Option<&Load>) -> Option<Environment> {
    let load = load?;
    Environment::BOTH.into_iter().find(|environment| load.record(*environment).is_none())
}

#[cfg(test)]
mod tests {
    use crate::checklist::rules;
    use crate::inventory::finding::Kind;
    use crate::inventory::step::{At, Step};

    #[test]
    fn every_rule_about_loads_has_a_step() {
        for rule in rules::all() {
            let about_loads = !matches!(rule.kind, Kind::Integrity | Kind::Gate);
            // It compares two commits; what it finds is of a file.
            if about_loads && rule.name != "record-kept" {
                assert_ne!(rule.at, At::File, "say at which step `{}` speaks", rule.name);
            }
        }
    }

    #[test]
    fn steps_are_in_the_order_of_their_places() {
        for (place, step) in Step::ALL.into_iter().enumerate() {
            assert_eq!(step as usize, place);
        }
    }
}
