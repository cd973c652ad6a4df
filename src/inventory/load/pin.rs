//! PINs in key URIs, found in a file's text: whatever else is wrong with it.

use memchr::memchr_iter;

use crate::files::yaml::{Node, Value};

/// Attributes of a PKCS#11 URI that carry a PIN or say where one is read (RFC 7512, 2.4).
const ATTRIBUTES: [&str; 2] = ["pin-value", "pin-source"];

/// The first such attribute of `text`: where it, or the value that it stands in, begins and ends.
pub(super) fn pin_in(
    text: &str,
    root: Option<&Node<'_>>,
) -> Option<((usize, usize), &'static str)> {
    if let Some((place, attribute)) = attribute_in(text) {
        let around = root.map(|root| around(root, place).bytes);
        let around = around.filter(|(start, end)| (*start..*end).contains(&place));
        return Some((around.unwrap_or((place, place + attribute.len())), attribute));
    }
    // An escape hides it from the text, not from who reads the value.
    root.filter(|_| text.contains('\\')).and_then(in_values)
}

fn attribute_in(text: &str) -> Option<(usize, &'static str)> {
    let ends = |attribute: &str, before: &[u8]| {
        let start = before.len().checked_sub(attribute.len())?;
        before[start..].eq_ignore_ascii_case(attribute.as_bytes()).then_some(start)
    };
    memchr_iter(b'=', text.as_bytes()).find_map(|equals| {
        let before = &text.as_bytes()[..equals];
        ATTRIBUTES.iter().find_map(|attribute| Some((ends(attribute, before)?, *attribute)))
    })
}

/// The innermost value that holds this byte.
fn around<'n, 'text>(node: &'n Node<'text>, place: usize) -> &'n Node<'text> {
    let holds = |node: &&'n Node<'text>| (node.bytes.0..node.bytes.1).contains(&place);
    let inner = match &node.value {
        Value::List(items) => items.iter().find(holds),
        Value::Map(entries) => entries.iter().map(|entry| &entry.node).find(holds),
        _ => None,
    };
    inner.map_or(node, |inner| around(inner, place))
}

fn in_values(node: &Node<'_>) -> Option<((usize, usize), &'static str)> {
    match &node.value {
        Value::Text(text) => attribute_in(text).map(|(_, attribute)| (node.bytes, attribute)),
        Value::List(items) => items.iter().find_map(in_values),
        Value::Map(entries) => entries.iter().find_map(|entry| in_values(&entry.node)),
        _ => None,
    }
}
