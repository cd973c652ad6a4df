//! Edits of one YAML text that keep everything else: comments, order, quoting, line ends.
//!
//! A change is spliced into the text at the bytes that the strict tree gives. What comes out is
//! proven before it counts: it is read again, and must say what was meant and nothing else.

use std::borrow::Cow;

use anyhow::{Result, ensure};

use super::order;
use super::tree::Tree;
use super::value::{Value, quoted_as};
use crate::files::yaml::{self, Entry, Node, segments};
use crate::inventory::model::Shape;
use crate::tr;

/// A YAML text under edit.
pub struct Yaml {
    shape: Shape,
    text: String,
}

/// A place in the text, and what takes the place of the bytes there.
struct Splice {
    start: usize,
    end: usize,
    new: String,
}

impl Splice {
    fn insert(at: usize, new: String) -> Splice {
        Splice { start: at, end: at, new }
    }
}

/// What a value stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// A line a field or an item.
    Block,
    /// Within brackets.
    Flow,
}

/// A collection in the text.
struct Spot<'n, 't> {
    node: &'n Node<'t>,
    layout: Layout,
    /// Where to begin looking for its first dash: behind its key, or where it begins.
    from: usize,
}

impl Yaml {
    /// Takes a text up for editing.
    ///
    /// # Errors
    /// When it is not strict YAML: then nobody knows what an edit would mean.
    pub fn read(shape: Shape, text: impl Into<String>) -> Result<Yaml> {
        let text = text.into();
        let problems = yaml::parse(&text).problems;
        if let Some(problem) = problems.into_iter().next() {
            let line = text[..problem.bytes.0].matches('\n').count() + 1;
            anyhow::bail!(tr!(
                "line {line}: {problem}; {help}",
                line = line,
                problem = problem.message,
                help = problem.help
            ));
        }
        Ok(Yaml { shape, text })
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Gives the value at `pointer` (RFC 6901) to be `value`. A field that is not there is put where
    /// its type has it, with the mappings on the way to it. Whatever is so already is left as it
    /// is written.
    ///
    /// # Errors
    /// When there is no such place, or the text cannot be edited there without changing more.
    pub fn set(&mut self, pointer: &str, value: &Value) -> Result<()> {
        let path: Vec<_> = segments(pointer).collect();
        self.edit(pointer, |text, root, tree, shape| {
            let known = (0..=path.len()).rev().find(|&end| found(root, &path[..end]).is_some())?;
            if known == path.len() {
                let target = tree.at(&path)?;
                let new = value.tree();
                if *target == new {
                    return Some(Splice::insert(0, String::new()));
                }
                *target = new;
                return replace(text, root, &path, value);
            }
            let wrap =
                |inner: Value, key: &Cow<'_, str>| Value::Block(vec![(key.to_string(), inner)]);
            let value = path[known + 1..].iter().rev().fold(value.clone(), wrap);
            insert(text, root, tree, shape, &path[..known], &path[known], &value)
        })
    }

    /// Puts `item` at the end of the list at `pointer`; a list that is not there is begun, with a line
    /// an item.
    ///
    /// # Errors
    /// As [`Yaml::set`].
    pub fn append(&mut self, pointer: &str, item: &Value) -> Result<()> {
        let path: Vec<_> = segments(pointer).collect();
        let root = yaml::parse(&self.text).root;
        if root.is_none_or(|root| found(&root, &path).is_none()) {
            return self.set(pointer, &Value::Rows(vec![item.clone()]));
        }
        self.edit(pointer, |text, root, tree, _| {
            tree.at(&path)?.push(item.tree());
            append(text, root, &path, item)
        })
    }

    /// The same for one item of each of several lists, at the price of one edit.
    ///
    /// # Errors
    /// As [`Yaml::set`]; then nothing has changed.
    pub fn append_each(&mut self, items: &[(String, Value)]) -> Result<()> {
        let Some((first, _)) = items.first() else { return Ok(()) };
        self.edit_all(first, |text, root, tree, shape| {
            let splice = |(pointer, item): &(String, Value)| {
                let path: Vec<_> = segments(pointer).collect();
                if found(root, &path).is_some() {
                    tree.at(&path)?.push(item.tree());
                    return append(text, root, &path, item);
                }
                let (key, parent) = path.split_last()?;
                found(root, parent)?;
                let list = Value::Rows(vec![item.clone()]);
                insert(text, root, tree, shape, parent, key, &list)
            };
            items.iter().map(splice).collect()
        })
    }

    /// Takes the field or item at `pointer` out, with the comment on its line. The last of a
    /// collection cannot be taken out: take the collection.
    ///
    /// # Errors
    /// As [`Yaml::set`].
    pub fn remove(&mut self, pointer: &str) -> Result<()> {
        let path: Vec<_> = segments(pointer).collect();
        self.edit(pointer, |text, root, tree, _| {
            let (last, parent) = path.split_last()?;
            found(root, &path)?;
            tree.at(parent)?.remove(last);
            remove(text, root, parent, last)
        })
    }

    /// Splices, and proves that the text then says what the tree says.
    fn edit(
        &mut self,
        pointer: &str,
        change: impl FnOnce(&str, &Node<'_>, &mut Tree, Shape) -> Option<Splice>,
    ) -> Result<()> {
        self.edit_all(pointer, |text, root, tree, shape| {
            change(text, root, tree, shape).map(|splice| vec![splice])
        })
    }

    /// The same at several places, of which none lies in another.
    fn edit_all(
        &mut self,
        pointer: &str,
        change: impl FnOnce(&str, &Node<'_>, &mut Tree, Shape) -> Option<Vec<Splice>>,
    ) -> Result<()> {
        let refused = || {
            tr!(
                "`{pointer}` cannot be changed without touching more than that; edit the file by hand",
                pointer = pointer
            )
        };
        let document = yaml::parse(&self.text);
        let Some(root) = document.root else { anyhow::bail!(refused()) };
        let mut tree = Tree::from(&root);
        let splices = change(&self.text, &root, &mut tree, self.shape);
        let Some(mut splices) = splices else { anyhow::bail!(refused()) };
        splices.sort_by_key(|splice| splice.start);
        let mut text = String::with_capacity(self.text.len());
        let mut done = 0;
        for Splice { start, end, new } in splices {
            ensure!(start >= done, refused());
            text.push_str(&self.text[done..start]);
            text.push_str(&new);
            done = end;
        }
        text.push_str(&self.text[done..]);
        let document = yaml::parse(&text);
        let proven = document.problems.is_empty()
            && document.root.is_some_and(|root| Tree::from(&root) == tree);
        ensure!(proven, refused());
        self.text = text;
        Ok(())
    }
}

/// The node at the end of `path`.
fn found<'n, 't>(root: &'n Node<'t>, path: &[Cow<'_, str>]) -> Option<&'n Node<'t>> {
    path.iter().try_fold(root, |node, segment| node.child(segment))
}

/// The collection at the end of `path`, and how it is laid out.
fn spot<'n, 't>(text: &str, root: &'n Node<'t>, path: &[Cow<'_, str>]) -> Option<Spot<'n, 't>> {
    let layout_of = |node: &Node<'_>, around: Layout| match node.is_in_brackets(text) {
        true => Layout::Flow,
        false => around,
    };
    let layout = layout_of(root, Layout::Block);
    let first = Spot { node: root, layout, from: root.bytes.0 };
    path.iter().try_fold(first, |spot, segment| {
        let node = spot.node.child(segment)?;
        let from = match &spot.node.value {
            yaml::Value::Map(entries) => entry_of(entries, segment)?.key_bytes.1,
            _ => node.bytes.0,
        };
        Some(Spot { node, layout: layout_of(node, spot.layout), from })
    })
}

fn entry_of<'n, 't>(entries: &'n [Entry<'t>], key: &str) -> Option<&'n Entry<'t>> {
    entries.iter().find(|entry| entry.key == key)
}

/// The byte after the last one of a value that is no blank: the bytes of a block scalar reach to what
/// follows it.
fn end_of(text: &str, node: &Node<'_>) -> usize {
    node.bytes.0 + text[node.bytes.0..node.bytes.1].trim_end().len()
}

/// Where the line that `at` is on begins.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line that `at` is on ends, its line break apart.
fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}

/// As many blanks as there are characters before `at` on its line.
fn indent_at(text: &str, at: usize) -> String {
    " ".repeat(text[line_start(text, at)..at].chars().count())
}

/// The line break of the line that `at` is on; on the last line, the file's first.
fn newline_at(text: &str, at: usize) -> &'static str {
    let here = text[at..].find('\n').map(|newline| at + newline);
    match here.or_else(|| text.find('\n')) {
        Some(newline) if text[..newline].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Where a line that follows what ends at `at` begins: behind the comment on its line, and behind the
/// lines below that hold only a comment which stands deeper than `indent`.
fn below(text: &str, at: usize, indent: usize) -> usize {
    let mut end = line_end(text, at);
    loop {
        let Some(newline) = text[end..].find('\n') else { return end };
        let next = end + newline + 1;
        let line = &text[next..line_end(text, next)];
        let blanks = line.len() - line.trim_start_matches(' ').len();
        if !line.trim_start().starts_with('#') || blanks <= indent {
            return end;
        }
        end = next + line.len();
    }
}

/// A value in the place of another.
fn replace(text: &str, root: &Node<'_>, path: &[Cow<'_, str>], value: &Value) -> Option<Splice> {
    let Spot { node, from, .. } = spot(text, root, path)?;
    let (mut start, end) = (node.bytes.0, end_of(text, node));
    let head = text.get(from..start).unwrap_or_default();
    let header = head.trim_start_matches(':').trim_start();
    if header.starts_with(['|', '>']) {
        if header.contains('#') {
            return None;
        }
        start -= header.len();
    }
    let new = quoted_as(&text[start..end], value);
    Some(Splice { start, end, new })
}

/// A field put into a mapping, where its type has it.
fn insert(
    text: &str,
    root: &Node<'_>,
    tree: &mut Tree,
    shape: Shape,
    path: &[Cow<'_, str>],
    key: &str,
    value: &Value,
) -> Option<Splice> {
    let Spot { node, layout, .. } = spot(text, root, path)?;
    let yaml::Value::Map(entries) = &node.value else { return None };
    let place = place_of(order::fields(shape, path), entries, key);
    tree.at(path)?.insert(place, key, value.tree());
    let bare = value.flow_field(key);
    let before = place.checked_sub(1).map(|before| &entries[before]);
    match (layout, before, entries.first()) {
        (Layout::Flow, Some(before), _) => {
            let end = end_of(text, &before.node).max(before.key_bytes.1);
            Some(Splice::insert(end, format!(", {bare}")))
        }
        (Layout::Flow, None, Some(first)) => {
            Some(Splice::insert(first.key_bytes.0, format!("{bare}, ")))
        }
        (Layout::Flow, None, None) => {
            let after = node.bytes.0 + 1;
            let gap = if text[after..].starts_with('}') { " " } else { "" };
            Some(Splice::insert(after, format!(" {bare}{gap}")))
        }
        (Layout::Block, _, None) => None,
        (Layout::Block, before, Some(first)) => {
            let indent = indent_at(text, first.key_bytes.0);
            let Some(before) = before else {
                let newline = newline_at(text, first.key_bytes.0);
                let field = value.field(key, &indent, newline);
                return Some(Splice::insert(
                    first.key_bytes.0,
                    format!("{field}{newline}{indent}"),
                ));
            };
            let end = end_of(text, &before.node).max(before.key_bytes.1);
            let at = below(text, end, indent.len());
            let newline = newline_at(text, at);
            let field = value.field(key, &indent, newline);
            Some(Splice::insert(at, format!("{newline}{indent}{field}")))
        }
    }
}

/// Before which of the entries a field belongs: behind the last that its type has before it, else
/// before the first.
fn place_of(order: &[&str], entries: &[Entry<'_>], key: &str) -> usize {
    let rank = |name: &str| order.iter().position(|known| *known == name);
    let Some(own) = rank(key) else { return entries.len() };
    let earlier = |entry: &Entry<'_>| rank(&entry.key).is_some_and(|rank| rank < own);
    entries.iter().rposition(earlier).map_or(0, |place| place + 1)
}

/// An item put at the end of a list.
fn append(text: &str, root: &Node<'_>, path: &[Cow<'_, str>], item: &Value) -> Option<Splice> {
    let Spot { node, layout, from } = spot(text, root, path)?;
    let yaml::Value::List(items) = &node.value else { return None };
    let bare = item.flow();
    match (layout, items.last()) {
        (Layout::Flow, Some(last)) => Some(Splice::insert(end_of(text, last), format!(", {bare}"))),
        (Layout::Flow, None) => Some(Splice::insert(node.bytes.0 + 1, bare)),
        (Layout::Block, None) => None,
        (Layout::Block, Some(last)) => {
            let indent = indent_at(text, dash_before(text, from, items[0].bytes.0)?);
            let at = below(text, end_of(text, last), indent.len());
            let newline = newline_at(text, at);
            let item = item.item(&indent, newline);
            Some(Splice::insert(at, format!("{newline}{indent}{item}")))
        }
    }
}

/// The dash of the item that begins at `item`; only blanks, comments and the colon of a key lie
/// between `from` and it.
fn dash_before(text: &str, from: usize, item: usize) -> Option<usize> {
    let mut at = from;
    while at < item {
        match text.as_bytes()[at] {
            b'-' => return Some(at),
            b'#' => at = line_end(text, at),
            _ => at += 1,
        }
    }
    None
}

/// A field or an item taken out.
fn remove(text: &str, root: &Node<'_>, parent: &[Cow<'_, str>], last: &str) -> Option<Splice> {
    let Spot { node, layout, from } = spot(text, root, parent)?;
    let parts: Vec<(usize, usize)> = match &node.value {
        yaml::Value::Map(entries) => entries
            .iter()
            .map(|entry| (entry.key_bytes.0, end_of(text, &entry.node).max(entry.key_bytes.1)))
            .collect(),
        yaml::Value::List(items) if layout == Layout::Block => {
            let mut parts: Vec<(usize, usize)> = Vec::new();
            for item in items {
                let from = parts.last().map_or(from, |(_, end)| *end);
                parts.push((dash_before(text, from, item.bytes.0)?, end_of(text, item)));
            }
            parts
        }
        yaml::Value::List(items) => {
            items.iter().map(|item| (item.bytes.0, end_of(text, item))).collect()
        }
        _ => return None,
    };
    let place = match &node.value {
        yaml::Value::Map(entries) => entries.iter().position(|entry| entry.key == last)?,
        _ => last.parse().ok()?,
    };
    let (start, end) = parts[place];
    let (start, end) = match layout {
        Layout::Flow => match (place.checked_sub(1), parts.get(place + 1)) {
            (_, Some((next, _))) => (start, *next),
            (Some(previous), None) => (parts[previous].1, end),
            (None, None) => (start, end),
        },
        Layout::Block => lines_of(text, start, end, parts.get(place + 1).map(|part| part.0))?,
    };
    Some(Splice { start, end, new: String::new() })
}

/// What goes with a field or an item of a block that is taken out: its lines, or, behind a dash, what
/// lies before the next field.
fn lines_of(text: &str, start: usize, end: usize, next: Option<usize>) -> Option<(usize, usize)> {
    let line = line_start(text, start);
    if !text[line..start].trim().is_empty() {
        let next = next?;
        let between = &text[line_end(text, end)..next];
        return between.trim().is_empty().then_some((start, next));
    }
    let after = line_end(text, end);
    match text[after..].find('\n') {
        Some(newline) => Some((line, after + newline + 1)),
        None => Some((text[..line].trim_end_matches(['\r', '\n']).len(), after)),
    }
}

#[cfg(test)]
mod tests {
    use super::Yaml;
    use crate::edit::Value;
    use crate::inventory::model::Shape;

    /// What becomes of a batch's text.
    #[track_caller]
    fn edited(text: &str, edit: impl FnOnce(&mut Yaml) -> anyhow::Result<()>) -> String {
        let mut yaml = Yaml::read(Shape::Batch, text).unwrap();
        edit(&mut yaml).unwrap();
        yaml.text().to_owned()
    }

    /// That it is refused, and nothing has changed.
    #[track_caller]
    fn refused(text: &str, edit: impl FnOnce(&mut Yaml) -> anyhow::Result<()>) {
        let mut yaml = Yaml::read(Shape::Batch, text).unwrap();
        assert!(edit(&mut yaml).is_err(), "{}", yaml.text());
        assert_eq!(yaml.text(), text);
    }

    fn day(text: &str) -> Value {
        Value::text(text)
    }

    #[test]
    fn a_value_is_replaced_and_its_quotes_and_comment_stay() {
        let text =
            "# é\nday: 10\r\nstage: planned # why\npre: '2026-12-01'   # à\npro: \"2026-12-15\"";
        let new = edited(text, |yaml| {
            yaml.set("/stage", &Value::text("pre"))?;
            yaml.set("/pre", &day("2026-12-02"))?;
            yaml.set("/pro", &day("2026-12-16"))
        });
        assert_eq!(
            new,
            "# é\nday: 10\r\nstage: pre # why\npre: '2026-12-02'   # à\npro: \"2026-12-16\""
        );
    }

    #[test]
    fn what_is_so_already_stays_as_it_is_written() {
        let text = "stage: \"planned\"\nby: [ aoc ,siad ]\n";
        let new = edited(text, |yaml| {
            yaml.set("/stage", &Value::text("planned"))?;
            yaml.set("/by", &Value::list(["aoc", "siad"]))
        });
        assert_eq!(new, text);
    }

    #[test]
    fn a_field_is_put_where_its_type_has_it() {
        let text = "loads:\n  - ens: a # who\n    certificate: a/b   # which\n                       # seal\n    # below\n\n  # about b\n  - { ens: b, certificate: b/c } # d\nhold: {}\n";
        let new = edited(text, |yaml| {
            let record = Value::block([("loaded", Some(day("2026-12-01")))]);
            yaml.set("/loads/0/pre", &record)?;
            yaml.set("/loads/1/pre", &record)?;
            yaml.set("/stage", &Value::text("pre"))?;
            yaml.set("/hold/since", &day("2026-12-02"))
        });
        assert_eq!(
            new,
            "stage: pre\nloads:\n  - ens: a # who\n    certificate: a/b   # which\n                       # seal\n    pre:\n      loaded: 2026-12-01\n    # below\n\n  # about b\n  - { ens: b, certificate: b/c, pre: { loaded: 2026-12-01 } } # d\nhold: { since: 2026-12-02 }\n"
        );
    }

    #[test]
    fn mappings_on_the_way_to_a_field_are_made() {
        let text = "loads:\n- certificate: a/b\n";
        let new = edited(text, |yaml| {
            yaml.set("/loads/0/withdrawn/restored/pre", &day("2026-12-01"))?;
            yaml.set("/loads/0/ens", &Value::text("a"))
        });
        assert_eq!(
            new,
            "loads:\n- ens: a\n  certificate: a/b\n  withdrawn:\n    restored:\n      pre: 2026-12-01\n"
        );
    }

    #[test]
    fn an_item_is_added_to_every_kind_of_list() {
        let check =
            || Value::map([("date", Some(day("2026-12-03"))), ("by", Some(Value::list(["aoc"])))]);
        let append = |text: &str| edited(text, |yaml| yaml.append("/departments", &check()));
        assert_eq!(
            append("day: 1\r\ndepartments:\r\n- { date: 2026-12-02,\r\n    by: [aoc] }  # à"),
            "day: 1\r\ndepartments:\r\n- { date: 2026-12-02,\r\n    by: [aoc] }  # à\r\n- { date: 2026-12-03, by: [aoc] }"
        );
        assert_eq!(
            append("departments: [{ date: 2026-12-02 }, ] # x\n"),
            "departments: [{ date: 2026-12-02 }, { date: 2026-12-03, by: [aoc] }, ] # x\n"
        );
        assert_eq!(append("departments: []\n"), "departments: [{ date: 2026-12-03, by: [aoc] }]\n");
        assert_eq!(
            append("departments:\n    -   # first\n        date: 2026-12-02\nhold: {}\n"),
            "departments:\n    -   # first\n        date: 2026-12-02\n    - { date: 2026-12-03, by: [aoc] }\nhold: {}\n"
        );
        assert_eq!(
            append("day: 1\nhold: {}"),
            "day: 1\ndepartments:\n  - { date: 2026-12-03, by: [aoc] }\nhold: {}"
        );
    }

    #[test]
    fn what_follows_a_text_of_several_lines_comes_below_it() {
        let text = "hold:\n  reason: |\n    one\n    two\n\n  by: aoc\n";
        let new = edited(text, |yaml| {
            yaml.set("/hold/evidence", &Value::list(["x"]))?;
            yaml.set("/hold/reason", &Value::text("three"))
        });
        assert_eq!(new, "hold:\n  reason: three\n\n  by: aoc\n  evidence: [x]\n");
    }

    #[test]
    fn a_field_or_an_item_is_taken_out_with_its_line() {
        let text = "a: 1\nb: # c\n  - x # y\n  - z\nd: { e: 1, f: [1, 2], }\n- \n";
        let text = text.trim_end_matches("- \n");
        let without = |pointer: &str| edited(text, |yaml| yaml.remove(pointer));
        assert_eq!(without("/a"), "b: # c\n  - x # y\n  - z\nd: { e: 1, f: [1, 2], }\n");
        assert_eq!(without("/b"), "a: 1\nd: { e: 1, f: [1, 2], }\n");
        assert_eq!(without("/b/0"), "a: 1\nb: # c\n  - z\nd: { e: 1, f: [1, 2], }\n");
        assert_eq!(without("/d/e"), "a: 1\nb: # c\n  - x # y\n  - z\nd: { f: [1, 2], }\n");
        assert_eq!(without("/d/f/1"), "a: 1\nb: # c\n  - x # y\n  - z\nd: { e: 1, f: [1], }\n");
        refused("a:\n  - 1\n", |yaml| yaml.remove("/a/0"));
        refused(text, |yaml| yaml.remove("/g"));
    }

    #[test]
    fn what_cannot_be_edited_alone_is_refused() {
        refused("a: |+\n  x\n\n\nb: 1\n", |yaml| yaml.set("/a/b", &Value::Number(1)));
        refused("a: [b: 1]\n", |yaml| yaml.set("/a/0/c", &Value::Number(1)));
        refused("a: 1\n", |yaml| yaml.set("/a/b", &Value::Number(1)));
        refused("a: 1\n", |yaml| yaml.append("/a", &Value::Number(1)));
        refused("a: [1]\n", |yaml| yaml.set("/a/7", &Value::Number(1)));
        assert!(Yaml::read(Shape::Batch, "a: yes\n").is_err());
        assert!(Yaml::read(Shape::Batch, "a: &b 1\n").is_err());
    }
}
