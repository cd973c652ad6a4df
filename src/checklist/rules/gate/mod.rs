//! The gate's rules, in words: they are asked of commits, so `pipeline::gate` asks them.

pub mod history_kept;
pub mod loaded_as_released;
pub mod manifest_as_approved;
pub mod no_new_error;
pub mod not_stopped_since;
pub mod promoted_from_main;
pub mod promoted_through_pre;
pub mod promotion_as_written;
pub mod restored_as_held;
pub mod reviewed_by_aoc_and_siad;
