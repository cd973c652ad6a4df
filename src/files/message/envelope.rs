//! A SOAP 1.1 envelope: its header and its body, and nothing beside them.

use super::tree::{Id, Tree};
use crate::base::text::Text;
use crate::tr;

/// SOAP 1.1's namespace.
pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// SOAP 1.2's.
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// WS-Security 1.0's, of tokens and of times and ids.
pub(super) const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
pub(super) const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// The parts of an envelope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope {
    /// The element that stands in the root's `Body`.
    pub payload: Id,
    /// The root's child.
    pub body: Id,
    /// The one `Security` header.
    pub security: Option<Id>,
}

impl Envelope {
    /// Reads the parts.
    ///
    /// # Errors
    /// When the root is no SOAP 1.1 envelope, or anything stands in it twice or moved aside.
    pub fn read(tree: &Tree<'_>) -> Result<Envelope, Text> {
        let root = tree.root();
        if tree.is(root, SOAP_12, "Envelope") {
            return Err(tr!("it is SOAP 1.2, and the front speaks SOAP 1.1"));
        }
        if !tree.is(root, SOAP, "Envelope") {
            return Err(tr!("its root element is no SOAP envelope"));
        }
        let bodies = tree.all().filter(|(_, it)| it.local == "Body" && *it.namespace == *SOAP);
        let headers = tree.all().filter(|(_, it)| it.local == "Header" && *it.namespace == *SOAP);
        if bodies.count() > 1 || headers.count() > 1 {
            return Err(tr!("it has a second SOAP `Body` or `Header`"));
        }
        let parts: Vec<Id> = tree.children(root).collect();
        let (header, body) = match parts.as_slice() {
            [body] => (None, *body),
            [header, body] if tree.is(*header, SOAP, "Header") => (Some(*header), *body),
            _ => return Err(tr!("its envelope holds something else than a `Header` and a `Body`")),
        };
        if !tree.is(body, SOAP, "Body") || !tree.has_no_text(root) {
            return Err(tr!("its envelope holds something else than a `Header` and a `Body`"));
        }
        let payload: Vec<Id> = tree.children(body).collect();
        let [payload] = payload.as_slice() else {
            return Err(tr!("its `Body` does not hold exactly one element"));
        };
        let security = header.map(|header| only(tree, header, WSSE, "Security")).transpose()?;
        Ok(Envelope { payload: *payload, body, security: security.flatten() })
    }
}

/// The one child of that name.
///
/// # Errors
/// When there are several.
pub(super) fn only(
    tree: &Tree<'_>,
    id: Id,
    namespace: &str,
    local: &'static str,
) -> Result<Option<Id>, Text> {
    let mut found = tree.children(id).filter(|&child| tree.is(child, namespace, local));
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(tr!("`{name}` stands twice in one element", name = local)),
        (first, None) => Ok(first),
    }
}
