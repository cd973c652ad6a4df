//! What the gate looks at.

use jiff::civil::Date;

use crate::files::objects::Oid;
use crate::inventory::finding::Environment;
use crate::pipeline::git::Commit;
use crate::pipeline::promotion;

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
    /// For PRO: the tip of `env/pre` that it rests on.
    pub pre: Option<Oid>,
    /// The day.
    pub today: Date,
    /// How far it has come.
    pub standing: Standing,
}

/// How far something to be promoted has come.
#[derive(Clone, Debug)]
pub enum Standing {
    /// Nobody has promoted it yet.
    Prospect,
    /// A promotion that asks to come in.
    Pushed(Record),
    /// One of the past, of which today's refs say nothing, on its own day.
    Past(Record),
}

impl Case {
    /// The promotion, once there is one.
    pub fn record(&self) -> Option<&Record> {
        match &self.standing {
            Standing::Prospect => None,
            Standing::Pushed(record) | Standing::Past(record) => Some(record),
        }
    }

    /// Whether it lies in the past.
    pub fn is_past(&self) -> bool {
        matches!(self.standing, Standing::Past(_))
    }
}

/// A promotion and what its message says.
#[derive(Clone, Debug)]
pub struct Record {
    /// The commit.
    pub promotion: Commit,
    /// The day that it bears.
    pub day: Date,
    /// Its words.
    pub words: promotion::Record,
}
