//! The report as workflow commands of GitHub Actions, which show it beside the lines of a pull
//! request. GitHub shows ten of a kind a step, so what blocks comes first.

use std::io;

use super::{Report, message_and_help};
use crate::base::text::visible;
use crate::inventory::finding::{Finding, Severity};
use crate::tr;

/// Writes a workflow command a finding.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| (!report.blocks(finding), finding.severity));
    for finding in findings {
        writeln!(out, "{}", command(report, finding))?;
    }
    writeln!(
        out,
        "{}",
        tr!("{tally}: {verdict}", tally = report.tally(), verdict = report.verdict())
    )
}

/// The report in Markdown, for the file that `GITHUB_STEP_SUMMARY` names.
pub fn step_summary(report: &Report) -> String {
    super::markdown::page(report)
}

fn command(report: &Report, finding: &Finding) -> String {
    let kind = match finding.severity {
        _ if report.blocks(finding) => "error",
        Severity::Error | Severity::Warning => "warning",
        Severity::Pending | Severity::Waived => "notice",
    };
    let located = report.sources.locate(&finding.place);
    format!(
        "::{kind} file={},line={},endLine={},col={},endColumn={},title={}::{}",
        property(&visible(&located.file)),
        located.line,
        located.line,
        located.column,
        located.column + located.width().saturating_sub(1),
        property(finding.rule.name),
        data(&message_and_help(finding).to_string()),
    )
}

/// The message of a command, as the runner takes it apart.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command, as the runner takes it apart.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property, write};
    use crate::inventory::finding::Cause;
    use crate::views::report::{Report, fixture};

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_finding_of_each_severity() {
        assert_eq!(written(&fixture::report()), EXPECTED);
    }

    #[test]
    fn what_does_not_block_is_no_error() {
        let mut report = fixture::report();
        report.findings.truncate(1);
        report.findings[0].cause = Some(Cause::Existing);
        assert!(written(&report).starts_with("::warning file="));
    }

    #[test]
    fn a_file_cannot_speak_to_the_runner() {
        assert_eq!(written(&fixture::hostile()), HOSTILE);
        assert_eq!(data("100 %\r\n"), "100 %25%0D%0A");
        assert_eq!(property("a:b,c\n"), "a%3Ab%2Cc%0A");
    }

    const EXPECTED: &str = r#"::error file=inventory/calendars/t/01-sct.yaml,line=3,endLine=3,col=37,endColumn=44,title=certificate-is-latest::`sct/2025` has been superseded; load `sct/2026`, or retire it
::warning file=inventory/calendars/t/01-sct.yaml,line=4,endLine=4,col=6,endColumn=15,title=load-on-its-day::the day has passed without a load; load it, or move the batch
::notice file=inventory/certificates/sct/2026.yaml,line=1,endLine=1,col=1,endColumn=12,title=confirmed-in-writing::AEAT has not confirmed `sct/2026`; wait for AEAT
::notice file=inventory/evidence/à b.pdf,line=1,endLine=1,col=1,endColumn=1,title=certificate-is-latest::the document is old; load `sct/2026`, or retire it
1 error, 1 warning, 1 pending, 1 waived: 1 finding blocks
"#;
    const HOSTILE: &str = r#"::error file=inventory/ens/a%3Ab%2C\u{1b}[2J.yaml,line=1,endLine=1,col=17,endColumn=19,title=certificate-is-latest::`::error::x\u{a}<script>@aoc|`]]>\u{202e}\u{1b}[31m%25, [a](b) {0}` is no ::error::x\u{a}<script>@aoc|`]]>\u{202e}\u{1b}[31m%25, [a](b) {0}; write ::error::x\u{a}<script>@aoc|`]]>\u{202e}\u{1b}[31m%25, [a](b) {0}
1 error, 0 warnings, 0 pending, 0 waived: 1 finding blocks
"#;
}
