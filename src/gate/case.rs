//! What the gate looks at.

use jiff::civil::Date;

use crate::finding::Environment;
use crate::git::Commit;
use crate::promotion;

/// Something to be promoted, on a day.
#[derive(Clone, Debug)]
pub struct Case {
    /// The environment.
    pub environment: Environment,
    /// The branch's tip until now.
    pub from: Commit,
    /// What that tip holds.
    pub held: Commit,
    /// The commit of `main`.
    pub commit: Commit,
    /// The day.
    pub today: Date,
    /// The promotion, once there is one.
    pub record: Option<Record>,
    /// Whether it lies in the past, so that today's refs say nothing about it.
    pub is_history: bool,
}

/// A promotion and what its message says.
#[derive(Clone, Debug)]
pub struct Record {
    /// The commit.
    pub promotion: Commit,
    /// Its words.
    pub words: promotion::Record,
}
