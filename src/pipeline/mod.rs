//! What git records: history, approvals, manifests, the gate, the log.

pub mod approvals;
pub mod checkup;
pub mod gate;
pub mod git;
pub mod log;
pub mod manifest;
pub mod phase;
pub mod promotion;
pub mod remote;
pub mod reviewer;
pub mod signer;
