//! Rules about single files: bytes, YAML, shape, place.

pub mod expected_file;
pub mod matches_schema;
pub mod no_hidden_characters;
pub mod no_private_key;
pub mod well_formed;
