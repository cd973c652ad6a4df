//! How what a host holds stands to what git says.

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::word::Word;

/// The state of one seal, the gravest first: what stops requests, what may, what is to be tidied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Desired, not there.
    Missing,
    /// Under another ens's code, or the subject there is not this certificate's.
    Misplaced,
    /// Its private key is not there, or is another, or the record's `key` selects none there.
    NoKey,
    /// One name gives two certificates, or the record's `key` selects several.
    Ambiguous,
    /// A certificate with an ens's NIF or organ code that no record knows.
    Unknown,
    /// Known to the inventory, not released for the environment.
    Early,
    /// No longer to be there, and still there.
    Stale,
    /// The manifest asks to load it, and it is there.
    Unrecorded,
    /// Asked to be loaded, restored or removed, and its day has not passed.
    Due,
    /// As desired.
    Held,
}

impl Word for State {
    const ALL: &'static [State] = &[
        State::Missing,
        State::Misplaced,
        State::NoKey,
        State::Ambiguous,
        State::Unknown,
        State::Early,
        State::Stale,
        State::Unrecorded,
        State::Due,
        State::Held,
    ];
}

impl State {
    /// Whether the host is not as git says.
    pub fn is_drift(self) -> bool {
        !matches!(self, State::Held | State::Due)
    }
}
