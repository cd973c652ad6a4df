//! A change for people to look at, as a unified diff.

use std::io::{self, Write};

use similar::{ChangeTag, TextDiff};

use super::changeset::{Change, Changeset};
use crate::base::digest::Sha256;
use crate::base::text::visible;
use crate::inventory::load::{FileKind, kind_of};
use crate::tr;

/// A change, to be shown.
pub struct Diff<'c>(pub(super) &'c Changeset);

/// How lines are told apart on a terminal.
struct Colours {
    title: &'static str,
    new: &'static str,
    old: &'static str,
    place: &'static str,
    end: &'static str,
}

const PLAIN: Colours = Colours { title: "", new: "", old: "", place: "", end: "" };
const COLOURED: Colours = Colours {
    title: "\x1b[1m",
    new: "\x1b[32m",
    old: "\x1b[31m",
    place: "\x1b[36m",
    end: "\x1b[0m",
};

impl Diff<'_> {
    /// Writes it, in colours if wanted. Of evidence and of certificates only
    /// their digest is shown.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, out: &mut dyn Write, colour: bool) -> io::Result<()> {
        let colours = if colour { COLOURED } else { PLAIN };
        for (path, change) in &self.0.files {
            match (text(path, change.before.as_deref()), text(path, change.after.as_deref())) {
                (Some(before), Some(after)) => {
                    lines(path, change, before, after, &colours, out)?;
                }
                _ => digest(path, change, &colours, out)?,
            }
        }
        Ok(())
    }
}

/// A side's text, unless it is no text to be read line by line.
fn text<'b>(path: &str, bytes: Option<&'b [u8]>) -> Option<&'b str> {
    if matches!(
        kind_of(path),
        Some(FileKind::Evidence | FileKind::RevocationList | FileKind::Pem(_))
    ) {
        return None;
    }
    std::str::from_utf8(bytes.unwrap_or_default()).ok()
}

fn lines(
    path: &str,
    change: &Change,
    before: &str,
    after: &str,
    colours: &Colours,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Colours { title, new, old, place, end } = colours;
    let side = |bytes: &Option<_>, prefix: &str| match bytes {
        Some(_) => format!("{prefix}/{}", visible(path)),
        None => "/dev/null".to_owned(),
    };
    writeln!(out, "{title}--- {}{end}", side(&change.before, "a"))?;
    writeln!(out, "{title}+++ {}{end}", side(&change.after, "b"))?;
    for hunk in TextDiff::from_lines(before, after).unified_diff().context_radius(3).iter_hunks() {
        writeln!(out, "{place}{}{end}", hunk.header())?;
        for line in hunk.iter_changes() {
            let value = line.value().trim_end_matches(['\n', '\r']);
            let (sign, colour) = match line.tag() {
                ChangeTag::Equal => (' ', ""),
                ChangeTag::Insert => ('+', *new),
                ChangeTag::Delete => ('-', *old),
            };
            let stop = if colour.is_empty() { "" } else { end };
            writeln!(out, "{colour}{sign}{}{stop}", visible(value))?;
            if line.missing_newline() {
                writeln!(out, "\\ No newline at end of file")?;
            }
        }
    }
    Ok(())
}

fn digest(path: &str, change: &Change, colours: &Colours, out: &mut dyn Write) -> io::Result<()> {
    let Colours { new, old, end, .. } = colours;
    let told = |bytes: &[u8]| {
        tr!(
            "{file} ({size} bytes, SHA-256 {digest})",
            file = path,
            size = bytes.len(),
            digest = Sha256::of(bytes).to_string()
        )
    };
    if let Some(before) = &change.before {
        writeln!(out, "{old}- {}{end}", told(before))?;
    }
    if let Some(after) = &change.after {
        writeln!(out, "{new}+ {}{end}", told(after))?;
    }
    Ok(())
}
