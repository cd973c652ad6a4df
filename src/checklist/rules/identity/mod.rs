//! Rules about who and what is named: references, identities, evidence, waivers, reviewers.

pub mod approvers_in_place;
pub mod evidence_intact;
pub mod known_reference;
pub mod unique_identity;
pub mod valid_identifier;
pub mod waiver_valid;
