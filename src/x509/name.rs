//! Distinguished names (RFC 5280, 4.1.2.4), their attributes found by object identifier.

use std::borrow::Cow;
use std::fmt;

use x509_parser::asn1_rs::{FromDer, Oid};
use x509_parser::x509::{AttributeTypeAndValue, RelativeDistinguishedName, X509Name};

use super::strict::Strict;
use super::text;
use super::unreadable::{Fault, Malformed};

/// Attribute types, in dotted form (X.520; ETSI EN 319 412-1, 5.1.4 for the last).
pub mod attribute {
    /// What it is called.
    pub const COMMON_NAME: &str = "2.5.4.3";
    /// A person's.
    pub const SURNAME: &str = "2.5.4.4";
    /// A NIF, in Spain's profiles.
    pub const SERIAL_NUMBER: &str = "2.5.4.5";
    /// A person's.
    pub const GIVEN_NAME: &str = "2.5.4.42";
    /// `VATES-` and the NIF.
    pub const ORGANIZATION_IDENTIFIER: &str = "2.5.4.97";
}

/// What attributes are called in one line of text (RFC 4514, 3 and RFC 4519, 2).
const SHORT_NAMES: [(&str, &str); 16] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// A distinguished name. It keeps its DER, from which the attributes are read when asked for:
/// thousands of names are held, and few are looked at.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    der: Box<[u8]>,
}

/// An attribute of a name: its type and its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute<'a> {
    pub(super) oid: Oid<'a>,
    /// The text, decoded by the string's tag.
    pub value: Cow<'a, str>,
}

impl Name {
    /// Takes over a name, whose structure has been checked, when all of its attributes are text.
    pub(super) fn read(strict: Strict<'_>, name: &X509Name<'_>) -> Result<Name, Malformed> {
        for attribute in name.iter_attributes() {
            if read_attribute(attribute).is_none() {
                return strict.fault(attribute.attr_value().data, Fault::Text);
            }
        }
        Ok(Name { der: name.as_raw().into() })
    }

    /// The DER encoding, header included.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether it has no attributes.
    pub fn is_empty(&self) -> bool {
        self.parse().iter_rdn().next().is_none()
    }

    /// All attributes, in the order of the name.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        self.parts().into_iter().flatten()
    }

    /// All values of the attribute with this dotted object identifier.
    pub fn all(&self, oid: &str) -> impl Iterator<Item = Cow<'_, str>> {
        let wanted = oid.parse::<Oid>().ok();
        self.attributes()
            .filter(move |attribute| wanted.as_ref() == Some(&attribute.oid))
            .map(|attribute| attribute.value)
    }

    /// The first value of the attribute with this dotted object identifier.
    pub fn first(&self, oid: &str) -> Option<Cow<'_, str>> {
        self.all(oid).next()
    }

    /// What it is called.
    pub fn common_name(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::COMMON_NAME)
    }

    /// `VATES-` and the NIF (ETSI EN 319 412-1, 5.1.4).
    pub fn organization_identifier(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::ORGANIZATION_IDENTIFIER)
    }

    /// The attribute `serialNumber`: a NIF, in Spain's profiles.
    pub fn serial_number(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::SERIAL_NUMBER)
    }

    /// A person's surname.
    pub fn surname(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::SURNAME)
    }

    /// A person's given name.
    pub fn given_name(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::GIVEN_NAME)
    }

    /// The common name, or the whole name where it has none: enough to tell an authority by.
    pub(super) fn short(&self) -> impl fmt::Display {
        fmt::from_fn(move |f| match self.common_name() {
            Some(name) => text::write_escaped(f, &name),
            None => write!(f, "{self}"),
        })
    }

    /// Whether two names are the same by RFC 5280, 7.1: whatever the string types are, letters of
    /// either case are equal, and any white space is one space.
    pub fn matches(&self, other: &Name) -> bool {
        self.der == other.der
            || self
                .parts()
                .into_iter()
                .map(comparable)
                .eq(other.parts().into_iter().map(comparable))
    }

    fn parse(&self) -> X509Name<'_> {
        let (_, name) = X509Name::from_der(&self.der).expect(READ_BEFORE);
        name
    }

    /// The relative distinguished names, each a set of attributes that is not empty.
    fn parts(&self) -> Vec<Vec<Attribute<'_>>> {
        self.parse().iter_rdn().map(read_part).collect()
    }
}

const READ_BEFORE: &str = "a name is read through when it is made";

fn read_part<'a>(part: &RelativeDistinguishedName<'a>) -> Vec<Attribute<'a>> {
    let attributes = part.iter().map(read_attribute);
    attributes.collect::<Option<_>>().expect(READ_BEFORE)
}

/// `None` when the value is no text.
fn read_attribute<'a>(attribute: &AttributeTypeAndValue<'a>) -> Option<Attribute<'a>> {
    Some(Attribute {
        oid: attribute.attr_type().clone(),
        value: text::decode(attribute.attr_value())?,
    })
}

fn comparable(part: Vec<Attribute<'_>>) -> Vec<(Vec<u8>, String)> {
    let folded =
        |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mut pairs: Vec<_> = part
        .iter()
        .map(|attribute| (attribute.oid.as_bytes().to_vec(), folded(&attribute.value)))
        .collect();
    pairs.sort();
    pairs
}

impl Attribute<'_> {
    /// The type's object identifier in dotted form.
    pub fn oid(&self) -> String {
        text::dotted(&self.oid)
    }

    /// Whether this is the attribute with this dotted object identifier.
    pub fn is(&self, oid: &str) -> bool {
        oid.parse().is_ok_and(|oid: Oid<'_>| oid == self.oid)
    }
}

impl fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let oid = self.oid();
        let short = SHORT_NAMES.iter().find(|(long, _)| *long == oid);
        write!(f, "{}=", short.map_or(&*oid, |(_, name)| name))?;
        text::write_escaped(f, &self.value)
    }
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attribute({self})")
    }
}

/// One line as in RFC 4514: the most specific attribute first.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.parts().iter().rev().enumerate() {
            for (inner, attribute) in part.iter().enumerate() {
                match (place, inner) {
                    (0, 0) => {}
                    (_, 0) => f.write_str(", ")?,
                    _ => f.write_str("+")?,
                }
                attribute.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}
