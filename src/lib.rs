//! segell: declarative, reviewed loads of electronic seals.

// What people read goes through `commands::out`, which stands a reader that has seen enough.
#![warn(clippy::print_stdout, clippy::unwrap_used)]

pub mod base;
pub mod checklist;
pub mod commands;
pub mod edit;
pub mod files;
pub mod inventory;
pub mod pipeline;
pub mod planning;
pub mod views;
