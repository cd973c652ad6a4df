//! An inventory as its files state it: raw, with the references between files unresolved.

pub mod finding;
pub mod load;
pub mod model;
pub mod source;
pub mod step;
pub mod survey;
pub mod workdays;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};

use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::files::repo::{Kind, Unread};
use crate::files::x509::{
    self, Authority, Distrust, ListDistrust, RevocationList, Signatures, Unreadable,
};
use crate::files::yaml;
use crate::inventory::finding::{Place, Spot};
use crate::inventory::model::{Baseline, Batch, Certificate, Ens, Load, Policy, Waiver};
use crate::inventory::source::Sources;
use crate::tr;

/// The place in `authorities` of the one that issued a certificate, or why there is none.
pub type Chain = Result<usize, Box<Distrust>>;

/// Waivers, by id.
pub type Waivers = BTreeMap<Box<str>, Item<Waiver>>;

/// What the files of an inventory state. Everything is kept by id, in order.
#[derive(Debug, Default)]
pub struct Inventory {
    /// How many files were read.
    pub files: usize,
    /// What is wrong with single files.
    pub problems: Vec<Problem>,
    /// The policy, when it can be read.
    pub policy: Option<Arc<Policy>>,
    /// The baseline, when there is one and it can be read.
    pub baseline: Option<Arc<Baseline>>,
    /// The ens, by id.
    pub ens: BTreeMap<Box<str>, Item<Ens>>,
    /// The certificates, by id.
    pub certificates: BTreeMap<Box<str>, CertificateFile>,
    /// The batches, by id.
    pub batches: BTreeMap<Box<str>, Item<Batch>>,
    /// The waivers, by id.
    pub waivers: Waivers,
    /// The files below `evidence/`, by path from `inventory/`.
    pub evidence: BTreeMap<Box<str>, Document>,
    /// The authorities in `trust/`.
    pub authorities: Vec<AuthorityFile>,
    /// The revocation lists in `trust/`.
    pub lists: Vec<ListFile>,
    /// The texts of the YAML files.
    pub sources: Sources,
}

/// A file that stands for something with an id.
#[derive(Debug)]
pub struct Item<T> {
    /// Its id.
    pub id: Box<str>,
    /// Its path.
    pub file: Arc<str>,
    /// What it states; none when the file is broken, which is told elsewhere.
    pub value: Option<Arc<T>>,
}

/// The two files of a certificate.
#[derive(Debug, Default)]
pub struct CertificateFile {
    /// `<label>.yaml`.
    pub record: Option<Item<Certificate>>,
    /// `<label>.pem`: the facts, and whether an authority in `trust/` issued it.
    pub pem: Option<Item<(x509::Certificate, Chain)>>,
}

/// A CA in `trust/`.
#[derive(Debug)]
pub struct AuthorityFile {
    /// Its path.
    pub file: Arc<str>,
    /// The CA.
    pub authority: Arc<Authority>,
}

/// A revocation list in `trust/`.
#[derive(Debug)]
pub struct ListFile {
    /// Its path.
    pub file: Arc<str>,
    /// The list.
    pub list: Arc<RevocationList>,
    /// Whether a CA in `trust/` signed it, and why it does not count; none without a CA.
    pub signed: Option<Result<(), ListDistrust>>,
}

/// A file below `evidence/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// With this digest.
    Of(Sha256),
    /// Without a byte.
    Empty,
    /// What Git LFS keeps in a commit instead of a file's bytes, which lie elsewhere.
    Pointer,
}

impl Document {
    /// What these bytes are.
    pub(crate) fn of(bytes: &[u8]) -> Document {
        /// How a pointer begins, and the most bytes that one has.
        const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";
        const LONGEST: usize = 1024;
        match bytes {
            [] => Document::Empty,
            bytes if bytes.starts_with(POINTER) && bytes.len() < LONGEST => Document::Pointer,
            bytes => Document::Of(Sha256::of(bytes)),
        }
    }
}

/// Something wrong with a single file.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The path.
    pub file: Arc<str>,
    /// Where in it.
    pub spot: Spot,
    /// What.
    pub trouble: Trouble,
}

impl Problem {
    /// Its place.
    pub fn place(&self) -> Place {
        Place { file: Arc::clone(&self.file), spot: self.spot.clone() }
    }
}

/// What can be wrong with a single file; each is worded by the rule that it breaks.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// It has no place in an inventory.
    Unnamed,
    /// The files are too much together: what they state is not known.
    Beyond(Text),
    /// It is no plain file.
    Misplaced(Kind),
    /// Its bytes cannot be had.
    Unread(Unread),
    /// It should be there, and is not.
    Missing,
    /// A PEM without its record.
    NoRecord,
    /// A YAML file that is not UTF-8.
    NotUtf8,
    /// Not the strict YAML that is asked for.
    Yaml(yaml::Problem),
    /// Not what its schema asks for.
    Misshapen {
        /// What is wrong.
        message: Text,
        /// What to do.
        help: Text,
    },
    /// A private key.
    PrivateKey {
        /// In which form.
        what: Text,
    },
    /// A field for a password.
    Password,
    /// A key URI with a PIN, or where one is read.
    Pin {
        /// The URI's attribute.
        attribute: &'static str,
    },
    /// Not one certificate, or not one revocation list.
    Unreadable(Unreadable),
    /// The certificate is another than the record says.
    OtherDigest {
        /// That of the PEM's certificate.
        found: Sha256,
    },
    /// A record without its PEM.
    NoPem,
}

/// The same map in less memory: of one that is filled in order, half stays empty.
fn packed<K: Ord, V>(map: BTreeMap<K, V>) -> BTreeMap<K, V> {
    map.into_iter().collect()
}

impl<T> Item<T> {
    /// The item with what its file states.
    pub(crate) fn new(id: Box<str>, file: Arc<str>, value: Option<Arc<T>>) -> Item<T> {
        Item { id, file, value }
    }
}

impl Inventory {
    /// An inventory of which nothing is known but why, by the paths where that is seen.
    pub(crate) fn unknown<'a>(
        files: usize,
        why: impl IntoIterator<Item = (&'a str, Trouble)>,
    ) -> Inventory {
        let mut inventory = Inventory { files, ..Inventory::default() };
        for (path, trouble) in why {
            inventory.problem(&path.into(), "", trouble);
        }
        inventory
    }

    /// The SHA-256 of a certificate's DER, in hexadecimal, as its record says it.
    pub fn sha256_of(&self, certificate: &str) -> Option<String> {
        let record = self.certificates.get(certificate)?.record.as_ref()?.value.as_deref()?;
        Some(record.sha256.to_string())
    }

    /// The loads of all batches that can be read.
    pub fn loads(&self) -> impl Iterator<Item = &Load> {
        self.batches.values().filter_map(|item| item.value.as_deref()).flat_map(|it| &it.loads)
    }

    /// Compares what belongs together: records and PEM files, and the files that must be there.
    pub(crate) fn settle(&mut self, known: &Signatures) {
        let policy: Arc<str> = "inventory/policy.yaml".into();
        let told = self.problems.iter().any(|problem| problem.file == policy);
        if self.policy.is_none() && !told {
            self.problem(&policy, "", Trouble::Missing);
        }
        for file in &mut self.lists {
            let signed = |authority: &AuthorityFile| file.list.verify(&authority.authority, known);
            let verdicts = self.authorities.iter().map(signed);
            file.signed =
                verdicts.reduce(|best, next| if best.is_ok() { best } else { next.or(best) });
        }
        let mut certificates = std::mem::take(&mut self.certificates);
        for certificate in certificates.values_mut() {
            self.settle_certificate(certificate);
        }
        certificates.retain(|_, certificate| certificate.record.is_some());
        self.certificates = packed(certificates);
        self.ens = packed(std::mem::take(&mut self.ens));
        self.sources.pack();
    }

    fn settle_certificate(&mut self, certificate: &mut CertificateFile) {
        match (&certificate.record, &mut certificate.pem) {
            (Some(record), None) => self.problem(&record.file, "", Trouble::NoPem),
            (None, Some(pem)) => self.problem(&pem.file, "", Trouble::NoRecord),
            (Some(record), Some(pem)) => {
                let (Some(stated), Some(read)) = (&record.value, &pem.value) else { return };
                let found = read.0.sha256;
                if stated.sha256.0 != found {
                    self.problem(&record.file, "/sha256", Trouble::OtherDigest { found });
                    pem.value = None;
                }
            }
            (None, None) => {}
        }
    }

    /// Sees to it that what git keeps of it is not damaged: whatever is said of the rest could be wrong.
    ///
    /// # Errors
    /// When an object cannot be read.
    pub fn ensure_sound(&self) -> Result<()> {
        self.ensure_had(&|trouble| {
            matches!(trouble, Trouble::Unread(Unread::Lost { is_damaged: true, .. }))
        })
    }

    /// Sees to it that all that git keeps of it can be had: what is compared with it would else be
    /// compared with nothing.
    ///
    /// # Errors
    /// When an object is missing, or cannot be read.
    pub fn ensure_whole(&self) -> Result<()> {
        self.ensure_had(&|trouble| {
            matches!(
                trouble,
                Trouble::Unread(Unread::Lost { .. }) | Trouble::Misplaced(Kind::Unlistable)
            )
        })
    }

    fn ensure_had(&self, is_lost: &dyn Fn(&Trouble) -> bool) -> Result<()> {
        let Some(lost) = self.problems.iter().find(|problem| is_lost(&problem.trouble)) else {
            return Ok(());
        };
        let cannot_read = tr!("cannot read `{file}`", file = &*lost.file);
        match &lost.trouble {
            Trouble::Unread(why) => Err(anyhow!(why.to_string()).context(cannot_read)),
            _ => bail!(cannot_read),
        }
    }

    fn problem(&mut self, file: &Arc<str>, pointer: &str, trouble: Trouble) {
        let spot = Spot::Pointer(pointer.to_owned());
        self.problems.push(Problem { file: Arc::clone(file), spot, trouble });
    }
}
