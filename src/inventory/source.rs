//! The texts that findings point into: bytes inside, line and column for people.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::files::yaml::{self, Keys, Node, Value};
use crate::inventory::finding::{Place, Spot};
use crate::inventory::packed;

/// The texts of the YAML files read, by path.
#[derive(Debug, Default)]
pub struct Sources {
    /// From the repository's folder to the one that holds `inventory/`, with a `/` at its end.
    folder: String,
    texts: BTreeMap<Arc<str>, Arc<str>>,
    /// What has been asked for a place: each text is read once for all of its places.
    read: Mutex<HashMap<Arc<str>, Arc<Read>>>,
    /// The places that were found in texts beyond those that are kept as read.
    found: Mutex<HashMap<Place, Found>>,
}

/// How many texts are kept as read: each takes ten times its own memory.
const KEPT: usize = 8192;

/// Where a place is in its text.
#[derive(Clone, Copy, Debug)]
struct Found {
    line: u32,
    column: u32,
    start: u32,
    end: u32,
}

/// A text, as YAML and as lines.
#[derive(Debug)]
struct Read {
    root: Option<Node<'static>>,
    /// Where the root's keys stand, once somebody asks for one.
    keys: OnceLock<Keys>,
    /// The byte at which each line starts.
    lines: Vec<usize>,
}

/// A place, found in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<'a> {
    /// The path, from the repository's folder.
    pub file: Arc<str>,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The JSON pointer (RFC 6901); empty for the whole file.
    pub pointer: String,
    /// The bytes in `text`, never more than a line.
    pub bytes: Range<usize>,
    /// The file's text, when it is one.
    pub text: Option<&'a str>,
}

impl Located<'_> {
    /// How many characters the place has.
    pub fn width(&self) -> usize {
        self.text.map_or(0, |text| text[self.bytes.clone()].chars().count())
    }
}

impl Sources {
    /// Says that the files lie in a folder of the repository; it ends in `/`.
    pub fn lie_in(&mut self, folder: &str) {
        folder.clone_into(&mut self.folder);
    }

    /// Keeps the text of `file`.
    pub fn insert(&mut self, file: Arc<str>, text: Arc<str>) {
        self.read.get_mut().unwrap_or_else(PoisonError::into_inner).remove(&file);
        self.found.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        self.texts.insert(file, text);
    }

    /// Takes less memory, once all texts are there.
    pub(super) fn pack(&mut self) {
        self.texts = packed(std::mem::take(&mut self.texts));
    }

    /// The text of `file`, when it was read.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(|text| text.as_ref())
    }

    /// Whether these and `other` have the same text of `file`, or both none.
    pub fn has_same(&self, other: &Sources, file: &str) -> bool {
        match (self.texts.get(file), other.texts.get(file)) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one == other,
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// The texts that were read, by path, sorted.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.texts.iter().map(|(file, text)| (&**file, &**text))
    }

    /// The paths of the files whose texts were read, sorted.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(|file| &**file)
    }

    /// Finds a place. A file that is no YAML has only its start, 1:1.
    pub fn locate(&self, place: &Place) -> Located<'_> {
        let pointer = place.pointer().to_owned();
        let file = match self.folder.is_empty() {
            true => Arc::clone(&place.file),
            false => format!("{}{}", self.folder, place.file).into(),
        };
        let Some(text) = self.text(&place.file) else {
            return Located { file, line: 1, column: 1, pointer, bytes: 0..0, text: None };
        };
        let Found { line, column, start, end } = self.find(place, text);
        let [line, column, start, end] = [line, column, start, end].map(|number| number as usize);
        Located { file, line, column, pointer, bytes: start..end, text: Some(text) }
    }

    /// Finds a place in its text, at once where it was found before.
    fn find(&self, place: &Place, text: &str) -> Found {
        let known = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(place) {
            return *found;
        }
        let (read, is_kept) = self.read(&place.file, text);
        let found = read.find(text, &place.spot);
        if !is_kept {
            known().insert(place.clone(), found);
        }
        found
    }

    /// The JSON pointer of a place in which list items are named by what they are about (their
    /// ens, service, date …) rather than by number, so that it survives reordering.
    pub fn named_pointer(&self, place: &Place) -> String {
        let pointer = place.pointer();
        let read = self.text(&place.file).map(|text| self.read(&place.file, text).0);
        match read.as_ref().and_then(|read| read.root.as_ref()) {
            Some(root) => root.named_pointer(pointer),
            None => pointer.to_owned(),
        }
    }

    /// A text as read, and whether it stays so.
    fn read(&self, file: &Arc<str>, text: &str) -> (Arc<Read>, bool) {
        let known = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = known().get(file) {
            return (Arc::clone(read), true);
        }
        // Others look for their places meanwhile.
        let read = Arc::new(Read::of(text));
        let mut known = known();
        if known.len() >= KEPT {
            return (read, false);
        }
        (Arc::clone(known.entry(Arc::clone(file)).or_insert(read)), true)
    }
}

impl Read {
    fn of(text: &str) -> Read {
        let after_breaks = text.match_indices('\n').map(|(newline, _)| newline + 1);
        let lines = std::iter::once(0).chain(after_breaks).collect();
        Read { root: yaml::parse(text).root.map(Node::into_owned), keys: OnceLock::new(), lines }
    }

    fn find(&self, text: &str, spot: &Spot) -> Found {
        let (start, end) = bytes_of(self, spot);
        let start = text.floor_char_boundary(start);
        let end = first_line_end(text, start, text.floor_char_boundary(end));
        let line = self.lines.partition_point(|&line_start| line_start <= start);
        let column = text[self.lines[line - 1]..start].chars().count() + 1;
        // No text has more than a mebibyte.
        let [line, column, start, end] = [line, column, start, end]
            .map(|number| u32::try_from(number).expect("a text is of less than 4 GiB"));
        Found { line, column, start, end }
    }
}

/// The bytes of `spot`; of a mapping, those of its first field.
fn bytes_of(read: &Read, spot: &Spot) -> (usize, usize) {
    match (spot, &read.root) {
        (Spot::Bytes(start, end), _) => (*start, *end),
        (Spot::Pointer(pointer), Some(root)) => {
            let node = root.nearest(pointer);
            match &node.value {
                Value::Map(entries) if !entries.is_empty() => {
                    (entries[0].key_bytes.0, entries[0].node.bytes.1)
                }
                _ => node.bytes,
            }
        }
        (Spot::Key(pointer), Some(root)) => {
            root.key_bytes(read.keys.get_or_init(|| root.keys()), pointer)
        }
        (_, None) => (0, 0),
    }
}

/// `end`, or the end of the line that `start` is on when that comes first.
fn first_line_end(text: &str, start: usize, end: usize) -> usize {
    let end = end.max(start);
    let line_end = text[start..end].find('\n').map_or(end, |newline| start + newline);
    start + text[start..line_end].trim_end().len()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Sources;
    use crate::inventory::finding::{Place, Spot};

    fn locate(text: &str, place: impl Fn(&Place) -> Place) -> (usize, usize, String) {
        let file: Arc<str> = "inventory/ens/a.yaml".into();
        let mut sources = Sources::default();
        sources.insert(Arc::clone(&file), text.into());
        let located = sources.locate(&place(&Place::start(&file)));
        (located.line, located.column, text[located.bytes].to_owned())
    }

    #[test]
    fn columns_count_characters_with_an_accent_before_the_value() {
        let text = "nom: { òrgan: \"é\", nif: Q0801175A }\n";
        assert_eq!(locate(text, |p| p.key("nom").key("nif")), (1, 25, "Q0801175A".to_owned()));
    }

    #[test]
    fn of_a_mapping_the_first_field_is_shown() {
        let text = "loads:\r\n  - ens: sct\r\n    certificate: sct/2026\r\n";
        assert_eq!(locate(text, |p| p.key("loads").item(0)), (2, 5, "ens: sct".to_owned()));
    }

    #[test]
    fn what_is_missing_is_seen_at_what_should_hold_it() {
        let text = "a:\n  b: 1\n";
        assert_eq!(locate(text, |p| p.key("a").key("c").key("d")), (2, 3, "b: 1".to_owned()));
        assert_eq!(locate("", |p| p.key("a")), (1, 1, String::new()));
    }

    #[test]
    fn bytes_out_of_range_or_inside_a_character_are_survived() {
        let at = |start, end| {
            locate("é\n", move |p| Place { file: p.file.clone(), spot: Spot::Bytes(start, end) })
        };
        assert_eq!(at(1, 1), (1, 1, String::new()));
        assert_eq!(at(90, 99), (2, 1, String::new()));
    }
}
