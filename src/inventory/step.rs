//! The steps of the procedure, and at which of them a rule speaks.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::Text;
use crate::base::word::Word;
use crate::inventory::finding::{Actor, Environment};
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
}

/// Where a rule speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
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
    /// At that of the file in which it finds something.
    File,
}
