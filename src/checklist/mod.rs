//! What must hold: the rules, the comparison of two inventories, the verdicts of the days to come, the
//! steps of a seal's way, and what happened on it.

pub mod change;
pub mod facts;
pub mod forecast;
pub mod history;
pub mod progress;
pub mod rules;
