//! A stop of a batch, as `hold` and `add query --hold` write it.

use anyhow::Result;
use jiff::civil::Date;

use crate::base::word::Word;
use crate::edit::{Changeset, Value};
use crate::inventory::finding::Actor;
use crate::inventory::model::{Hold, Holds};
use crate::inventory::survey::BatchView;

/// Why a batch is stopped.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    /// From which day on.
    pub since: Date,
    /// Who asks for it.
    pub by: Actor,
    /// Why.
    pub reason: String,
    /// What shows it.
    pub evidence: Option<Value>,
}

impl Stop {
    /// Stops the batch of `view`. An earlier stop stays beside it.
    pub fn write(&self, view: &BatchView<'_>, changes: &mut Changeset) -> Result<()> {
        let stop = Value::map([
            ("since", Some(self.since.into())),
            ("by", Some(Value::text(self.by.word()))),
            ("reason", Some(Value::text(&self.reason))),
            ("evidence", self.evidence.clone()),
        ]);
        changes.edit(view.file, |yaml| match &view.batch.hold {
            None => yaml.set("/hold", &stop),
            Some(Holds::List(_)) => yaml.append("/hold", &stop),
            Some(Holds::One(known)) => {
                yaml.remove("/hold")?;
                yaml.set("/hold", &Value::Rows(vec![recorded(known), stop]))
            }
        })
    }
}

/// A stop as it is recorded.
fn recorded(hold: &Hold) -> Value {
    let Hold { since, by, reason, evidence, ended } = hold;
    let evidence = Value::List(evidence.iter().map(Value::from).collect());
    Value::map([
        ("since", Some(since.date().into())),
        ("by", Some(Value::text(by.word()))),
        ("reason", Some(Value::text(reason))),
        ("evidence", Some(evidence).filter(|_| !hold.evidence.is_empty())),
        ("ended", ended.as_ref().map(|ended| ended.date().into())),
    ])
}
