//! `segell schema`.

use std::process::ExitCode;

use anyhow::Result;

use crate::commands::Root;
use crate::commands::look::inspect;
use crate::commands::tool::generated;
use crate::inventory::model::Shape;
use crate::pipeline::{log, manifest};
use crate::planning::plan;
use crate::views::{
    calendar, doctor, drift, forecast, message, propose, report, show, status, today,
};

/// Write the JSON Schemas of the inventory's files to `schemas/`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    root: Root,
    /// Write nothing; exit with 1 when a file is not what would be written
    #[arg(long)]
    check: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let folder = arguments.root.find()?.join("schemas");
    generated::write_or_check(&folder, &schemas(), arguments.check)
}

/// The schemas: the files' names and their texts.
pub fn schemas() -> Vec<(String, String)> {
    let files = Shape::ALL.map(|shape| (shape.name(), shape.schema()));
    let report = ("report", report::json::schema());
    let log = ("log", log::schema());
    let plan = ("plan", plan::schema());
    let manifest = ("manifest", manifest::schema());
    let forecast = ("forecast", forecast::schema());
    let status = ("status", status::schema());
    let calendar = ("calendar", calendar::schema());
    let show = ("show", show::schema());
    let today = ("today", today::schema());
    let proposal = ("proposal", propose::schema());
    let inspection = ("inspection", inspect::schema());
    let drift = ("drift", drift::schema());
    let message = ("message", message::schema());
    let doctor = ("doctor", doctor::schema());
    let views =
        [doctor, drift, forecast, status, show, today, calendar, proposal, inspection, message];
    let all = files.into_iter().chain([report, manifest, log, plan]).chain(views);
    all.map(|(name, schema)| {
        let text = serde_json::to_string_pretty(schema.as_value()).expect("a schema is JSON");
        (format!("{name}.schema.json"), text + "\n")
    })
    .collect()
}
