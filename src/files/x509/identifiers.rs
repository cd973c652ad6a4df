//! Lists of object identifiers (ITU-T X.660).

use std::fmt;

use x509_parser::asn1_rs::Oid;

use super::element::{Element, encoded, tag};
use super::text::dotted;

/// Object identifiers in their order. They are kept as they are encoded, one behind the other: many
/// certificates are held at once, and few of their identifiers are ever shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identifiers(Vec<u8>);

impl Identifiers {
    /// Those among these elements.
    pub(super) fn of<'a>(elements: impl Iterator<Item = Element<'a>>) -> Identifiers {
        let own = elements.filter(|element| element.fits(tag::OBJECT_IDENTIFIER));
        Identifiers(own.flat_map(|element| element.whole).copied().collect())
    }

    /// Adds one.
    pub(super) fn push(&mut self, identifier: &Oid<'_>) {
        self.0.extend(encoded(tag::OBJECT_IDENTIFIER, identifier.as_bytes()));
    }

    /// Adds those of `others`.
    pub(super) fn extend(&mut self, others: &Identifiers) {
        self.0.extend_from_slice(&others.0);
    }

    /// Each in its dotted form.
    pub fn dotted(&self) -> impl Iterator<Item = String> {
        let elements = Element::all(&self.0).map_while(Result::ok);
        elements.filter_map(|element| element.oid()).map(|oid| dotted(&oid))
    }

    /// Whether the one with this dotted form is among them.
    pub fn has(&self, dotted: &str) -> bool {
        self.dotted().any(|own| own == dotted)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Identifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.dotted()).finish()
    }
}
