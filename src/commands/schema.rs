//! `segell schema`.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::Root;
use crate::model::Shape;
use crate::{report, tr};

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
    let mut stale = Vec::new();
    for (name, text) in schemas() {
        let path = folder.join(&name);
        if arguments.check {
            if fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
                stale.push(name);
            }
            continue;
        }
        let cannot_write = || tr!("cannot write `{path}`", path = path.display().to_string());
        fs::create_dir_all(&folder).with_context(cannot_write)?;
        fs::write(&path, text).with_context(cannot_write)?;
    }
    for name in &stale {
        eprintln!("{}", tr!("`schemas/{name}` is stale; run `segell schema`", name = name));
    }
    Ok(ExitCode::from(u8::from(!stale.is_empty())))
}

/// The schemas: the files' names and their texts.
fn schemas() -> Vec<(String, String)> {
    let files = Shape::ALL.map(|shape| (shape.name(), shape.schema()));
    let report = ("report", report::schema());
    let all = files.into_iter().chain([report]);
    all.map(|(name, schema)| {
        let text = serde_json::to_string_pretty(schema.as_value()).expect("a schema is JSON");
        (format!("{name}.schema.json"), text + "\n")
    })
    .collect()
}
