//! A test authority and the seals that it issues, new each time: their private keys are thrown away.

use anyhow::{Context, Result};
use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};

use crate::base::digest::Sha256;
use crate::base::time::plus_days;
use crate::files::x509::{self, Certificate};
use crate::tr;

/// `certificatePolicies`: AOC's medium-level seal, 2.16.724.1.3.5.6.2.
const POLICIES: [u8; 14] =
    [0x30, 12, 0x30, 10, 0x06, 8, 0x60, 0x85, 0x54, 0x01, 0x03, 0x05, 0x06, 0x02];
/// `qcStatements`: QcCompliance, and QcType eseal (ETSI EN 319 412-5).
const STATEMENTS: [u8; 33] = [
    0x30, 31, 0x30, 8, 0x06, 6, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x01, 0x30, 19, 0x06, 6, 0x04, 0x00,
    0x8e, 0x46, 0x01, 0x06, 0x30, 9, 0x06, 7, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x06, 0x02,
];
/// Where they stand, and `organizationIdentifier` and `serialNumber` in a name.
const POLICIES_OID: [u64; 4] = [2, 5, 29, 32];
const STATEMENTS_OID: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 1, 3];
const ORGANISATION_ID: [u64; 4] = [2, 5, 4, 97];
const SERIAL_NUMBER: [u64; 4] = [2, 5, 4, 5];

/// An authority.
pub struct Authority {
    /// Its certificate.
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A seal, as it comes with the support desk's ticket.
pub struct Seal {
    pub pem: String,
    pub sha256: Sha256,
    /// The serial number, as AEAT would quote it.
    pub serial: String,
}

impl Authority {
    /// A new one, in force since five years before `today`.
    pub fn new(today: Date) -> Result<Authority> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = name(&[
            (DnType::CountryName, "ES"),
            (DnType::OrganizationName, "CONSORCI DE MOSTRA"),
            (DnType::CommonName, "CA de mostra"),
        ]);
        in_force(&mut params, plus_days(today, -1825), plus_days(today, 3650));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = x509::to_pem(params.self_signed(&key)?.der());
        Ok(Authority { pem, issuer: Issuer::new(params, key) })
    }

    /// A seal of the body with this NIF, for three years from `first` on.
    pub fn issue(&self, body: &str, nif: &str, first: Date) -> Result<Seal> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = name(&[
            (DnType::CountryName, "ES"),
            (DnType::OrganizationName, body),
            (DnType::CustomDnType(ORGANISATION_ID.to_vec()), &format!("VATES-{nif}")),
            (DnType::CustomDnType(SERIAL_NUMBER.to_vec()), nif),
            (DnType::CommonName, "Serveis Administracio Electronica"),
        ]);
        in_force(&mut params, first, plus_days(first, 1095));
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::ContentCommitment,
            KeyUsagePurpose::KeyEncipherment,
        ];
        params.custom_extensions = vec![
            CustomExtension::from_oid_content(&POLICIES_OID, POLICIES.to_vec()),
            CustomExtension::from_oid_content(&STATEMENTS_OID, STATEMENTS.to_vec()),
        ];
        let certificate = params.signed_by(&key, &self.issuer)?;
        let der = certificate.der();
        let read =
            Certificate::read(der).ok().context(tr!("it is no certificate that can be read"))?;
        Ok(Seal {
            pem: x509::to_pem(der),
            sha256: Sha256::of(der),
            serial: read.serial.to_string(),
        })
    }
}

fn name(attributes: &[(DnType, &str)]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (kind, value) in attributes {
        name.push(kind.clone(), DnValue::Utf8String((*value).to_owned()));
    }
    name
}

/// From the begin of one day to that of another, as rcgen has instants.
fn in_force(params: &mut CertificateParams, from: Date, to: Date) {
    let at = |date: Date| {
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        date_time_ymd(i32::from(date.year()), month, day)
    };
    (params.not_before, params.not_after) = (at(from), at(to));
}
