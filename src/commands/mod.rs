//! The command line: a file a verb.

pub mod ask;

mod add;
mod answer;
mod approve;
mod asking;
mod baseline;
mod batch;
mod calendar;
mod cease;
mod check;
mod codeowners;
mod completions;
mod correct;
mod drift;
mod explain;
mod forecast;
mod gate;
mod generated;
pub mod help;
mod hold;
mod import;
mod init;
mod inspect;
mod log;
mod man;
mod manifest;
mod move_batch;
mod named_file;
mod out;
mod pager;
mod pipeline;
mod plan;
mod promote;
mod propose;
mod record;
mod release;
mod retire;
mod rules;
mod schedule;
mod schema;
mod sheet;
mod show;
mod status;
mod stop;
mod today;
mod unschedule;
mod view;
mod whom;
mod withdraw;
mod word;
mod writing;

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::base::language::Language;
use crate::files::repo;
use crate::files::repo::Tree;
use crate::inventory::Inventory;
use crate::inventory::load;
use crate::tr;
use word::one_of;

/// Checks what is known of electronic seals before they are loaded.
#[derive(Debug, Parser)]
#[command(name = "segell", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
    /// The language that segell speaks; that of the locale unless given, else English
    // Read before clap reads the rest: see `Language::asked`.
    #[arg(long, global = true, value_parser = one_of::<Language>(), value_name = "LANGUAGE")]
    lang: Option<Language>,
}

/// Reads the command line. Help and errors are printed in the language that is spoken, and end the
/// process with exit code 0 or 2.
pub fn parse(arguments: Vec<OsString>) -> Cli {
    let language = Language::spoken();
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) if language == Language::English => error.exit(),
        Err(_) => parse_translated(arguments, language),
    }
}

/// The same with clap's texts translated, which takes a moment: only where they are shown.
#[expect(clippy::disallowed_methods, reason = "as clap does, which ends the process in English")]
fn parse_translated(arguments: Vec<OsString>, language: Language) -> Cli {
    let mut command = help::translated(Cli::command(), &|english| language.translation(english));
    let matches = command.try_get_matches_from_mut(arguments);
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    cli.unwrap_or_else(|error| match help::refusal(&error) {
        None => error.exit(),
        Some(refusal) => {
            eprint!("{refusal}");
            std::process::exit(error.exit_code())
        }
    })
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Arguments),
    Rules(rules::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
    Inspect(inspect::Arguments),
    Status(status::Arguments),
    Show(show::Arguments),
    Today(today::Arguments),
    Calendar(calendar::Arguments),
    Forecast(forecast::Arguments),
    Init(init::Arguments),
    Import(import::Arguments),
    Baseline(baseline::Arguments),
    Add(add::Arguments),
    Answer(answer::Arguments),
    Schedule(schedule::Arguments),
    Unschedule(unschedule::Arguments),
    Move(move_batch::Arguments),
    Hold(hold::Arguments),
    Release(release::Arguments),
    Record(record::Arguments),
    Withdraw(withdraw::Arguments),
    Propose(propose::Arguments),
    Retire(retire::Arguments),
    Cease(cease::Arguments),
    Correct(correct::Arguments),
    Plan(plan::Arguments),
    Manifest(manifest::Arguments),
    Drift(drift::Arguments),
    Approve(approve::Arguments),
    Promote(promote::Arguments),
    Gate(gate::Arguments),
    Log(log::Arguments),
    Codeowners(codeowners::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Where the inventory is.
#[derive(Debug, clap::Args)]
struct Root {
    /// The folder that holds `inventory/`; sought upwards from here unless given
    #[arg(long, value_name = "DIR", display_order = 900)]
    root: Option<PathBuf>,
}

impl Root {
    fn find(&self) -> Result<PathBuf> {
        match &self.root {
            Some(root) => Ok(root.clone()),
            None => crate::files::repo::find_root(&std::env::current_dir()?),
        }
    }
}

/// Runs the verb. Exit code 0: nothing blocks; 1: something does.
///
/// # Errors
/// When it could not run: exit code 2.
pub fn run(cli: Cli) -> Result<ExitCode> {
    match cli.verb {
        Verb::Check(arguments) => check::run(&arguments),
        Verb::Rules(arguments) => rules::run(&arguments),
        Verb::Explain(arguments) => explain::run(&arguments),
        Verb::Schema(arguments) => schema::run(&arguments),
        Verb::Status(arguments) => status::run(&arguments),
        Verb::Show(arguments) => show::run(&arguments),
        Verb::Today(arguments) => today::run(&arguments),
        Verb::Calendar(arguments) => calendar::run(&arguments),
        Verb::Forecast(arguments) => forecast::run(&arguments),
        Verb::Propose(arguments) => propose::run(&arguments),
        Verb::Inspect(arguments) => inspect::run(&arguments),
        Verb::Init(arguments) => init::run(&arguments),
        Verb::Import(arguments) => import::run(&arguments),
        Verb::Baseline(arguments) => baseline::run(&arguments),
        Verb::Add(arguments) => add::run(&arguments),
        Verb::Answer(arguments) => answer::run(&arguments),
        Verb::Schedule(arguments) => schedule::run(&arguments),
        Verb::Unschedule(arguments) => unschedule::run(&arguments),
        Verb::Move(arguments) => move_batch::run(&arguments),
        Verb::Hold(arguments) => hold::run(&arguments),
        Verb::Release(arguments) => release::run(&arguments),
        Verb::Record(arguments) => record::run(&arguments),
        Verb::Withdraw(arguments) => withdraw::run(&arguments),
        Verb::Retire(arguments) => retire::run(&arguments),
        Verb::Cease(arguments) => cease::run(&arguments),
        Verb::Correct(arguments) => correct::run(&arguments),
        Verb::Plan(arguments) => plan::run(&arguments),
        Verb::Manifest(arguments) => manifest::run(&arguments),
        Verb::Drift(arguments) => drift::run(&arguments),
        Verb::Approve(arguments) => approve::run(&arguments),
        Verb::Promote(arguments) => promote::run(&arguments),
        Verb::Gate(arguments) => gate::run(&arguments),
        Verb::Log(arguments) => log::run(&arguments),
        Verb::Codeowners(arguments) => codeowners::run(&arguments),
        Verb::Completions(arguments) => completions::run(&arguments),
        Verb::Man(arguments) => man::run(&arguments),
    }
}

/// The exit code of a verb that ended so: 1 when it was refused, 2 when it could not run.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    ExitCode::from(if error.is::<writing::Refused>() { 1 } else { 2 })
}

/// The inventory at a commit, or that of the working tree. It is not taken apart when the verb is done:
/// the process ends then, and to free what a large one holds takes longer than to print.
fn inventory_at(root: &Path, rev: Option<&str>) -> Result<ManuallyDrop<Inventory>> {
    inventory_of(&tree_at(root, rev)?, &load::Memory::default())
}

/// The inventory of these files; what it shares with what was read before is not read again.
fn inventory_of(tree: &Tree, memory: &load::Memory) -> Result<ManuallyDrop<Inventory>> {
    let inventory = load::load_with(tree, memory);
    inventory.ensure_sound()?;
    Ok(ManuallyDrop::new(inventory))
}

/// The inventory's files at a commit, or those of the working tree.
fn tree_at(root: &Path, rev: Option<&str>) -> Result<Tree> {
    match rev {
        None => repo::working_tree(root),
        Some(rev) => {
            let none = || tr!("no `inventory/` at `{rev}`", rev = rev);
            repo::revision_tree(root, rev)?.with_context(none)
        }
    }
}

/// A civil date from the command line.
fn date(text: &str) -> Result<jiff::civil::Date, String> {
    crate::base::time::read_date(text)
        .ok_or_else(|| crate::tr!("a date is `YYYY-MM-DD`").to_string())
}
