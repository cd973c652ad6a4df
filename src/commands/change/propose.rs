//! `segell propose`.

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use anyhow::Result;
use jiff::civil::Date;

use crate::commands::change::schedule::{Plan, load};
use crate::commands::change::writing::Writing;
use crate::commands::out::{say, show};
use crate::commands::word::format_of;
use crate::planning::propose::{Proposal, Proposed, Wish};
use crate::tr;
use crate::views::screen::{Format, Sourced};

/// Propose the next batches of a calendar, of the ens that are ready
///
/// Batches that are planned and below their size are filled first.
///
/// An ens is ready when the rules would have nothing against its load. Those that have asked for PRE
/// come first, then those whose seals run out soonest; the departments that share a seal come
/// together. Says why each is where it is, and who has to act for each that is left out.
///
/// Exit code 0: proposed, and with `--write` written; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// Look at this commit's tree, without a checkout
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// The calendar, which may be new; the only one with open loads unless given, else a new one
    #[arg(long, value_name = "NAME")]
    calendar: Option<String>,
    /// The first day on which anything is loaded; the day after today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    from: Option<Date>,
    /// How many loads a batch has at most; the policy's `batch_size` unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    size: Option<u16>,
    /// How the proposal is written
    #[arg(long, value_parser = format_of::<Sourced<'_, Proposal>>(), default_value = "human")]
    format: Format,
    /// Create the files of the batches, and fill those that are planned
    #[arg(long, conflicts_with_all = ["rev", "format"])]
    write: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let writing = &arguments.writing;
    let wish = Wish {
        calendar: arguments.calendar.clone(),
        from: arguments.from,
        size: arguments.size.map(usize::from),
    };
    if arguments.write {
        return create(writing, &wish);
    }
    let mut inventory = crate::commands::inventory_at(&writing.root()?, arguments.rev.as_deref())?;
    crate::commands::publish(arguments.format, &inventory);
    let proposal = Proposal::of(&mut inventory, writing.today(), &wish)?;
    show(&Sourced(&proposal, &inventory.sources), arguments.format)?;
    if arguments.format == Format::Human && !proposal.batches.is_empty() {
        say(tr!("next: `{command}`", command = command(arguments, &proposal)));
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows the proposal and creates its files.
fn create(writing: &Writing, wish: &Wish) -> Result<ExitCode> {
    let mut changes = writing.begin()?;
    // The proposal tries its batches in an inventory of its own.
    let mut inventory = ManuallyDrop::new(changes.trial()?);
    let proposal = Proposal::of(&mut inventory, writing.today(), wish)?;
    show(&Sourced(&proposal, &inventory.sources), Format::Human)?;
    if proposal.batches.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    say("");
    for batch in &proposal.batches {
        match batch.onto {
            None => {
                let plan = plan(&proposal.calendar, batch);
                changes.create_yaml(&batch.file(), &plan.batch(&batch.id)?)?;
            }
            Some(_) => {
                for new in &batch.loads {
                    let new = load(&new.ens, &new.certificate);
                    changes.edit(&batch.file(), |yaml| yaml.append("/loads", &new))?;
                }
            }
        }
    }
    let next = [tr!("commit the files and open a pull request")];
    let is_new = |id: &String| proposal.batches.iter().any(|batch| batch.id == *id);
    writing.finish(&changes, |found| found.subject.batch.as_ref().is_some_and(is_new), &next)
}

fn plan(calendar: &str, batch: &Proposed) -> Plan {
    let load =
        |load: &crate::planning::propose::Planned| (load.ens.clone(), load.certificate.clone());
    Plan {
        calendar: calendar.to_owned(),
        pre: batch.pre,
        pro: batch.pro,
        loads: batch.loads.iter().map(load).collect(),
    }
}

/// The command that creates what was proposed.
fn command(arguments: &Arguments, proposal: &Proposal) -> String {
    let mut words = vec!["segell propose --calendar".to_owned(), proposal.calendar.clone()];
    words.extend(arguments.from.map(|day| format!("--from {day}")));
    words.extend(arguments.size.map(|size| format!("--size {size}")));
    words.push("--write".to_owned());
    words.join(" ")
}
