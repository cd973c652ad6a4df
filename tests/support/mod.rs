//! What tests, benches and examples share.

pub mod authority;
pub mod host;
pub mod inventory;
pub mod keepers;
pub mod large;
pub mod message;
pub mod readers;
pub mod soup;
pub mod ssh;
pub mod ten_ens;
pub mod tools;
pub mod verifiers;
pub mod world;
pub mod zip;
