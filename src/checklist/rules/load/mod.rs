//! Rules about a load's course from PRE to PRO.

pub mod check_as_sent;
pub mod check_proved;
pub mod departments_still_consuming;
pub mod ens_informed_in_pro;
pub mod failure_analysed;
pub mod not_on_hold;
pub mod pre_verified_before_pro;
pub mod pro_verified_by_pica_and_aoc;
pub mod siad_informed_after_pre;
