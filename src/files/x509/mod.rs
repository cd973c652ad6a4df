//! Certificates (RFC 5280), their authorities and revocation lists: the facts, strictly read.
//!
//! x509-parser reads them, AWS-LC verifies them, and `strict` refuses beforehand what x509-parser
//! lets through. Only this module knows DER. It knows nothing of the inventory, its policy or the checklist:
//! it says what a certificate states, and the rules say whether that will do.

mod algorithm;
mod bundle;
mod crl;
mod element;
mod extensions;
mod identifiers;
mod name;
mod pem;
mod pkcs7;
mod points;
mod secret;
mod serial;
mod signed;
mod signing;
mod strict;
mod text;
mod trust;
mod unreadable;

use std::borrow::Cow;

use jiff::Timestamp;
use x509_parser::asn1_rs::{FromDer, Oid, oid};
use x509_parser::certificate::X509Certificate;
use x509_parser::time::ASN1Time;
use x509_parser::x509::{AlgorithmIdentifier, X509Version};

pub use algorithm::{Hash, PublicKey, SignatureAlgorithm};
pub use bundle::{Part, certificates_in};
pub use crl::{ListDistrust, Revocation, RevocationList};
pub use extensions::KeyUsage;
pub use identifiers::Identifiers;
pub use name::{Attribute, Name};
pub use pem::{from_pem, from_pem_or_der, to_pem};
pub use secret::private_key_in;
pub use serial::{Serial, Style};
pub use signed::{NotVerified, Verifier};
pub use signing::SigningCertificate;
pub use text::text_of;
pub use trust::{Authority, Distrust, Signatures, TrustStore};
pub use unreadable::{Fault, Instead, Malformed, Unreadable};

use crate::base::digest::Sha256;
use strict::Strict;

/// What a certificate states. It does not keep the DER, for many are held at once.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// Of the DER: the certificate's identity.
    pub sha256: Sha256,
    /// Of the `SubjectPublicKeyInfo`: the key's identity.
    pub public_key_sha256: Sha256,
    /// The number that its issuer gave it.
    pub serial: Serial,
    /// Who issued it.
    pub issuer: Name,
    /// Whose it is.
    pub subject: Name,
    /// The first instant of its validity.
    pub not_before: Timestamp,
    /// The last second of its validity.
    pub not_after: Timestamp,
    /// The kind of its key.
    pub public_key: PublicKey,
    /// How it is signed.
    pub signature: SignatureAlgorithm,
    /// Its policies.
    pub policies: Identifiers,
    /// The types of EU qualified certificates (ETSI EN 319 412-5, 4.2.3).
    pub qc_types: Identifiers,
    /// What its key may be used for.
    pub key_usage: Option<KeyUsage>,
    /// What else its key may be used for.
    pub extended_key_usages: Identifiers,
    /// Whether it has `basicConstraints`.
    pub has_basic_constraints: bool,
    /// `CA:TRUE`.
    pub is_authority: bool,
    /// The directory names of `subjectAltName`.
    pub alternative_names: Vec<Name>,
    /// The e-mails of `subjectAltName`.
    pub emails: Vec<String>,
    /// The host names of `subjectAltName`.
    pub dns_names: Vec<String>,
    /// The identifier of its key.
    pub subject_key_id: Option<Box<[u8]>>,
    /// The identifier of its issuer's key.
    pub authority_key_id: Option<Box<[u8]>>,
    /// The points at which its issuer hands out the revocation list that speaks of it, in DER.
    pub distribution_points: Vec<Box<[u8]>>,
    /// Critical extensions that segell does not know.
    pub unknown_critical: Identifiers,
}

/// The arcs under which Spanish seals state what they are in `subjectAltName`: high and medium
/// level, today's and the older ones (profiles of Spain's *Política de Firma y Certificados*).
static SEAL_ARCS: [Oid<'static>; 4] = [
    oid!(2.16.724.1.3.5.6.1),
    oid!(2.16.724.1.3.5.6.2),
    oid!(2.16.724.1.3.5.2.1),
    oid!(2.16.724.1.3.5.2.2),
];

impl Certificate {
    /// Reads exactly one certificate in DER.
    pub fn read(der: &[u8]) -> Result<Certificate, Unreadable> {
        Certificate::read_with_key(der).map(|(certificate, _)| certificate)
    }

    /// The values that are not empty of the attributes `numbers` of Spain's seal profile, such as 3
    /// for the NIF, found by their identifiers wherever they stand.
    pub fn seal_attributes(&self, numbers: &[u8]) -> Vec<String> {
        let is_wanted = |oid: &[u8]| {
            let mut below = SEAL_ARCS.iter().filter_map(|arc| oid.strip_prefix(arc.as_bytes()));
            below.any(|below| matches!(below, [number] if numbers.contains(number)))
        };
        let values = self.alternative_names.iter().flat_map(|name| name.of_types(is_wanted));
        values.filter(|value| !value.is_empty()).map(Cow::into_owned).collect()
    }

    /// Reads a certificate, and the bits of its public key beside it (RFC 5280, 4.1).
    fn read_with_key(der: &[u8]) -> Result<(Certificate, &[u8]), Unreadable> {
        let strict = Strict(der);
        strict.certificate()?;
        let (_, parsed) = X509Certificate::from_der(der)?;
        let fields = &parsed.tbs_certificate;
        let signature = same_algorithm(&fields.signature, &parsed.signature_algorithm)?;
        check_version(&parsed)?;
        let (public_key, key) = PublicKey::read(strict, &fields.subject_pki)?;
        let mut certificate = Certificate {
            sha256: Sha256::of(der),
            public_key_sha256: Sha256::of(fields.subject_pki.raw),
            serial: Serial::new(parsed.raw_serial()),
            issuer: Name::read(strict, &fields.issuer)?,
            subject: Name::read(strict, &fields.subject)?,
            not_before: timestamp(fields.validity.not_before),
            not_after: timestamp(fields.validity.not_after),
            public_key,
            signature,
            policies: Identifiers::default(),
            qc_types: Identifiers::default(),
            key_usage: None,
            extended_key_usages: Identifiers::default(),
            has_basic_constraints: false,
            is_authority: false,
            alternative_names: Vec::new(),
            emails: Vec::new(),
            dns_names: Vec::new(),
            subject_key_id: None,
            authority_key_id: None,
            distribution_points: Vec::new(),
            unknown_critical: Identifiers::default(),
        };
        extensions::read(strict, parsed.extensions(), fields.issuer.as_raw(), &mut certificate)?;
        Ok((certificate, key))
    }
}

/// Unique identifiers need version 2, extensions version 3 (RFC 5280, 4.1.2.1, 4.1.2.8 and 4.1.2.9).
fn check_version(certificate: &X509Certificate<'_>) -> Result<(), Unreadable> {
    let has_identifiers = certificate.issuer_uid.is_some() || certificate.subject_uid.is_some();
    let needed = match certificate.version {
        X509Version::V1 if has_identifiers => 2,
        X509Version::V1 | X509Version::V2 if !certificate.extensions().is_empty() => 3,
        X509Version::V1 | X509Version::V2 | X509Version::V3 => return Ok(()),
        _ => return Err(Unreadable::Version),
    };
    Err(Unreadable::ExtensionsNeedVersion { needed })
}

/// The signature's algorithm is named twice, once where the signature covers it (RFC 5280, 4.1.1.2).
fn same_algorithm(
    inside: &AlgorithmIdentifier<'_>,
    outside: &AlgorithmIdentifier<'_>,
) -> Result<SignatureAlgorithm, Unreadable> {
    let algorithm = SignatureAlgorithm::read(outside);
    if inside == outside {
        return Ok(algorithm);
    }
    Err(Unreadable::AlgorithmsDiffer {
        inside: SignatureAlgorithm::read(inside).to_string(),
        outside: algorithm.to_string(),
    })
}

/// RFC 5280 writes "never" as the last second of 9999, which lies beyond jiff's last instant.
fn timestamp(time: ASN1Time) -> Timestamp {
    Timestamp::from_second(time.timestamp()).unwrap_or(Timestamp::MAX)
}
