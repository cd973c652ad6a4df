//! Why a file does not have its shape: every violation of its schema, in words. Asked only of
//! files that the types have already refused.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind as Violation;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value as Json;

use super::Misshapen;
use crate::base::language::Language;
use crate::base::text::Text;
use crate::files::yaml::escaped;
use crate::inventory::finding::Spot;
use crate::inventory::model::Shape;
use crate::tr;

struct Compiled {
    schema: Json,
    validator: Validator,
}

static COMPILED: LazyLock<BTreeMap<Shape, Compiled>> =
    LazyLock::new(|| Shape::ALL.map(|shape| (shape, compile(shape))).into());

fn compile(shape: Shape) -> Compiled {
    let schema = shape.schema().to_value();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex())
        .build(&schema)
        .expect("a schema made from a type is valid");
    Compiled { schema, validator }
}

/// Whether `value` satisfies the schema of `shape`.
pub fn accepts(shape: Shape, value: &Json) -> bool {
    COMPILED[&shape].validator.is_valid(value)
}

/// The violations of the schema of `shape` in `value`, the first ones of very many.
pub fn violations(shape: Shape, value: &Json) -> Vec<Misshapen> {
    let Compiled { schema, validator } = &COMPILED[&shape];
    let mut found = Vec::new();
    for error in validator.iter_errors(value) {
        describe(&error, schema, &mut found);
        if found.len() >= super::MOST {
            found.truncate(super::MOST);
            break;
        }
    }
    found
}

fn describe(error: &ValidationError<'_>, schema: &Json, found: &mut Vec<Misshapen>) {
    let at = error.instance_path().as_str();
    let value = shown(error.instance());
    let expected = expectation(error, schema);
    let mut add = |spot, message, help| found.push(Misshapen { spot, message, help });
    match error.kind() {
        Violation::AdditionalProperties { unexpected } => {
            for name in unexpected.iter().take(super::MOST) {
                let spot = Spot::Key(format!("{at}/{}", escaped(name)));
                let help =
                    tr!("delete it, or correct its name: {known}", known = fields(error, schema));
                add(spot, tr!("the field `{name}` is unknown", name = name), help);
            }
        }
        Violation::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            let spot = Spot::Key(format!("{at}/{}", escaped(name)));
            let message = tr!("`{name}` is no name that may stand here", name = name);
            add(spot, message, tr!("correct the name"));
        }
        Violation::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let message = tr!("the field `{name}` is missing", name = name);
            add(Spot::Pointer(at.to_owned()), message, tr!("add `{name}`", name = name));
        }
        Violation::AnyOf { context } if context.len() == 2 && !error.instance().is_string() => {
            context[1].iter().for_each(|inner| describe(inner, schema, found));
        }
        Violation::Type { .. } if error.instance().is_number() && expects_text(error, schema) => {
            let help = tr!("quote it: `\"{value}\"`", value = value.as_str());
            let message = tr!("`{value}` is a number where text is expected", value = value);
            add(Spot::Pointer(at.to_owned()), message, help);
        }
        _ => {
            let message = tr!("`{value}` is not {expected}", value = value, expected = expected);
            add(Spot::Pointer(at.to_owned()), message, tr!("correct the value"));
        }
    }
}

/// What should stand where `error` is, in words.
fn expectation(error: &ValidationError<'_>, schema: &Json) -> Text {
    match error.kind() {
        Violation::OneOfNotValid { .. } => {
            let options = around(error, schema)["oneOf"].as_array().into_iter().flatten();
            let words = options.map(|option| shown(&option["const"]));
            tr!("one of {words}", words = crate::base::text::names(words))
        }
        Violation::Enum { options } => {
            let words = options.as_array().into_iter().flatten().map(shown);
            tr!("one of {words}", words = crate::base::text::names(words))
        }
        Violation::Type { .. } => match around(error, schema)["type"].as_str() {
            Some("object") => tr!("a mapping"),
            Some("array") => tr!("a list"),
            Some("integer") => tr!("a whole number"),
            _ => tr!("text"),
        },
        Violation::Minimum { limit } => tr!("a number of {limit} or more", limit = shown(limit)),
        Violation::Maximum { limit } => tr!("a number of {limit} or less", limit = shown(limit)),
        _ => match around(error, schema)["description"].as_str() {
            Some(words) => {
                let words = Language::spoken().translation(words).unwrap_or(words);
                tr!("{words}", words = words)
            }
            None => tr!("allowed: {reason}", reason = error.masked().to_string()),
        },
    }
}

fn expects_text(error: &ValidationError<'_>, schema: &Json) -> bool {
    around(error, schema)["type"] == "string"
}

/// The part of the schema that `error` violates.
fn around<'s>(error: &ValidationError<'_>, schema: &'s Json) -> &'s Json {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    schema.pointer(parent).unwrap_or(&Json::Null)
}

/// The fields that may stand where `error` found another.
fn fields(error: &ValidationError<'_>, schema: &Json) -> crate::base::text::Argument {
    let properties = around(error, schema)["properties"].as_object();
    crate::base::text::any(properties.into_iter().flatten().map(|(name, _)| name.as_str()))
}

/// A value in few words.
fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => shortened(text),
        Json::Object(_) => "{…}".to_owned(),
        Json::Array(_) => "[…]".to_owned(),
        other => other.to_string(),
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
