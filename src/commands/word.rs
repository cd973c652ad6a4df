//! Closed choices on the command line: the words are serde's, what each means its type's documentation
//! says; the formats are those that a view offers.

use std::ffi::OsStr;
use std::marker::PhantomData;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Command, Error};
use schemars::{JsonSchema, SchemaGenerator};

use crate::base::word::Word;
use crate::views::screen::{Format, Offer, View};

/// Reads one of a few.
pub fn one_of<T: Word + JsonSchema + Send + Sync>() -> Choice<T> {
    Choice { offered: meanings::<T>, of: PhantomData }
}

/// Reads a format of this view.
pub fn format_of<V: View>() -> Choice<Format> {
    Choice { offered: formats::<V>, of: PhantomData }
}

/// What reads a choice. What is offered is asked only when an argument is there, or help is shown.
#[derive(Clone)]
pub struct Choice<T> {
    offered: fn() -> Vec<PossibleValue>,
    of: PhantomData<fn() -> T>,
}

impl<T: Word + Send + Sync> TypedValueParser for Choice<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, Error> {
        let words = PossibleValuesParser::new((self.offered)());
        let word = words.parse_ref(command, argument, value)?;
        Ok(T::read(&word).expect("what is offered is a word"))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.offered)().into_iter()))
    }
}

/// The words of a choice and what they mean.
fn meanings<T: Word + JsonSchema>() -> Vec<PossibleValue> {
    let schema = T::json_schema(&mut SchemaGenerator::default());
    let described = schema.get("oneOf").and_then(|list| list.as_array());
    let meaning = |word: &str| {
        let of = described?.iter().find(|choice| choice["const"] == word)?;
        Some(of["description"].as_str()?.trim_end_matches('.').to_owned())
    };
    let value = |choice: &T| {
        let value = PossibleValue::new(choice.word());
        match meaning(choice.word()) {
            Some(meaning) => value.help(meaning),
            None => value,
        }
    };
    T::ALL.iter().map(value).collect()
}

/// The formats of a view and what they are for.
fn formats<V: View>() -> Vec<PossibleValue> {
    let value = |Offer(format, is_for, _): Offer<V>| PossibleValue::new(format.word()).help(is_for);
    V::offers().into_iter().map(value).collect()
}
