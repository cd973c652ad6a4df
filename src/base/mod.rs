//! Words, languages, days, digests, ids: what knows nothing of seals.

pub mod digest;
pub mod hidden;
pub mod language;
pub mod slug;
pub mod text;
pub mod time;
pub mod word;
