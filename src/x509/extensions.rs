//! The extensions of a certificate (RFC 5280, 4.2), each read into the fact that it states.

use std::collections::BTreeSet;
use std::fmt;

use super::der::{Fault, Malformed, Oid, Reader, tag};
use super::{Certificate, Name, Unreadable, text};

/// One extension: its type, whether it may not be ignored, its value.
pub(super) struct Extension<'a> {
    pub oid: Oid<'a>,
    pub critical: bool,
    pub value: Reader<'a>,
}

/// Reads `Extensions`: at least one, and none twice (RFC 5280, 4.2).
pub(super) fn list<'a>(mut wrapper: Reader<'a>) -> Result<Vec<Extension<'a>>, Unreadable> {
    let mut extensions = wrapper.sequence()?;
    wrapper.finish()?;
    let mut found: Vec<Extension> = Vec::new();
    while !extensions.is_empty() {
        let mut fields = extensions.sequence()?;
        let oid = fields.oid()?;
        let critical = fields.flag()?;
        let value = fields.content(tag::OCTET_STRING)?;
        fields.finish()?;
        if found.iter().any(|earlier| earlier.oid == oid) {
            return Err(Unreadable::DuplicateExtension { oid: oid.to_string() });
        }
        found.push(Extension { oid, critical, value });
    }
    if found.is_empty() { Err(Unreadable::NoExtensions) } else { Ok(found) }
}

/// Notes in `certificate` what its extensions state.
pub(super) fn read(wrapper: Reader<'_>, certificate: &mut Certificate) -> Result<(), Unreadable> {
    for extension in list(wrapper)? {
        if !note(&extension, certificate)? && extension.critical {
            certificate.unknown_critical.push(extension.oid.to_string());
        }
    }
    Ok(())
}

/// Whether the extension is one that segell knows. In DER `id-ce`, 2.5.29, is `55 1D`, and
/// `id-pe`, 1.3.6.1.5.5.7.1, is `2B 06 01 05 05 07 01` (RFC 5280, A.1 and A.2).
fn note(extension: &Extension<'_>, certificate: &mut Certificate) -> Result<bool, Malformed> {
    let value = extension.value;
    match extension.oid.content() {
        [0x55, 0x1d, 14] => certificate.subject_key_id = Some(subject_key_id(value)?),
        [0x55, 0x1d, 15] => certificate.key_usage = Some(key_usage(value, extension.critical)?),
        [0x55, 0x1d, 17] => alternative_names(value, certificate)?,
        [0x55, 0x1d, 19] => {
            certificate.has_basic_constraints = true;
            certificate.is_authority = basic_constraints(value)?;
        }
        // Where revocation lists are to be had: nothing that a certificate's acceptance hangs on.
        [0x55, 0x1d, 31] => {}
        [0x55, 0x1d, 32] => certificate.policies = policies(value)?,
        [0x55, 0x1d, 35] => certificate.authority_key_id = authority_key_id(value)?,
        [0x55, 0x1d, 37] => certificate.extended_key_usages = identifiers(value)?,
        [0x2b, 6, 1, 5, 5, 7, 1, 3] => certificate.qc_types = qc_types(value)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn subject_key_id(mut value: Reader<'_>) -> Result<Box<[u8]>, Malformed> {
    let identifier = value.octets()?;
    value.finish()?;
    Ok(identifier.into())
}

pub(super) fn authority_key_id(mut value: Reader<'_>) -> Result<Option<Box<[u8]>>, Malformed> {
    let mut fields = value.sequence()?;
    value.finish()?;
    let identifier = fields.optional(tag::primitive(0))?;
    Ok(identifier.map(|identifier| identifier.bytes().into()))
}

fn basic_constraints(mut value: Reader<'_>) -> Result<bool, Malformed> {
    let mut fields = value.sequence()?;
    value.finish()?;
    let is_authority = fields.flag()?;
    if !fields.is_empty() {
        fields.natural()?;
    }
    fields.finish()?;
    Ok(is_authority)
}

/// `certificatePolicies`: the identifiers, without their qualifiers.
fn policies(value: Reader<'_>) -> Result<Vec<String>, Malformed> {
    sequence_of(value, |list| Ok(list.sequence()?.oid()?.to_string()))
}

fn identifiers(value: Reader<'_>) -> Result<Vec<String>, Malformed> {
    sequence_of(value, |list| Ok(list.oid()?.to_string()))
}

/// The types in the `QcType` statement among the `qcStatements` (ETSI EN 319 412-5, 4.2.3).
fn qc_types(value: Reader<'_>) -> Result<Vec<String>, Malformed> {
    let statements = sequence_of(value, |list| {
        let mut statement = list.sequence()?;
        let oid = statement.oid()?;
        if oid.is("0.4.0.1862.1.6") { identifiers(statement) } else { Ok(Vec::new()) }
    })?;
    Ok(statements.concat())
}

/// A `SEQUENCE SIZE (1..MAX) OF` what `item` reads, and nothing else.
fn sequence_of<'a, T>(
    mut value: Reader<'a>,
    mut item: impl FnMut(&mut Reader<'a>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let mut list = value.sequence()?;
    value.finish()?;
    let mut items = vec![item(&mut list)?];
    while !list.is_empty() {
        items.push(item(&mut list)?);
    }
    Ok(items)
}

/// `subjectAltName`: the directory names, e-mails and host names (RFC 5280, 4.2.1.6).
fn alternative_names(value: Reader<'_>, certificate: &mut Certificate) -> Result<(), Malformed> {
    const EMAIL: u8 = tag::primitive(1);
    const HOST: u8 = tag::primitive(2);
    const DIRECTORY: u8 = tag::constructed(4);
    sequence_of(value, |list| {
        let mut name = list.any()?;
        match name.tag {
            EMAIL => certificate.emails.push(ascii(name.content)?),
            HOST => certificate.dns_names.push(ascii(name.content)?),
            DIRECTORY => {
                certificate.alternative_names.push(Name::read(&mut name.content)?);
                name.content.finish()?;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(())
}

fn ascii(content: Reader<'_>) -> Result<String, Malformed> {
    match text::ascii(content.bytes()) {
        Some(text) => Ok(text.into_owned()),
        None => content.fault(Fault::Text),
    }
}

/// What a key may be used for (RFC 5280, 4.2.1.3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage {
    pub critical: bool,
    bits: u16,
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
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let is_set = move |place: &usize| self.bits & (0x8000 >> place) != 0;
        (0..USAGES.len()).filter(is_set).map(|place| USAGES[place])
    }

    /// Whether the use with this name of RFC 5280 is among them.
    pub fn allows(self, name: &str) -> bool {
        self.names().any(|usage| usage == name)
    }
}

fn key_usage(mut value: Reader<'_>, critical: bool) -> Result<KeyUsage, Malformed> {
    let (bytes, _) = value.bits()?;
    value.finish()?;
    let byte = |place: usize| bytes.get(place).copied().unwrap_or(0);
    Ok(KeyUsage { critical, bits: u16::from_be_bytes([byte(0), byte(1)]) })
}

impl fmt::Debug for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names().collect::<BTreeSet<_>>();
        f.debug_struct("KeyUsage").field("critical", &self.critical).field("names", &names).finish()
    }
}
