//! What a change means, and what could come next.

pub mod drift;
pub mod plan;
pub mod propose;
