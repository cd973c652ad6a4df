//! What a YAML text says, without where: by it an edit is proven.

use std::borrow::Cow;

use crate::files::yaml::{self, Node};

/// A YAML value, the fields of mappings in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    Null,
    Bool(bool),
    Integer(i64),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl From<&Node<'_>> for Tree {
    fn from(node: &Node<'_>) -> Tree {
        match &node.value {
            yaml::Value::Null => Tree::Null,
            yaml::Value::Bool(value) => Tree::Bool(*value),
            yaml::Value::Integer(value) => Tree::Integer(*value),
            yaml::Value::Text(text) => Tree::Text(text.clone().into_owned()),
            yaml::Value::List(items) => Tree::List(items.iter().map(Tree::from).collect()),
            yaml::Value::Map(entries) => {
                let field =
                    |entry: &yaml::Entry<'_>| (entry.key.to_string(), Tree::from(&entry.node));
                Tree::Map(entries.iter().map(field).collect())
            }
        }
    }
}

impl Tree {
    /// The value that a pointer's segments lead to.
    pub(super) fn at(&mut self, segments: &[Cow<'_, str>]) -> Option<&mut Tree> {
        segments.iter().try_fold(self, |tree, segment| match tree {
            Tree::Map(fields) => {
                fields.iter_mut().find(|(key, _)| key == segment).map(|(_, value)| value)
            }
            Tree::List(items) => items.get_mut(segment.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// Puts a field into a mapping, before the one at `place`.
    pub(super) fn insert(&mut self, place: usize, key: &str, value: Tree) {
        if let Tree::Map(fields) = self {
            fields.insert(place, (key.to_owned(), value));
        }
    }

    /// Puts an item at the end of a list.
    pub(super) fn push(&mut self, item: Tree) {
        if let Tree::List(items) = self {
            items.push(item);
        }
    }

    /// Takes a field or an item out.
    pub(super) fn remove(&mut self, segment: &str) {
        match self {
            Tree::Map(fields) => fields.retain(|(key, _)| key != segment),
            Tree::List(items) => {
                if let Some(place) = segment.parse().ok().filter(|&place| place < items.len()) {
                    items.remove(place);
                }
            }
            _ => {}
        }
    }
}
