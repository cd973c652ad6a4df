//! The report as SARIF 2.1.0 (OASIS), as code scanning reads it.

use std::io;

use serde_json::{Value, json};

use super::json::write_visibly;
use super::{Report, message_and_help, waiver_of};
use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::inventory::finding::{Finding, Kind, Related, Rule, Severity};
use crate::inventory::source::Located;
use crate::tr;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What paths are relative to: the folder that holds `inventory/`.
const ROOT: &str = "%SRCROOT%";

/// Writes the report as one SARIF log.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    write_visibly(&log(report), out)
}

fn log(report: &Report) -> Value {
    let rules = report.rules();
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(report, &rules, finding)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "segell",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": {
                "text": tr!("the folder of the repository").to_string(),
            } } },
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    let level = match rule.kind {
        Kind::Warning => "warning",
        Kind::Pending => "note",
        _ => "error",
    };
    let explain = tr!("{why} {mend}", why = rule.why.clone(), mend = rule.mend.clone());
    let text = message(&explain);
    json!({
        "id": rule.name,
        "shortDescription": { "text": message(&rule.holds) },
        "fullDescription": { "text": message(&rule.why) },
        "help": { "text": text, "markdown": super::markdown::inline(&explain) },
        "defaultConfiguration": { "level": level },
    })
}

fn result(report: &Report, rules: &[&Rule], finding: &Finding) -> Value {
    let (kind, level) = kind_and_level(finding);
    let index = rules.iter().position(|rule| rule.name == finding.rule.name);
    let related: Vec<Value> =
        finding.related.iter().map(|related| related_location(report, related)).collect();
    json!({
        "ruleId": finding.rule.name,
        "ruleIndex": index.map_or(Value::from(-1), Value::from),
        "kind": kind,
        "level": level,
        "message": { "text": message(&message_and_help(finding)) },
        "locations": [location(&report.sources.locate(&finding.place))],
        "relatedLocations": related,
        "partialFingerprints": { "segellFinding/v1": fingerprint(report, finding) },
        "suppressions": suppressions(finding),
    })
}

/// A kind other than `fail` has level `none` (SARIF 2.1.0, 3.27.10).
fn kind_and_level(finding: &Finding) -> (&'static str, &'static str) {
    match (finding.severity, finding.rule.kind) {
        (Severity::Pending, _) => ("open", "none"),
        (Severity::Warning, _) | (Severity::Waived, Kind::Warning) => ("fail", "warning"),
        (Severity::Error | Severity::Waived, _) => ("fail", "error"),
    }
}

fn suppressions(finding: &Finding) -> Vec<Value> {
    if finding.severity != Severity::Waived {
        return Vec::new();
    }
    let justification = tr!("waived by `{waiver}`", waiver = waiver_of(finding)).to_string();
    vec![json!({ "kind": "external", "status": "accepted", "justification": justification })]
}

/// The same for the same rule and place, whatever the line or the words.
fn fingerprint(report: &Report, finding: &Finding) -> String {
    let located = report.sources.locate(&finding.place);
    let parts = [finding.rule.name, &located.file, &located.pointer];
    Sha256::of(parts.join("\0").as_bytes()).to_string()
}

fn related_location(report: &Report, related: &Related) -> Value {
    let mut location = location(&report.sources.locate(&related.place));
    location["message"] = json!({ "text": message(&related.message) });
    location
}

fn location(located: &Located<'_>) -> Value {
    let mut region = json!({ "startLine": located.line, "startColumn": located.column });
    if located.width() > 0 {
        region["endColumn"] = json!(located.column + located.width());
    }
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": percent_encoded(&located.file), "uriBaseId": ROOT },
        "region": region,
    } })
}

/// A sentence as a plain text message: brackets would make a link (3.11.6).
fn message(text: &Text) -> String {
    text.to_string().replace('[', "\\[").replace(']', "\\]")
}

/// A path as a relative URI (RFC 3986): all but unreserved characters and `/` are encoded.
fn percent_encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{log, message, percent_encoded};
    use crate::tr;
    use crate::views::report::fixture;

    #[test]
    fn a_result_has_what_code_scanning_shows() {
        let mut report = fixture::report();
        report.findings.truncate(1);
        report.findings[0].related.remove(0);
        let log = log(&report);
        assert_eq!(
            log["runs"][0]["results"],
            json!([{
                "ruleId": "certificate-is-latest",
                "ruleIndex": 0,
                "kind": "fail",
                "level": "error",
                "message": { "text": "`sct/2025` has been superseded; load `sct/2026`, or retire it" },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": {
                        "uri": "inventory/calendars/t/01-sct.yaml",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": { "startLine": 3, "startColumn": 37, "endColumn": 45 },
                } }],
                "relatedLocations": [{
                    "message": { "text": "`sct/2026` is newer" },
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": "inventory/certificates/sct/2026.yaml",
                            "uriBaseId": "%SRCROOT%",
                        },
                        "region": { "startLine": 1, "startColumn": 1, "endColumn": 13 },
                    },
                }],
                "partialFingerprints": { "segellFinding/v1": FINGERPRINT },
                "suppressions": [],
            }])
        );
    }

    /// SHA-256 of the rule, the file and the pointer, parted by NUL.
    const FINGERPRINT: &str = "3f95b4cfb5591c9577999690e633a8b745ce22226ec901ba323e438a58d168a1";

    #[test]
    fn the_log_says_what_it_is_and_how_it_counts() {
        let log = log(&fixture::report());
        let run = &log["runs"][0];
        assert_eq!(log["version"], "2.1.0");
        assert_eq!(log["$schema"], super::SCHEMA);
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(run["tool"]["driver"]["name"], "segell");
        assert!(run["originalUriBaseIds"]["%SRCROOT%"].get("uri").is_none());
    }

    #[test]
    fn a_rule_tells_what_it_holds_and_why() {
        let log = log(&fixture::report());
        assert_eq!(
            log["runs"][0]["tool"]["driver"]["rules"][1],
            json!({
                "id": "load-on-its-day",
                "shortDescription": { "text": "la càrrega es fa el seu dia" },
                "fullDescription": { "text": "Others wait for it." },
                "help": {
                    "text": "Others wait for it. Load it, or move the batch.",
                    "markdown": "Others wait for it. Load it, or move the batch.",
                },
                "defaultConfiguration": { "level": "warning" },
            })
        );
    }

    #[test]
    fn pending_is_open_and_waived_is_suppressed() {
        let log = log(&fixture::report());
        let results = &log["runs"][0]["results"];
        assert_eq!((&results[2]["kind"], &results[2]["level"]), (&json!("open"), &json!("none")));
        assert_eq!(
            results[3]["suppressions"],
            json!([{
                "kind": "external",
                "status": "accepted",
                "justification": "waived by `old-document`",
            }])
        );
        let file = &results[3]["locations"][0]["physicalLocation"];
        assert_eq!(file["artifactLocation"]["uri"], "inventory/evidence/%C3%A0%20b.pdf");
        assert_eq!(file["region"], json!({ "startLine": 1, "startColumn": 1 }));
    }

    #[test]
    fn every_result_names_a_rule_of_the_driver() {
        for report in [fixture::report(), fixture::hostile()] {
            let log = log(&report);
            let run = &log["runs"][0];
            for result in run["results"].as_array().unwrap() {
                let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
            }
        }
    }

    #[test]
    fn nothing_from_a_file_becomes_a_link_or_another_path() {
        assert_eq!(message(&tr!("{word}", word = "[a](b)")), "\\[a\\](b)");
        assert_eq!(percent_encoded("a:b,%\u{1b}?#é"), "a%3Ab%2C%25%1B%3F%23%C3%A9");
    }
}
