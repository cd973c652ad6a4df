//! Distinguished names (RFC 5280, 4.1.2.4), their attributes found by object identifier.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use x509_parser::asn1_rs::Oid;
use x509_parser::x509::X509Name;

use super::element::Element;
use super::strict::Strict;
use super::text;
use super::unreadable::{Fault, Malformed};

/// Attribute types (X.520; ETSI EN 319 412-1, 5.1.4 for the last).
mod attribute {
    use x509_parser::asn1_rs::{Oid, oid};

    /// What it is called.
    pub static COMMON_NAME: Oid<'static> = oid!(2.5.4.3);
    /// A person's.
    pub static SURNAME: Oid<'static> = oid!(2.5.4.4);
    /// A NIF, in Spain's profiles.
    pub static SERIAL_NUMBER: Oid<'static> = oid!(2.5.4.5);
    /// The body's official name.
    pub static ORGANIZATION: Oid<'static> = oid!(2.5.4.10);
    /// A person's.
    pub static GIVEN_NAME: Oid<'static> = oid!(2.5.4.42);
    /// `VATES-` and the NIF.
    pub static ORGANIZATION_IDENTIFIER: Oid<'static> = oid!(2.5.4.97);
}

/// What attributes are called where people read them (RFC 4519, 2, and what is usual).
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

/// The keywords of RFC 4514, 3, which every reader of it knows.
const KEYWORDS: [(&str, &str); 9] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
];

/// A distinguished name. It keeps its DER, from which the attributes are read when asked for:
/// thousands of names are held, and few are looked at. Those who issue share theirs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    der: Arc<[u8]>,
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
        for (_, value) in parts(name.as_raw()).flatten() {
            if text::decode(&value).is_none() {
                return strict.fault(value.data, Fault::Text);
            }
        }
        Ok(Name { der: name.as_raw().into() })
    }

    /// A name with one attribute in each part: type, tag and text.
    #[cfg(test)]
    pub(crate) fn for_tests(parts: &[(&str, u8, &str)]) -> Name {
        let element = |tag: u8, data: &[u8]| {
            assert!(data.len() < 0x80, "tests have short names");
            [&[tag, data.len().to_le_bytes()[0]], data].concat()
        };
        let part = |(oid, tag, text): &(&str, u8, &str)| {
            let oid =
                Oid::from(&oid.split('.').map(|arc| arc.parse().unwrap()).collect::<Vec<u64>>());
            let oid = element(0x06, oid.unwrap().as_bytes());
            element(0x31, &element(0x30, &[oid, element(*tag, text.as_bytes())].concat()))
        };
        let content: Vec<u8> = parts.iter().flat_map(part).collect();
        let length = content.len().to_be_bytes()[7];
        let header = if length < 0x80 { vec![0x30, length] } else { vec![0x30, 0x81, length] };
        Name { der: [header, content].concat().into() }
    }

    /// The DER encoding, header included.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether it has no attributes.
    pub fn is_empty(&self) -> bool {
        self.parts().next().is_none()
    }

    /// All attributes, in the order of the name.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        self.parts().flatten()
    }

    /// The values of the attributes whose types, as the content of their identifiers, are wanted.
    pub(super) fn of_types(
        &self,
        is_wanted: impl Fn(&[u8]) -> bool,
    ) -> impl Iterator<Item = Cow<'_, str>> {
        let wanted = parts(&self.der).flatten().filter(move |(oid, _)| is_wanted(oid.as_bytes()));
        wanted.map(|(oid, value)| read_attribute(oid, &value).value)
    }

    /// The values of the attributes of this type.
    fn all(&self, oid: &'static Oid<'static>) -> impl Iterator<Item = Cow<'_, str>> {
        self.of_types(|it| it == oid.as_bytes())
    }

    /// The first of them.
    fn first(&self, oid: &'static Oid<'static>) -> Option<Cow<'_, str>> {
        self.all(oid).next()
    }

    /// What it is called.
    pub fn common_name(&self) -> Option<Cow<'_, str>> {
        self.first(&attribute::COMMON_NAME)
    }

    /// The body's official name.
    pub fn organization(&self) -> Option<Cow<'_, str>> {
        self.first(&attribute::ORGANIZATION)
    }

    /// `VATES-` and the NIF (ETSI EN 319 412-1, 5.1.4), however often it is stated.
    pub fn organization_identifiers(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.all(&attribute::ORGANIZATION_IDENTIFIER)
    }

    /// The attributes `serialNumber`: a NIF, in Spain's profiles.
    pub fn serial_numbers(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.all(&attribute::SERIAL_NUMBER)
    }

    /// A person's surname.
    pub fn surname(&self) -> Option<Cow<'_, str>> {
        self.first(&attribute::SURNAME)
    }

    /// A person's given name.
    pub fn given_name(&self) -> Option<Cow<'_, str>> {
        self.first(&attribute::GIVEN_NAME)
    }

    /// The common name, or the whole name where it has none: enough to tell an authority by.
    pub(super) fn short(&self) -> impl fmt::Display {
        fmt::from_fn(move |f| match self.common_name() {
            Some(name) => write!(f, "{}", text::Escaped(&name)),
            None => write!(f, "{self}"),
        })
    }

    /// Whether two names are the same by RFC 5280, 7.1: whatever the string types are, letters of
    /// either case are equal, and any white space is one space.
    pub fn matches(&self, other: &Name) -> bool {
        self.der == other.der || self.parts().map(comparable).eq(other.parts().map(comparable))
    }

    /// The name as RFC 4514 writes it, for programs: the keywords are those of its table, another type
    /// is dotted and its value `#` and the DER in hexadecimal (2.4).
    pub fn to_rfc4514(&self) -> String {
        let part = |pairs: Vec<(Oid<'_>, Element<'_>)>| {
            let pairs = pairs.iter().map(|(oid, value)| written(oid, value));
            pairs.collect::<Vec<_>>().join("+")
        };
        let parts: Vec<_> = parts(&self.der).map(Iterator::collect).collect();
        parts.into_iter().rev().map(part).collect::<Vec<_>>().join(",")
    }

    /// The relative distinguished names, each a set of attributes that is not empty.
    pub fn relative(&self) -> impl Iterator<Item = impl Iterator<Item = Attribute<'_>>> {
        self.parts()
    }

    fn parts(&self) -> impl Iterator<Item = impl Iterator<Item = Attribute<'_>>> {
        parts(&self.der).map(|part| part.map(|(oid, value)| read_attribute(oid, &value)))
    }
}

const READ_BEFORE: &str = "a name is read through when it is made";

/// The relative distinguished names of a name in DER, each of them types with their values.
fn parts(der: &[u8]) -> impl Iterator<Item = impl Iterator<Item = (Oid<'_>, Element<'_>)>> {
    let (name, _) = Element::read(der).expect(READ_BEFORE);
    elements(name.data).map(|part| {
        elements(part.data).map(|pair| {
            let (oid, value) = Element::read(pair.data).expect(READ_BEFORE);
            let (value, _) = Element::read(value).expect(READ_BEFORE);
            (oid.oid().expect(READ_BEFORE), value)
        })
    })
}

/// An attribute as RFC 4514 writes it.
fn written(oid: &Oid<'_>, value: &Element<'_>) -> String {
    let dotted = text::dotted(oid);
    let known = KEYWORDS.iter().find(|(long, _)| *long == dotted);
    match known {
        Some((_, keyword)) => {
            let value = text::decode(value).expect(READ_BEFORE);
            format!("{keyword}={}", text::Escaped(&value))
        }
        None => format!("{dotted}=#{}", text::Hex(value.whole)),
    }
}

fn elements(content: &[u8]) -> impl Iterator<Item = Element<'_>> {
    Element::all(content).map(|element| element.expect(READ_BEFORE))
}

fn read_attribute<'a>(oid: Oid<'a>, value: &Element<'a>) -> Attribute<'a> {
    Attribute { oid, value: text::decode(value).expect(READ_BEFORE) }
}

fn comparable<'a>(part: impl Iterator<Item = Attribute<'a>>) -> Vec<(Vec<u8>, String)> {
    let folded =
        |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mut pairs: Vec<_> = part
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
}

impl fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let oid = self.oid();
        let short = SHORT_NAMES.iter().find(|(long, _)| *long == oid);
        write!(f, "{}=", short.map_or(&*oid, |(_, name)| name))?;
        text::Escaped(&self.value).fmt(f)
    }
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attribute({self})")
    }
}

/// One line for people, in the order of RFC 4514: the most specific attribute first.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.parts().collect();
        for (place, part) in parts.into_iter().rev().enumerate() {
            for (inner, attribute) in part.enumerate() {
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
