//! Distinguished names (RFC 5280, 4.1.2.4), their attributes found by object identifier.

use std::borrow::Cow;
use std::fmt;

use super::der::{Fault, Malformed, Oid, Reader, tag};
use super::text;

/// Attribute types, in dotted form (X.520; ETSI EN 319 412-1, 5.1.4 for the last).
pub mod attribute {
    pub const COMMON_NAME: &str = "2.5.4.3";
    pub const SURNAME: &str = "2.5.4.4";
    pub const SERIAL_NUMBER: &str = "2.5.4.5";
    pub const GIVEN_NAME: &str = "2.5.4.42";
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
    pub value: Cow<'a, str>,
}

impl Name {
    /// Reads a name through to its last attribute, so that nothing is left to go wrong later.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Name, Malformed> {
        let element = reader.element(tag::SEQUENCE)?;
        let mut parts = element.content;
        while !parts.is_empty() {
            let mut part = parts.content(tag::SET)?;
            if part.is_empty() {
                return part.fault(Fault::EmptyName);
            }
            while !part.is_empty() {
                read_attribute(&mut part)?;
            }
        }
        Ok(Name { der: element.whole.into() })
    }

    /// The DER encoding, header included.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub fn is_empty(&self) -> bool {
        self.sets().next().is_none()
    }

    /// All attributes, in the order of the name.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        let mut sets = self.sets();
        let mut set = Reader::new(&[]);
        std::iter::from_fn(move || {
            if set.is_empty() {
                set = sets.next()?;
            }
            Some(read_attribute(&mut set).expect(READ_BEFORE))
        })
    }

    /// All values of the attribute with this dotted object identifier.
    pub fn all(&self, oid: &str) -> impl Iterator<Item = Cow<'_, str>> {
        self.attributes()
            .filter(move |attribute| attribute.is(oid))
            .map(|attribute| attribute.value)
    }

    /// The first value of the attribute with this dotted object identifier.
    pub fn first(&self, oid: &str) -> Option<Cow<'_, str>> {
        self.all(oid).next()
    }

    pub fn common_name(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::COMMON_NAME)
    }

    /// `VATES-` and the NIF (ETSI EN 319 412-1, 5.1.4).
    pub fn organization_identifier(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::ORGANIZATION_IDENTIFIER)
    }

    pub fn serial_number(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::SERIAL_NUMBER)
    }

    pub fn surname(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::SURNAME)
    }

    pub fn given_name(&self) -> Option<Cow<'_, str>> {
        self.first(attribute::GIVEN_NAME)
    }

    /// Whether two names are the same by RFC 5280, 7.1: whatever the string types are, letters of
    /// either case are equal, and any white space is one space.
    pub fn matches(&self, other: &Name) -> bool {
        self.der == other.der || self.parts().map(comparable).eq(other.parts().map(comparable))
    }

    /// The relative distinguished names, each a set of attributes that is not empty.
    fn sets(&self) -> impl Iterator<Item = Reader<'_>> {
        let mut sets = Reader::new(&self.der).sequence().expect(READ_BEFORE);
        std::iter::from_fn(move || {
            (!sets.is_empty()).then(|| sets.content(tag::SET).expect(READ_BEFORE))
        })
    }

    fn parts(&self) -> impl Iterator<Item = Vec<Attribute<'_>>> {
        self.sets().map(|mut set| {
            let mut attributes = Vec::new();
            while !set.is_empty() {
                attributes.push(read_attribute(&mut set).expect(READ_BEFORE));
            }
            attributes
        })
    }
}

const READ_BEFORE: &str = "a name is read through when it is made";

fn read_attribute<'a>(part: &mut Reader<'a>) -> Result<Attribute<'a>, Malformed> {
    let mut fields = part.sequence()?;
    let oid = fields.oid()?;
    let start = fields;
    let Some(value) = text::decode(&fields.any()?) else {
        return start.fault(Fault::Text);
    };
    fields.finish()?;
    Ok(Attribute { oid, value })
}

fn comparable(part: Vec<Attribute<'_>>) -> Vec<(String, String)> {
    let folded =
        |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mut pairs: Vec<_> =
        part.iter().map(|attribute| (attribute.oid(), folded(&attribute.value))).collect();
    pairs.sort();
    pairs
}

impl Attribute<'_> {
    /// The type's object identifier in dotted form.
    pub fn oid(&self) -> String {
        self.oid.to_string()
    }

    /// Whether this is the attribute with this dotted object identifier.
    pub fn is(&self, oid: &str) -> bool {
        self.oid.is(oid)
    }
}

impl fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SHORT_NAMES.iter().find(|(oid, _)| self.is(oid)) {
            Some((_, name)) => write!(f, "{name}=")?,
            None => write!(f, "{}=", self.oid)?,
        }
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
        let mut parts: Vec<_> = self.parts().collect();
        parts.reverse();
        for (place, part) in parts.iter().enumerate() {
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
