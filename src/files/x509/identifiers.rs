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

#[cfg(test)]
mod tests {
    use x509_parser::asn1_rs::{Oid, oid};

    use super::{Element, Identifiers};

    #[test]
    fn they_are_kept_in_their_order_and_known_by_their_dotted_form() {
        let mut list = Identifiers::default();
        assert!(list.is_empty() && !list.has("1.2.3"));
        let own: [Oid<'static>; 3] = [oid!(1.2.3), oid!(0.4.0.1862.1.6.2), oid!(1.2.3)];
        own.iter().for_each(|identifier| list.push(identifier));
        assert_eq!(list.dotted().collect::<Vec<_>>(), ["1.2.3", "0.4.0.1862.1.6.2", "1.2.3"]);
        assert!(list.has("1.2.3") && !list.has("1.2") && !list.has("1.2.3.4"));
        let mut twice = list.clone();
        twice.extend(&list);
        assert_eq!(twice.dotted().count(), 6);
    }

    #[test]
    fn of_other_elements_nothing_is_taken() {
        // NULL, 2.999 and an empty SEQUENCE.
        let bytes = [5, 0, 6, 2, 0x88, 0x37, 0x30, 0];
        let list = Identifiers::of(Element::all(&bytes).map_while(Result::ok));
        assert_eq!(format!("{list:?}"), "[\"2.999\"]");
    }
}
