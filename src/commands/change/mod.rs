//! What writes the inventory: each ends in `Writing::finish`.

pub mod add;
pub mod answer;
pub mod asking;
pub mod baseline;
pub mod batch;
pub mod cease;
pub mod correct;
pub mod hold;
pub mod import;
pub mod init;
pub mod move_batch;
pub mod propose;
pub mod record;
pub mod release;
pub mod retire;
pub mod schedule;
pub mod sheet;
pub mod stop;
pub mod unschedule;
pub mod withdraw;
pub mod writing;
