//! The steps of the procedure, and at which of them each rule speaks.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::Text;
use crate::base::word::Word;
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::model::Load;
use crate::tr;

/// A step on the way of a seal to an ens, in the procedure's order. Up to [`Step::Planned`] they can
/// be taken side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// AEAT allows the ens to ask.
    Authorised,
    /// The ens has its seal, and it will do.
    Certificate,
    /// AEAT has confirmed it for PRE.
    ConfirmedPre,
    /// AEAT has confirmed it for PRO.
    ConfirmedPro,
    /// A batch loads it.
    Planned,
    /// AOC has loaded it in PRE.
    LoadedPre,
    /// It works in PRE, and SIAD knows.
    VerifiedPre,
    /// AOC has loaded it in PRO.
    LoadedPro,
    /// PICA and AOC have seen it work in PRO.
    VerifiedPro,
}

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

impl Word for Step {
    const ALL: &'static [Step] = &Step::ALL;
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Step; 9] = [
        Step::Authorised,
        Step::Certificate,
        Step::ConfirmedPre,
        Step::ConfirmedPro,
        Step::Planned,
        Step::LoadedPre,
        Step::VerifiedPre,
        Step::LoadedPro,
        Step::VerifiedPro,
    ];

    /// What an ens at this step waits for.
    pub fn shown(self) -> Text {
        match self {
            Step::Authorised => tr!("AEAT's authorisation"),
            Step::Certificate => tr!("its certificate"),
            Step::ConfirmedPre => tr!("AEAT's confirmation for PRE"),
            Step::ConfirmedPro => tr!("AEAT's confirmation for PRO"),
            Step::Planned => tr!("a batch"),
            Step::LoadedPre => tr!("its load in PRE"),
            Step::VerifiedPre => tr!("its check in PRE, of which SIAD is told"),
            Step::LoadedPro => tr!("its load in PRO"),
            Step::VerifiedPro => tr!("its check in PRO"),
        }
    }

    /// Who takes it, where no rule says who has to act.
    pub fn actor(self) -> Actor {
        match self {
            Step::Certificate => Actor::Ens,
            Step::Authorised | Step::ConfirmedPre | Step::ConfirmedPro => Actor::Aeat,
            Step::Planned | Step::LoadedPre | Step::VerifiedPre | Step::LoadedPro => Actor::Aoc,
            Step::VerifiedPro => Actor::Pica,
        }
    }

    /// The step at which a finding about an ens speaks; `load` is the load in question. A rule that
    /// has no step of its own speaks at that of the file in which it found something.
    pub(super) fn of(finding: &Finding, load: Option<&Load>) -> Step {
        let own = OF_RULES.iter().find(|(rule, _)| *rule == finding.rule.name);
        let environment = finding.subject.environment;
        match own.map(|(_, at)| *at) {
            Some(At::Step(step)) => step,
            Some(At::Confirmation) => Step::confirmed(environment),
            Some(At::Load) => Step::loaded(environment),
            Some(At::NextLoad) => Step::loaded(next_load(load)),
            Some(At::Check(checked)) => {
                let checked = checked.or(environment).unwrap_or(Environment::Pre);
                Step::checked(checked, load)
            }
            None => Step::of_file(&finding.place.file),
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

/// Where a rule speaks.
#[derive(Clone, Copy)]
enum At {
    /// Always at this step.
    Step(Step),
    /// At the confirmation for the finding's environment.
    Confirmation,
    /// At the load in the finding's environment.
    Load,
    /// At the load that comes next.
    NextLoad,
    /// At the check in this environment, else in the finding's.
    Check(Option<Environment>),
}

/// The rules that belong to a step, whichever file they find something in.
const OF_RULES: &[(&str, At)] = &[
    ("stage-follows-calendar", At::Load),
    ("day-order", At::Step(Step::Planned)),
    ("one-open-load", At::Step(Step::Planned)),
    ("block-fits-nif", At::Step(Step::Authorised)),
    ("certificate-for-every-authorised-ens", At::Step(Step::Certificate)),
    ("organ-codes-match", At::Step(Step::Certificate)),
    ("certificate-matches-ens", At::Step(Step::Certificate)),
    ("certificate-is-individual", At::Step(Step::Certificate)),
    ("certificate-is-a-seal", At::Step(Step::Certificate)),
    ("certificate-strong-enough", At::Step(Step::Certificate)),
    ("certificate-trusted", At::Step(Step::Certificate)),
    ("certificate-not-revoked", At::Step(Step::Certificate)),
    ("certificate-delivered", At::Step(Step::Certificate)),
    ("key-located", At::Step(Step::Certificate)),
    ("certificate-in-force", At::Step(Step::Certificate)),
    ("certificate-is-latest", At::Step(Step::Certificate)),
    ("no-personal-data", At::Step(Step::Certificate)),
    ("confirmed-in-writing", At::Confirmation),
    ("scheduled-after-confirmation", At::Load),
    ("authorisation-in-place", At::Step(Step::Authorised)),
    ("agreement-followed", At::Step(Step::Authorised)),
    ("agreement-authorises-load", At::Step(Step::Authorised)),
    ("no-open-query", At::Step(Step::Authorised)),
    ("not-on-hold", At::NextLoad),
    ("not-ceased", At::Step(Step::Authorised)),
    ("taken-out", At::Check(None)),
    ("working-day", At::Load),
    ("load-on-its-day", At::Load),
    ("pre-permission-first", At::Step(Step::Planned)),
    ("pre-verified-before-pro", At::Check(Some(Environment::Pre))),
    ("siad-informed-after-pre", At::Check(Some(Environment::Pre))),
    ("ens-informed-in-pro", At::Check(Some(Environment::Pro))),
    ("pro-verified-by-pica-and-aoc", At::Check(Some(Environment::Pro))),
    ("failure-analysed", At::Check(None)),
    ("departments-still-consuming", At::Check(Some(Environment::Pro))),
    ("previous-batch-finished", At::NextLoad),
];

#[cfg(test)]
mod tests {
    use super::{OF_RULES, Step};
    use crate::checklist::rules;
    use crate::inventory::finding::Kind;

    #[test]
    fn every_rule_about_loads_has_its_step_once() {
        for rule in rules::all() {
            let rows = OF_RULES.iter().filter(|(name, _)| *name == rule.name).count();
            let about_loads = !matches!(rule.kind, Kind::Integrity | Kind::Gate);
            // It compares two commits; what it finds is of a file.
            if about_loads && rule.name != "record-kept" {
                assert_eq!(rows, 1, "add `{}` to the table of steps", rule.name);
            }
        }
        let unknown = OF_RULES.iter().find(|(name, _)| rules::named(name).is_none());
        assert!(unknown.is_none(), "no such rule: {:?}", unknown.map(|(name, _)| name));
    }

    #[test]
    fn steps_are_in_the_order_of_their_places() {
        for (place, step) in Step::ALL.into_iter().enumerate() {
            assert_eq!(step as usize, place);
        }
    }
}
