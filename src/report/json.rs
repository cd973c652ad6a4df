//! The report as JSON, `segell.report/v1`: the schema is made from these types.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::Report;
use crate::finding::{Actor, Cause, Finding, Place, Severity, Subject};
use crate::source::Locator;

/// What a check found.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// `segell.report/v1`.
    schema: String,
    /// The day on which the rules were asked, `YYYY-MM-DD`, in Europe/Madrid.
    #[schemars(extend("format" = "date"))]
    as_of: String,
    /// The revision that was read; null for the working tree.
    rev: Option<String>,
    /// How many there are of each.
    summary: Summary,
    /// What was found, gravest first.
    findings: Vec<Found>,
}

/// How many there are of each.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Summary {
    /// Errors.
    errors: usize,
    /// Warnings.
    warnings: usize,
    /// What is still to be done.
    pending: usize,
    /// Findings that a waiver covers.
    waived: usize,
    /// Files read.
    files: usize,
}

/// One thing that does not hold.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Found {
    /// The rule's name, as in `segell explain NAME`.
    rule: &'static str,
    /// How grave it is.
    severity: Severity,
    /// With `--base`: why it is there.
    cause: Option<Cause>,
    /// The waiver that covers it.
    waived_by: Option<String>,
    /// Who has to act.
    actor: Option<Actor>,
    /// What is wrong.
    message: String,
    /// What to do next.
    help: String,
    /// What it is about.
    subject: Subject,
    /// Where it is seen.
    location: Location,
    /// Other places that are involved.
    related: Vec<Other>,
}

/// A place in a file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Location {
    /// The path, from the folder that holds `inventory/`.
    file: String,
    /// From 1.
    #[schemars(range(min = 1))]
    line: usize,
    /// In characters, from 1.
    #[schemars(range(min = 1))]
    column: usize,
    /// A JSON pointer (RFC 6901) to the value; empty for the whole file.
    pointer: String,
}

/// Another place that is involved.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Other {
    /// What is there.
    message: String,
    /// Where.
    location: Location,
}

/// Writes the report, indented, with a line feed at its end.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let locator = report.sources.locator();
    let count = |severity| report.count(severity);
    let document = Document {
        schema: "segell.report/v1".to_owned(),
        as_of: report.as_of.to_string(),
        rev: report.rev.clone(),
        summary: Summary {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            pending: count(Severity::Pending),
            waived: count(Severity::Waived),
            files: report.files,
        },
        findings: report.findings.iter().map(|finding| found(finding, &locator)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn found(finding: &Finding, locator: &Locator<'_>) -> Found {
    let related = finding.related.iter().map(|related| Other {
        message: related.message.to_string(),
        location: location(&related.place, locator),
    });
    Found {
        rule: finding.rule.name,
        severity: finding.severity,
        cause: finding.cause,
        waived_by: finding.waived_by.clone(),
        actor: finding.actor,
        message: finding.message.to_string(),
        help: finding.help.to_string(),
        subject: finding.subject.clone(),
        location: location(&finding.place, locator),
        related: related.collect(),
    }
}

fn location(place: &Place, locator: &Locator<'_>) -> Location {
    let located = locator.locate(place);
    Location {
        file: located.file.to_string(),
        line: located.line,
        column: located.column,
        pointer: located.pointer,
    }
}
