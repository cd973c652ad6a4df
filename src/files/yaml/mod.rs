//! Strict YAML: text to a tree in which every value knows its place.
//!
//! The subset is part 3 of the contract: one document, no anchors, aliases, tags, merge keys or
//! duplicate keys, and no plain scalar that YAML 1.1 and 1.2 read differently. What is refused is
//! collected, so that a reader sees every problem of a file at once; only a syntax error ends it.

mod alike;
mod deserialize;
mod pointer;
mod scalar;
mod write;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StructureStyle};

use memchr::memchr;

pub use deserialize::Mismatch;
pub use pointer::escaped;
pub use write::{quoted, scalar};

use crate::base::hidden::first_hidden;
use crate::base::text::Text;
use crate::tr;

/// How deep collections may nest. The deepest field of an inventory lies at depth 7.
const DEEPEST: usize = 32;

/// A value and the bytes it stands at.
#[derive(Debug)]
pub struct Node<'text> {
    /// First byte, and the byte after the last.
    pub bytes: (usize, usize),
    /// The value.
    pub value: Value<'text>,
}

/// A YAML value, as far as inventories use them: no decimal numbers.
#[derive(Debug)]
pub enum Value<'text> {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A string.
    Text(Cow<'text, str>),
    /// A sequence.
    List(Vec<Node<'text>>),
    /// A mapping, in the order of the file.
    Map(Vec<Entry<'text>>),
}

/// A field of a mapping.
#[derive(Debug)]
pub struct Entry<'text> {
    /// The field's name.
    pub key: Cow<'text, str>,
    /// Where the name stands.
    pub key_bytes: (usize, usize),
    /// The field's value.
    pub node: Node<'text>,
}

/// Where the names of a tree's fields stand, by JSON pointer (RFC 6901).
pub type Keys = HashMap<String, (usize, usize)>;

/// Something that strict YAML does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// First byte, and the byte after the last.
    pub bytes: (usize, usize),
    /// What is wrong.
    pub message: Text,
    /// What to do.
    pub help: Text,
    /// Of which kind.
    pub kind: Fault,
}

impl Problem {
    /// Whether the tree is what plain YAML 1.2 gives all the same: what a release once took is read so
    /// for ever.
    pub fn leaves_its_value(&self) -> bool {
        matches!(self.kind, Fault::Later | Fault::NoDay)
    }
}

/// What kind of problem it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not YAML, or not of this subset.
    Refused,
    /// A hidden character, a rule of its own.
    Hidden,
    /// What releases up to 0.1 took, and what has the value that plain YAML 1.2 gives it.
    Later,
    /// The same, of a date that does not exist; where a date is asked for, that it is none says more.
    NoDay,
}

/// A text as understood: the tree unless its syntax is broken, and every problem met.
#[derive(Debug)]
pub struct Document<'text> {
    /// The root.
    pub root: Option<Node<'text>>,
    /// What is not allowed, in the order of the file.
    pub problems: Vec<Problem>,
}

/// Reads `text`. Never fails; a text of any content gives a document with its problems.
pub fn parse(text: &str) -> Document<'_> {
    let mut builder = Builder::of(text);
    if let Some((offset, character)) = first_hidden(text) {
        builder.hidden((offset, offset + character.len_utf8()), character);
    }
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        disallow_directives: true,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.take(event, bytes_of(&span)),
            Err(error) => {
                builder.broken(&error);
                break;
            }
        }
    }
    builder.finish()
}

/// The bytes of `span`, which always has them when the input is a string.
fn bytes_of(span: &Span) -> (usize, usize) {
    let start = span.start.byte_offset().unwrap_or(0);
    (start, span.end.byte_offset().unwrap_or(start).max(start))
}

/// A collection whose end has not come yet.
struct Open<'text> {
    node: Node<'text>,
    /// Whether it is in brackets.
    is_flow: bool,
    /// The key whose value comes next, in a mapping.
    key: Option<(Cow<'text, str>, (usize, usize))>,
    /// The keys so far, once there are enough of them to be worth a set.
    keys: BTreeSet<Cow<'text, str>>,
}

/// Mappings of fewer fields are searched for a duplicate one by one.
const FEW_KEYS: usize = 16;

struct Builder<'text> {
    text: &'text str,
    open: Vec<Open<'text>>,
    root: Option<Node<'text>>,
    problems: Vec<Problem>,
    /// How many of the open collections are in brackets.
    flow: usize,
    /// Where a tab may stand; asked only where there is one.
    texts: Option<Vec<(usize, usize)>>,
}

impl<'text> Builder<'text> {
    fn of(text: &'text str) -> Builder<'text> {
        let texts = memchr(b'\t', text.as_bytes()).map(|_| Vec::new());
        Builder { text, open: Vec::new(), root: None, problems: Vec::new(), flow: 0, texts }
    }

    fn finish(mut self) -> Document<'text> {
        let is_broken = self.root.is_none() && !self.problems.is_empty();
        if !is_broken && let Some(at) = alike::end_marker(self.text) {
            let help = tr!("delete the line: one document a file has no need of it");
            self.later((at, at + 3), tr!("the end of a document is marked here"), help);
        }
        let texts = self.texts.take().filter(|_| !is_broken);
        if let Some(at) = texts.and_then(|texts| alike::first_tab(self.text, &texts)) {
            let help = tr!("write spaces: some YAML readers refuse a tab here");
            self.later((at, at + 1), tr!("a tab stands outside of a quoted text"), help);
        }
        let Builder { root, mut problems, .. } = self;
        problems.sort_by_key(|problem| problem.bytes.0);
        Document { root, problems }
    }

    fn take(&mut self, event: Event<'text>, bytes: (usize, usize)) {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_properties(anchor, tag.is_some(), bytes);
                self.scalar(text, style, bytes);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.refuse_properties(anchor, tag.is_some(), bytes);
                self.begin(Value::List(Vec::new()), style, bytes);
            }
            Event::MappingStart(style, anchor, tag) => {
                self.refuse_properties(anchor, tag.is_some(), bytes);
                self.begin(Value::Map(Vec::new()), style, bytes);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(bytes),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let help = tr!("write the value out where it is needed");
                self.problem(bytes, tr!("an alias hides what it stands for"), help);
                self.add(Node { bytes, value: Value::Null });
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                let help = tr!("keep one document a file");
                self.problem(bytes, tr!("a second document begins here"), help);
            }
            _ => {}
        }
    }

    fn refuse_properties(&mut self, anchor: usize, tagged: bool, bytes: (usize, usize)) {
        if anchor != 0 {
            let help = tr!("remove the anchor, and write the value out where it is needed");
            self.problem(bytes, tr!("an anchor is not allowed"), help);
        }
        if tagged {
            let help = tr!("remove the tag; quote the value if it is text");
            self.problem(bytes, tr!("a tag is not allowed"), help);
        }
    }

    fn scalar(&mut self, text: Cow<'text, str>, style: ScalarStyle, bytes: (usize, usize)) {
        if style == ScalarStyle::DoubleQuoted
            && let Some((_, character)) = first_hidden(&text)
            // A raw one is found in the text itself; this one is an escape.
            && !self.text[bytes.0..bytes.1].contains(character)
        {
            self.hidden(bytes, character);
        }
        let expects_key = self.expects_key();
        let value = match style {
            ScalarStyle::Plain => self.plain(text, bytes, expects_key),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                self.allow_tabs(bytes);
                if self.flow == 0 {
                    self.refuse_outdented(bytes, false);
                }
                Value::Text(text)
            }
            _ => {
                self.block_scalar(&text, bytes);
                Value::Text(text)
            }
        };
        if expects_key { self.key(value, bytes) } else { self.add(Node { bytes, value }) }
    }

    /// A plain scalar's value, refused where the two versions of YAML differ.
    fn plain(
        &mut self,
        text: Cow<'text, str>,
        bytes: (usize, usize),
        is_key: bool,
    ) -> Value<'text> {
        if is_key && text == "<<" {
            let help = tr!("write the fields out");
            self.problem(bytes, tr!("a merge key is not allowed"), help);
            return Value::Text(text);
        }
        if !alike::stands_bare(&text, self.flow > 0) {
            self.unclear(&text, bytes, Fault::Later);
            return Value::Text(text);
        }
        match scalar::resolve(&text) {
            scalar::Resolved::Null => Value::Null,
            scalar::Resolved::Bool(value) => Value::Bool(value),
            scalar::Resolved::Integer(value) => Value::Integer(value),
            scalar::Resolved::Text => Value::Text(text),
            scalar::Resolved::NoDay => {
                let message = tr!("the day `{day}` does not exist", day = text.as_ref());
                let help = tr!("correct it; if it is text, put it in quotes");
                self.problems.push(Problem { bytes, message, help, kind: Fault::NoDay });
                Value::Text(text)
            }
            scalar::Resolved::Unclear => {
                self.unclear(&text, bytes, Fault::Refused);
                Value::Text(text)
            }
        }
    }

    fn unclear(&mut self, text: &str, bytes: (usize, usize), kind: Fault) {
        let message = tr!("`{value}` is not the same value for every YAML reader", value = text);
        let help = tr!("write `\"{value}\"`, in quotes, if it is text", value = text);
        self.problems.push(Problem { bytes, message, help, kind });
    }

    /// Refuses a value outside of brackets whose further lines stand where others may begin.
    fn refuse_outdented(&mut self, bytes: (usize, usize), in_flow: bool) {
        if memchr(b'\n', &self.text.as_bytes()[bytes.0..bytes.1]).is_none() {
            return;
        }
        let indent = self.indent(bytes.0);
        if let Some(line) = alike::first_out(self.text, bytes, indent, in_flow) {
            let help = tr!("indent it with spaces, deeper than the field it belongs to");
            self.later(
                (line, line),
                tr!("this line goes on with a value and is not indented"),
                help,
            );
        }
    }

    /// How deep the field or the dash stands to which a value at `start` belongs.
    fn indent(&self, start: usize) -> Option<usize> {
        let line_of = |at: usize| self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let of_key = |open: &Open<'_>| open.key.as_ref().map(|(_, (key, _))| key - line_of(*key));
        let line = line_of(start);
        let before = self.text[line..start].trim_end();
        match self.open.last().map(|open| &open.node.value) {
            Some(Value::List(_)) if before.ends_with('-') => Some(before.len() - 1),
            _ => self.open.iter().rev().find_map(of_key),
        }
    }

    fn allow_tabs(&mut self, bytes: (usize, usize)) {
        self.texts.iter_mut().for_each(|texts| texts.push(bytes));
    }

    /// A text behind `|` or `>`. Readers differ on one that is all there is, and on the end of one with
    /// which a file ends in the middle of a line.
    fn block_scalar(&mut self, text: &str, (start, end): (usize, usize)) {
        // The bytes of an empty one are those of its mark.
        if !text.is_empty() {
            self.allow_tabs((start, end));
        }
        if self.open.is_empty() {
            let help = tr!("write fields, `name: value`");
            self.later((start, end), tr!("the file is one text and no mapping"), help);
        }
        if text.ends_with('\n') && end == self.text.len() && !self.text.ends_with('\n') {
            let help = tr!("end the file with a line break");
            self.later((start, end), tr!("the file ends within a text behind `|` or `>`"), help);
        }
    }

    /// Whether the next node is the key of a mapping.
    fn expects_key(&self) -> bool {
        let top = self.open.last();
        top.is_some_and(|top| matches!(top.node.value, Value::Map(_)) && top.key.is_none())
    }

    fn key(&mut self, value: Value<'text>, bytes: (usize, usize)) {
        let written = &self.text[bytes.0..bytes.1];
        if written.contains('\n') || written.chars().count() > alike::LONGEST_KEY {
            let message =
                tr!("the field's name is longer than a line, or than readers look for its colon");
            self.later(bytes, message, tr!("use a plain name as the field's name"));
        }
        if self.flow > 0 && alike::sticks(&self.text[bytes.1..]) {
            let at = bytes.1;
            let message = tr!("a blank is missing behind the colon");
            self.later((at, at + 1), message, tr!("write `name: value`, with a blank"));
        }
        let Value::Text(key) = value else {
            let help = tr!("quote the field's name");
            self.problem(bytes, tr!("a field's name must be text"), help);
            self.set_key(Cow::Borrowed(&self.text[bytes.0..bytes.1]), bytes);
            return;
        };
        let open = self.open.last_mut().expect("a key stands in a mapping");
        let Value::Map(entries) = &open.node.value else {
            unreachable!("a key stands in a mapping")
        };
        if entries.len() == FEW_KEYS {
            open.keys = entries.iter().map(|entry| entry.key.clone()).collect();
        }
        let known = if entries.len() < FEW_KEYS {
            entries.iter().any(|entry| entry.key == key)
        } else {
            !open.keys.insert(key.clone())
        };
        if known {
            let message = tr!("the field `{key}` is given twice", key = key.as_ref());
            self.problem(bytes, message, tr!("keep one of the two"));
        }
        self.set_key(key, bytes);
    }

    fn set_key(&mut self, key: Cow<'text, str>, bytes: (usize, usize)) {
        let open = self.open.last_mut().expect("a key stands in a mapping");
        open.key = Some((key, bytes));
    }

    fn begin(&mut self, value: Value<'text>, style: StructureStyle, bytes: (usize, usize)) {
        let is_flow = style == StructureStyle::Flow;
        self.flow += usize::from(is_flow);
        if self.expects_key() {
            let help = tr!("use a plain name as the field's name");
            self.problem(bytes, tr!("a list or a mapping cannot name a field"), help);
            self.set_key(Cow::Borrowed(""), bytes);
            // Its value follows as a second node; keep the tree regular by nesting this one first.
        }
        let node = Node { bytes, value };
        self.open.push(Open { node, is_flow, key: None, keys: BTreeSet::new() });
    }

    fn end(&mut self, bytes: (usize, usize)) {
        let Some(Open { mut node, is_flow, .. }) = self.open.pop() else { return };
        self.flow -= usize::from(is_flow);
        let last = match &node.value {
            Value::List(items) => items.last().map(|item| item.bytes.1),
            Value::Map(entries) => entries.last().map(|entry| entry.node.bytes.1),
            _ => None,
        };
        node.bytes.1 = if is_flow { bytes.1 } else { last.unwrap_or(bytes.0) }.max(node.bytes.0);
        if is_flow && self.flow == 0 {
            self.refuse_outdented(node.bytes, true);
        }
        self.add(node);
    }

    fn add(&mut self, node: Node<'text>) {
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match &mut open.node.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match open.key.take() {
                Some((key, key_bytes)) => entries.push(Entry { key, key_bytes, node }),
                // The value of a collection that stood where a name should: already a problem.
                None => open.key = Some((Cow::Borrowed(""), node.bytes)),
            },
            _ => unreachable!("only collections are open"),
        }
    }

    fn hidden(&mut self, bytes: (usize, usize), character: char) {
        let code = format!("U+{:04X}", u32::from(character));
        self.problems.push(Problem {
            bytes,
            message: tr!("the invisible character {code} stands here", code = code),
            help: tr!("delete it, or write what a reviewer can read"),
            kind: Fault::Hidden,
        });
    }

    fn broken(&mut self, error: &ScanError) {
        let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        let message = tr!("not YAML: {reason}", reason = error.info());
        let help = tr!("mend the syntax here; an editor with the schema shows it as you type");
        self.problem((at, at), message, help);
        self.root = None;
    }

    fn problem(&mut self, bytes: (usize, usize), message: Text, help: Text) {
        self.problems.push(Problem { bytes, message, help, kind: Fault::Refused });
    }

    fn later(&mut self, bytes: (usize, usize), message: Text, help: Text) {
        self.problems.push(Problem { bytes, message, help, kind: Fault::Later });
    }
}

impl<'text> Node<'text> {
    /// The same tree, with texts of its own.
    pub fn into_owned(self) -> Node<'static> {
        let value = match self.value {
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(value),
            Value::Integer(value) => Value::Integer(value),
            Value::Text(text) => Value::Text(text.into_owned().into()),
            Value::List(items) => Value::List(items.into_iter().map(Node::into_owned).collect()),
            Value::Map(entries) => Value::Map(entries.into_iter().map(Entry::into_owned).collect()),
        };
        Node { bytes: self.bytes, value }
    }

    /// Whether this is a collection of `text` in brackets of its own. A list of dashes that stands
    /// no deeper than its key begins where its first item does.
    pub fn is_in_brackets(&self, text: &str) -> bool {
        let first = text.as_bytes().get(self.bytes.0);
        match &self.value {
            Value::Map(_) => first == Some(&b'{'),
            Value::List(items) => {
                let begins_with_item =
                    items.first().is_some_and(|item| item.bytes.0 == self.bytes.0);
                first == Some(&b'[') && !begins_with_item
            }
            _ => false,
        }
    }

    /// The value at a JSON pointer (RFC 6901), or the deepest value on the way to it.
    pub fn nearest(&self, pointer: &str) -> &Node<'text> {
        let mut node = self;
        for segment in segments(pointer) {
            match node.child(&segment) {
                Some(child) => node = child,
                None => break,
            }
        }
        node
    }

    /// Where the name of each field stands, by its JSON pointer; of a field that is given twice, the
    /// last.
    pub fn keys(&self) -> Keys {
        let mut keys = Keys::new();
        self.add_keys("", &mut keys);
        keys
    }

    fn add_keys(&self, pointer: &str, keys: &mut Keys) {
        match &self.value {
            Value::Map(entries) => {
                for Entry { key, key_bytes, node } in entries {
                    let pointer = format!("{pointer}/{}", escaped(key));
                    node.add_keys(&pointer, keys);
                    keys.insert(pointer, *key_bytes);
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.add_keys(&format!("{pointer}/{index}"), keys);
                }
            }
            _ => {}
        }
    }

    /// The bytes of the key that `pointer` ends with, or of the nearest value around it. `keys` are
    /// this tree's: to look through a long mapping for each of its fields would take too long.
    pub fn key_bytes(&self, keys: &Keys, pointer: &str) -> (usize, usize) {
        let around = || {
            let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            self.nearest(parent).bytes
        };
        keys.get(pointer).copied().unwrap_or_else(around)
    }

    /// `pointer` with each list item named by the first of its telling fields, and counted where
    /// several have the same name.
    pub fn named_pointer(&self, pointer: &str) -> String {
        let mut named = String::new();
        let mut node = Some(self);
        for segment in segments(pointer) {
            let name = node.and_then(|node| node.item_name(&segment));
            named.push('/');
            named.push_str(name.as_deref().unwrap_or(&segment));
            node = node.and_then(|node| node.child(&segment));
        }
        named
    }

    /// The name of the item at the index that `segment` says, when this is a list.
    pub fn item_name(&self, segment: &str) -> Option<String> {
        let Value::List(items) = &self.value else { return None };
        let index = segment.parse::<usize>().ok()?;
        let name = items.get(index)?.telling()?;
        let earlier = items[..index].iter().filter(|item| item.telling() == Some(name)).count();
        Some(format!("{name}#{earlier}"))
    }

    /// What a list's item is about.
    fn telling(&self) -> Option<&str> {
        const FIELDS: [&str; 7] = ["ens", "service", "date", "asked", "email", "ticket", "file"];
        let field = |name: &&str| self.child(name).and_then(Node::text);
        self.text().or_else(|| FIELDS.iter().find_map(field))
    }

    /// The field or item that a pointer's segment names.
    pub fn child(&self, segment: &str) -> Option<&Node<'text>> {
        match &self.value {
            Value::Map(entries) => {
                entries.iter().find(|entry| entry.key == segment).map(|entry| &entry.node)
            }
            Value::List(items) => items.get(segment.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// The text of a scalar that is text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Entry<'_> {
    fn into_owned(self) -> Entry<'static> {
        let key = self.key.into_owned().into();
        Entry { key, key_bytes: self.key_bytes, node: self.node.into_owned() }
    }
}

/// The segments of a JSON pointer, unescaped.
pub fn segments(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, parse};

    /// What is refused in `text`, as `column: message` on one line each.
    fn problems(text: &str) -> Vec<String> {
        let line = |p: &super::Problem| format!("{}: {}", p.bytes.0, p.message);
        parse(text).problems.iter().map(line).collect()
    }

    /// The source text at `pointer`.
    fn at<'t>(text: &'t str, pointer: &str) -> &'t str {
        let document = parse(text);
        let (start, end) = document.root.as_ref().unwrap().nearest(pointer).bytes;
        &text[start..end]
    }

    #[test]
    fn every_value_knows_its_bytes() {
        let text = "nom: Trànsit # à\nà: { b: [\"ç\", x y ] }\nlist:\n  - a: 1\n    b: 2\n  - c\n";
        assert_eq!(at(text, "/nom"), "Trànsit");
        assert_eq!(at(text, "/à/b"), "[\"ç\", x y ]");
        assert_eq!(at(text, "/à/b/0"), "\"ç\"");
        assert_eq!(at(text, "/à/b/1"), "x y");
        assert_eq!(at(text, "/list/0"), "a: 1\n    b: 2");
        assert_eq!(at(text, "/list/1"), "c");
        assert_eq!(at(text, "/list/0/missing/deeper"), "a: 1\n    b: 2");
    }

    #[test]
    fn an_escaped_pointer_finds_its_key() {
        let text = "a/b~c: 1\n";
        assert_eq!(at(text, "/a~1b~0c"), "1");
        let document = parse(text);
        let root = document.root.unwrap();
        assert_eq!(root.key_bytes(&root.keys(), "/a~1b~0c"), (0, 5));
    }

    #[test]
    fn of_a_field_that_is_given_twice_the_last_is_found_and_else_what_is_around() {
        let root = parse("a:\n  - b: 1\n    b: 2\n").root.unwrap();
        assert_eq!(root.key_bytes(&root.keys(), "/a/0/b"), (16, 17));
        assert_eq!(root.key_bytes(&root.keys(), "/a/0/c"), (7, 20));
    }

    #[test]
    fn all_that_is_refused_is_listed() {
        let text = "a: &x 1\nb: *x\nc: !!str 2\na: 3\nd: yes\n<<: {}\n1: x\n";
        assert_eq!(
            problems(text),
            [
                "6: an anchor is not allowed",
                "11: an alias hides what it stands for",
                "23: a tag is not allowed",
                "25: the field `a` is given twice",
                "33: `yes` is not the same value for every YAML reader",
                "37: a merge key is not allowed",
                "44: a field's name must be text",
            ]
        );
    }

    #[test]
    fn a_duplicate_is_found_among_many_fields() {
        let mut text: String = (0..40).map(|n| format!("k{n}: 1\n")).collect();
        text.push_str("k3: 2\nk39: 2\n");
        assert_eq!(problems(&text).len(), 2);
    }

    #[test]
    fn a_second_document_and_directives_are_refused() {
        assert_eq!(problems("a: 1\n---\nb: 2\n"), ["5: a second document begins here"]);
        assert_eq!(problems("%YAML 1.2\n---\na: 1\n").len(), 1);
    }

    #[test]
    fn hidden_characters_are_found_plain_and_escaped() {
        assert_eq!(problems("a: b\u{202e}c\n"), ["4: the invisible character U+202E stands here"]);
        assert_eq!(problems("a: \"\\u200b\"\n"), ["3: the invisible character U+200B stands here"]);
        assert_eq!(problems("a: \"\\0\"\n"), ["3: the invisible character U+0000 stands here"]);
    }

    #[test]
    fn deep_nesting_and_alias_bombs_are_refused_at_once() {
        for deep in ["[".repeat(20_000), "{a: ".repeat(20_000), "- ".repeat(20_000)] {
            assert_eq!(problems(&deep).len(), 1, "{}", &deep[..8]);
        }
        let bomb = "a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]\n";
        assert!(!problems(bomb).is_empty());
    }

    #[test]
    fn a_collection_as_a_key_is_a_problem_and_not_a_panic() {
        for text in ["? [a]\n: 1\nb: 2\n", "{[a]: 1}", "? {a: 1}\n? - b\n", "{a: 1}: 2\n"] {
            assert!(!problems(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn an_empty_file_is_null() {
        assert!(parse("").root.is_none());
        assert!(matches!(parse("~").root.unwrap().value, Value::Null));
    }
}
