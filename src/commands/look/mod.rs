//! What only shows: nothing is written.

pub mod calendar;
pub mod check;
pub mod drift;
pub mod forecast;
pub mod inspect;
pub mod log;
pub mod plan;
pub mod show;
pub mod site;
pub mod status;
pub mod today;
pub mod view;
