//! The extensions of a certificate (RFC 5280, 4.2), each read into the fact that it states.

use std::collections::BTreeSet;
use std::fmt;

use x509_parser::asn1_rs::oid;
use x509_parser::extensions::{
    AuthorityKeyIdentifier, GeneralName, ParsedExtension, X509Extension,
};

use super::element::{Element, tag};
use super::strict::Strict;
use super::text::dotted;
use super::unreadable::{Fault, Malformed};
use super::{Certificate, Identifiers, Name, Unreadable, points};

/// Notes in `certificate` what its extensions state. Each is there once and strictly encoded.
pub(super) fn read<'a>(
    strict: Strict<'a>,
    extensions: &[X509Extension<'a>],
    issuer: &[u8],
    certificate: &mut Certificate,
) -> Result<(), Unreadable> {
    for extension in extensions {
        if !note(strict, extension, issuer, certificate)? && extension.critical {
            certificate.unknown_critical.push(&extension.oid);
        }
    }
    Ok(())
}

/// Whether the extension is one that segell knows.
fn note<'a>(
    strict: Strict<'a>,
    extension: &X509Extension<'a>,
    issuer: &[u8],
    certificate: &mut Certificate,
) -> Result<bool, Unreadable> {
    let value = || strict.element(extension.value).map(|(value, _)| value);
    match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(identifier) => {
            certificate.subject_key_id = Some(identifier.0.into());
        }
        ParsedExtension::AuthorityKeyIdentifier(identifier) => {
            certificate.authority_key_id = authority_key_id(strict, extension, identifier)?;
        }
        ParsedExtension::KeyUsage(usage) => {
            certificate.key_usage =
                Some(KeyUsage { critical: extension.critical, flags: usage.flags });
        }
        ParsedExtension::BasicConstraints(constraints) => {
            strict.ordered(&value()?, &[tag::BOOLEAN, tag::INTEGER])?;
            certificate.has_basic_constraints = true;
            certificate.is_authority = constraints.ca;
        }
        ParsedExtension::SubjectAlternativeName(names) => {
            for (name, element) in names.general_names.iter().zip(strict.list(&value()?, tag::ANY)?)
            {
                note_name(strict, name, &element, certificate)?;
            }
        }
        ParsedExtension::CertificatePolicies(policies) => {
            for policy in strict.list(&value()?, tag::SEQUENCE)? {
                strict.ordered(&policy, &[tag::OBJECT_IDENTIFIER, tag::SEQUENCE])?;
            }
            policies.iter().for_each(|policy| certificate.policies.push(&policy.policy_id));
        }
        // x509-parser keeps the purposes that it knows apart from the others.
        ParsedExtension::ExtendedKeyUsage(_) => {
            certificate.extended_key_usages = identifiers(strict, &value()?)?;
        }
        ParsedExtension::CRLDistributionPoints(_) => {
            certificate.distribution_points = points::in_certificate(&value()?, issuer);
        }
        ParsedExtension::UnsupportedExtension { oid } if *oid == oid!(1.3.6.1.5.5.7.1.3) => {
            certificate.qc_types = qc_types(strict, &value()?)?;
        }
        ParsedExtension::ParseError { .. } => return Err(unread(extension)),
        _ => return Ok(false),
    }
    Ok(true)
}

pub(super) fn unread(extension: &X509Extension<'_>) -> Unreadable {
    Unreadable::InvalidExtension { oid: dotted(&extension.oid) }
}

pub(super) fn authority_key_id<'a>(
    strict: Strict<'a>,
    extension: &X509Extension<'a>,
    identifier: &AuthorityKeyIdentifier<'a>,
) -> Result<Option<Box<[u8]>>, Unreadable> {
    strict.ordered(&strict.element(extension.value)?.0, &[0x80, 0xa1, 0x82])?;
    Ok(identifier.key_identifier.as_ref().map(|key| key.0.into()))
}

/// One of the `GeneralNames` in `subjectAltName` (RFC 5280, 4.2.1.6), and the element it stands in.
fn note_name<'a>(
    strict: Strict<'a>,
    name: &GeneralName<'a>,
    element: &Element<'a>,
    certificate: &mut Certificate,
) -> Result<(), Malformed> {
    match (name, element.first) {
        (GeneralName::RFC822Name(email), 0x81) if email.is_ascii() => {
            certificate.emails.push((*email).to_owned());
        }
        (GeneralName::DNSName(host), 0x82) if host.is_ascii() => {
            certificate.dns_names.push((*host).to_owned());
        }
        (GeneralName::RFC822Name(_) | GeneralName::DNSName(_), 0x81 | 0x82) => {
            return strict.fault(element.data, Fault::Text);
        }
        (GeneralName::DirectoryName(name), 0xa4) => {
            for inside in strict.fields(element, &[tag::SEQUENCE])? {
                strict.name(&inside)?;
            }
            certificate.alternative_names.reserve_exact(1);
            certificate.alternative_names.push(Name::read(strict, name)?);
        }
        (_, 0xa0 | 0xa3 | 0xa5 | 0x86 | 0x87 | 0x88) => {}
        _ => return strict.fault(element.data, Fault::Fields),
    }
    Ok(())
}

fn identifiers<'a>(strict: Strict<'a>, list: &Element<'a>) -> Result<Identifiers, Unreadable> {
    Ok(Identifiers::of(strict.list(list, tag::OBJECT_IDENTIFIER)?))
}

/// The types in the `QcType` statement among the `qcStatements` (ETSI EN 319 412-5, 4.2.3).
fn qc_types<'a>(strict: Strict<'a>, statements: &Element<'a>) -> Result<Identifiers, Unreadable> {
    let mut types = Identifiers::default();
    for statement in strict.list(statements, tag::SEQUENCE)? {
        let (identifier, information) = strict.typed(&statement)?;
        if identifier.oid() != Some(oid!(0.4.0.1862.1.6)) {
            continue;
        }
        match information {
            Some(list) if list.fits(tag::SEQUENCE) => types.extend(&identifiers(strict, &list)?),
            _ => return Ok(strict.fault(statement.data, Fault::Fields)?),
        }
    }
    Ok(types)
}

/// What a key may be used for (RFC 5280, 4.2.1.3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage {
    /// Whether the extension may not be ignored.
    pub critical: bool,
    /// The first bit, `digitalSignature`, is the lowest.
    flags: u16,
}

/// In the order of the bits. `contentCommitment` was called `nonRepudiation` once.
const USAGES: [&str; 9] = [
    "digitalSignature",
    "contentCommitment",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

impl KeyUsage {
    /// The uses, by their names in RFC 5280.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let is_set = move |place: &usize| self.flags >> place & 1 == 1;
        (0..USAGES.len()).filter(is_set).map(|place| USAGES[place])
    }

    /// Whether the use with this name of RFC 5280 is among them.
    pub fn allows(self, name: &str) -> bool {
        self.names().any(|usage| usage == name)
    }
}

impl fmt::Debug for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names().collect::<BTreeSet<_>>();
        f.debug_struct("KeyUsage").field("critical", &self.critical).field("names", &names).finish()
    }
}
