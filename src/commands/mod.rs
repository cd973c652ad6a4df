//! The command line: a file a verb.

pub mod ask;

mod change;
mod complete;
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

use anyhow::{Context, Result, bail};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::base::language::Language;
use crate::files::repo;
use crate::files::repo::Tree;
use crate::inventory::Inventory;
use crate::inventory::load;
use crate::tr;
use crate::views::screen::Format;
use word::one_of;

/// Checks what is known of electronic seals before they are loaded.
#[derive(Debug, Parser)]
#[command(name = "segell", version, long_version = version::long(), max_term_width = help::WIDEST)]
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
#[expect(clippy::disallowed_methods, reason = "as clap does, which ends the process")]
pub fn parse(arguments: Vec<OsString>) -> Cli {
    complete::answer();
    // The texts are translated only where they are shown, which takes a moment.
    Cli::try_parse_from(&arguments).or_else(|_| parse_translated(&arguments)).unwrap_or_else(
        |error| match help::refusal(&error, &arguments) {
            None => error.exit(),
            Some(refusal) => {
                eprint!("{refusal}");
                std::process::exit(error.exit_code())
            }
        },
    )
}

fn parse_translated(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let language = Language::spoken();
    let mut command = help::translated(Cli::command(), &|english| language.translation(english));
    let matches = command.try_get_matches_from_mut(arguments);
    matches.and_then(|matches| Cli::from_arg_matches(&matches))
}

/// The verbs, grouped as help groups them: by what they are for.
#[derive(Debug, Subcommand)]
enum Verb {
    #[command(flatten)]
    Look(look::Verb),
    #[command(flatten)]
    Change(change::Verb),
    #[command(flatten)]
    Pipeline(pipeline::Verb),
    #[command(flatten)]
    Tool(tool::Verb),
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
            Some(root) => match around(root).filter(|around| around != root) {
                None => Ok(root.clone()),
                Some(around) => bail!(tr!(
                    "`--root` names the folder that holds `inventory/`: type `--root {folder}`",
                    folder = around.display().to_string()
                )),
            },
            None => repo::find_root(&std::env::current_dir()?),
        }
    }
}

/// The folder that holds the `inventory/` in which `path` lies, or that it holds; none where there is none.
fn around(path: &Path) -> Option<PathBuf> {
    if path.join("inventory").is_dir() {
        return Some(path.to_owned());
    }
    let inventory =
        path.ancestors().find(|folder| folder.file_name() == Some("inventory".as_ref()))?;
    let is_there = inventory.is_dir() && path.exists();
    let parent = inventory.parent().filter(|_| is_there)?;
    Some(if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() })
}

/// Runs the verb. Exit code 0: nothing blocks; 1: something does.
///
/// # Errors
/// When it could not run: exit code 2.
pub fn run(cli: Cli) -> Result<ExitCode> {
    match cli.verb {
        Verb::Look(verb) => verb.run(),
        Verb::Change(verb) => verb.run(),
        Verb::Pipeline(verb) => verb.run(),
        Verb::Tool(verb) => verb.run(),
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

/// What is sent or published in this format is written in the policy's language, unless the command line says
/// which.
fn publish(format: Format, inventory: &Inventory) {
    let language = inventory.policy.as_ref().and_then(|policy| policy.language);
    if let Some(language) = language.filter(|_| format.is_published()) {
        language.publish();
    }
}

/// A civil date from the command line.
fn date(text: &str) -> Result<jiff::civil::Date, String> {
    crate::base::time::read_date(text)
        .ok_or_else(|| crate::tr!("a date is `YYYY-MM-DD`").to_string())
}
