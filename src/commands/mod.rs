//! The command line: a file a verb.

pub mod ask;

mod change;
pub mod help;
mod look;
mod named_file;
mod out;
mod pager;
mod pipeline;
mod tool;
mod version;
mod whom;
mod word;

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
#[command(name = "segell", version, long_version = version::long(), max_term_width = 100)]
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
    Check(look::check::Arguments),
    Rules(tool::rules::Arguments),
    Explain(tool::explain::Arguments),
    Schema(tool::schema::Arguments),
    Inspect(look::inspect::Arguments),
    Status(look::status::Arguments),
    Show(look::show::Arguments),
    Today(look::today::Arguments),
    Calendar(look::calendar::Arguments),
    Forecast(look::forecast::Arguments),
    Init(change::init::Arguments),
    Import(change::import::Arguments),
    Baseline(change::baseline::Arguments),
    Add(change::add::Arguments),
    Answer(change::answer::Arguments),
    Schedule(change::schedule::Arguments),
    Unschedule(change::unschedule::Arguments),
    Move(change::move_batch::Arguments),
    Hold(change::hold::Arguments),
    Release(change::release::Arguments),
    Record(change::record::Arguments),
    Withdraw(change::withdraw::Arguments),
    Propose(change::propose::Arguments),
    Retire(change::retire::Arguments),
    Cease(change::cease::Arguments),
    Correct(change::correct::Arguments),
    Plan(look::plan::Arguments),
    Manifest(pipeline::manifest::Arguments),
    Drift(look::drift::Arguments),
    Approve(pipeline::approve::Arguments),
    Promote(pipeline::promote::Arguments),
    Gate(pipeline::gate::Arguments),
    Log(look::log::Arguments),
    Codeowners(tool::codeowners::Arguments),
    Doctor(tool::doctor::Arguments),
    Completions(tool::completions::Arguments),
    Man(tool::man::Arguments),
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
        Verb::Check(arguments) => look::check::run(&arguments),
        Verb::Rules(arguments) => tool::rules::run(&arguments),
        Verb::Explain(arguments) => tool::explain::run(&arguments),
        Verb::Schema(arguments) => tool::schema::run(&arguments),
        Verb::Status(arguments) => look::status::run(&arguments),
        Verb::Show(arguments) => look::show::run(&arguments),
        Verb::Today(arguments) => look::today::run(&arguments),
        Verb::Calendar(arguments) => look::calendar::run(&arguments),
        Verb::Forecast(arguments) => look::forecast::run(&arguments),
        Verb::Propose(arguments) => change::propose::run(&arguments),
        Verb::Inspect(arguments) => look::inspect::run(&arguments),
        Verb::Init(arguments) => change::init::run(&arguments),
        Verb::Import(arguments) => change::import::run(&arguments),
        Verb::Baseline(arguments) => change::baseline::run(&arguments),
        Verb::Add(arguments) => change::add::run(&arguments),
        Verb::Answer(arguments) => change::answer::run(&arguments),
        Verb::Schedule(arguments) => change::schedule::run(&arguments),
        Verb::Unschedule(arguments) => change::unschedule::run(&arguments),
        Verb::Move(arguments) => change::move_batch::run(&arguments),
        Verb::Hold(arguments) => change::hold::run(&arguments),
        Verb::Release(arguments) => change::release::run(&arguments),
        Verb::Record(arguments) => change::record::run(&arguments),
        Verb::Withdraw(arguments) => change::withdraw::run(&arguments),
        Verb::Retire(arguments) => change::retire::run(&arguments),
        Verb::Cease(arguments) => change::cease::run(&arguments),
        Verb::Correct(arguments) => change::correct::run(&arguments),
        Verb::Plan(arguments) => look::plan::run(&arguments),
        Verb::Manifest(arguments) => pipeline::manifest::run(&arguments),
        Verb::Drift(arguments) => look::drift::run(&arguments),
        Verb::Approve(arguments) => pipeline::approve::run(&arguments),
        Verb::Promote(arguments) => pipeline::promote::run(&arguments),
        Verb::Gate(arguments) => pipeline::gate::run(&arguments),
        Verb::Log(arguments) => look::log::run(&arguments),
        Verb::Codeowners(arguments) => tool::codeowners::run(&arguments),
        Verb::Doctor(arguments) => tool::doctor::run(&arguments),
        Verb::Completions(arguments) => tool::completions::run(&arguments),
        Verb::Man(arguments) => tool::man::run(&arguments),
    }
}

/// The exit code of a verb that ended so: 1 when it was refused, 2 when it could not run.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    ExitCode::from(if error.is::<change::writing::Refused>() { 1 } else { 2 })
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
