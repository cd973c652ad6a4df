//! What a clone lacks, as people and programs read it.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::Text;
use crate::pipeline::checkup::{Checkup, Point, State};
use crate::tr;
use crate::views::report::json;
use crate::views::screen::{Format, Offer, View};

impl View for Checkup {
    fn offers() -> Vec<Offer<Self>> {
        vec![
            Offer(Format::Human, "For people", |checkup, screen| human(checkup, screen.out)),
            Offer(
                Format::Json,
                "One JSON document (schemas/doctor.schema.json)",
                |checkup, screen| json::write_visibly(&document(checkup), screen.out),
            ),
        ]
    }
}

fn human(checkup: &Checkup, out: &mut dyn Write) -> io::Result<()> {
    let width = checkup.points.iter().map(|point| point.about.len()).max().unwrap_or(0);
    for Point { about, state, found, cure } in &checkup.points {
        let mark = match state {
            State::Fine => "✓",
            State::Note => "·",
            State::Lacks => "✗",
        };
        writeln!(out, "{mark} {about:<width$}  {found}")?;
        if let Some(cure) = cure {
            writeln!(out, "  {:<width$}  {}", "", tr!("help: {help}", help = cure.clone()))?;
        }
    }
    writeln!(out, "{}", summary(checkup))
}

fn summary(checkup: &Checkup) -> Text {
    let lacking = checkup.points.iter().filter(|point| point.state == State::Lacks).count();
    match lacking {
        0 => tr!("nothing is lacking"),
        _ => {
            tr!(count = lacking; one "{count} thing is lacking", many "{count} things are lacking")
        }
    }
}

/// What a clone lacks, or a server's repository (`segell doctor --format json`).
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Doctor of segell")]
struct Document<'c> {
    /// `segell.doctor/v1`.
    schema: &'static str,
    /// What is looked at, in the order in which it is put right.
    points: Vec<Row<'c>>,
}

/// One thing that is looked at.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Point")]
struct Row<'c> {
    /// What it is called.
    about: &'c str,
    /// `fine`, `note` (it works without, or only some need it) or `lacks`.
    state: &'static str,
    /// What was found, in words.
    found: String,
    /// What to do about it, in words; nothing where it is fine.
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<String>,
}

/// The JSON Schema (draft 2020-12) of what is told.
pub fn schema() -> schemars::Schema {
    json::schema_of::<Document<'_>>()
}

fn document(checkup: &Checkup) -> Document<'_> {
    let row = |point: &'_ Point| Row {
        about: point.about,
        state: match point.state {
            State::Fine => "fine",
            State::Note => "note",
            State::Lacks => "lacks",
        },
        found: point.found.to_string(),
        cure: point.cure.as_ref().map(ToString::to_string),
    };
    Document { schema: "segell.doctor/v1", points: checkup.points.iter().map(row).collect() }
}
