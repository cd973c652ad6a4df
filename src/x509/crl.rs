//! Revocation lists (RFC 5280, 5).

use std::fmt;

use jiff::Timestamp;

use super::algorithm::{NotVerified, Signed};
use super::der::{Fault, Malformed, Reader, tag};
use super::extensions::{self, Extension};
use super::{Authority, Name, Serial, Unreadable, expect_same_algorithm, pem};

/// The certificates that an issuer has revoked, as one list of its states them.
#[derive(Clone)]
pub struct RevocationList {
    pub issuer: Name,
    pub this_update: Timestamp,
    pub next_update: Option<Timestamp>,
    authority_key_id: Option<Box<[u8]>>,
    /// Sorted by serial number.
    revoked: Vec<(Serial, Revocation)>,
    /// What the signature is verified on.
    der: Box<[u8]>,
}

/// When a certificate was revoked, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    pub date: Timestamp,
    /// By its name in RFC 5280, 5.3.1.
    pub reason: Option<&'static str>,
}

impl RevocationList {
    /// Reads exactly one revocation list, in DER or as the one PEM block `X509 CRL`.
    pub fn read(bytes: &[u8]) -> Result<RevocationList, Unreadable> {
        match bytes.first() {
            Some(&tag::SEQUENCE) => RevocationList::read_der(bytes),
            _ => RevocationList::read_der(&pem::block(bytes, "X509 CRL")?),
        }
    }

    /// Whether, and how, the certificate with this serial number has been revoked.
    pub fn revoked(&self, serial: &Serial) -> Option<Revocation> {
        let place = self.revoked.binary_search_by(|(other, _)| other.cmp(serial)).ok()?;
        Some(self.revoked[place].1)
    }

    /// The number of revoked certificates.
    pub fn len(&self) -> usize {
        self.revoked.len()
    }

    pub fn is_empty(&self) -> bool {
        self.revoked.is_empty()
    }

    /// Whether `authority` issued this list.
    pub fn verify(&self, authority: &Authority) -> Result<(), ListDistrust> {
        let subject = &authority.certificate.subject;
        if !subject.matches(&self.issuer)
            || !authority.may_be_meant(self.authority_key_id.as_deref())
        {
            return Err(ListDistrust::OtherIssuer { issuer: self.issuer.clone() });
        }
        if !authority.key_allows("cRLSign") {
            return Err(ListDistrust::MayNotSignLists { authority: subject.clone() });
        }
        let signed = Signed::read(&self.der).expect("the list was read from these bytes");
        authority.verify(&signed).map_err(|reason| match reason {
            NotVerified::Wrong => ListDistrust::SignatureWrong { authority: subject.clone() },
            NotVerified::Unsupported => {
                ListDistrust::Unsupported { signature: signed.algorithm.to_string() }
            }
        })
    }

    /// RFC 5280, 5.1.
    fn read_der(der: &[u8]) -> Result<RevocationList, Unreadable> {
        let signed = Signed::read(der)?;
        let mut fields = signed.fields;
        let has_version_2 = read_version(&mut fields)?;
        expect_same_algorithm(&signed, fields.element(tag::SEQUENCE)?)?;
        let issuer = Name::read(&mut fields)?;
        let this_update = fields.time()?;
        let next_update = if fields.starts_with_time() { Some(fields.time()?) } else { None };
        let entries = fields.optional(tag::SEQUENCE)?;
        let wrapper = fields.optional(tag::constructed(0))?;
        fields.finish()?;
        if wrapper.is_some() && !has_version_2 {
            return Err(Unreadable::ExtensionsNeedVersion { needed: 2 });
        }
        let authority_key_id = wrapper.map(read_extensions).transpose()?.flatten();
        let revoked = entries.map(read_entries).transpose()?.unwrap_or_default();
        let der = der.into();
        Ok(RevocationList { issuer, this_update, next_update, authority_key_id, revoked, der })
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationList({}, {}, {} revoked)", self.issuer, self.this_update, self.len())
    }
}

/// Whether it is version 2; version 1 is not written out (RFC 5280, 5.1.2.1).
fn read_version(fields: &mut Reader<'_>) -> Result<bool, Unreadable> {
    if !fields.starts_with(tag::INTEGER) {
        return Ok(false);
    }
    match fields.integer()? {
        [1] => Ok(true),
        _ => Err(Unreadable::Version),
    }
}

/// The identifier of the issuer's key. A list that does not speak, on its own, for all of the
/// certificates that people and bodies get from its issuer, is refused.
fn read_extensions(wrapper: Reader<'_>) -> Result<Option<Box<[u8]>>, Unreadable> {
    let mut authority_key_id = None;
    for Extension { oid, critical, value } in extensions::list(wrapper)? {
        match oid.to_string().as_str() {
            "2.5.29.35" => authority_key_id = extensions::authority_key_id(value)?,
            "2.5.29.27" => return Err(Unreadable::DeltaList),
            "2.5.29.28" => expect_whole(value)?,
            oid if critical => {
                return Err(Unreadable::UnknownCritical { oid: oid.to_owned() });
            }
            _ => {}
        }
    }
    Ok(authority_key_id)
}

/// Reads `IssuingDistributionPoint`, which limits a list (RFC 5280, 5.2.5). Where the list is
/// published does not, nor that it leaves out the certificates of authorities.
fn expect_whole(mut value: Reader<'_>) -> Result<(), Unreadable> {
    let mut fields = value.sequence()?;
    value.finish()?;
    fields.optional(tag::constructed(0))?;
    flag(&mut fields, 1)?;
    let only_authorities = flag(&mut fields, 2)?;
    let only_some_reasons = fields.optional(tag::primitive(3))?.is_some();
    let indirect = flag(&mut fields, 4)?;
    let only_attributes = flag(&mut fields, 5)?;
    fields.finish()?;
    match () {
        _ if indirect => Err(Unreadable::IndirectList),
        _ if only_authorities => partial("certificates of authorities"),
        _ if only_some_reasons => partial("some reasons for revocation"),
        _ if only_attributes => partial("attribute certificates"),
        _ => Ok(()),
    }
}

fn flag(fields: &mut Reader<'_>, number: u8) -> Result<bool, Malformed> {
    fields.optional(tag::primitive(number))?.map_or(Ok(false), Reader::as_boolean)
}

fn partial(limit: &'static str) -> Result<(), Unreadable> {
    Err(Unreadable::PartialList { limit })
}

fn read_entries(mut entries: Reader<'_>) -> Result<Vec<(Serial, Revocation)>, Unreadable> {
    let mut revoked = Vec::new();
    while !entries.is_empty() {
        let mut fields = entries.sequence()?;
        let serial = Serial::new(fields.integer()?);
        let date = fields.time()?;
        let reason = if fields.is_empty() { None } else { read_entry_extensions(fields)? };
        revoked.push((serial, Revocation { date, reason }));
    }
    revoked.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(revoked)
}

/// `CRLReason`, by its number (RFC 5280, 5.3.1). 7 is not used, and 8 is for lists of changes.
const REASONS: [Option<&str>; 11] = [
    Some("unspecified"),
    Some("keyCompromise"),
    Some("cACompromise"),
    Some("affiliationChanged"),
    Some("superseded"),
    Some("cessationOfOperation"),
    Some("certificateHold"),
    None,
    None,
    Some("privilegeWithdrawn"),
    Some("aACompromise"),
];

fn read_entry_extensions(wrapper: Reader<'_>) -> Result<Option<&'static str>, Unreadable> {
    let mut reason = None;
    for Extension { oid, critical, mut value } in extensions::list(wrapper)? {
        match oid.to_string().as_str() {
            "2.5.29.21" => {
                let number = value.content(tag::ENUMERATED)?;
                value.finish()?;
                reason = match number.bytes() {
                    &[number] => REASONS.get(usize::from(number)).copied().flatten(),
                    _ => return Ok(number.fault(Fault::LongReason)?),
                };
            }
            "2.5.29.29" => return Err(Unreadable::IndirectList),
            oid if critical => {
                return Err(Unreadable::UnknownCritical { oid: oid.to_owned() });
            }
            _ => {}
        }
    }
    Ok(reason)
}

/// Why a revocation list does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListDistrust {
    OtherIssuer { issuer: Name },
    MayNotSignLists { authority: Name },
    Unsupported { signature: String },
    SignatureWrong { authority: Name },
}

impl std::error::Error for ListDistrust {}

impl fmt::Display for ListDistrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListDistrust::OtherIssuer { issuer } => {
                write!(f, "the revocation list is by `{issuer}`")
            }
            ListDistrust::MayNotSignLists { authority } => {
                write!(f, "`{authority}` may not sign revocation lists")
            }
            ListDistrust::Unsupported { signature } => {
                write!(f, "the revocation list's signature, `{signature}`, is of no accepted kind")
            }
            ListDistrust::SignatureWrong { authority } => {
                write!(f, "the revocation list's signature is not by `{authority}`")
            }
        }
    }
}
