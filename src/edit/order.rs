//! In which order the fields of a mapping stand: that of its type, which serde knows.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};

use crate::inventory::model::{Baseline, Batch, Certificate, Ens, Policy, Shape, Waiver};

/// In PRO, SIAD is told of the load before it is checked.
const RECORD_IN_PRO: &[&str] = &["loaded", "informed", "checks"];

/// The names of the fields of the mapping that `path` leads to in a file of `shape`, in order; none
/// where there is no such mapping.
pub(super) fn fields(shape: Shape, path: &[Cow<'_, str>]) -> &'static [&'static str] {
    if shape == Shape::Batch && matches!(path, [loads, _, pro] if loads == "loads" && pro == "pro")
    {
        return RECORD_IN_PRO;
    }
    let probe = Probe { path };
    let found = match shape {
        Shape::Policy => Policy::deserialize(probe).err(),
        Shape::Baseline => Baseline::deserialize(probe).err(),
        Shape::Ens => Ens::deserialize(probe).err(),
        Shape::Certificate => Certificate::deserialize(probe).err(),
        Shape::Batch => Batch::deserialize(probe).err(),
        Shape::Waiver => Waiver::deserialize(probe).err(),
    };
    found.map_or(&[], |Found(fields)| fields)
}

/// What a type answers when it is asked for the fields at the end of the path: by an error, since
/// there is nothing to read.
#[derive(Debug)]
struct Found(&'static [&'static str]);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for Found {}

impl de::Error for Found {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Found(&[])
    }
}

/// Stands for a value of which nothing but the way to one of its parts is known.
#[derive(Clone, Copy)]
struct Probe<'p> {
    path: &'p [Cow<'p, str>],
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Found;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Found> {
        visitor.visit_map(Way { path: Some(self.path) })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Found> {
        match self.path {
            [] => Err(Found(fields)),
            path => visitor.visit_map(Way { path: Some(path) }),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Found> {
        match self.path {
            [] => Err(Found(&[])),
            [_, path @ ..] => visitor.visit_seq(Way { path: Some(path) }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Found> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Found> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct tuple tuple_struct map enum identifier ignored_any
    }
}

/// A collection that has only what lies on the way.
struct Way<'p> {
    path: Option<&'p [Cow<'p, str>]>,
}

impl<'de> de::MapAccess<'de> for Way<'_> {
    type Error = Found;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Found> {
        let Some([key, ..]) = self.path else { return Ok(None) };
        let key: StrDeserializer<'_, Found> = key.as_ref().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Found> {
        let path = self.path.take().and_then(|path| path.get(1..));
        seed.deserialize(Probe { path: path.unwrap_or_default() })
    }
}

impl<'de> de::SeqAccess<'de> for Way<'_> {
    type Error = Found;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Found> {
        let Some(path) = self.path.take() else { return Ok(None) };
        seed.deserialize(Probe { path }).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::fields;
    use crate::files::yaml::segments;
    use crate::inventory::model::Shape;

    fn at(shape: Shape, pointer: &str) -> String {
        let path: Vec<_> = segments(pointer).collect();
        fields(shape, &path).join(" ")
    }

    #[test]
    fn the_types_tell_the_order_of_their_fields() {
        assert_eq!(at(Shape::Batch, ""), "day stage pre pro loads departments hold");
        assert_eq!(at(Shape::Batch, "/loads/3"), "ens certificate pre pro withdrawn");
        assert_eq!(at(Shape::Batch, "/loads/3/pre"), "loaded checks informed");
        assert_eq!(at(Shape::Batch, "/loads/3/pro"), "loaded informed checks");
        assert_eq!(
            at(Shape::Batch, "/loads/0/pre/checks/1"),
            "date by result services evidence cause discussed_with corrected message"
        );
        assert_eq!(at(Shape::Certificate, "/confirmations"), "pre pro");
        assert_eq!(at(Shape::Certificate, "/confirmations/pro"), "date serial sha256 evidence");
        assert_eq!(at(Shape::Baseline, "/holds/0"), "ens certificate in");
        assert_eq!(at(Shape::Ens, "/queries/0/evidence/0"), "ticket file sha256 csv");
    }

    #[test]
    fn where_there_is_no_mapping_there_is_no_order() {
        for pointer in ["/day", "/loads", "/nothing", "/loads/0/ens/x", "/stage/x"] {
            assert_eq!(at(Shape::Batch, pointer), "", "{pointer}");
        }
        assert_eq!(at(Shape::Policy, "/services"), "");
    }
}
