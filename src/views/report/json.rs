//! The report as JSON, for programs: a contract, so the fields stand in a fixed order and
//! nothing in it depends on the clock or the machine.

use std::io;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Serialize, Serializer};

use super::Report;
use crate::base::hidden::is_hidden;
use crate::inventory::finding::{Actor, Cause, Finding, Place, Related, Severity, Subject};
use crate::inventory::source::Sources;

/// What `segell check --format json` writes.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Report of segell")]
pub struct Document<'r> {
    /// The version of this format.
    schema: Version,
    /// The day on which the rules were asked, in Europe/Madrid.
    #[schemars(extend("format" = "date"))]
    as_of: String,
    /// The revision that was read, as it was named; null for the working tree.
    rev: Option<String>,
    /// How many there are of each severity.
    summary: Summary,
    /// What was found.
    #[schemars(with = "Vec<Entry>")]
    findings: Entries<'r>,
}

/// The findings of a report, each made when it is written: of many only one is held at a time.
struct Entries<'r>(&'r Report);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Report { findings, sources, .. } = self.0;
        to.collect_seq(findings.iter().map(|finding| entry(sources, finding)))
    }
}

/// The version of the format.
#[derive(Serialize, JsonSchema)]
enum Version {
    #[serde(rename = "segell.report/v1")]
    V1,
}

/// How many findings there are of each severity, and of how many files.
#[derive(Serialize, JsonSchema)]
struct Summary {
    errors: usize,
    warnings: usize,
    pending: usize,
    waived: usize,
    /// The files that were read.
    files: usize,
}

/// One thing that does not hold.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(crate) struct Entry {
    /// The rule that it breaks.
    rule: &'static str,
    /// How grave it is.
    severity: Severity,
    /// With `--base`, why it is there.
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

/// A place in a file of the inventory.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Location {
    /// The path, from the folder that holds `inventory/`.
    file: String,
    /// From 1.
    #[schemars(range(min = 1))]
    line: usize,
    /// In characters, from 1.
    #[schemars(range(min = 1))]
    column: usize,
    /// A JSON pointer (RFC 6901); empty for the whole file.
    pointer: String,
}

/// Another place that is involved.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Related")]
pub(crate) struct Other {
    /// What is there.
    message: String,
    /// Where.
    location: Location,
}

/// Writes the report as one JSON document.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    write_visibly(&document(report), out)
}

/// The JSON schema of what is written.
pub fn schema() -> schemars::Schema {
    schema_of::<Document<'_>>()
}

/// The JSON schema of a document for programs, in which what is absent is null.
pub(crate) fn schema_of<T: JsonSchema>() -> schemars::Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>()
}

/// Writes `value` indented, with a line feed at the end. Hidden characters, which JSON has
/// only inside strings, become `\u` escapes: the same document, but readable as it is.
pub(crate) fn write_visibly(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(Visibly(out), value)?;
    out.write_all(b"\n")
}

/// Where JSON goes, its hidden characters escaped on the way. It comes in pieces of whole characters.
struct Visibly<'o>(&'o mut dyn io::Write);

impl io::Write for Visibly<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut text = std::str::from_utf8(piece).map_err(io::Error::other)?;
        while let Some((place, hidden)) = text.char_indices().find(|(_, it)| is_hidden(*it)) {
            self.0.write_all(&text.as_bytes()[..place])?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(self.0, "\\u{unit:04x}")?;
            }
            text = &text[place + hidden.len_utf8()..];
        }
        self.0.write_all(text.as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn document(report: &Report) -> Document<'_> {
    Document {
        schema: Version::V1,
        as_of: report.as_of.to_string(),
        rev: report.rev.clone(),
        summary: Summary {
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            pending: report.count(Severity::Pending),
            waived: report.count(Severity::Waived),
            files: report.files,
        },
        findings: Entries(report),
    }
}

/// A finding, for programs; `sources` are the texts that it points into.
pub(crate) fn entry(sources: &Sources, finding: &Finding) -> Entry {
    let other = |related: &Related| Other {
        message: related.message.to_string(),
        location: location(sources, &related.place),
    };
    Entry {
        rule: finding.rule.name,
        severity: finding.severity,
        cause: finding.cause,
        waived_by: finding.waived_by.clone(),
        actor: finding.actor,
        message: finding.message.to_string(),
        help: finding.help.to_string(),
        subject: finding.subject.clone(),
        location: location(sources, &finding.place),
        related: finding.related.iter().map(other).collect(),
    }
}

fn location(sources: &Sources, place: &Place) -> Location {
    let located = sources.locate(place);
    Location {
        file: located.file.to_string(),
        line: located.line,
        column: located.column,
        pointer: located.pointer,
    }
}

#[cfg(test)]
mod tests {
    use super::{schema, write};
    use crate::views::report::{Report, fixture};

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_stand_in_the_order_of_the_contract() {
        let mut report = fixture::report();
        report.findings.truncate(1);
        assert_eq!(written(&report), EXPECTED);
    }

    #[test]
    fn every_report_satisfies_the_schema() {
        let schema = serde_json::to_value(schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for report in [fixture::report(), fixture::hostile()] {
            let document = serde_json::from_str(&written(&report)).unwrap();
            let errors: Vec<String> =
                validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
    }

    #[test]
    fn the_schema_asks_for_every_field() {
        let schema = serde_json::to_value(schema()).unwrap();
        let required = schema["$defs"]["Finding"]["required"].as_array().unwrap().len();
        assert_eq!(required, 10);
        assert_eq!(schema["properties"]["schema"]["$ref"], "#/$defs/Version");
    }

    #[test]
    fn hidden_characters_are_escaped_and_come_back() {
        let report = fixture::hostile();
        let json = written(&report);
        assert_eq!(crate::base::hidden::first_hidden(&json), None);
        let document: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(document["findings"][0]["location"]["file"], *report.findings[0].place.file);
    }

    const EXPECTED: &str = r#"{
  "schema": "segell.report/v1",
  "as_of": "2026-11-23",
  "rev": null,
  "summary": {
    "errors": 1,
    "warnings": 0,
    "pending": 0,
    "waived": 0,
    "files": 42
  },
  "findings": [
    {
      "rule": "certificate-is-latest",
      "severity": "error",
      "cause": null,
      "waived_by": null,
      "actor": "aoc",
      "message": "`sct/2025` has been superseded",
      "help": "load `sct/2026`, or retire it",
      "subject": {
        "ens": "sct",
        "certificate": "sct/2025",
        "batch": "t/01-sct",
        "environment": null
      },
      "location": {
        "file": "inventory/calendars/t/01-sct.yaml",
        "line": 3,
        "column": 37,
        "pointer": "/loads/0/certificate"
      },
      "related": [
        {
          "message": "the load is here",
          "location": {
            "file": "inventory/calendars/t/01-sct.yaml",
            "line": 1,
            "column": 6,
            "pointer": "/day"
          }
        },
        {
          "message": "`sct/2026` is newer",
          "location": {
            "file": "inventory/certificates/sct/2026.yaml",
            "line": 1,
            "column": 1,
            "pointer": ""
          }
        }
      ]
    }
  ]
}
"#;
}
