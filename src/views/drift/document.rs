//! A drift for programs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::word::Word;
use crate::inventory::finding::Environment;
use crate::planning::drift::{Drift, Line, Place, State};
use crate::views::report::json;

/// A drift as one document.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Drift")]
pub struct Document {
    /// The name and the version of this format.
    schema: Version,
    /// The environment.
    environment: Environment,
    /// The day, `YYYY-MM-DD`.
    as_of: String,
    /// The commit of `main` whose manifest is desired.
    commit: String,
    /// Whether every store was read whole; if not, nothing is said to be missing.
    whole: bool,
    /// How many seals are in each state.
    summary: BTreeMap<State, usize>,
    /// The stores, as they were asked for.
    stores: Vec<Store>,
    /// The seals, the gravest state first.
    seals: Vec<Seal>,
    /// How many entries have nothing to do with any ens.
    others: usize,
    /// Those entries; null unless they were asked for.
    all_others: Option<Vec<Other>>,
    /// The ens of which nothing can be said, since a store could not be read.
    unsaid: Vec<String>,
    /// The command lines that record what is there, or taken out.
    commands: Vec<String>,
}

/// The format's version.
#[derive(Serialize, JsonSchema)]
enum Version {
    #[serde(rename = "segell.drift/v1")]
    V1,
}

/// A store.
#[derive(Serialize, JsonSchema)]
struct Store {
    /// As it was named.
    name: String,
    /// What it is; null when it could not be read.
    kind: Option<&'static str>,
    /// How many certificates or rows it holds.
    entries: usize,
    /// Why it could not be read whole, or null.
    error: Option<String>,
    /// What one should know of it.
    remarks: Vec<String>,
}

/// One seal.
#[derive(Serialize, JsonSchema)]
struct Seal {
    /// Its state.
    state: State,
    /// For whom it is.
    ens: Option<String>,
    /// The organ code.
    organ_code: Option<String>,
    /// The certificate's id, `holder/label`, where a record knows it.
    certificate: Option<String>,
    /// Of its DER: 64 hexadecimal digits.
    sha256: Option<String>,
    /// The last second of its validity, in UTC (RFC 3339).
    not_after: Option<String>,
    /// Where it stands.
    places: Vec<Where>,
    /// What one should know.
    notes: Vec<String>,
    /// The batch that asks for it.
    batch: Option<String>,
}

/// Where something stands.
#[derive(Serialize, JsonSchema)]
struct Where {
    /// The store, as it was named.
    store: String,
    /// Alias, label, file or organ code.
    name: String,
    /// The line of a table.
    line: Option<u64>,
}

/// An entry that has nothing to do with any ens.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OtherEntry")]
struct Other {
    /// Where it stands.
    place: Where,
    /// Of its DER: 64 hexadecimal digits.
    sha256: Option<String>,
    /// Whose it is.
    subject: String,
}

/// The document of a drift.
pub fn document(drift: &Drift, all: bool) -> Document {
    let place = |place: &Place| Where {
        store: drift.stores[place.store].name.clone(),
        name: place.name.clone(),
        line: place.line,
    };
    let seal = |line: &Line| Seal {
        state: line.state,
        ens: line.ens.clone(),
        organ_code: line.organ_code.clone(),
        certificate: line.certificate.clone(),
        sha256: line.sha256.clone(),
        not_after: line.not_after.map(|it| it.to_string()),
        places: line.places.iter().map(place).collect(),
        notes: line.notes.iter().map(ToString::to_string).collect(),
        batch: line.batch.clone(),
    };
    let others = || {
        let other = drift.others.iter().map(|it| Other {
            place: place(&it.place),
            sha256: it.sha256.clone(),
            subject: it.subject.clone(),
        });
        other.collect()
    };
    Document {
        schema: Version::V1,
        environment: drift.environment,
        as_of: drift.today.to_string(),
        commit: drift.commit.clone(),
        whole: drift.is_whole(),
        summary: State::ALL.iter().map(|&state| (state, drift.count(state))).collect(),
        stores: drift.stores.iter().map(store).collect(),
        seals: drift.lines.iter().map(seal).collect(),
        others: super::write::count_others(drift),
        all_others: all.then(others),
        unsaid: drift.unsaid.clone(),
        commands: drift.commands.iter().map(|(_, command)| command.clone()).collect(),
    }
}

fn store(looked: &crate::planning::drift::Looked) -> Store {
    let name = looked.name.clone();
    match &looked.outcome {
        Ok(store) => Store {
            name,
            kind: Some(store.kind.word()),
            entries: store.entries.len(),
            error: None,
            remarks: store.remarks.iter().map(ToString::to_string).collect(),
        },
        Err(why) => Store {
            name,
            kind: None,
            entries: 0,
            error: Some(why.to_string()),
            remarks: Vec::new(),
        },
    }
}

/// The JSON Schema (draft 2020-12) of a drift.
pub fn schema() -> schemars::Schema {
    json::schema_of::<Document>()
}
