//! Rules about the ens: its codes, permissions, confirmations, agreement and doubts.

pub mod agreement_authorises_load;
pub mod agreement_followed;
pub mod authorisation_in_place;
pub mod block_fits_nif;
pub mod confirmed_in_writing;
pub mod no_open_query;
pub mod not_ceased;
pub mod organ_codes_match;
pub mod scheduled_after_confirmation;
pub mod taken_out;
