//! Rules about the certificate itself.

pub mod delivered;
pub mod for_every_authorised_ens;
mod held;
pub mod in_force;
pub mod is_a_seal;
pub mod is_individual;
pub mod is_latest;
pub mod key_located;
pub mod matches_ens;
pub mod no_personal_data;
pub mod not_revoked;
pub mod readable;
pub mod strong_enough;
pub mod trusted;
