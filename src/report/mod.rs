//! What a check found, and the ways of writing it down.

use std::time::Duration;

use jiff::civil::Date;

use crate::finding::{Finding, Rule};
use crate::source::Sources;

/// The outcome of a check.
#[derive(Debug)]
pub struct Report {
    /// The day on which the rules were asked.
    pub as_of: Date,
    /// The revision that was read, as it was named; none for the working tree.
    pub rev: Option<String>,
    /// What was found, in the order in which it is shown.
    pub findings: Vec<Finding>,
    /// What each rule looked at, in the order of the checklist.
    pub looked_at: Vec<LookedAt>,
    /// How many files were read.
    pub files: usize,
    /// How many of each thing the inventory holds.
    pub counts: Counts,
    /// The texts that findings point into.
    pub sources: Sources,
    /// Whether warnings block too.
    pub deny_warnings: bool,
    /// How long it took; never part of an output that is compared.
    pub elapsed: Duration,
}

/// What the inventory holds.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    /// Public bodies.
    pub ens: usize,
    /// Certificates.
    pub certificates: usize,
    /// Batches of all calendars.
    pub batches: usize,
    /// Loads of all batches.
    pub loads: usize,
}

/// How often a rule was asked: not applicable is told apart from holds.
#[derive(Debug)]
pub struct LookedAt {
    /// The rule.
    pub rule: &'static Rule,
    /// The subjects that it applied to.
    pub subjects: usize,
    /// The findings it made.
    pub found: usize,
}
