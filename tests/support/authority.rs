//! An authority for tests, whose seals follow AOC's medium-level profile: the same attributes and
//! extensions, in the same order and encodings, as its published seals. Nothing here reads the clock.
//!
//! rcgen makes the keys and signs. What is signed is put together here, because tests also need
//! what rcgen rightly refuses to write.

#![allow(clippy::unwrap_used)]
// Each of the programs that include this module uses another part of it.
#![allow(dead_code)]

#[path = "der.rs"]
pub mod der;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rcgen::{KeyPair, PublicKeyData, SigningKey};

/// The arc of AOC's medium-level seal.
pub const MEDIUM: &str = "2.16.724.1.3.5.6.2";

/// The arc of the high-level seal.
pub const HIGH: &str = "2.16.724.1.3.5.6.1";

/// A policy of this authority's own.
const OWN_POLICY: &str = "1.3.6.1.4.1.99999.1.3.2.6.2";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    P256,
    P384,
    Rsa2048,
    Rsa3072,
    /// RSA 3072, each time another key: for files that are kept.
    OwnRsa3072,
}

impl KeyKind {
    /// A new key; of RSA, whose keys take long to make, the same each time.
    pub fn key(self) -> KeyPair {
        static RSA_2048: OnceLock<Vec<u8>> = OnceLock::new();
        static RSA_3072: OnceLock<Vec<u8>> = OnceLock::new();
        let (cell, size) = match self {
            KeyKind::P256 => return generate(&rcgen::PKCS_ECDSA_P256_SHA256),
            KeyKind::P384 => return generate(&rcgen::PKCS_ECDSA_P384_SHA384),
            KeyKind::Rsa2048 => (&RSA_2048, KeySize::Rsa2048),
            KeyKind::Rsa3072 => (&RSA_3072, KeySize::Rsa3072),
            KeyKind::OwnRsa3072 => return rsa_pair(&new_rsa(KeySize::Rsa3072)),
        };
        let pkcs8 = cell.get_or_init(|| new_rsa(size));
        rsa_pair(pkcs8)
    }

    /// The key of RSA in PKCS#1's form, which PKCS#8 wraps.
    pub fn pkcs1(self) -> Vec<u8> {
        let pkcs8 = self.key().serialize_der();
        der::parts(der::parts(&pkcs8)[0].1)[2].1.to_vec()
    }

    /// How such a key signs.
    fn algorithm(self) -> Vec<u8> {
        match self {
            KeyKind::P256 => der::sequence(&[der::oid("1.2.840.10045.4.3.2")]),
            KeyKind::P384 => der::sequence(&[der::oid("1.2.840.10045.4.3.3")]),
            KeyKind::Rsa2048 | KeyKind::Rsa3072 | KeyKind::OwnRsa3072 => sha256_with_rsa(),
        }
    }
}

/// A new RSA key, as PKCS#8.
fn new_rsa(size: KeySize) -> Vec<u8> {
    let key = aws_lc_rs::rsa::KeyPair::generate(size).unwrap();
    AsDer::<Pkcs8V1Der>::as_der(&key).unwrap().as_ref().to_vec()
}

fn rsa_pair(pkcs8: &[u8]) -> KeyPair {
    KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.into(), &rcgen::PKCS_RSA_SHA256).unwrap()
}

fn generate(algorithm: &'static rcgen::SignatureAlgorithm) -> KeyPair {
    KeyPair::generate_for(algorithm).unwrap()
}

pub fn sha256_with_rsa() -> Vec<u8> {
    der::sequence(&[der::oid("1.2.840.113549.1.1.11"), vec![0x05, 0x00]])
}

/// An instant from `2026-09-25T08:00:00Z`, or from `2026-09-25`, which means that day's 09:00 UTC.
pub fn instant(text: &str) -> Timestamp {
    match text.parse::<Date>() {
        Ok(date) if text.len() == 10 => TimeZone::UTC.to_timestamp(date.at(9, 0, 0, 0)).unwrap(),
        _ => text.parse().unwrap(),
    }
}

/// An attribute of a name: its dotted object identifier, its string's tag and bytes.
pub type Attribute = (String, u8, Vec<u8>);

pub fn utf8(oid: &str, value: &str) -> Attribute {
    (oid.to_owned(), der::UTF8_STRING, value.as_bytes().to_vec())
}

pub fn printable(oid: &str, value: &str) -> Attribute {
    (oid.to_owned(), der::PRINTABLE_STRING, value.as_bytes().to_vec())
}

/// A `Name` with one attribute in each of its parts.
pub fn name(attributes: &[Attribute]) -> Vec<u8> {
    let part = |(oid, tag, value): &Attribute| {
        let attribute = der::sequence(&[der::oid(oid), der::element(*tag, value)]);
        der::element(der::SET, &attribute)
    };
    der::sequence(&attributes.iter().map(part).collect::<Vec<_>>())
}

#[derive(Clone)]
pub struct Extension {
    pub oid: String,
    pub critical: bool,
    pub value: Vec<u8>,
}

impl Extension {
    pub fn new(oid: &str, value: Vec<u8>) -> Extension {
        Extension { oid: oid.to_owned(), critical: false, value }
    }

    pub fn critical(oid: &str, value: Vec<u8>) -> Extension {
        Extension { critical: true, ..Extension::new(oid, value) }
    }

    fn der(&self) -> Vec<u8> {
        let critical = if self.critical { der::element(der::BOOLEAN, &[0xff]) } else { Vec::new() };
        let value = der::element(der::OCTET_STRING, &self.value);
        der::sequence(&[der::oid(&self.oid), critical, value])
    }
}

fn extensions(number: u8, extensions: &[Extension]) -> Vec<u8> {
    if extensions.is_empty() {
        return Vec::new();
    }
    let list = extensions.iter().map(Extension::der).collect::<Vec<_>>();
    der::context(number, &der::sequence(&list))
}

/// Everything that a certificate is made of, for tests to put out of order.
#[derive(Clone)]
pub struct Parts {
    /// Empty for version 1.
    pub version: Vec<u8>,
    /// The content of the integer.
    pub serial: Vec<u8>,
    pub issuer: Vec<u8>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    pub subject: Vec<Attribute>,
    /// The attributes of the directory name among the alternative names, if there is one.
    pub alternative_name: Vec<Attribute>,
    pub public_key: Vec<u8>,
    pub extensions: Vec<Extension>,
    /// The algorithm inside and outside of what is signed.
    pub algorithms: [Vec<u8>; 2],
}

impl Parts {
    pub fn extension(&mut self, oid: &str) -> &mut Extension {
        self.extensions.iter_mut().find(|extension| extension.oid == oid).unwrap()
    }

    pub fn remove(&mut self, oid: &str) {
        self.extensions.retain(|extension| extension.oid != oid);
    }

    fn signed_by(mut self, key: &KeyPair) -> Vec<u8> {
        if !self.alternative_name.is_empty() {
            let names = der::sequence(&[der::context(4, &name(&self.alternative_name))]);
            self.extension(SUBJECT_ALT_NAME).value = names;
        }
        let validity = der::sequence(&[der::time(self.not_before), der::time(self.not_after)]);
        let message = der::sequence(&[
            self.version,
            der::element(der::INTEGER, &self.serial),
            self.algorithms[0].clone(),
            self.issuer,
            validity,
            name(&self.subject),
            self.public_key,
            extensions(3, &self.extensions),
        ]);
        signed(message, &self.algorithms[1], key)
    }
}

fn signed(message: Vec<u8>, algorithm: &[u8], key: &KeyPair) -> Vec<u8> {
    let signature = key.sign(&message).unwrap();
    der::sequence(&[message, algorithm.to_vec(), der::bits(&signature)])
}

pub const KEY_USAGE: &str = "2.5.29.15";
pub const SUBJECT_ALT_NAME: &str = "2.5.29.17";
pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub const POLICIES: &str = "2.5.29.32";
pub const AUTHORITY_KEY_ID: &str = "2.5.29.35";
pub const SUBJECT_KEY_ID: &str = "2.5.29.14";

fn key_id(public_key: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, public_key).as_ref()[..20].to_vec()
}

fn subject_key_id(public_key: &[u8]) -> Extension {
    Extension::new(SUBJECT_KEY_ID, der::element(der::OCTET_STRING, &key_id(public_key)))
}

fn authority_key_id(public_key: &[u8]) -> Extension {
    let identifier = der::element(0x80, &key_id(public_key));
    Extension::new(AUTHORITY_KEY_ID, der::sequence(&[identifier]))
}

/// `keyUsage`, by the numbers of its bits, up to 7.
fn key_usage(bits: &[u8]) -> Extension {
    let byte = bits.iter().fold(0u8, |byte, bit| byte | 0x80 >> bit);
    let unused = if byte == 0 { 0 } else { byte.trailing_zeros() as u8 };
    Extension::critical(KEY_USAGE, der::element(der::BIT_STRING, &[unused, byte]))
}

fn basic_constraints(is_authority: bool) -> Extension {
    let flag = if is_authority { der::element(der::BOOLEAN, &[0xff]) } else { Vec::new() };
    Extension::critical(BASIC_CONSTRAINTS, der::sequence(&[flag]))
}

/// An authority that issues seals and revocation lists.
pub struct Authority {
    pub der: Vec<u8>,
    pub name: Vec<u8>,
    kind: KeyKind,
    key: KeyPair,
    issued: AtomicU64,
}

impl Authority {
    /// In force from 2014 to 2030, with a P-256 key.
    pub fn new(common_name: &str) -> Authority {
        Authority::with_key(common_name, KeyKind::P256)
    }

    pub fn with_key(common_name: &str, kind: KeyKind) -> Authority {
        let valid = (instant("2014-09-18"), instant("2030-09-18"));
        Authority::build(common_name, kind, valid, |_| {})
    }

    /// An authority whose own certificate has been put out of order by `tweak`.
    pub fn build(
        common_name: &str,
        kind: KeyKind,
        valid: (Timestamp, Timestamp),
        tweak: impl FnOnce(&mut Parts),
    ) -> Authority {
        let key = kind.key();
        let public_key = key.subject_public_key_info();
        let subject = vec![
            printable("2.5.4.6", "ES"),
            utf8("2.5.4.10", "CONSORCI DE PROVES"),
            utf8("2.5.4.11", "Serveis Públics de Certificació"),
            utf8("2.5.4.3", common_name),
        ];
        let mut parts = Parts {
            version: der::context(0, &der::element(der::INTEGER, &[2])),
            serial: vec![0x71, 0x01],
            issuer: name(&subject),
            not_before: valid.0,
            not_after: valid.1,
            subject,
            alternative_name: Vec::new(),
            extensions: vec![
                basic_constraints(true),
                subject_key_id(&public_key),
                key_usage(&[5, 6]),
            ],
            public_key,
            algorithms: [kind.algorithm(), kind.algorithm()],
        };
        tweak(&mut parts);
        let name = name(&parts.subject);
        let der = parts.signed_by(&key);
        Authority { der, name, kind, key, issued: AtomicU64::new(0) }
    }

    pub fn pem(&self) -> String {
        segell::files::x509::to_pem(&self.der)
    }

    /// 16 bytes, the last of which count what this authority has issued.
    fn next_serial(&self) -> Vec<u8> {
        let count = self.issued.fetch_add(1, Ordering::Relaxed) + 1;
        [&[0x76, 0x90, 0x09, 0x89, 0x32, 0xdd, 0x97, 0x06][..], &count.to_be_bytes()].concat()
    }

    /// A revocation list in DER: serial numbers, as the content of their integers.
    pub fn crl(&self, revoked: &[&[u8]], this_update: &str, next_update: &str) -> Vec<u8> {
        let number = Extension::new("2.5.29.20", der::element(der::INTEGER, &[7]));
        let own_key = authority_key_id(&self.key.subject_public_key_info());
        self.crl_with(revoked, this_update, next_update, &[own_key, number])
    }

    /// A revocation list with these extensions, each certificate revoked on `this_update` because its key
    /// was compromised.
    pub fn crl_with(
        &self,
        revoked: &[&[u8]],
        this_update: &str,
        next_update: &str,
        list: &[Extension],
    ) -> Vec<u8> {
        let this_update = der::time(instant(this_update));
        let reason = Extension::new("2.5.29.21", der::element(der::ENUMERATED, &[1]));
        let entry = |serial: &&[u8]| {
            let serial = der::element(der::INTEGER, serial);
            der::sequence(&[serial, this_update.clone(), der::sequence(&[reason.der()])])
        };
        let entries = revoked.iter().map(entry).collect::<Vec<_>>();
        let message = der::sequence(&[
            der::element(der::INTEGER, &[1]),
            self.kind.algorithm(),
            self.name.clone(),
            this_update.clone(),
            der::time(instant(next_update)),
            if entries.is_empty() { Vec::new() } else { der::sequence(&entries) },
            extensions(0, list),
        ]);
        signed(message, &self.kind.algorithm(), &self.key)
    }
}

/// The person in whose name a body's seal was asked for.
#[derive(Clone, Copy)]
pub struct Custodian {
    pub nif: &'static str,
    pub given_name: &'static str,
    pub surname: &'static str,
    pub email: &'static str,
}

type Tweak = Box<dyn FnOnce(&mut Parts)>;

/// A seal that is to be issued.
pub struct Seal {
    nif: String,
    organisation: String,
    common_name: String,
    valid: (Timestamp, Timestamp),
    kind: KeyKind,
    serial: Option<Vec<u8>>,
    policies: Vec<String>,
    qc_type: Option<String>,
    key_usage: Vec<u8>,
    is_authority: bool,
    custodian: Option<Custodian>,
    tweaks: Vec<Tweak>,
}

impl Seal {
    /// A seal as AOC issues them: for three years less a second, from 2026-09-25.
    pub fn of(nif: &str, organisation: &str) -> Seal {
        Seal {
            nif: nif.to_owned(),
            organisation: organisation.to_owned(),
            common_name: "Serveis Administracio Electronica".to_owned(),
            valid: three_years("2026-09-25"),
            kind: KeyKind::P256,
            serial: None,
            policies: [OWN_POLICY, MEDIUM, "0.4.0.194112.1.1"].map(str::to_owned).to_vec(),
            qc_type: Some("0.4.0.1862.1.6.2".to_owned()),
            key_usage: vec![0, 1, 2],
            is_authority: false,
            custodian: None,
            tweaks: Vec::new(),
        }
    }

    /// Three years less a second from that day on.
    pub fn from(self, start: &str) -> Seal {
        Seal { valid: three_years(start), ..self }
    }

    pub fn valid(self, from: &str, to: &str) -> Seal {
        Seal { valid: (instant(from), instant(to)), ..self }
    }

    pub fn key(self, kind: KeyKind) -> Seal {
        Seal { kind, ..self }
    }

    /// The content of the serial number's integer.
    pub fn serial(self, integer: &[u8]) -> Seal {
        Seal { serial: Some(integer.to_vec()), ..self }
    }

    pub fn common_name(self, common_name: &str) -> Seal {
        Seal { common_name: common_name.to_owned(), ..self }
    }

    pub fn policies(self, policies: &[&str]) -> Seal {
        Seal { policies: policies.iter().map(|&policy| policy.to_owned()).collect(), ..self }
    }

    pub fn qc_type(self, qc_type: Option<&str>) -> Seal {
        Seal { qc_type: qc_type.map(str::to_owned), ..self }
    }

    /// The numbers of the bits: 0 digitalSignature, 1 contentCommitment, 2 keyEncipherment …
    pub fn key_usage(self, bits: &[u8]) -> Seal {
        Seal { key_usage: bits.to_vec(), ..self }
    }

    pub fn ca(self, is_authority: bool) -> Seal {
        Seal { is_authority, ..self }
    }

    pub fn custodian(self, custodian: Custodian) -> Seal {
        Seal { custodian: Some(custodian), ..self }
    }

    /// Changes what the certificate is made of, just before it is signed.
    pub fn tweak(mut self, tweak: impl FnOnce(&mut Parts) + 'static) -> Seal {
        self.tweaks.push(Box::new(tweak));
        self
    }

    pub fn issue(mut self, authority: &Authority) -> Issued {
        let key = self.kind.key();
        let tweaks = std::mem::take(&mut self.tweaks);
        let mut parts = self.parts(authority, key.subject_public_key_info());
        tweaks.into_iter().for_each(|tweak| tweak(&mut parts));
        let serial = parts.serial.clone();
        let der = parts.signed_by(&authority.key);
        let pem = segell::files::x509::to_pem(&der);
        Issued { der, pem, serial, key: key.serialize_der() }
    }

    fn parts(&self, authority: &Authority, public_key: Vec<u8>) -> Parts {
        let algorithm = authority.kind.algorithm();
        Parts {
            version: der::context(0, &der::element(der::INTEGER, &[2])),
            serial: self.serial.clone().unwrap_or_else(|| authority.next_serial()),
            issuer: authority.name.clone(),
            not_before: self.valid.0,
            not_after: self.valid.1,
            subject: self.subject(),
            alternative_name: self.alternative_name(),
            extensions: self.extensions(authority, &public_key),
            public_key,
            algorithms: [algorithm.clone(), algorithm],
        }
    }

    fn subject(&self) -> Vec<Attribute> {
        let mut subject = vec![
            printable("2.5.4.6", "ES"),
            utf8("2.5.4.10", &self.organisation),
            utf8("2.5.4.97", &format!("VATES-{}", self.nif)),
            utf8("2.5.4.11", "Certificat de segell electrònic nivell mig"),
            printable("2.5.4.5", &self.nif),
        ];
        if let Some(custodian) = self.custodian {
            subject.push(utf8("2.5.4.4", custodian.surname));
            subject.push(utf8("2.5.4.42", custodian.given_name));
        }
        subject.push(utf8("2.5.4.3", &self.common_name));
        subject
    }

    fn alternative_name(&self) -> Vec<Attribute> {
        let person = |field: fn(Custodian) -> &'static str| self.custodian.map_or("", field);
        let attribute = |(number, value): (u8, &str)| utf8(&format!("{MEDIUM}.{number}"), value);
        let mut values = vec![
            (1, "Certificat de segell electrònic nivell mig"),
            (2, &self.organisation),
            (3, &self.nif),
            (4, person(|custodian| custodian.nif)),
            (5, &self.common_name),
            (6, person(|custodian| custodian.given_name)),
            (7, person(|custodian| custodian.surname)),
            (8, ""),
        ];
        values.extend(self.custodian.map(|custodian| (9, custodian.email)));
        values.into_iter().map(attribute).collect()
    }

    fn extensions(&self, authority: &Authority, public_key: &[u8]) -> Vec<Extension> {
        let uri = |uri: &str| der::element(0x86, uri.as_bytes());
        let access = |oid: &str, place: &str| der::sequence(&[der::oid(oid), uri(place)]);
        let point = der::context(0, &der::context(0, &uri("http://ca.example.org/crl/test.crl")));
        let mut extensions = vec![
            basic_constraints(self.is_authority),
            authority_key_id(&authority.key.subject_public_key_info()),
            Extension::new(
                "1.3.6.1.5.5.7.1.1",
                der::sequence(&[
                    access("1.3.6.1.5.5.7.48.2", "http://ca.example.org/test.crt"),
                    access("1.3.6.1.5.5.7.48.1", "http://ocsp.example.org"),
                ]),
            ),
            Extension::new(SUBJECT_ALT_NAME, Vec::new()),
        ];
        if !self.policies.is_empty() {
            extensions.push(Extension::new(POLICIES, self.policies_value()));
        }
        let purposes = ["1.3.6.1.5.5.7.3.2", "1.2.840.113583.1.1.5"].map(der::oid);
        extensions.extend([
            Extension::new("2.5.29.37", der::sequence(&purposes)),
            Extension::new("1.3.6.1.5.5.7.1.3", self.qc_statements()),
            Extension::new("2.5.29.31", der::sequence(&[der::sequence(&[point])])),
            subject_key_id(public_key),
            key_usage(&self.key_usage),
        ]);
        extensions
    }

    fn policies_value(&self) -> Vec<u8> {
        let place = der::element(der::IA5_STRING, b"https://ca.example.org/policy");
        let qualifier = der::sequence(&[der::oid("1.3.6.1.5.5.7.2.1"), place]);
        let policy = |(place, oid): (usize, &String)| match place {
            0 => der::sequence(&[der::oid(oid), der::sequence(std::slice::from_ref(&qualifier))]),
            _ => der::sequence(&[der::oid(oid)]),
        };
        der::sequence(&self.policies.iter().enumerate().map(policy).collect::<Vec<_>>())
    }

    /// QcCompliance, QcRetentionPeriod of 15 years, QcType, QcPDS (ETSI EN 319 412-5, 4).
    fn qc_statements(&self) -> Vec<u8> {
        let place = der::element(der::IA5_STRING, b"https://ca.example.org/pds_en");
        let language = der::element(der::PRINTABLE_STRING, b"en");
        let places = der::sequence(&[der::sequence(&[place, language])]);
        let mut statements = vec![
            der::sequence(&[der::oid("0.4.0.1862.1.1")]),
            der::sequence(&[der::oid("0.4.0.1862.1.3"), der::element(der::INTEGER, &[15])]),
        ];
        if let Some(qc_type) = &self.qc_type {
            let types = der::sequence(&[der::oid(qc_type)]);
            statements.push(der::sequence(&[der::oid("0.4.0.1862.1.6"), types]));
        }
        statements.push(der::sequence(&[der::oid("0.4.0.1862.1.5"), places]));
        der::sequence(&statements)
    }
}

fn three_years(start: &str) -> (Timestamp, Timestamp) {
    let start = instant(start).to_zoned(TimeZone::UTC);
    let end = start.checked_add(3.years()).unwrap().checked_sub(1.second());
    (start.timestamp(), end.unwrap().timestamp())
}

/// A seal as it comes from the authority.
pub struct Issued {
    pub der: Vec<u8>,
    pub pem: String,
    /// The content of the serial number's integer.
    pub serial: Vec<u8>,
    /// The private key, in PKCS#8.
    pub key: Vec<u8>,
}
