//! Rules about days: of records, of batches, and their order.

pub mod dates_in_order;
pub mod day_order;
pub mod load_on_its_day;
pub mod one_open_load;
pub mod pre_permission_first;
pub mod previous_batch_finished;
pub mod record_kept;
pub mod stage_follows_calendar;
pub mod working_day;
