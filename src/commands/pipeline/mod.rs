//! What moves a change on: approved, promoted, judged by the gate, made a manifest.

pub mod approve;
pub mod gate;
pub mod manifest;
pub mod place;
pub mod promote;
