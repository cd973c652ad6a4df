//! What people look at.

pub mod calendar;
pub mod ics;
pub mod report;
pub mod status;
pub mod table;
pub mod today;
