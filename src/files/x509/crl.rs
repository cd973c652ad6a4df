//! Revocation lists (RFC 5280, 5).

use std::fmt;

use jiff::Timestamp;

use x509_parser::asn1_rs::FromDer;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::revocation_list::{CertificateRevocationList, RevokedCertificate};
use x509_parser::x509::X509Version;

use super::element::tag;
use super::points::{self, Scope};
use super::signed::{NotVerified, Signed};
use super::strict::Strict;
use super::text::dotted;
use super::unreadable::Fault;
use super::{
    Authority, Certificate, Name, Serial, Signatures, Unreadable, extensions, pem, same_algorithm,
    timestamp,
};
use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::tr;

/// The certificates that an issuer has revoked, as one list of its states them.
#[derive(Clone)]
pub struct RevocationList {
    /// Who issued it.
    pub issuer: Name,
    /// When it was issued.
    pub this_update: Timestamp,
    /// When the next list is due.
    pub next_update: Option<Timestamp>,
    authority_key_id: Option<Box<[u8]>>,
    scope: Scope,
    /// Sorted by serial number.
    revoked: Vec<(Serial, Revocation)>,
    /// What the signature is verified on, and its digest.
    der: Box<[u8]>,
    sha256: Sha256,
}

/// When a certificate was revoked, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// When it was revoked.
    pub date: Timestamp,
    /// Why, by its name in RFC 5280, 5.3.1.
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

    /// Whether it speaks of this certificate, one of its issuer's (RFC 5280, 6.3.3, b).
    pub fn covers(&self, certificate: &Certificate) -> bool {
        self.scope.covers(&certificate.distribution_points, certificate.is_authority)
    }

    /// The number of revoked certificates.
    pub fn len(&self) -> usize {
        self.revoked.len()
    }

    /// Whether it revokes none.
    pub fn is_empty(&self) -> bool {
        self.revoked.is_empty()
    }

    /// Whether `authority` issued this list; `known` are the signatures that were verified before.
    pub fn verify(&self, authority: &Authority, known: &Signatures) -> Result<(), ListDistrust> {
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
        authority.verify(&signed, self.sha256, known).map_err(|reason| match reason {
            NotVerified::Wrong => ListDistrust::SignatureWrong { authority: subject.clone() },
            NotVerified::Unsupported => {
                ListDistrust::Unsupported { signature: signed.algorithm.to_string() }
            }
        })
    }

    /// RFC 5280, 5.1.
    fn read_der(der: &[u8]) -> Result<RevocationList, Unreadable> {
        let strict = Strict(der);
        strict.revocation_list()?;
        let (_, parsed) = CertificateRevocationList::from_der(der)?;
        let fields = &parsed.tbs_cert_list;
        same_algorithm(&fields.signature, &parsed.signature_algorithm)?;
        match fields.version {
            None if fields.extensions().is_empty() => {}
            None => return Err(Unreadable::ExtensionsNeedVersion { needed: 2 }),
            Some(X509Version::V2) => {}
            Some(_) => return Err(Unreadable::Version),
        }
        let revoked = fields.revoked_certificates.iter().map(read_entry);
        let mut revoked = revoked.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
        let issuer = fields.issuer.as_raw();
        let (authority_key_id, scope) = read_extensions(strict, fields.extensions(), issuer)?;
        revoked.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(RevocationList {
            issuer: Name::read(strict, &fields.issuer)?,
            this_update: timestamp(fields.this_update),
            next_update: fields.next_update.map(timestamp),
            authority_key_id,
            scope,
            revoked,
            der: der.into(),
            sha256: Sha256::of(der),
        })
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationList({}, {}, {} revoked)", self.issuer, self.this_update, self.len())
    }
}

/// The identifier of a key, where it is stated.
type KeyId = Option<Box<[u8]>>;

/// The identifier of the issuer's key, and what the list speaks of. One that does not speak on its own
/// is refused.
fn read_extensions<'a>(
    strict: Strict<'a>,
    list: &[X509Extension<'a>],
    issuer: &[u8],
) -> Result<(KeyId, Scope), Unreadable> {
    let (mut authority_key_id, mut scope) = (None, Scope::default());
    for extension in list {
        match (extension.oid.as_bytes(), extension.parsed_extension()) {
            (DELTA_LIST, _) => return Err(Unreadable::DeltaList),
            (ISSUING_DISTRIBUTION_POINT, _) => scope = read_scope(strict, extension.value, issuer)?,
            (_, ParsedExtension::AuthorityKeyIdentifier(identifier)) => {
                authority_key_id = extensions::authority_key_id(strict, extension, identifier)?;
            }
            (_, parsed) => expect_readable(extension, parsed)?,
        }
    }
    Ok((authority_key_id, scope))
}

/// `id-ce 27`, 28 and 29 (RFC 5280, 5.2.4, 5.2.5 and 5.3.3).
const DELTA_LIST: &[u8] = &[0x55, 0x1d, 27];
const ISSUING_DISTRIBUTION_POINT: &[u8] = &[0x55, 0x1d, 28];
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1d, 29];

/// An extension that nothing is taken from may not be critical.
fn expect_readable(
    extension: &X509Extension<'_>,
    parsed: &ParsedExtension<'_>,
) -> Result<(), Unreadable> {
    let oid = || dotted(&extension.oid);
    match parsed {
        ParsedExtension::ParseError { .. } => Err(extensions::unread(extension)),
        _ if extension.critical => Err(Unreadable::UnknownCritical { oid: oid() }),
        _ => Ok(()),
    }
}

/// Reads `IssuingDistributionPoint`, which limits a list (RFC 5280, 5.2.5). x509-parser takes a limit
/// that it cannot read for none.
fn read_scope<'a>(strict: Strict<'a>, value: &'a [u8], issuer: &[u8]) -> Result<Scope, Unreadable> {
    let (point, _) = strict.element(value)?;
    let mut scope = Scope::default();
    for field in strict.fields(&point, &[0xa0, 0x81, 0x82, 0x83, 0x84, 0x85])? {
        let limit = match (field.first, field.data) {
            (0xa0, _) => {
                scope.points = Some(points::of_name(&field, issuer));
                continue;
            }
            (0x81, [is_limited @ (0 | 0xff)]) => {
                scope.only_users = *is_limited != 0;
                continue;
            }
            (0x82, [is_limited @ (0 | 0xff)]) => {
                scope.only_authorities = *is_limited != 0;
                continue;
            }
            (0x84 | 0x85, [0]) => continue,
            (0x83, _) => tr!("some reasons for revocation"),
            (0x84, [0xff]) => return Err(Unreadable::IndirectList),
            (0x85, [0xff]) => tr!("attribute certificates"),
            _ => return Ok(strict.fault(field.data, Fault::Boolean)?),
        };
        return Err(Unreadable::PartialList { limit });
    }
    Ok(scope)
}

/// `removeFromCRL`, by its number: the certificate is on hold no more (RFC 5280, 5.3.1).
const REMOVED: u8 = 8;

/// A revocation; none where one is taken back.
fn read_entry(entry: &RevokedCertificate<'_>) -> Result<Option<(Serial, Revocation)>, Unreadable> {
    let (mut reason, mut is_revoked) = (None, true);
    for extension in entry.extensions() {
        match (extension.oid.as_bytes(), extension.parsed_extension()) {
            (CERTIFICATE_ISSUER, _) => return Err(Unreadable::IndirectList),
            (_, ParsedExtension::ReasonCode(code)) => {
                is_revoked = code.0 != REMOVED;
                reason = REASONS.get(usize::from(code.0)).copied().flatten();
            }
            (_, parsed) => expect_readable(extension, parsed)?,
        }
    }
    let date = timestamp(entry.revocation_date);
    let revocation = (Serial::new(entry.raw_serial()), Revocation { date, reason });
    Ok(is_revoked.then_some(revocation))
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

/// Why a revocation list does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListDistrust {
    /// Another authority than the one asked for issued it.
    OtherIssuer {
        /// Who says to have issued it.
        issuer: Name,
    },
    /// The authority's key may not be used so.
    MayNotSignLists {
        /// Whose key it is.
        authority: Name,
    },
    /// A signature that is too weak or too rare.
    Unsupported {
        /// What kind it is.
        signature: String,
    },
    /// The signature does not hold.
    SignatureWrong {
        /// Whose it should be.
        authority: Name,
    },
}

impl std::error::Error for ListDistrust {}

impl ListDistrust {
    /// Why, with authorities by their common names.
    pub fn told(&self) -> Text {
        match self {
            ListDistrust::OtherIssuer { issuer } => {
                tr!("the revocation list is by `{issuer}`", issuer = issuer.short().to_string())
            }
            ListDistrust::MayNotSignLists { authority } => tr!(
                "`{authority}` may not sign revocation lists",
                authority = authority.short().to_string()
            ),
            ListDistrust::Unsupported { signature } => tr!(
                "the revocation list's signature, `{signature}`, is of no accepted kind",
                signature = signature
            ),
            ListDistrust::SignatureWrong { authority } => tr!(
                "the revocation list's signature is not by `{authority}`",
                authority = authority.short().to_string()
            ),
        }
    }
}

impl fmt::Display for ListDistrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told().fmt(f)
    }
}
