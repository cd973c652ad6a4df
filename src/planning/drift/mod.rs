//! What an environment really holds beside what git says: each seal's state, and what comes next.
//!
//! Desired is what a manifest yields when it is done; actual is what stores hold together. Certificates
//! and the front's table are two sides: where both are given, a seal has to be on both.

mod actual;
mod compare;
mod known;
mod select;
mod state;
mod wish;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::base::text::Text;
use crate::files::x509::{Name, Serial};
use crate::inventory::finding::Environment;
use crate::pipeline::manifest::Manifest;

pub use actual::Looked;
pub use known::Known;
pub use state::State;

/// Gives serial and subject of a seal, by its id and the digits of its SHA-256.
pub type Facts<'a> = dyn Fn(&str, &str) -> Option<(Serial, Name)> + 'a;

/// What is compared.
pub struct Desired<'a> {
    /// What is to be loaded, restored and removed, and what is there then.
    pub manifest: &'a Manifest,
    /// The day.
    pub today: Date,
    /// Serial and subject of a seal that the manifest names, by its id and the digits of its SHA-256.
    pub facts: &'a Facts<'a>,
    /// What else is known; asked once, and only if something is there that the manifest does not ask for,
    /// or is to be recorded.
    pub known: &'a dyn Fn() -> anyhow::Result<Known>,
}

/// One seal, and how it stands.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its state.
    pub state: State,
    /// For whom it is, by id; none: that is not known.
    pub ens: Option<String>,
    /// The organ code.
    pub organ_code: Option<String>,
    /// The certificate's id, when a record or a manifest knows it.
    pub certificate: Option<String>,
    /// Of its DER, in hexadecimal digits; none of a row whose seal is not known.
    pub sha256: Option<String>,
    /// The last second of its validity.
    pub not_after: Option<Timestamp>,
    /// Where it stands.
    pub places: Vec<Place>,
    /// What one should know.
    pub notes: Vec<Text>,
    /// The batch that asks for it to be loaded or restored.
    pub batch: Option<String>,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The store, by its place among those asked for.
    pub store: usize,
    /// Alias, label, file or code.
    pub name: String,
    /// The line of a table.
    pub line: Option<u64>,
}

/// An entry that has nothing to do with any ens.
#[derive(Clone, Debug)]
pub struct Other {
    /// Where it stands.
    pub place: Place,
    /// Of its DER, in hexadecimal digits.
    pub sha256: Option<String>,
    /// Whose it is, for people.
    pub subject: String,
}

/// What came of a comparison.
#[derive(Debug)]
pub struct Drift {
    /// The environment.
    pub environment: Environment,
    /// The day.
    pub today: Date,
    /// The commit of `main` that the manifest comes from.
    pub commit: String,
    /// The stores that were looked into.
    pub stores: Vec<Looked>,
    /// The seals, the gravest state first, then by ens.
    pub lines: Vec<Line>,
    /// What has nothing to do with any ens.
    pub others: Vec<Other>,
    /// The ens of which nothing is said, since not all stores could be read and what could does not hold
    /// their seals.
    pub unsaid: Vec<String>,
    /// The command lines that record what is there, or taken out.
    pub commands: Vec<(State, String)>,
}

impl Drift {
    /// Compares what is desired with what the stores hold.
    ///
    /// # Errors
    /// When what is known cannot be read.
    pub fn of(desired: &Desired<'_>, stores: Vec<Looked>) -> anyhow::Result<Drift> {
        compare::compare(desired, stores)
    }

    /// How many seals are in that state.
    pub fn count(&self, state: State) -> usize {
        self.lines.iter().filter(|line| line.state == state).count()
    }

    /// Whether the host is not as git says.
    pub fn is_drift(&self) -> bool {
        self.lines.iter().any(|line| line.state.is_drift())
    }

    /// Whether every store was read whole.
    pub fn is_whole(&self) -> bool {
        self.stores.iter().all(|store| store.outcome.is_ok())
    }
}
