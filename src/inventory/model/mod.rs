//! The files of an inventory as types. The schemas in `schemas/` come from these types, and what
//! a type accepts, its schema accepts, and the other way round.
//!
//! A type carries shape only. Conditions between fields, and whatever an operator deserves to be
//! told in the procedure's words, are rules: therefore much is optional here.

mod batch;
mod certificate;
mod common;
mod ens;
pub mod identifier;
mod message;
mod policy;
mod waiver;

pub use batch::{
    Baseline, Batch, Check, Held, Hold, Holds, Informed, Load, Outcome, Record, Restored, Stage,
    Withdrawal,
};
pub use certificate::{
    Certificate, Confirmation, Delivery, KeyLocation, QuotedSerial, Retirement, RetirementReason,
};
pub(crate) use common::is_slug;
pub use common::{
    BatchId, CertificateId, Count, Day, Digest, Evidence, OneOrMore, PerEnvironment, ServiceId,
    Slug, Words,
};
pub use ens::{Agreement, Authorisation, Block, Cessation, Ens, Permission, Query};
pub use message::{AnswerCode, Instant, Message, RequestName, StateCode};
pub use policy::{
    CalendarPolicy, CertificatePolicy, CheckPolicy, Freeze, Generalitat, KeySizes, OrganCodePolicy,
    Policy, Raised, Reviewer, Role, Weekday,
};
pub use waiver::Waiver;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// The kinds of file that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// `inventory/policy.yaml`.
    Policy,
    /// `inventory/baseline.yaml`.
    Baseline,
    /// `inventory/ens/*.yaml`.
    Ens,
    /// `inventory/certificates/*/*.yaml`.
    Certificate,
    /// `inventory/calendars/*/*.yaml`.
    Batch,
    /// `inventory/waivers/*.yaml`.
    Waiver,
}

impl Shape {
    /// All of them, by name.
    pub const ALL: [Shape; 6] = [
        Shape::Baseline,
        Shape::Batch,
        Shape::Certificate,
        Shape::Ens,
        Shape::Policy,
        Shape::Waiver,
    ];

    /// The name of its schema: `schemas/<name>.schema.json`.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Policy => "policy",
            Shape::Baseline => "baseline",
            Shape::Ens => "ens",
            Shape::Certificate => "certificate",
            Shape::Batch => "batch",
            Shape::Waiver => "waiver",
        }
    }

    /// Its JSON Schema (draft 2020-12), made from the type.
    pub fn schema(self) -> Schema {
        match self {
            Shape::Policy => schema_of::<Policy>(),
            Shape::Baseline => schema_of::<Baseline>(),
            Shape::Ens => schema_of::<Ens>(),
            Shape::Certificate => schema_of::<Certificate>(),
            Shape::Batch => schema_of::<Batch>(),
            Shape::Waiver => schema_of::<Waiver>(),
        }
    }
}

/// The schema of `T`, in which an optional field is absent and never `null`.
pub(crate) fn schema_of<T: JsonSchema>() -> Schema {
    schemars::generate::SchemaSettings::draft2020_12()
        .with_transform(schemars::transform::RecursiveTransform(without_null))
        .into_generator()
        .into_root_schema_for::<T>()
}

/// Takes `null` out of `type: [T, null]` and `anyOf: [T, {type: null}]`.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    object.remove("default");
    if let Some(serde_json::Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    let null = serde_json::json!({ "type": "null" });
    let Some(serde_json::Value::Array(options)) = object.get_mut("anyOf") else { return };
    options.retain(|option| *option != null);
    if let [serde_json::Value::Object(only)] = options.as_slice() {
        let only = only.clone();
        object.remove("anyOf");
        object.extend(only);
    }
}

/// Declares a string type whose values satisfy a predicate, and the same as a JSON Schema.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $schema:tt, $expected:literal, $read:expr => $inner:ty) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) $inner);

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Reader;
                impl serde::de::Visitor<'_> for Reader {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        let read: fn(&str) -> Option<$inner> = $read;
                        let refused = || E::invalid_value(serde::de::Unexpected::Str(text), &self);
                        read(text).map($name).ok_or_else(refused)
                    }
                }
                from.deserialize_str(Reader)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut schema = schemars::json_schema!($schema);
                schema.insert("description".into(), $expected.into());
                schema
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
use text_type;

/// The schema of a map whose keys satisfy the schema of `K`.
fn map_schema<K: JsonSchema, V: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let keys = generator.subschema_for::<K>();
    let values = generator.subschema_for::<V>();
    schemars::json_schema!({
        "type": "object",
        "propertyNames": keys,
        "additionalProperties": values,
    })
}

/// A name for a schema that is written in place.
fn unnamed() -> Cow<'static, str> {
    Cow::Borrowed("")
}
