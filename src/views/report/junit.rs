//! The report as JUnit XML: a test case a rule, failed when something blocks.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Report, message_and_help};
use crate::inventory::finding::{Finding, Rule};
use crate::tr;

/// No test takes any time: the same report gives the same bytes.
const NO_TIME: (&str, &str) = ("time", "0.000");

/// How a rule came out.
enum Outcome {
    Holds,
    Nothing,
    /// What is said in short, and the findings.
    Fails(String, String),
}

/// A rule as a test.
struct Case {
    name: &'static str,
    subjects: String,
    outcome: Outcome,
    /// What does not block.
    others: String,
}

/// Writes the report as one suite.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let cases: Vec<Case> = report.rules().into_iter().map(|rule| Case::of(report, rule)).collect();
    let count = |is: fn(&Outcome) -> bool| {
        cases.iter().filter(|case| is(&case.outcome)).count().to_string()
    };
    let (tests, none) = (cases.len().to_string(), "0");
    let skipped = count(|outcome| matches!(outcome, Outcome::Nothing));
    let failures = count(|outcome| matches!(outcome, Outcome::Fails(..)));
    let (name, tests) = (("name", "segell"), ("tests", &*tests));
    let (skipped, failures) = (("skipped", &*skipped), ("failures", &*failures));
    let errors = ("errors", none);
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 4);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let suites = writer.create_element("testsuites");
    let suites = suites.with_attributes([name, tests, skipped, failures, errors, NO_TIME]);
    suites.write_inner_content(|writer| {
        let suite = writer.create_element("testsuite");
        let suite = suite.with_attributes([name, tests, skipped, errors, failures, NO_TIME]);
        suite.write_inner_content(|writer| cases.iter().try_for_each(|case| case.write(writer)))?;
        Ok(())
    })?;
    writeln!(out)
}

impl Case {
    fn of(report: &Report, rule: &Rule) -> Case {
        let of_rule = |finding: &&Finding| finding.rule.name == rule.name;
        let (blocking, others): (Vec<&Finding>, Vec<&Finding>) =
            report.findings.iter().filter(of_rule).partition(|finding| report.blocks(finding));
        let looked = report.looked_at.iter().find(|looked| looked.rule.name == rule.name);
        let subjects = looked.map_or(0, |looked| looked.subjects);
        let outcome = if !blocking.is_empty() {
            Outcome::Fails(message(rule, blocking.len()), listed(report, &blocking))
        } else if subjects == 0 && others.is_empty() {
            Outcome::Nothing
        } else {
            Outcome::Holds
        };
        let (name, subjects) = (rule.name, subjects.to_string());
        Case { name, subjects, outcome, others: listed(report, &others) }
    }

    fn write<W: io::Write>(&self, writer: &mut Writer<W>) -> io::Result<()> {
        let case = writer.create_element("testcase").with_attributes([
            ("name", self.name),
            ("classname", "segell"),
            ("assertions", &*self.subjects),
            NO_TIME,
        ]);
        if matches!(self.outcome, Outcome::Holds) && self.others.is_empty() {
            case.write_empty()?;
            return Ok(());
        }
        case.write_inner_content(|writer| {
            match &self.outcome {
                Outcome::Holds => {}
                Outcome::Nothing => {
                    let message = tr!("nothing to look at").to_string();
                    let skipped = writer.create_element("skipped");
                    skipped.with_attribute(("message", &*message)).write_empty()?;
                }
                Outcome::Fails(message, findings) => {
                    let failure = writer.create_element("failure");
                    let failure = failure.with_attribute(("message", &**message));
                    failure.write_text_content(BytesText::new(findings))?;
                }
            }
            if !self.others.is_empty() {
                let others = BytesText::new(&self.others);
                writer.create_element("system-out").write_text_content(others)?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

fn message(rule: &Rule, count: usize) -> String {
    let message = tr!(
        "{findings}: «{holds}»",
        findings = tr!(
            count = count;
            one "{count} finding blocks", many "{count} findings block"
        ),
        holds = rule.holds.clone(),
    );
    message.to_string()
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
        let mut reader = quick_xml::Reader::from_str(&xml);
        let mut seen = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(tag) => seen.push(tag.name().0.to_vec()),
                quick_xml::events::Event::Empty(tag) => seen.push(tag.name().0.to_vec()),
                _ => {}
            }
        }
        let count = |name: &str| seen.iter().filter(|seen| *seen == name.as_bytes()).count();
        assert_eq!([count("testcase"), count("failure"), count("skipped")], [4, 1, 1], "{xml}");
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
