//! The manifest of an environment: what is still to be loaded and restored there, in order, and
//! what it must hold when that is done.
//!
//! It follows from a commit alone. No clock, locale or machine has a part in it, so whoever has
//! the commit can make it again, byte for byte, and compare.

mod branch;
mod of;
mod output;
mod read;
mod yields;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::inventory::finding::{Actor, Environment};

pub use branch::follow;
pub use of::asked;
pub use output::{Difference, Files};
pub use read::Folder;
pub use yields::{Yield, broken_integrity, yield_of};

/// The version of the format, as the first line of a manifest says it.
pub const SCHEMA: &str = "segell.manifest/v1";

/// What an environment is to load, to restore and to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// `segell.manifest/v1`.
    pub schema: String,
    /// The environment.
    pub environment: Environment,
    /// The commit of `main` that it came from: 40 hexadecimal digits.
    pub commit: String,
    /// That commit's tree: 40 hexadecimal digits.
    pub tree: String,
    /// What has been withdrawn and waits for what was before to come back; done before any load.
    pub restore: Vec<Restoring>,
    /// What is to be loaded, in order.
    pub load: Vec<Loading>,
    /// What is to be taken out for good, from its day on.
    pub remove: Vec<Removing>,
    /// What each ens has when all of that is done, by ens.
    pub state: Vec<Held>,
}

/// One seal to load for one ens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Loading {
    /// The batch, `calendar/NN-slug`.
    pub batch: String,
    /// The batch's number in its calendar.
    pub day: u32,
    /// The day on which AOC loads it, `YYYY-MM-DD`.
    pub date: String,
    /// The ens.
    pub ens: String,
    /// Its organ code.
    pub organ_code: String,
    /// The services that AEAT has granted it here by that day.
    pub services: Vec<String>,
    /// The seal.
    pub certificate: Seal,
    /// Where its private key is; absent: its record does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The seal that it takes the place of, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Identity>,
    /// The seal that comes back if the load is withdrawn on its day; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restores: Option<Identity>,
    /// AEAT's written confirmation that it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmed>,
    /// Who checks afterwards that requests work.
    pub verified_by: Vec<Actor>,
}

/// What comes back after a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Restoring {
    /// The batch of the load that was withdrawn.
    pub batch: String,
    /// The batch's number in its calendar.
    pub day: u32,
    /// The day of the withdrawal, `YYYY-MM-DD`.
    pub date: String,
    /// The ens.
    pub ens: String,
    /// Its organ code.
    pub organ_code: String,
    /// The seal that goes.
    pub withdraws: Identity,
    /// The seal that comes back; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Seal>,
    /// Where the private key of the seal that comes back is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why nothing comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Who checks afterwards that requests work.
    pub verified_by: Vec<Actor>,
}

/// One seal to take out for good: nothing takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Removing {
    /// The ens.
    pub ens: String,
    /// Its organ code.
    pub organ_code: String,
    /// The seal.
    pub certificate: Identity,
    /// Where its private key is; absent: its record does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The day from which it has to be out, `YYYY-MM-DD`.
    pub date: String,
    /// Why.
    pub reason: RemovalReason,
}

/// Why a seal is taken out for good; the graver first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum RemovalReason {
    /// Its private key is, or may be, known to others.
    Compromised,
    /// Its ens is no more, or it was retired with it.
    Ceased,
}

/// What an ens has when everything is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// The ens.
    pub ens: String,
    /// Its organ code.
    pub organ_code: String,
    /// Its seal; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Seal>,
    /// Where the seal's private key is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// A seal, by its id and its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// `holder/label`.
    pub id: String,
    /// Of its DER: 64 hexadecimal digits.
    pub sha256: String,
}

/// A seal and the file beside the manifest that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Seal {
    /// `holder/label`.
    pub id: String,
    /// Its PEM, from the manifest's folder.
    pub file: String,
    /// Of its DER: 64 hexadecimal digits.
    pub sha256: String,
    /// Of its public key (`SubjectPublicKeyInfo`): 64 hexadecimal digits.
    pub spki_sha256: String,
    /// Its serial number, in hexadecimal digits.
    pub serial: String,
    /// Whose it is, as RFC 4514 writes it.
    pub subject: String,
    /// Who issued it, likewise.
    pub issuer: String,
    /// The first instant of its validity, in UTC (RFC 3339).
    pub not_before: String,
    /// The last second of its validity, in UTC (RFC 3339).
    pub not_after: String,
}

/// AEAT's confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Confirmed {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// The serial that it quotes, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The SHA-256 that it quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What shows it: tickets, files and codes.
    pub evidence: Vec<String>,
}

impl Manifest {
    /// Its text. Every string is quoted, so that YAML 1.1 and YAML 1.2 read the same from it.
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        let options = serde_saphyr::ser_options! { quote_all: true };
        serde_saphyr::to_fmt_writer_with_options(&mut text, self, options)
            .expect("a manifest is strings, numbers and lists");
        text
    }
}

/// The JSON Schema (draft 2020-12) of a manifest.
pub fn schema() -> schemars::Schema {
    crate::inventory::model::schema_of::<Manifest>()
}
