//! What a type accepts, its schema accepts, and the other way round: asked of the shipped files
//! after some changes to each.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use segell::files::yaml;
use segell::inventory::load::{FileKind, accepts, kind_of, types_accept};
use segell::inventory::model::Shape;
use serde_json::{Value as Json, json};

/// Every YAML file of the shipped inventory, and a waiver, of which it has none.
fn documents() -> Vec<(Shape, Json)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tree = segell::files::repo::working_tree(root).unwrap();
    let shaped = tree.entries.iter().filter_map(|entry| {
        let shape = match kind_of(&entry.path)? {
            FileKind::Policy => Shape::Policy,
            FileKind::Baseline => Shape::Baseline,
            FileKind::Ens(_) => Shape::Ens,
            FileKind::Record(_) => Shape::Certificate,
            FileKind::Batch(_) => Shape::Batch,
            FileKind::Waiver(_) => Shape::Waiver,
            _ => return None,
        };
        let text = fs::read_to_string(root.join(&entry.path)).unwrap();
        Some((shape, Json::from(&yaml::parse(&text).root.unwrap())))
    });
    let waiver = json!({
        "rule": "working-day", "subject": "calendars/a/10-b.yaml", "ens": "a", "reason": "b",
        "approved_by": ["marta@example.org"], "evidence": [{ "ticket": "ST-1" }],
        "granted": "2026-11-01", "expires": "2026-12-01",
    });
    let record = json!({
        "sha256": "ab".repeat(32), "organ_codes": ["1"], "key": { "pre": "a", "pro": "b" },
        "retired": { "date": "2026-11-01", "reason": "ceased" },
    });
    let ens = json!({
        "name": "a", "block": "new", "organ_code": "1", "nif": "b", "dir3": "c",
        "queries": [{ "asked": "2026-11-01", "by": "ens", "to": [], "question": "d" }],
        "ceased": { "date": "2026-11-01", "successor": "e" },
    });
    let batch = json!({
        "day": 1, "stage": "pre", "pre": "2026-11-01", "pro": "2026-11-02",
        "loads": [{ "ens": "a", "certificate": "a/b", "withdrawn": {
            "date": "2026-11-01", "reason": "c", "restored": { "pre": "2026-11-01" },
        }}],
        "hold": { "since": "2026-11-01", "by": "siad", "reason": "d", "ended": "2026-11-02" },
    });
    let others = [
        (Shape::Waiver, waiver),
        (Shape::Certificate, record),
        (Shape::Ens, ens),
        (Shape::Batch, batch),
    ];
    shaped.chain(others).collect()
}

/// A change of one value of a tree.
#[derive(Clone, Debug)]
enum Change {
    Replace(Json),
    Delete,
    Rename(String),
    Add(String, Json),
    /// A mapping's values as a list, a list's items as a mapping, anything else inside a list.
    Turn,
    /// The last character of a text goes, or one more comes.
    Shorten,
    Lengthen(char),
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => values().prop_map(Change::Replace),
        2 => Just(Change::Delete),
        1 => names().prop_map(Change::Rename),
        1 => (names(), values()).prop_map(|(name, value)| Change::Add(name, value)),
        1 => Just(Change::Turn),
        1 => Just(Change::Shorten),
        1 => select(vec!['a', 'Z', '0', '-', '/', ' ', '\n', 'é', '٣', ':']).prop_map(Change::Lengthen),
    ]
}

fn names() -> impl Strategy<Value = String> {
    let known = [
        "name",
        "pre",
        "pro",
        "evidence",
        "ticket",
        "file",
        "date",
        "by",
        "to",
        "in",
        "day",
        "stage",
        "rsa",
        "rules",
        "Name",
        "",
        "x",
        "é",
        "a/b",
        "a/b/c",
        "a~b",
        "working-day",
    ];
    select(known.map(str::to_owned).to_vec())
}

fn values() -> impl Strategy<Value = Json> {
    let texts = [
        "",
        " ",
        "\t\n",
        "x",
        "é",
        "null",
        "true",
        "1",
        "-1",
        "1.5",
        "0x1f",
        "2026-02-28",
        "2026-02-29",
        "2026-02-30",
        "2026-2-28",
        "2028-02-29",
        "0000-01-01",
        "0000-02-30",
        "9999-12-31",
        "10000-01-01",
        "-001-01-01",
        "+2026-01-01",
        "2026-02-28T00:00:00Z",
        "20260228",
        "２０２６-02-28",
        "2026-02-28 ",
        "2026-02-28\n",
        "2026-13-01",
        "2026-00-10",
        "aoc",
        "AOC",
        "aoc ",
        "siad",
        "planned",
        "pre",
        "PRE",
        "works",
        "error",
        "warning",
        "departments",
        "mon",
        "superseded",
        "a/b",
        "a/b/c",
        "/",
        "a/",
        "A_B/c-1",
        "a-b",
        "A-b",
        "76 90",
        "76  90",
        "76:9",
        ":76",
        "76 ",
        "g",
        "\u{85}",
        "\u{a0}",
        "\r",
    ];
    let texts = texts.map(Json::from).to_vec();
    let digests =
        ["ab".repeat(32), "AB".repeat(32), "a".repeat(63), "g".repeat(64), "é".repeat(32)];
    let numbers =
        [0, 1, 2, -1, 36_500, 36_501, 65_535, 65_536, 1 << 31, 1 << 32, i64::MAX, i64::MIN];
    let others = [
        json!(null),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!(["pre", "pro"]),
        json!(["aoc", null]),
        json!([[]]),
        json!({ "pre": "a", "pro": "b" }),
        json!({ "a/b": "c" }),
        json!({ "pre": null }),
        json!(["a", "b", "c", "d"]),
        json!([{}]),
        json!({ "x": {} }),
    ];
    prop_oneof![
        4 => select(texts),
        1 => select(digests.map(Json::from).to_vec()),
        2 => select(numbers.map(Json::from).to_vec()),
        2 => select(others.to_vec()),
        1 => any::<String>().prop_map(Json::from),
        1 => any::<i64>().prop_map(Json::from),
    ]
}

/// Changes the value that comes at `place`, counted from the root in the order of the tree; gives
/// back how many values there were before it.
fn change(value: &mut Json, place: usize, with: &Change) -> usize {
    if place == 0 {
        turn(value, with);
        return 0;
    }
    let mut left = place - 1;
    match value {
        Json::Array(items) => {
            for index in 0..items.len() {
                if left == 0 && matches!(with, Change::Delete) {
                    items.remove(index);
                    return 0;
                }
                let size = size(&items[index]);
                if left < size {
                    return change(&mut items[index], left, with);
                }
                left -= size;
            }
        }
        Json::Object(fields) => {
            for name in fields.keys().cloned().collect::<Vec<_>>() {
                let size = size(&fields[&name]);
                match with {
                    Change::Delete if left == 0 => {
                        fields.remove(&name);
                        return 0;
                    }
                    Change::Rename(other) if left == 0 => {
                        let value = fields.remove(&name).unwrap_or_default();
                        fields.insert(other.clone(), value);
                        return 0;
                    }
                    _ if left < size => return change(&mut fields[&name], left, with),
                    _ => left -= size,
                }
            }
        }
        _ => {}
    }
    left
}

fn turn(value: &mut Json, with: &Change) {
    let turned = match (with, &mut *value) {
        (Change::Replace(other), _) => other.clone(),
        (Change::Add(name, other), Json::Object(fields)) => {
            fields.insert(name.clone(), other.clone());
            return;
        }
        (Change::Add(_, other), Json::Array(items)) => return items.push(other.clone()),
        (Change::Turn, Json::Object(fields)) => fields.values().cloned().collect(),
        (Change::Turn, Json::Array(items)) => {
            let numbered = items.iter().enumerate();
            Json::Object(
                numbered.map(|(index, item)| (format!("f{index}"), item.clone())).collect(),
            )
        }
        (Change::Turn, other) => Json::Array(vec![other.clone()]),
        (Change::Shorten, Json::String(text)) => {
            text.pop();
            return;
        }
        (Change::Lengthen(more), Json::String(text)) => return text.push(*more),
        _ => return,
    };
    *value = turned;
}

/// How many values a tree has, itself among them.
fn size(value: &Json) -> usize {
    1 + match value {
        Json::Array(items) => items.iter().map(size).sum(),
        Json::Object(fields) => fields.values().map(size).sum(),
        _ => 0,
    }
}

/// JSON is YAML: what strict YAML takes of it is asked of both.
fn assert_agreed(shape: Shape, value: &Json) {
    let text = value.to_string();
    let document = yaml::parse(&text);
    let Some(root) = document.root.filter(|_| document.problems.is_empty()) else { return };
    let schema = accepts(shape, &Json::from(&root));
    let types = types_accept(shape, &root);
    assert_eq!(schema, types, "schema and types of {shape:?} differ: {text}");
}

#[test]
fn both_accept_what_is_shipped() {
    for (shape, value) in documents() {
        let text = value.to_string();
        assert!(accepts(shape, &value), "{text}");
        assert!(types_accept(shape, &yaml::parse(&text).root.unwrap()), "{text}");
    }
}

#[test]
fn both_agree_on_every_list_in_a_mappings_place_and_every_null() {
    for (shape, value) in documents() {
        for place in 0..size(&value) {
            for with in [Change::Turn, Change::Delete, Change::Replace(Json::Null)] {
                let mut changed = value.clone();
                change(&mut changed, place, &with);
                assert_agreed(shape, &changed);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_agree_after_any_change(
        (shape, document) in select(documents()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), changes()), 1..4),
    ) {
        let mut value = document;
        for (place, with) in &changes {
            let place = place.index(size(&value));
            change(&mut value, place, with);
        }
        assert_agreed(shape, &value);
    }
}
