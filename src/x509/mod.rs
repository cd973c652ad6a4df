//! Certificates (RFC 5280), their authorities and revocation lists: the facts, strictly read.
//!
//! Only this module knows DER. It knows nothing of the inventory, its policy or the checklist:
//! it says what a certificate states, and the rules say whether that will do.

mod algorithm;
mod crl;
mod der;
mod extensions;
mod name;
mod pem;
mod secret;
mod serial;
mod text;
mod trust;
mod unreadable;

use jiff::Timestamp;

pub use algorithm::{Hash, PublicKey, SignatureAlgorithm};
pub use crl::{ListDistrust, Revocation, RevocationList};
pub use der::{Fault, Malformed};
pub use extensions::KeyUsage;
pub use name::{Attribute, Name, attribute};
pub use pem::{from_pem, from_pem_or_der, to_pem};
pub use secret::private_key_in;
pub use serial::Serial;
pub use trust::{Authority, Distrust, TrustStore};
pub use unreadable::Unreadable;

use crate::digest::Sha256;
use algorithm::Signed;
use der::{Reader, tag};

/// What a certificate states. It does not keep the DER, for many are held at once.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// Of the DER: the certificate's identity.
    pub sha256: Sha256,
    /// Of the `SubjectPublicKeyInfo`: the key's identity.
    pub public_key_sha256: Sha256,
    pub serial: Serial,
    pub issuer: Name,
    pub subject: Name,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    pub public_key: PublicKey,
    pub signature: SignatureAlgorithm,
    /// Dotted object identifiers.
    pub policies: Vec<String>,
    /// The types of EU qualified certificates (ETSI EN 319 412-5, 4.2.3), dotted.
    pub qc_types: Vec<String>,
    pub key_usage: Option<KeyUsage>,
    /// Dotted object identifiers.
    pub extended_key_usages: Vec<String>,
    pub has_basic_constraints: bool,
    /// `CA:TRUE`.
    pub is_authority: bool,
    /// The directory names, e-mails and host names of `subjectAltName`.
    pub alternative_names: Vec<Name>,
    pub emails: Vec<String>,
    pub dns_names: Vec<String>,
    pub subject_key_id: Option<Box<[u8]>>,
    pub authority_key_id: Option<Box<[u8]>>,
    /// Critical extensions that segell does not know, dotted.
    pub unknown_critical: Vec<String>,
}

/// The arcs under which Spanish seals state what they are in `subjectAltName`: high and medium
/// level, today's and the older ones (profiles of Spain's *Política de Firma y Certificados*).
const SEAL_ARCS: [[u128; 8]; 4] = [
    [2, 16, 724, 1, 3, 5, 6, 1],
    [2, 16, 724, 1, 3, 5, 6, 2],
    [2, 16, 724, 1, 3, 5, 2, 1],
    [2, 16, 724, 1, 3, 5, 2, 2],
];

impl Certificate {
    /// Reads exactly one certificate in DER.
    pub fn read(der: &[u8]) -> Result<Certificate, Unreadable> {
        Certificate::read_with_key(der).map(|(certificate, _)| certificate)
    }

    /// The values that are not empty of the attribute `number` of Spain's seal profile, such as 3
    /// for the NIF, found by their identifiers wherever they stand.
    pub fn seal_attribute(&self, number: u8) -> Vec<String> {
        let attributes = self.alternative_names.iter().flat_map(Name::attributes);
        let wanted = attributes.filter(|attribute| {
            let number = u128::from(number);
            SEAL_ARCS.iter().any(|arc| attribute.oid.arcs().eq(arc.iter().copied().chain([number])))
        });
        let values = wanted.map(|attribute| attribute.value.into_owned());
        values.filter(|value| !value.is_empty()).collect()
    }

    /// Reads a certificate, and the bits of its public key beside it (RFC 5280, 4.1).
    fn read_with_key(der: &[u8]) -> Result<(Certificate, &[u8]), Unreadable> {
        let signed = Signed::read(der)?;
        let mut fields = signed.fields;
        let version = read_version(&mut fields)?;
        let serial = Serial::new(fields.integer()?);
        expect_same_algorithm(&signed, fields.element(tag::SEQUENCE)?)?;
        let issuer = Name::read(&mut fields)?;
        let mut validity = fields.sequence()?;
        let (not_before, not_after) = (validity.time()?, validity.time()?);
        validity.finish()?;
        let subject = Name::read(&mut fields)?;
        let key_info = fields.element(tag::SEQUENCE)?;
        let (public_key, key) = PublicKey::read(key_info.content)?;
        let mut certificate = Certificate {
            sha256: Sha256::of(der),
            public_key_sha256: Sha256::of(key_info.whole),
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            public_key,
            signature: signed.algorithm,
            policies: Vec::new(),
            qc_types: Vec::new(),
            key_usage: None,
            extended_key_usages: Vec::new(),
            has_basic_constraints: false,
            is_authority: false,
            alternative_names: Vec::new(),
            emails: Vec::new(),
            dns_names: Vec::new(),
            subject_key_id: None,
            authority_key_id: None,
            unknown_critical: Vec::new(),
        };
        read_optional_fields(fields, version, &mut certificate)?;
        Ok((certificate, key))
    }
}

/// 1, 2 or 3. Version 1 is the default, which DER does not write out (RFC 5280, 4.1.2.1).
fn read_version(fields: &mut Reader<'_>) -> Result<u8, Unreadable> {
    let Some(mut wrapper) = fields.optional(tag::constructed(0))? else {
        return Ok(1);
    };
    let number = wrapper.integer()?;
    wrapper.finish()?;
    match number {
        [number @ (1 | 2)] => Ok(number + 1),
        _ => Err(Unreadable::Version),
    }
}

/// The signature's algorithm is named twice, once where the signature covers it (RFC 5280, 4.1.1.2).
fn expect_same_algorithm(signed: &Signed<'_>, inside: der::Element<'_>) -> Result<(), Unreadable> {
    if inside.whole == signed.identifier {
        return Ok(());
    }
    Err(Unreadable::AlgorithmsDiffer {
        inside: SignatureAlgorithm::read(inside.content)?.to_string(),
        outside: signed.algorithm.to_string(),
    })
}

/// Unique identifiers need version 2, extensions version 3 (RFC 5280, 4.1.2.8 and 4.1.2.9).
fn read_optional_fields(
    mut fields: Reader<'_>,
    version: u8,
    certificate: &mut Certificate,
) -> Result<(), Unreadable> {
    for unique_identifier in [tag::primitive(1), tag::primitive(2)] {
        if fields.optional(unique_identifier)?.is_some() && version < 2 {
            return Err(Unreadable::ExtensionsNeedVersion { needed: 2 });
        }
    }
    let extensions = fields.optional(tag::constructed(3))?;
    fields.finish()?;
    match extensions {
        Some(_) if version < 3 => Err(Unreadable::ExtensionsNeedVersion { needed: 3 }),
        Some(extensions) => extensions::read(extensions, certificate),
        None => Ok(()),
    }
}
