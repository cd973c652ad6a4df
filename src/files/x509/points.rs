//! Which certificates a revocation list speaks of: the points it is handed out at, and those that a
//! certificate names (RFC 5280, 4.2.1.13, 5.2.5 and 6.3.3).

use super::element::{Element, encoded, tag};

/// The names of points, each in DER; those relative to an issuer written out.
pub(super) type Points = Vec<Box<[u8]>>;

/// What a revocation list speaks of.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// The certificates that name one of these points; none for all.
    pub points: Option<Points>,
    /// Certificates of bodies and people alone.
    pub only_users: bool,
    /// Certificates of authorities alone.
    pub only_authorities: bool,
}

impl Scope {
    /// Whether it speaks of a certificate that names these points.
    pub fn covers(&self, points: &[Box<[u8]>], is_authority: bool) -> bool {
        let kind = if is_authority { self.only_users } else { self.only_authorities };
        let named = |own: &Points| own.iter().any(|point| points.contains(point));
        !kind && self.points.as_ref().is_none_or(named)
    }
}

/// The points in a certificate's `cRLDistributionPoints`. Where another than the certificate's issuer
/// signs the list, its own lists are not at that point.
pub(super) fn in_certificate(value: &Element<'_>, issuer: &[u8]) -> Points {
    let own = value.inside().filter(|point| !point.inside().any(|field| field.first == 0xa2));
    let names = own.filter_map(|point| point.inside().find(|field| field.first == 0xa0));
    let mut points: Points = names.flat_map(|name| of_name(&name, issuer)).collect();
    points.shrink_to_fit();
    points
}

/// The points in a `DistributionPointName` behind its tag.
pub(super) fn of_name(name: &Element<'_>, issuer: &[u8]) -> Points {
    let Some(choice) = name.inside().next() else { return Points::new() };
    match choice.first {
        0xa0 => choice.inside().map(|name| name.whole.into()).collect(),
        0xa1 => relative(choice.data, issuer).into_iter().collect(),
        _ => Points::new(),
    }
}

/// The directory name of an issuer with one part more.
fn relative(part: &[u8], issuer: &[u8]) -> Option<Box<[u8]>> {
    let (issuer, _) = Element::read(issuer).ok()?;
    let part = encoded(tag::SET, part);
    let name = encoded(tag::SEQUENCE, &[issuer.data, &part].concat());
    Some(encoded(0xa4, &name).into())
}
