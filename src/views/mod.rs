//! What people look at.

pub mod calendar;
pub mod doctor;
pub mod drift;
pub mod forecast;
pub mod ics;
pub mod log;
pub mod message;
pub mod openmetrics;
pub mod pages;
pub mod plan;
pub mod propose;
pub mod report;
pub mod rule;
pub mod screen;
pub mod show;
pub mod status;
pub mod table;
pub mod today;
