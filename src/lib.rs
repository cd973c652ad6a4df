//! segell: declarative, reviewed loads of electronic seals.

pub mod approvals;
pub mod change;
pub mod commands;
pub mod digest;
pub mod finding;
pub mod gate;
pub mod git;
pub mod hidden;
pub mod inventory;
pub mod load;
pub mod manifest;
pub mod model;
pub mod promotion;
pub mod remote;
pub mod repo;
pub mod report;
pub mod reviewer;
pub mod rules;
pub mod signature;
pub mod signer;
pub mod source;
pub mod survey;
pub mod text;
pub mod time;
pub mod x509;
pub mod yaml;
