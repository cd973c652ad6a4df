//! JSON pointers (RFC 6901): where in a tree a value stands.

use std::borrow::Cow;

/// A field's name as a segment of a JSON pointer (RFC 6901, 3).
pub fn escaped(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}
