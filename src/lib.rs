//! segell: declarative, reviewed loads of electronic seals.

pub mod base;
pub mod checklist;
pub mod commands;
pub mod edit;
pub mod files;
pub mod inventory;
pub mod pipeline;
pub mod planning;
pub mod views;
