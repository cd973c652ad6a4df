//! `segell propose`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use jiff::civil::Date;

use super::Root;
use crate::propose::{Format, Proposal, Wish, write};
use crate::time;

/// Propose the next batches of a calendar, of the ens that are ready
///
/// An ens is ready when the rules would have nothing against its load. Those that have asked for PRE
/// come first, then those whose seals run out soonest; the departments that share a seal come
/// together. Says why each is where it is, and who has to act for each that is left out.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    root: Root,
    /// Look at this commit's tree, without a checkout
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// The day that counts as today, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    as_of: Option<Date>,
    /// The calendar, which may be new; the only one with open loads unless given, else a new one
    #[arg(long, value_name = "NAME")]
    calendar: Option<String>,
    /// The first day on which anything is loaded; the day after today unless given
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    from: Option<Date>,
    /// How many loads a batch has at most; the policy's `batch_size` unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    size: Option<u16>,
    /// How the proposal is written
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let today = arguments.as_of.unwrap_or_else(time::today);
    let mut inventory = super::inventory_at(&arguments.root.find()?, arguments.rev.as_deref())?;
    let wish = Wish {
        calendar: arguments.calendar.clone(),
        from: arguments.from,
        size: arguments.size.map(usize::from),
    };
    let proposal = Proposal::of(&mut inventory, today, &wish)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    write(&proposal, &inventory.sources, arguments.format, &mut out)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
