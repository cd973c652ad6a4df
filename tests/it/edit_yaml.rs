//! Edits of texts in odd but valid shapes: whatever is not meant stays, to the byte, or the edit is
//! refused and nothing changes.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use segell::edit::{Value, Yaml};
use segell::files::yaml::{Node, Value as Read, parse};
use segell::inventory::model::Shape;

/// A value and how it is written: the choices of whoever typed it.
#[derive(Clone, Debug)]
enum Typed {
    /// As it stands in the text.
    Scalar(String),
    /// A text of several lines in a block.
    Lines(&'static str),
    List(Style, Vec<Typed>),
    Map(Style, Vec<(&'static str, Typed)>),
}

#[derive(Clone, Copy, Debug)]
struct Style {
    flow: bool,
    /// A flow collection over several lines; a list of dashes no deeper than its key.
    loose: bool,
    /// A comment at the end of lines, and on lines of their own.
    comments: bool,
    /// Blank lines, wide dashes, a comma behind the last item.
    wide: bool,
    deep: usize,
}

const KEYS: [&str; 14] = [
    "day",
    "stage",
    "pre",
    "pro",
    "loads",
    "ens",
    "hold",
    "departments",
    "certificate",
    "checks",
    "informed",
    "\"quoted\"",
    "'à'",
    "ça",
];

fn style() -> impl Strategy<Value = Style> {
    (any::<(bool, bool, bool, bool)>(), 1..4_usize).prop_map(
        |((flow, loose, comments, wide), deep)| Style {
            flow,
            loose,
            comments,
            wide,
            deep: deep + 1,
        },
    )
}

fn scalar() -> impl Strategy<Value = Typed> {
    let texts = [
        "a",
        "2026-12-01",
        "\"0801930008\"",
        "'l''ens # no'",
        "7",
        "true",
        "Servei Català de Trànsit",
        "\"a: [b], {c} \\\" \\\\ # d\"",
        "ST-22980",
        "a/b",
        "x#y",
        "it's",
        "\"two\n      lines\"",
        "plain\n      on two lines",
    ];
    prop_oneof![
        10 => prop::sample::select(texts.map(str::to_owned).to_vec()).prop_map(Typed::Scalar),
        1 => "[a-z]{200}".prop_map(Typed::Scalar),
        1 => prop::sample::select(vec!["|", ">", "|-", ">-", "| # c"]).prop_map(Typed::Lines),
    ]
}

fn typed() -> impl Strategy<Value = Typed> {
    scalar().prop_recursive(4, 40, 5, |inner| {
        let keys = prop::sample::subsequence(KEYS.to_vec(), 1..5).prop_shuffle();
        let map = (style(), keys, prop::collection::vec(inner.clone(), 5)).prop_map(
            |(style, keys, values)| Typed::Map(style, keys.into_iter().zip(values).collect()),
        );
        let list = (style(), prop::collection::vec(inner, 1..4))
            .prop_map(|(style, items)| Typed::List(style, items));
        prop_oneof![map, list]
    })
}

fn document() -> impl Strategy<Value = String> {
    let keys = prop::sample::subsequence(KEYS.to_vec(), 1..6).prop_shuffle();
    let root = (style(), keys, prop::collection::vec(typed(), 6));
    (root, any::<(bool, bool, bool)>()).prop_map(|((style, keys, values), (crlf, end, head))| {
        let root = Typed::Map(style, keys.into_iter().zip(values).collect());
        let mut text = if head { "# é: first [line\n".to_owned() } else { String::new() };
        if style.flow {
            text.push_str(&flow(&root, 0));
        } else {
            text.push_str(block(&root, 0).trim_start_matches('\n'));
        }
        let mut text = text.trim_end_matches('\n').to_owned();
        // A text behind `|` ends its line.
        if end || !parse(&text).problems.is_empty() {
            text.push('\n');
        }
        if crlf { text.replace('\n', "\r\n") } else { text }
    })
}

/// On one line, or on several that stand deeper than `indent`.
fn flow(typed: &Typed, indent: usize) -> String {
    let join = |parts: Vec<String>, style: &Style| {
        let newline = format!("\n{}", " ".repeat(indent + 4));
        let comment = if style.comments { " # ç, d" } else { "" };
        let between = if style.loose { format!(",{comment}{newline}") } else { ", ".to_owned() };
        let last = if style.wide { ", " } else { "" };
        format!("{}{last}", parts.join(&between))
    };
    match typed {
        Typed::Scalar(text) if text.starts_with(['"', '\'']) => {
            text.replace('\n', &format!("\n{}", " ".repeat(indent)))
        }
        Typed::Scalar(text) => text.replace('\n', "\n     "),
        Typed::Lines(_) => "lines".to_owned(),
        Typed::List(style, items) => {
            format!("[{}]", join(items.iter().map(|item| flow(item, indent + 2)).collect(), style))
        }
        Typed::Map(style, fields) => {
            let field =
                |(key, value): &(&str, Typed)| format!("{key}: {}", flow(value, indent + 2));
            format!("{{ {} }}", join(fields.iter().map(field).collect(), style))
        }
    }
}

/// What follows a key or a dash, from the blank on; lines stand deeper than `indent`.
fn block(typed: &Typed, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let comment = |style: &Style| if style.comments { "   # é, f: [g" } else { "" };
    let gap = |style: &Style| match (style.wide, style.comments) {
        (true, true) => format!("\n\n{pad}# between: {{"),
        (true, false) => "\n".to_owned(),
        (false, _) => String::new(),
    };
    match typed {
        Typed::Lines(header) => {
            let pad = " ".repeat(indent + 2);
            format!("{header}\n{pad}one # no comment\n\n{pad}two: 2")
        }
        Typed::Scalar(text) => text.replace('\n', &format!("\n{pad}")),
        Typed::List(style, _) | Typed::Map(style, _) if style.flow => flow(typed, indent),
        Typed::List(style, items) => {
            let dash = if style.wide { "-   " } else { "- " };
            let item = |item: &Typed| {
                let below = block(item, indent + dash.len());
                let end = if below.ends_with("two: 2") || below.contains('#') {
                    ""
                } else {
                    comment(style)
                };
                format!("{}\n{pad}{dash}{}{end}", gap(style), below.trim_start_matches(['\n', ' ']))
            };
            items.iter().map(item).collect()
        }
        Typed::Map(style, fields) => {
            let field = |(key, value): &(&str, Typed)| {
                let deeper = match value {
                    Typed::List(below, _) if below.loose => indent,
                    _ => indent + style.deep,
                };
                let below = block(value, deeper);
                let end = if below.contains('\n') { "" } else { comment(style) };
                let blank = if below.starts_with('\n') { "" } else { " " };
                format!("{}\n{pad}{key}:{blank}{below}{end}", gap(style))
            };
            fields.iter().map(field).collect()
        }
    }
}

/// Every pointer of a document.
fn pointers(node: &Node<'_>, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match &node.value {
        Read::List(items) => items
            .iter()
            .enumerate()
            .for_each(|(place, item)| pointers(item, &format!("{here}/{place}"), all)),
        Read::Map(entries) => entries
            .iter()
            .for_each(|entry| pointers(&entry.node, &format!("{here}/{}", entry.key), all)),
        _ => {}
    }
}

fn json(text: &str) -> serde_json::Value {
    let document = parse(text);
    assert!(document.problems.is_empty(), "{:?}\n{text}", document.problems);
    serde_json::Value::from(&document.root.unwrap())
}

/// How many bytes two texts have in common, at the beginning and at the end.
fn common(before: &str, after: &str) -> (usize, usize) {
    let equal = |(a, b): &(u8, u8)| a == b;
    let start = before.bytes().zip(after.bytes()).take_while(equal).count();
    let end = before.bytes().rev().zip(after.bytes().rev()).take_while(equal).count();
    (start, end)
}

fn breaks(text: &str) -> (usize, usize) {
    (text.matches('\n').count(), text.matches("\r\n").count())
}

/// What is edited: which of all pointers, how, and with what.
#[derive(Clone, Debug)]
enum Edit {
    Set(prop::sample::Index, Value),
    Insert(prop::sample::Index, &'static str, Value),
    Append(prop::sample::Index, Value),
    Remove(prop::sample::Index),
}

fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        prop::sample::select(vec!["2026-12-03", "yes", "a, b", "à: # x", "works", "it's", "0801"])
            .prop_map(str::to_owned),
        "\\PC{0,8}".prop_filter("seen", |text| segell::base::hidden::first_hidden(text).is_none()),
    ];
    let leaf = prop_oneof![
        text.clone().prop_map(Value::Text),
        text.prop_map(Value::Quoted),
        (0..1000_i64).prop_map(Value::Number),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let fields = prop::collection::btree_map("[a-z]{3}", inner.clone(), 0..3);
        let fields = fields.prop_map(|fields| fields.into_iter().collect::<Vec<_>>());
        prop_oneof![
            fields.clone().prop_map(Value::Map),
            fields.prop_map(Value::Block),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            prop::collection::vec(inner, 0..3).prop_map(Value::Rows),
        ]
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = || any::<prop::sample::Index>();
    prop_oneof![
        (place(), value()).prop_map(|(place, value)| Edit::Set(place, value)),
        (place(), prop::sample::select(vec!["stage", "checks", "certificate", "zzz"]), value())
            .prop_map(|(place, key, value)| Edit::Insert(place, key, value)),
        (place(), value()).prop_map(|(place, value)| Edit::Append(place, value)),
        place().prop_map(Edit::Remove),
    ]
}

/// The JSON of a value to be written.
fn meant(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) | Value::Quoted(text) => text.as_str().into(),
        Value::Number(number) => (*number).into(),
        Value::List(items) | Value::Rows(items) => items.iter().map(meant).collect(),
        Value::Map(fields) | Value::Block(fields) => serde_json::Value::Object(
            fields.iter().map(|(key, value)| (key.clone(), meant(value))).collect(),
        ),
    }
}

fn try_edit(text: &str, edit: &Edit) -> Result<bool, TestCaseError> {
    let document = parse(text);
    prop_assert!(document.problems.is_empty(), "{:?}\n{}", document.problems, text);
    let root = document.root.unwrap();
    let mut all = Vec::new();
    pointers(&root, "", &mut all);
    let mut yaml = Yaml::read(Shape::Batch, text).unwrap();
    let mut expected = json(text);
    let (Edit::Set(place, _)
    | Edit::Insert(place, ..)
    | Edit::Append(place, _)
    | Edit::Remove(place)) = edit;
    let pointer = place.get(&all).clone();
    let node = root.nearest(&pointer);
    let target = expected.pointer_mut(&pointer).unwrap();
    let mut only_adds = false;
    let done = match edit {
        Edit::Set(_, value) => {
            *target = meant(value);
            yaml.set(&pointer, value)
        }
        Edit::Insert(_, key, value) => {
            let Some(fields) = target.as_object_mut().filter(|fields| !fields.contains_key(*key))
            else {
                return Ok(true);
            };
            fields.insert((*key).to_owned(), meant(value));
            only_adds = true;
            yaml.set(&format!("{pointer}/{key}"), value)
        }
        Edit::Append(_, value) => {
            let Some(items) = target.as_array_mut() else { return Ok(true) };
            items.push(meant(value));
            only_adds = true;
            yaml.append(&pointer, value)
        }
        Edit::Remove(_) => {
            let Some((parent, last)) = pointer.rsplit_once('/') else { return Ok(true) };
            match expected.pointer_mut(parent).unwrap() {
                // The last of a collection goes with the collection.
                serde_json::Value::Object(fields) if fields.len() == 1 => return Ok(true),
                serde_json::Value::Array(items) if items.len() == 1 => return Ok(true),
                serde_json::Value::Object(fields) => drop(fields.remove(last)),
                serde_json::Value::Array(items) => drop(items.remove(last.parse().unwrap())),
                _ => unreachable!(),
            }
            yaml.remove(&pointer)
        }
    };
    if done.is_err() {
        prop_assert_eq!(yaml.text(), text);
        return Ok(false);
    }
    let new = yaml.text();
    prop_assert_eq!(json(new), expected, "{}\n---\n{}", text, new);
    let (start, end) = common(text, new);
    if only_adds {
        prop_assert!(start + end >= text.len(), "{}\n---\n{}", text, new);
    } else if matches!(edit, Edit::Set(..)) && new != text {
        // The header of a text of several lines stands before its bytes.
        let head = &text.as_bytes()[start.min(node.bytes.0)..node.bytes.0];
        let is_header = head.iter().all(|byte| b" \r\n|>-".contains(byte));
        prop_assert!(is_header, "{}\n---\n{}", text, new);
        prop_assert!(text.len() - end <= node.bytes.1, "{}\n---\n{}", text, new);
    } else if matches!(edit, Edit::Remove(_)) {
        // Only the comment on its own line goes with it.
        let comments = |part: &[u8]| {
            let part = String::from_utf8_lossy(part);
            ["# é", "# ç", "# between"].map(|comment| part.matches(comment).count()).iter().sum()
        };
        let gone: usize = comments(text.as_bytes()) - comments(new.as_bytes());
        let own: usize = comments(&text.as_bytes()[start.min(node.bytes.0)..node.bytes.1]);
        prop_assert!(gone <= own + 1, "{}\n---\n{}", text, new);
    }
    let (all_breaks, crlf) = breaks(text);
    if all_breaks == crlf && crlf > 0 {
        let (all_breaks, crlf) = breaks(new);
        prop_assert_eq!(all_breaks, crlf, "{}\n---\n{}", text, new);
    } else if crlf == 0 {
        prop_assert_eq!(breaks(new).1, 0);
    }
    prop_assert_eq!(text.ends_with('\n'), new.ends_with('\n'));
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_not_meant_stays(text in document(), edits in prop::collection::vec(edit(), 1..6)) {
        for edit in &edits {
            try_edit(&text, edit)?;
        }
    }
}

/// Refusals are for what cannot be done: of these texts nearly all edits succeed.
#[test]
fn few_edits_are_refused() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut done, mut all) = (0, 0);
    for _ in 0..500 {
        let text = document().new_tree(&mut runner).unwrap().current();
        let edit = edit().new_tree(&mut runner).unwrap().current();
        all += 1;
        match try_edit(&text, &edit) {
            Ok(true) => done += 1,
            Ok(false) => {
                if std::env::var_os("SHOW").is_some() {
                    eprintln!("refused: {edit:?}\n{text}\n====");
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(done * 100 >= all * 95, "{done} of {all}");
}
