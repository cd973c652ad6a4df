//! `segell check`.

use std::fs::OpenOptions;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use jiff::civil::Date;

use crate::base::time;
use crate::checklist::change::{self, Judged, Sides, Terms};
use crate::checklist::forecast::Forecast;
use crate::checklist::rules::{self, Outcome};
use crate::commands::word::format_of;
use crate::commands::{Root, inventory_of, out, publish, tree_at};
use crate::files::repo;
use crate::files::repo::Tree;
use crate::inventory::Inventory;
use crate::inventory::finding::{Finding, Severity};
use crate::inventory::load;
use crate::inventory::survey::Survey;
use crate::pipeline::gate::released;
use crate::pipeline::git::Git;
use crate::tr;
use crate::views::report::{self, Counts, Report};
use crate::views::screen::Format;

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
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    as_of: Option<Date>,
    /// Tell what a change brings from what this commit, its base, had already
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// How the report is written
    #[arg(long, value_parser = format_of::<Report>(), default_value = "human")]
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
    let as_of = arguments.as_of.unwrap_or_else(time::today);
    // Only with a base is anything read twice. Nothing is taken apart when all is said.
    let memory = match arguments.base {
        Some(_) => load::Memory::of_bytes(),
        None => load::Memory::default(),
    };
    let head = tree_at(&root, arguments.rev.as_deref())?;
    let mut inventory = inventory_of(&head, &memory)?;
    let compared = arguments.base.as_ref().map(|base| (base, ManuallyDrop::new((head, memory))));
    publish(arguments.format, &inventory);
    let survey = ManuallyDrop::new(Survey::of(&inventory, as_of));
    let Outcome { mut findings, looked_at } = match &compared {
        None => rules::check(&survey),
        Some((base, read)) => {
            let (head, memory) = &**read;
            let commit = repo::revision(&root, base)?;
            let tree = repo::revision_tree(&root, &commit.id)?.unwrap_or_else(Tree::empty);
            let base = ManuallyDrop::new(load::load_with(&tree, memory));
            base.ensure_whole()?;
            let under_base = ManuallyDrop::new(load::under_trust_of(head, &tree, memory));
            let before = ManuallyDrop::new(Survey::of(&base, as_of));
            let sides = Sides { base: &before, head: &survey, under_base: under_base.as_ref() };
            let committed = Some(time::day_of(commit.committed));
            let terms = Terms { committed, judged: Judged::ByBoth, causes: Severity::Waived };
            let mut outcome = change::compare(sides, terms);
            add_unreleased(&root, sides, &mut outcome.findings)?;
            outcome
        }
    };
    if !arguments.rules.is_empty() {
        findings.retain(|finding| arguments.rules.iter().any(|name| name == finding.rule.name));
    }
    let findings = rules::tell_once(&survey, findings);
    let next = match arguments.format {
        Format::Human | Format::Markdown | Format::Github => Forecast::next(&survey),
        _ => None,
    };
    let report = ManuallyDrop::new(Report {
        as_of,
        rev: arguments.rev.clone(),
        findings,
        looked_at,
        files: inventory.files,
        counts: counts(&inventory),
        sources: std::mem::take(&mut inventory.sources),
        deny_warnings: arguments.deny.is_some(),
        next,
        elapsed: started.elapsed(),
    });
    print(&report, arguments.format)?;
    Ok(ExitCode::from(report.exit_code()))
}

/// Adds what the gate will say of the loads that the change records, as the branches of this clone tell it.
fn add_unreleased(root: &Path, sides: Sides<'_, '_>, findings: &mut Vec<Finding>) -> Result<()> {
    let Some(git) = Git::with_inventory(root) else { return Ok(()) };
    findings.extend(released(&git, sides.base.inventory, sides.head.inventory)?.findings);
    rules::sort(findings, &sides.head.inventory.sources);
    Ok(())
}

/// Writes the report to standard output; on GitHub also the step's summary.
fn print(report: &Report, format: Format) -> Result<()> {
    out::show(report, format)?;
    if let (Format::Github, Some(path)) = (format, std::env::var_os("GITHUB_STEP_SUMMARY")) {
        let mut summary = OpenOptions::new().append(true).create(true).open(path)?;
        summary.write_all(report::step_summary(report).as_bytes())?;
    }
    Ok(())
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
