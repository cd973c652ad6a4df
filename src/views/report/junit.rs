//! The report as JUnit XML: a test case a rule, failed when something blocks.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{Report, message_and_help};
use crate::inventory::finding::{Finding, Rule};
use crate::tr;

/// Writes the report as one suite. It names no time: the same report gives the same bytes.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut suite = TestSuite::new("segell");
    suite.set_time(Duration::ZERO);
    suite.add_test_cases(report.rules().into_iter().map(|rule| test_case(report, rule)));
    let mut page = quick_junit::Report::new("segell");
    page.set_time(Duration::ZERO);
    page.add_test_suite(suite);
    page.serialize(out).map_err(io::Error::other)
}

fn test_case(report: &Report, rule: &Rule) -> TestCase {
    let of_rule = |finding: &&Finding| finding.rule.name == rule.name;
    let (blocking, others): (Vec<&Finding>, Vec<&Finding>) =
        report.findings.iter().filter(of_rule).partition(|finding| report.blocks(finding));
    let looked = report.looked_at.iter().find(|looked| looked.rule.name == rule.name);
    let subjects = looked.map_or(0, |looked| looked.subjects);
    let status = if !blocking.is_empty() {
        failure(report, rule, &blocking)
    } else if subjects == 0 && others.is_empty() {
        let mut skipped = TestCaseStatus::skipped();
        skipped.set_message(tr!("nothing to look at").to_string());
        skipped
    } else {
        TestCaseStatus::success()
    };
    let mut case = TestCase::new(rule.name, status);
    case.set_classname("segell").set_assertions(subjects).set_time(Duration::ZERO);
    if !others.is_empty() {
        case.set_system_out(listed(report, &others));
    }
    case
}

fn failure(report: &Report, rule: &Rule, findings: &[&Finding]) -> TestCaseStatus {
    let message = tr!(
        "{findings}: «{holds}»",
        findings = tr!(
            count = findings.len();
            one "{count} finding blocks", many "{count} findings block"
        ),
        holds = rule.holds.clone(),
    );
    let mut failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
    failure.set_message(message.to_string()).set_description(listed(report, findings));
    failure
}

/// The findings, a line each.
fn listed(report: &Report, findings: &[&Finding]) -> String {
    let line = |finding: &&Finding| {
        format!("{}: {}", report.shown(&finding.place), message_and_help(finding))
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::base::hidden::first_hidden;
    use crate::views::report::{Report, fixture};

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_rule_is_a_test_case() {
        assert_eq!(written(&fixture::report()), EXPECTED);
    }

    #[test]
    fn words_from_files_stay_text() {
        let xml = written(&fixture::hostile());
        assert_eq!(first_hidden(&xml), None);
        assert!(!xml.contains("<script>") && !xml.contains("]]>"), "{xml}");
        let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
        assert_eq!((read.tests, read.failures, read.skipped), (4, 1, 1));
    }

    #[test]
    fn what_xml_cannot_hold_is_escaped() {
        let mut report = fixture::report();
        report.findings.truncate(1);
        report.findings[0].message = crate::tr!("{word}", word = "\u{fffe}\u{ffff}\u{0}");
        assert!(written(&report).contains("\\u{fffe}\\u{ffff}\\u{0}"));
    }

    const EXPECTED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="segell" tests="4" skipped="1" failures="1" errors="0" time="0.000">
    <testsuite name="segell" tests="4" skipped="1" errors="0" failures="1" time="0.000">
        <testcase name="certificate-is-latest" classname="segell" assertions="3" time="0.000">
            <failure message="1 finding blocks: «el certificat que es carregarà és el darrer»">inventory/calendars/t/01-sct.yaml:3:37: `sct/2025` has been superseded; load `sct/2026`, or retire it</failure>
            <system-out>inventory/evidence/à b.pdf:1:1: the document is old; load `sct/2026`, or retire it</system-out>
        </testcase>
        <testcase name="load-on-its-day" classname="segell" assertions="3" time="0.000">
            <system-out>inventory/calendars/t/01-sct.yaml:4:6: the day has passed without a load; load it, or move the batch</system-out>
        </testcase>
        <testcase name="confirmed-in-writing" classname="segell" assertions="2" time="0.000">
            <system-out>inventory/certificates/sct/2026.yaml:1:1: AEAT has not confirmed `sct/2026`; wait for AEAT</system-out>
        </testcase>
        <testcase name="not-ceased" classname="segell" assertions="0" time="0.000">
            <skipped message="nothing to look at"/>
        </testcase>
    </testsuite>
</testsuites>
"#;
}
