//! Where a text is YAML to some readers and something else, or nothing, to others: what libyaml, PyYAML
//! and their kin take otherwise than YAML 1.2 says, and what is taken here although 1.2 refuses it.

use memchr::{memchr, memchr_iter, memmem};

/// The most characters that readers look ahead for the colon behind a field's name.
pub(super) const LONGEST_KEY: usize = 1024;

/// Whether a plain scalar is told apart from an indicator by every reader: in brackets some take any
/// `?`, or a `:` at the beginning, for one.
pub(super) fn stands_bare(text: &str, in_flow: bool) -> bool {
    !in_flow || !text.starts_with(':') && memchr(b'?', text.as_bytes()).is_none()
}

/// Whether the colon behind a field's name in brackets sticks to what follows, which some readers take
/// for a part of the name.
pub(super) fn sticks(after: &str) -> bool {
    let colon = after.trim_start_matches(' ').strip_prefix(':');
    colon.is_some_and(|value| value.starts_with([',', '?', '[', ']', '{', '}', '"', '\'']))
}

/// The first line after the first of the value at `bytes` that is indented no deeper than
/// `indent`, or by anything but spaces (YAML 1.2.2, 6.1 and 8.2). In brackets a line may be a comment.
pub(super) fn first_out(
    text: &str,
    (start, end): (usize, usize),
    indent: Option<usize>,
    in_flow: bool,
) -> Option<usize> {
    let needed = indent.map_or(0, |indent| indent + 1);
    memchr_iter(b'\n', &text.as_bytes()[start..end]).map(|at| start + at + 1).find(|&line| {
        let rest = &text[line..end];
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        let content = rest[spaces..].bytes().next();
        let is_blank = || rest[spaces..].lines().next().is_none_or(|line| line.trim().is_empty());
        match content {
            None | Some(b'\n' | b'\r') => false,
            Some(b'#') if in_flow => false,
            Some(b'\t') => !is_blank(),
            // The bracket that ends it may stand where the field does: every reader takes that.
            Some(b']' | b'}') if in_flow => spaces + 1 < needed,
            Some(_) => spaces < needed,
        }
    })
}

/// The end of a document, which a file need not say.
pub(super) fn end_marker(text: &str) -> Option<usize> {
    let ends = |at: &usize| {
        let after = text.as_bytes().get(at + 3);
        after.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
    };
    let first = text.starts_with("...").then_some(0);
    let others = memmem::find_iter(text.as_bytes(), b"\n...").map(|at| at + 1);
    first.into_iter().chain(others).find(ends)
}

/// The first tab that is not within one of `texts`, the bytes of scalars in quotes and of block scalars
/// in order, nor in a comment.
pub(super) fn first_tab(text: &str, texts: &[(usize, usize)]) -> Option<usize> {
    memchr_iter(b'\t', text.as_bytes()).find(|&tab| {
        let within = |at: usize| {
            let next = texts.partition_point(|(_, end)| *end <= at);
            texts.get(next).is_some_and(|(start, _)| *start <= at)
        };
        let line = text[..tab].rfind('\n').map_or(0, |newline| newline + 1);
        let is_mark = |at: usize| {
            let blank = at == line || matches!(text.as_bytes()[at - 1], b' ' | b'\t');
            blank && !within(at)
        };
        let mut marks = memchr_iter(b'#', &text.as_bytes()[line..tab]).map(|at| line + at);
        !within(tab) && !marks.any(is_mark)
    })
}
