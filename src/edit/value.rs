//! What is to be written: values with the layout that the contract's examples give them.

use std::fmt;

use jiff::civil::Date;

use super::tree::Tree;
use crate::base::hidden::is_hidden;
use crate::files::yaml::{quoted, scalar};

/// A value to be written, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text that stands bare unless a YAML 1.1 or 1.2 reader could misread it: dates, ids, tickets,
    /// words, sentences.
    Text(String),
    /// Text that always stands in double quotes: codes, serials, digests, keys' URIs.
    Quoted(String),
    /// A whole number.
    Number(i64),
    /// A list on one line: `[a, b]`.
    List(Vec<Value>),
    /// A mapping on one line: `{ a: 1, b: 2 }`.
    Map(Vec<(String, Value)>),
    /// A list with a line an item. Within a collection on one line it is on that line too.
    Rows(Vec<Value>),
    /// A mapping with a line a field, likewise.
    Block(Vec<(String, Value)>),
}

impl Value {
    /// Text that stands bare where it can.
    pub fn text(text: impl fmt::Display) -> Value {
        Value::Text(text.to_string())
    }

    /// Text that is always quoted.
    pub fn quoted(text: impl fmt::Display) -> Value {
        Value::Quoted(text.to_string())
    }

    /// `[a, b]`.
    pub fn list<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> Value {
        Value::List(items.into_iter().map(Value::text).collect())
    }

    /// A mapping on one line, of the fields that there are.
    pub fn map<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
        Value::Map(present(fields))
    }

    /// A mapping with a line a field, of the fields that there are.
    pub fn block<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
        Value::Block(present(fields))
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let (Value::Map(fields) | Value::Block(fields)) = self else { return None };
        fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// What a reader reads.
    pub(super) fn tree(&self) -> Tree {
        match self {
            Value::Text(text) | Value::Quoted(text) => Tree::Text(text.clone()),
            Value::Number(number) => Tree::Integer(*number),
            Value::List(items) | Value::Rows(items) => {
                Tree::List(items.iter().map(Value::tree).collect())
            }
            Value::Map(fields) | Value::Block(fields) => {
                let field = |(key, value): &(String, Value)| (key.clone(), value.tree());
                Tree::Map(fields.iter().map(field).collect())
            }
        }
    }

    /// On one line.
    pub(super) fn flow(&self) -> String {
        match self {
            Value::List(items) | Value::Rows(items) => {
                let items: Vec<_> = items.iter().map(Value::flow).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Map(fields) | Value::Block(fields) if fields.is_empty() => "{}".to_owned(),
            Value::Map(fields) | Value::Block(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(key, value)| value.flow_field(key)).collect();
                format!("{{ {} }}", fields.join(", "))
            }
            Value::Text(text) => scalar(text),
            Value::Quoted(text) => quoted(text),
            Value::Number(number) => number.to_string(),
        }
    }

    /// `key: value` within a mapping on one line.
    pub(super) fn flow_field(&self, key: &str) -> String {
        format!("{}: {}", scalar(key), self.flow())
    }

    /// `key: value` in a block whose keys stand behind `indent`; further lines begin with `newline`.
    pub(super) fn field(&self, key: &str, indent: &str, newline: &str) -> String {
        let key = scalar(key);
        let deeper = format!("{indent}  ");
        let below: Vec<String> = match self {
            Value::Rows(items) if !items.is_empty() => {
                items.iter().map(|item| item.item(&deeper, newline)).collect()
            }
            Value::Block(fields) if !fields.is_empty() => {
                fields.iter().map(|(key, value)| value.field(key, &deeper, newline)).collect()
            }
            _ => return format!("{key}: {}", self.flow()),
        };
        let lines: String = below.iter().map(|lines| format!("{newline}{deeper}{lines}")).collect();
        format!("{key}:{lines}")
    }

    /// `- value` in a block whose dashes stand behind `indent`.
    pub(super) fn item(&self, indent: &str, newline: &str) -> String {
        let deeper = format!("{indent}  ");
        match self {
            Value::Block(fields) if !fields.is_empty() => {
                let lines: Vec<_> =
                    fields.iter().map(|(key, value)| value.field(key, &deeper, newline)).collect();
                format!("- {}", lines.join(&format!("{newline}{deeper}")))
            }
            _ => format!("- {}", self.flow()),
        }
    }

    /// As a whole file: the line by which editors find the schema, then a line a field.
    pub(super) fn document(&self, first_line: &str) -> String {
        let Value::Block(fields) = self else { return format!("{first_line}\n{}\n", self.flow()) };
        let lines = fields.iter().map(|(key, value)| value.field(key, "", "\n") + "\n");
        std::iter::once(format!("{first_line}\n")).chain(lines).collect()
    }
}

impl From<Date> for Value {
    fn from(date: Date) -> Value {
        Value::text(date)
    }
}

fn present<const N: usize>(fields: [(&str, Option<Value>); N]) -> Vec<(String, Value)> {
    let fields = fields.into_iter();
    fields.filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// `value` in the quotes in which `old` stands, if it does.
pub(super) fn quoted_as(old: &str, value: &Value) -> String {
    match value {
        Value::Text(text) if old.starts_with('"') => quoted(text),
        Value::Text(text) | Value::Quoted(text)
            if old.starts_with('\'') && !text.chars().any(is_hidden) && !text.contains('\n') =>
        {
            format!("'{}'", text.replace('\'', "''"))
        }
        _ => value.flow(),
    }
}

#[cfg(test)]
mod tests {
    use super::Value;
    use crate::files::yaml::{self, parse};

    #[test]
    fn what_is_written_is_what_is_read() {
        for text in ["a\"b\\c", "línia\nb\tc", "a,b: [c] {d} #e?", "", "é", "'", "\u{1f600}"] {
            let value =
                Value::map([("a", Some(Value::text(text))), ("b", Some(Value::list([text])))]);
            let written = value.document("#");
            let document = parse(&written);
            assert!(document.problems.is_empty(), "{written}: {:?}", document.problems);
            let root: yaml::Node<'_> = document.root.unwrap();
            assert_eq!(super::Tree::from(&root), value.tree(), "{written}");
        }
    }
}
