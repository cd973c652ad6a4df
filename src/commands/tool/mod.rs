//! What is made from the code, or tells about it.

pub mod codeowners;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod generated;
pub mod man;
pub mod rules;
pub mod schema;
