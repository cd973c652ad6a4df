//! segell: declarative, reviewed loads of electronic seals.

pub mod approvals;
pub mod ask;
pub mod base;
pub mod calendar;
pub mod checklist;
pub mod commands;
pub mod edit;
pub mod files;
pub mod gate;
pub mod git;
pub mod ics;
pub mod inventory;
pub mod log;
pub mod manifest;
pub mod plan;
pub mod promotion;
pub mod propose;
pub mod remote;
pub mod report;
pub mod reviewer;
pub mod signer;
pub mod status;
pub mod table;
pub mod today;
