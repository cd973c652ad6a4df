//! What keeps seals on a host: key stores, tokens, folders, the front's table. Each format is read to
//! its end or refused with the reason; nothing is ever changed. Of what should be there nothing is known
//! here: `drift` compares.

mod ber;
pub mod folder;
mod java;
mod keys;
mod pkcs12;
pub mod secret;
pub mod siri;
pub mod token;

use std::path::Path;

use serde::Serialize;

use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::base::word::Word;
use crate::files::repo::{Unread, read_named};
use crate::tr;

use secret::Secret;

/// The largest store that is read.
const LARGEST: u64 = 256 << 20;

/// The most entries of one store that are read.
const MOST_ENTRIES: usize = 200_000;

/// What a store is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// PEM and DER files.
    Folder,
    /// RFC 7292.
    Pkcs12,
    /// Java's own.
    Jks,
    /// Java's own, with ciphers of its extension.
    Jceks,
    /// PKCS#11.
    #[serde(rename = "pkcs11")]
    Token,
    /// The front's table.
    Siri,
}

impl Word for Kind {
    const ALL: &'static [Kind] =
        &[Kind::Folder, Kind::Pkcs12, Kind::Jks, Kind::Jceks, Kind::Token, Kind::Siri];
}

impl Kind {
    /// What it is, for people.
    pub fn shown(self) -> Text {
        match self {
            Kind::Folder => tr!("folder"),
            Kind::Pkcs12 => tr!("{format}", format = "PKCS#12"),
            Kind::Jks => tr!("{format}", format = "JKS"),
            Kind::Jceks => tr!("{format}", format = "JCEKS"),
            Kind::Token => tr!("token"),
            Kind::Siri => tr!("the front's table"),
        }
    }

    /// Whether private keys are kept there by an alias.
    pub fn has_aliases(self) -> bool {
        matches!(self, Kind::Pkcs12 | Kind::Jks | Kind::Jceks)
    }

    /// Whether private keys are kept there.
    pub fn has_keys(self) -> bool {
        self.has_aliases() || self == Kind::Token
    }
}

/// What a store holds.
#[derive(Debug)]
pub struct Store {
    /// What it is.
    pub kind: Kind,
    /// Its certificates, or the rows of a table.
    pub entries: Vec<Entry>,
    /// The private keys of tokens; those of other stores go with their certificates.
    pub keys: Vec<KeyObject>,
    /// How many entries are neither certificates nor their private keys.
    pub others: usize,
    /// What one should know of it.
    pub remarks: Vec<Text>,
}

impl Store {
    /// One that holds nothing yet.
    fn empty(kind: Kind) -> Store {
        Store { kind, entries: Vec::new(), keys: Vec::new(), others: 0, remarks: Vec::new() }
    }
}

/// A certificate in a store, or a row of a table.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Alias, friendly name, label, file or organ code, as the store has it; empty: none.
    pub name: String,
    /// The name of its private key in a PKCS#12, where that is another: Java goes by it.
    pub key_name: Option<String>,
    /// On a token, `CKA_ID`.
    pub id: Vec<u8>,
    /// What it is.
    pub content: Content,
}

/// What an entry is.
#[derive(Clone, Debug)]
pub enum Content {
    /// A certificate.
    Certificate {
        /// Its DER.
        der: Box<[u8]>,
        /// Of the DER.
        sha256: Sha256,
        /// Whether its private key is there.
        key: Key,
    },
    /// What the front's table says of the organ code that is the entry's name.
    Row {
        /// The line of the file, from 1.
        line: u64,
        /// The serial, as written.
        serial: String,
        /// The subject, as written.
        subject: String,
    },
}

/// What is known of a certificate's private key in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// It is there.
    Held,
    /// There is one, and nothing more can be said.
    Unknown(Unknown),
    /// There is one that is another certificate's.
    Other,
    /// There is none.
    Missing,
    /// The store keeps none, or the certificate is one of another's chain.
    NotKept,
}

/// Why nothing is said of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// A token was not logged in to.
    NoPin,
    /// A store was read without its password.
    NoPassword,
    /// An entry has a password of its own.
    OtherPassword,
    /// Its public half is not there to compare, or of a kind that is not compared.
    NoPublicHalf,
}

/// A private key on a token.
#[derive(Clone, Debug, Default)]
pub struct KeyObject {
    /// What selects its token, by the names of RFC 7512.
    pub token: Vec<(&'static str, Vec<u8>)>,
    /// `CKA_LABEL`.
    pub label: Vec<u8>,
    /// `CKA_ID`.
    pub id: Vec<u8>,
    /// The certificates whose key it is, by their place in [`Store::entries`].
    pub entries: Vec<usize>,
}

impl Entry {
    /// A certificate as an entry.
    ///
    /// # Errors
    /// When it is none.
    fn certificate(name: String, der: impl Into<Box<[u8]>>, key: Key) -> Result<Entry, Text> {
        let der = der.into();
        keys::public_key_info(&der).map_err(|why| {
            tr!("`{name}` is no certificate: {why}", name = name.as_str(), why = why)
        })?;
        let content = Content::Certificate { sha256: Sha256::of(&der), der, key };
        Ok(Entry { name, key_name: None, id: Vec::new(), content })
    }

    /// The names by which programs choose it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let names = [Some(&self.name), self.key_name.as_ref()];
        names.into_iter().flatten().map(String::as_str).filter(|name| !name.is_empty())
    }
}

/// Why a store is not read whole.
#[derive(Debug)]
pub enum Failure {
    /// It needs a password, and none was given.
    NeedsPassword,
    /// In words.
    Told(Text),
}

impl From<Text> for Failure {
    fn from(why: Text) -> Failure {
        Failure::Told(why)
    }
}

/// Reads the store in a file or a folder, told by its content.
///
/// # Errors
/// When it cannot be read whole, or needs a password.
pub fn open(path: &Path, password: Option<&Secret>) -> Result<Store, Failure> {
    if path.is_dir() {
        return Ok(folder::read(path)?);
    }
    let bytes = read_plain(path)?;
    read(&bytes, password)
}

/// Reads the store in these bytes, told by how they begin.
///
/// # Errors
/// When it cannot be read whole, or needs a password.
pub fn read(bytes: &[u8], password: Option<&Secret>) -> Result<Store, Failure> {
    match bytes {
        [] => Err(tr!("the file is empty").into()),
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => java::read(bytes, password),
        [0x30, ..] if pkcs12::is_one(bytes) => pkcs12::read(bytes, password),
        _ => Err(not_a_store(bytes).into()),
    }
}

/// What a file is instead of a store, and what to do.
fn not_a_store(bytes: &[u8]) -> Text {
    let begins = |text: &[u8]| bytes.windows(text.len()).take(4096).any(|part| part == text);
    if begins(b"-----BEGIN ") || keys::public_key_info(bytes).is_ok() {
        return tr!("it is a certificate or PEM, and no store; name the folder that holds it");
    }
    if bytes.first() == Some(&0x30) {
        return tr!("it begins as a PKCS#12 store does, but is none, or is cut off");
    }
    if begins(b"SQLite format 3") {
        return tr!(
            "it is a database, as NSS keeps one; `pk12util -o FILE.p12 -n NICKNAME` writes a PKCS#12 store of it"
        );
    }
    if begins(b"codi_ens") {
        return tr!("it is text; if it is the front's table, name it `siri:FILE.csv`");
    }
    tr!("it is no PKCS#12, no JKS or JCEKS, and no folder of certificates")
}

/// The bytes of a plain file.
fn read_plain(path: &Path) -> Result<Vec<u8>, Text> {
    read_named(path, LARGEST).map_err(|why| match why {
        Unread::TooLarge { limit } => tr!(
            "it is larger than {limit} MiB, which no store of seals is",
            limit = i64::try_from(limit >> 20).unwrap_or(i64::MAX)
        ),
        why => tr!("{why}", why = why.to_string()),
    })
}

/// That a store has more entries than are read.
fn too_many() -> Text {
    tr!("it has more than {most} entries, which no store of seals has", most = MOST_ENTRIES)
}
