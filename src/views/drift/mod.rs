//! `segell drift`: what an environment really holds, in every format.

mod document;
mod write;

pub use document::schema;
pub use write::Shown;
