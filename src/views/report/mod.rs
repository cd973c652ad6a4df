//! What a check found, and the ways of writing it down.

pub mod json;

mod github;
mod human;
mod junit;
pub(crate) mod markdown;
mod sarif;

#[cfg(test)]
mod fixture;

use std::io;
use std::mem::ManuallyDrop;
use std::time::Duration;

use jiff::civil::Date;

use crate::base::text::{Text, visible};
use crate::checklist::forecast::Break;
use crate::inventory::finding::{Actor, Cause, Finding, LookedAt, Place, Rule, Severity};
use crate::inventory::source::Sources;
use crate::tr;
use crate::views::screen::{Format, Offer, Screen, View};

pub use github::step_summary;

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
    /// What breaks next if nobody acts, where people are told.
    pub next: Option<Break>,
    /// How long it took; never part of an output that is compared.
    pub elapsed: Duration,
}

impl View for Report {
    fn offers() -> Vec<Offer<Report>> {
        vec![
            Offer(Format::Human, "For a terminal, with the lines in question", human::write),
            Offer(
                Format::Json,
                "One JSON document (schemas/report.schema.json)",
                |report, screen| json::write(report, screen.out),
            ),
            Offer(Format::Sarif, "SARIF 2.1.0, for code scanning", |report, screen| {
                sarif::write(report, screen.out)
            }),
            Offer(Format::Github, "Workflow commands of GitHub Actions", |report, screen| {
                github::write(report, screen.out)
            }),
            Offer(Format::Junit, "JUnit XML, a test case a rule", |report, screen| {
                junit::write(report, screen.out)
            }),
            Offer(Format::Markdown, "For a comment or a job's summary", |report, screen| {
                markdown::write(report, screen.out)
            }),
        ]
    }
}

/// Writes some findings for people, as a report on `as_of` has them, without what was looked at. With it
/// a verb ends, so that nothing is taken apart.
///
/// # Errors
/// When the screen cannot be written to.
pub fn write_findings(
    findings: Vec<Finding>,
    sources: Sources,
    as_of: Date,
    screen: &mut Screen<'_>,
) -> io::Result<()> {
    let report = ManuallyDrop::new(Report {
        as_of,
        rev: None,
        findings,
        looked_at: Vec::new(),
        files: 0,
        counts: Counts::default(),
        sources,
        deny_warnings: false,
        next: None,
        elapsed: Duration::ZERO,
    });
    human::write_kinds(&report, screen)
}

impl Report {
    /// Whether `finding` stands in the way.
    pub fn blocks(&self, finding: &Finding) -> bool {
        let grave = match finding.severity {
            Severity::Error => true,
            Severity::Warning => self.deny_warnings,
            Severity::Pending | Severity::Waived => false,
        };
        grave && (finding.cause.is_none() || finding.is_of_the_change())
    }

    /// The process's exit code: 1 when something blocks, else 0.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.blocking() > 0)
    }

    fn blocking(&self) -> usize {
        self.findings.iter().filter(|finding| self.blocks(finding)).count()
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.severity == severity)
    }

    fn count(&self, severity: Severity) -> usize {
        self.of(severity).count()
    }

    /// The rules, in the order of the checklist; then those that only findings name.
    fn rules(&self) -> Vec<&'static Rule> {
        let mut rules: Vec<&Rule> = self.looked_at.iter().map(|looked| looked.rule).collect();
        for finding in &self.findings {
            if !rules.iter().any(|rule| rule.name == finding.rule.name) {
                rules.push(finding.rule);
            }
        }
        rules
    }

    /// `file:line:column`, without hidden characters.
    fn shown(&self, place: &Place) -> String {
        let located = self.sources.locate(place);
        format!("{}:{}:{}", visible(&located.file), located.line, located.column)
    }

    /// "1 error, 2 warnings, 3 pending, 0 waived".
    fn tally(&self) -> Text {
        tr!(
            "{errors}, {warnings}, {pending} pending, {waived} waived",
            errors = tr!(
                count = self.count(Severity::Error);
                one "{count} error", many "{count} errors"
            ),
            warnings = tr!(
                count = self.count(Severity::Warning);
                one "{count} warning", many "{count} warnings"
            ),
            pending = self.count(Severity::Pending),
            waived = self.count(Severity::Waived),
        )
    }

    /// Whether the change may pass, in words.
    fn verdict(&self) -> Text {
        match self.blocking() {
            0 => tr!("nothing blocks"),
            blocking => {
                tr!(count = blocking; one "{count} finding blocks", many "{count} findings block")
            }
        }
    }

    /// What was looked at, and on which day the rules were asked.
    fn scope(&self) -> Text {
        let Counts { ens, certificates, batches, loads } = self.counts;
        tr!(
            "looked at {ens} ens, {certificates}, {batches} and {loads} in {files}, as of {day}",
            ens = ens,
            certificates = tr!(
                count = certificates; one "{count} certificate", many "{count} certificates"
            ),
            batches = tr!(count = batches; one "{count} batch", many "{count} batches"),
            loads = tr!(count = loads; one "{count} load", many "{count} loads"),
            files = tr!(count = self.files; one "{count} file", many "{count} files"),
            day = self.as_of,
        )
    }

    /// What breaks next.
    fn next(&self) -> Option<Text> {
        let next = self.next.as_ref()?;
        Some(tr!(
            "next, if nobody acts, on {day}: {what}; see `segell forecast`",
            what = next.finding.message.clone(),
            day = next.day
        ))
    }

    /// How the checklist stands: not applicable is told apart from holds.
    fn checklist(&self) -> Text {
        let asked = self.looked_at.iter().filter(|looked| looked.subjects > 0);
        let holding = asked.filter(|looked| looked.found == 0).count();
        let idle = self.looked_at.iter().filter(|looked| looked.subjects + looked.found == 0);
        tr!(
            "{holding} of {all}; {idle} had nothing to look at",
            holding = holding,
            all = tr!(count = self.looked_at.len(); one "{count} rule holds", many "{count} rules hold"),
            idle = idle.count(),
        )
    }
}

/// The message, with its cause when there is one.
fn message_with_cause(finding: &Finding) -> Text {
    let message = finding.message.clone();
    match finding.cause {
        None => message,
        Some(Cause::Change) => tr!("{message} (new)", message = message),
        Some(Cause::Existing) => tr!("{message} (existing)", message = message),
        Some(Cause::Clock) => tr!("{message} (clock)", message = message),
    }
}

/// What is wrong and what to do, where there is one sentence for both.
fn message_and_help(finding: &Finding) -> Text {
    let message = message_with_cause(finding);
    tr!("{message}; {help}", message = message, help = finding.help.clone())
}

/// Who has to act, as a sentence names them.
pub(crate) fn name_of(actor: Actor) -> Text {
    actor.shown()
}

/// Who waived it; every waived finding has a waiver.
fn waiver_of(finding: &Finding) -> &str {
    finding.waived_by.as_deref().unwrap_or("?")
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

#[cfg(test)]
mod tests {
    use super::fixture;
    use crate::inventory::finding::{Cause, Severity};

    #[test]
    fn errors_block_and_warnings_only_when_denied() {
        let mut report = fixture::report();
        let blocks = |report: &super::Report| -> Vec<bool> {
            report.findings.iter().map(|finding| report.blocks(finding)).collect()
        };
        assert_eq!(blocks(&report), [true, false, false, false]);
        assert_eq!(report.exit_code(), 1);
        report.deny_warnings = true;
        assert_eq!(blocks(&report), [true, true, false, false]);
        report.findings.retain(|finding| finding.severity == Severity::Pending);
        assert_eq!(report.exit_code(), 0);
    }

    #[test]
    fn with_a_base_only_the_change_and_what_it_touches_block() {
        let mut report = fixture::report();
        let mut blocks = |cause, touched| {
            report.findings[0].cause = Some(cause);
            report.findings[0].touched = touched;
            report.blocks(&report.findings[0])
        };
        assert!(blocks(Cause::Change, false));
        assert!(!blocks(Cause::Existing, false));
        assert!(!blocks(Cause::Clock, false));
        assert!(blocks(Cause::Existing, true));
        assert!(blocks(Cause::Clock, true));
    }
}
