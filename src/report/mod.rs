//! What a check found, and the ways of writing it down.

mod human;
mod json;

use std::io;
use std::time::Duration;

use jiff::civil::Date;

use crate::finding::{Cause, Finding, Rule, Severity};
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

/// The ways of writing a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: each finding with the lines it is about.
    Human,
    /// `segell.report/v1`, as in `schemas/report.schema.json`.
    Json,
}

impl Report {
    /// How many findings are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether a finding blocks. With `--base`, only what the change brings, or what is about a
    /// batch that it touches.
    pub fn blocks(&self, finding: &Finding) -> bool {
        let grave = match finding.severity {
            Severity::Error => true,
            Severity::Warning => self.deny_warnings,
            Severity::Pending | Severity::Waived => false,
        };
        grave && (finding.touched || matches!(finding.cause, None | Some(Cause::Change)))
    }

    /// 0 when nothing blocks, 1 when something does.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.findings.iter().any(|finding| self.blocks(finding)))
    }

    /// Writes the report; `colour` counts for people only.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, format: Format, colour: bool, out: &mut dyn io::Write) -> io::Result<()> {
        match format {
            Format::Human => human::write(self, colour, out),
            Format::Json => json::write(self, out),
        }
    }
}

/// The schema of the JSON report.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(json::Document)
}
