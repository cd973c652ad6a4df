//! Two YAML files compared value by value.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::base::language::Language;
use crate::base::text::Text;
use crate::files::yaml::{Node, Value};

/// A value that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Field {
    /// Where: the names on the way to it, list items named by what they are about.
    pub name: String,
    /// The same for people, where it is no name of a field.
    #[serde(skip)]
    #[schemars(skip)]
    pub label: Option<Text>,
    /// The value before; absent: it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// The value after; absent: it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

impl Field {
    /// A field, when its two values are not the same.
    pub fn changed(name: &str, old: Option<String>, new: Option<String>) -> Option<Field> {
        (old != new).then(|| Field { name: name.to_owned(), label: None, old, new })
    }

    /// A field that people are told of in words.
    pub fn labelled(label: Text, old: Option<String>, new: Option<String>) -> Option<Field> {
        let name = label.to_string_in(Language::English);
        Field::changed(&name, old, new).map(|field| Field { label: Some(label), ..field })
    }

    /// Free text, word by word: `[-what went-]{+what came+}`. None for what is no free text.
    pub fn words(&self) -> Option<String> {
        let (old, new) = (self.old.as_deref()?, self.new.as_deref()?);
        // Serials and digests are in groups too, and are shown whole.
        let is_word = |word: &str| word.chars().filter(|it| it.is_alphabetic()).count() > 2;
        let is_prose = |text: &str| {
            text.split_whitespace().count() > 2 && text.split_whitespace().any(is_word)
        };
        if !is_prose(old) || !is_prose(new) {
            return None;
        }
        let diff = TextDiff::from_words(old, new);
        let mut text = String::new();
        let mut last = ChangeTag::Equal;
        for change in diff.iter_all_changes() {
            if change.tag() != last {
                text.push_str(closing(last));
                text.push_str(opening(change.tag()));
                last = change.tag();
            }
            text.push_str(change.value());
        }
        text.push_str(closing(last));
        Some(text)
    }
}

fn opening(tag: ChangeTag) -> &'static str {
    match tag {
        ChangeTag::Equal => "",
        ChangeTag::Delete => "[-",
        ChangeTag::Insert => "{+",
    }
}

fn closing(tag: ChangeTag) -> &'static str {
    match tag {
        ChangeTag::Equal => "",
        ChangeTag::Delete => "-]",
        ChangeTag::Insert => "+}",
    }
}

/// The values in which two documents differ, in the order of the new one, then what went.
pub fn compare(old: Option<&Node<'_>>, new: Option<&Node<'_>>) -> Vec<Field> {
    let (mut before, after) = (leaves(old), leaves(new));
    let mut fields = Vec::new();
    for (_, (name, value)) in in_order(after) {
        let old = before.remove(&name).map(|(_, value)| value);
        fields.extend(Field::changed(&name, old, Some(value)));
    }
    let gone = before.into_iter().map(|(name, (place, value))| (place, (name, value)));
    let mut gone: Vec<_> = gone.collect();
    gone.sort_unstable();
    fields.extend(gone.into_iter().map(|(_, (name, value))| Field {
        name,
        label: None,
        old: Some(value),
        new: None,
    }));
    fields
}

/// The scalars of a document by name, each with its place in the order.
type Leaves = BTreeMap<String, (usize, String)>;

fn in_order(leaves: Leaves) -> Vec<(usize, (String, String))> {
    let places = leaves.into_iter().map(|(name, (place, value))| (place, (name, value)));
    let mut places: Vec<_> = places.collect();
    places.sort_unstable();
    places
}

fn leaves(root: Option<&Node<'_>>) -> Leaves {
    let mut leaves = Leaves::new();
    if let Some(root) = root {
        collect(root, String::new(), &mut leaves);
    }
    leaves
}

fn collect(node: &Node<'_>, name: String, leaves: &mut Leaves) {
    let below = |part: &str| {
        if name.is_empty() { part.to_owned() } else { format!("{name} › {part}") }
    };
    let value = match &node.value {
        Value::Map(entries) if !entries.is_empty() => {
            entries.iter().for_each(|entry| collect(&entry.node, below(&entry.key), leaves));
            return;
        }
        Value::List(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                let name = node.item_name(&index.to_string()).unwrap_or_else(|| index.to_string());
                // The first of several of one name needs no number.
                collect(item, below(name.strip_suffix("#0").unwrap_or(&name)), leaves);
            }
            return;
        }
        Value::Map(_) => "{}".to_owned(),
        Value::List(_) => "[]".to_owned(),
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Text(text) => text.to_string(),
    };
    let place = leaves.len();
    leaves.insert(name, (place, value));
}
