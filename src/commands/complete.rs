//! What a shell offers for a word that is being typed: the ids of the inventory around, each with what it is;
//! of batches those with open loads, the one that is due first.
//!
//! Only names of files are read, and of batches their files: a key press has no time for more.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::{Arg, Command, CommandFactory};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use jiff::civil::Date;

use crate::base::language::Language;
use crate::base::time;
use crate::checklist::rules;
use crate::commands::{Cli, help};
use crate::files::repo;
use crate::inventory::finding::Environment;
use crate::inventory::load;
use crate::inventory::model::{Batch, Load};

/// Answers a shell that asks, and ends the process then.
pub fn answer() {
    CompleteEnv::with_factory(command).complete();
}

/// The command line as a shell completes it, its texts in the language that is spoken.
fn command() -> Command {
    let language = Language::spoken();
    let command = help::translated(Cli::command(), &|english| language.translation(english));
    with_ids(command)
}

fn with_ids(command: Command) -> Command {
    let command = command.mut_args(offering);
    let verbs: Vec<String> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    verbs.into_iter().fold(command, |command, verb| command.mut_subcommand(verb, with_ids))
}

/// An argument with what may be offered for it, by its name.
fn offering(argument: Arg) -> Arg {
    if argument.get_value_parser().possible_values().is_some() {
        return argument;
    }
    let offer: fn(&Path) -> Vec<Offer> = match argument.get_id().as_str() {
        "ens" => ens,
        "certificate" | "certificates" => certificates,
        "batch" => batches,
        "calendar" | "calendars" => calendars,
        "rule" | "rules" => |_| rules(),
        "what" | "subject" => |root| [ens(root), certificates(root), batches(root)].concat(),
        _ => return argument,
    };
    argument.add(ArgValueCompleter::new(move |typed: &OsStr| offered(typed, offer)))
}

/// A word that may be meant, and what it is.
#[derive(Clone)]
struct Offer(String, Option<String>);

/// What is offered for what was typed: of a list, for what stands behind its last comma.
fn offered(typed: &OsStr, offer: fn(&Path) -> Vec<Offer>) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let (before, begun) =
        typed.rsplit_once(',').map_or(("", &*typed), |(before, begun)| (before, begun));
    let before = if before.is_empty() { String::new() } else { format!("{before},") };
    let Some(root) = std::env::current_dir().ok().and_then(|here| repo::find_root(&here).ok())
    else {
        return Vec::new();
    };
    let (begin, contain): (Vec<Offer>, Vec<Offer>) = offer(&root)
        .into_iter()
        .filter(|Offer(word, _)| word.contains(begun))
        .partition(|Offer(word, _)| word.starts_with(begun));
    let fitting = if begin.is_empty() { contain } else { begin };
    let candidate = |(place, Offer(word, help)): (usize, Offer)| {
        CompletionCandidate::new(format!("{before}{word}"))
            .help(help.map(Into::into))
            .display_order(Some(place))
    };
    fitting.into_iter().enumerate().map(candidate).collect()
}

fn ens(root: &Path) -> Vec<Offer> {
    let mut all = stems(&root.join("inventory/ens"));
    all.sort_unstable();
    all.into_iter().map(|id| Offer(id, None)).collect()
}

fn certificates(root: &Path) -> Vec<Offer> {
    let folder = root.join("inventory/certificates");
    let ids = names(&folder).into_iter().flat_map(|holder| {
        let labels = stems(&folder.join(&holder)).into_iter();
        labels.map(move |label| format!("{holder}/{label}"))
    });
    let mut all: Vec<String> = ids.collect();
    all.sort_unstable();
    all.into_iter().map(|id| Offer(id, None)).collect()
}

fn calendars(root: &Path) -> Vec<Offer> {
    let mut all = names(&root.join("inventory/calendars"));
    all.sort_unstable();
    all.into_iter().map(|name| Offer(name, None)).collect()
}

fn rules() -> Vec<Offer> {
    rules::all().map(|rule| Offer(rule.name.to_owned(), Some(rule.holds.to_string()))).collect()
}

/// The batches with open loads, by the day that comes next.
fn batches(root: &Path) -> Vec<Offer> {
    let Ok(mut tree) = repo::working_tree(root) else { return Vec::new() };
    tree.entries.retain(|entry| entry.path.starts_with("inventory/calendars/"));
    let inventory = load::load(&tree);
    let open = inventory.batches.iter().filter_map(|(id, item)| {
        let batch = item.value.as_deref()?;
        Some((next_day(batch)?, id.to_string()))
    });
    let mut open: Vec<((Date, Environment), String)> = open.collect();
    open.sort_unstable_by_key(|((day, _), id)| (*day, id.clone()));
    let told = |((day, environment), id): ((Date, Environment), String)| {
        let ahead = time::days_between(time::today(), day);
        Offer(id, Some(format!("{} {day} ({ahead:+} d)", environment.shown())))
    };
    open.into_iter().map(told).collect()
}

/// The day of an open batch that comes next, and where.
pub fn next_day(batch: &Batch) -> Option<(Date, Environment)> {
    let open: Vec<&Load> = batch.loads.iter().filter(|load| load.is_open()).collect();
    let is_loaded = |environment| open.iter().all(|load| load.loaded(environment).is_some());
    let environment = if is_loaded(Environment::Pre) { Environment::Pro } else { Environment::Pre };
    (!open.is_empty()).then(|| (batch.date(environment), environment))
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let items = std::fs::read_dir(folder).into_iter().flatten().flatten();
    items.filter_map(|item| item.file_name().into_string().ok()).collect()
}

/// The names of the YAML files in a folder, without their ending.
fn stems(folder: &Path) -> Vec<String> {
    let files = names(folder).into_iter().map(PathBuf::from);
    let yaml = files.filter(|file| file.extension() == Some(OsStr::new("yaml")));
    yaml.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())).collect()
}
