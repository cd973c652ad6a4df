//! Edits of an inventory: YAML texts that keep their shape, and changes of several files that are
//! looked at and checked before they are written, whole or not at all.

mod changeset;
mod diff;
mod evidence;
pub mod folder;
mod journal;
mod order;
mod tree;
mod value;
mod write;
mod yaml;

pub use changeset::{Changeset, new_yaml};
pub use diff::Diff;
pub use evidence::Evidence;
pub use value::Value;
pub use yaml::Yaml;
