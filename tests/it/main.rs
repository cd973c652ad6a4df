//! All tests that use segell from outside, in one binary: a change of the library links once.

#[path = "../support/mod.rs"]
mod support;

mod adopt;
mod attacks;
mod base;
mod corpus;
mod drift;
mod edit;
mod edit_yaml;
mod forecast;
mod gate;
mod hostile;
mod inspect;
mod language;
mod manifest;
mod manifest_folder;
mod map;
mod message;
mod message_others;
mod message_record;
mod message_walk;
mod objects;
mod once;
mod paths;
mod pipeline;
mod plan;
mod propose;
mod readme;
mod record;
mod releases;
mod repositories;
mod rules;
mod sarif;
mod schema_agrees;
mod second_reader;
mod settings;
mod signatures;
mod stores;
mod stories;
mod survey;
mod tokens;
mod translations;
mod views;
mod x509;
