//! `segell check`.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use jiff::civil::Date;

use super::Root;
use crate::inventory::Inventory;
use crate::report::{self, Counts, Format, Report};
use crate::rules::{self, Outcome};
use crate::survey::Survey;
use crate::{load, repo, time, tr};

/// Check the inventory against every line of the checklist
///
/// Exit code 0: nothing blocks; 1: something does; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    root: Root,
    /// Read this commit's files instead of the working tree's
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// The day on which the rules are asked, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    as_of: Option<Date>,
    /// How the report is written
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// What blocks besides errors
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Report only what this rule finds; may be given several times
    #[arg(long = "rule", value_name = "NAME")]
    rules: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// Warnings block too
    Warnings,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let started = Instant::now();
    if let Some(unknown) = arguments.rules.iter().find(|name| rules::named(name).is_none()) {
        bail!(tr!("there is no rule `{rule}`; `segell rules` lists them", rule = unknown));
    }
    let root = arguments.root.find()?;
    let tree = match &arguments.rev {
        Some(rev) => repo::revision_tree(&root, rev)?,
        None => repo::working_tree(&root)?,
    };
    let as_of = arguments.as_of.unwrap_or_else(time::today);
    let inventory = load::load(&tree);
    let Outcome { mut findings, looked_at } = rules::check(&Survey::of(&inventory, as_of));
    if !arguments.rules.is_empty() {
        findings.retain(|finding| arguments.rules.iter().any(|name| name == finding.rule.name));
    }
    let report = Report {
        as_of,
        rev: arguments.rev.clone(),
        findings,
        looked_at,
        files: inventory.files,
        counts: counts(&inventory),
        sources: inventory.sources,
        deny_warnings: arguments.deny.is_some(),
        elapsed: started.elapsed(),
    };
    let mut out = io::BufWriter::new(anstream::AutoStream::auto(io::stdout()));
    let written = report::write(&report, arguments.format, &mut out, io::stdout().is_terminal());
    match written.and_then(|()| out.flush()) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    Ok(ExitCode::from(report.exit_code()))
}

fn counts(inventory: &Inventory) -> Counts {
    let batches = inventory.batches.values().filter_map(|item| item.value.as_ref());
    Counts {
        ens: inventory.ens.len(),
        certificates: inventory.certificates.len(),
        batches: inventory.batches.len(),
        loads: batches.map(|batch| batch.loads.len()).sum(),
    }
}
