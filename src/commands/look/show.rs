//! `segell show`.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::base::text::names;
use crate::checklist::rules;
use crate::commands::look::view::{View, tell_broken};
use crate::commands::out;
use crate::commands::publish;
use crate::commands::word::format_of;
use crate::inventory::survey::Survey;
use crate::tr;
use crate::views::screen::{Format, Sourced};
use crate::views::show::{Show, alike, find};
use crate::views::today::Today;

/// Show all that is known of an ens, a seal or a batch, on one page
///
/// What is live and until when, what happened and the tickets for it, what comes next, who has to act,
/// and the commands for it. Of several that have the number in common, each.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An id, or the NIF, DIR3 or organ code of an ens, or the serial or SHA-256 of a seal
    #[arg(value_name = "ENS|CERTIFICATE|BATCH|NIF|CODE|SERIAL")]
    what: String,
    #[command(flatten)]
    view: View,
    /// How it is written
    #[arg(long, value_parser = format_of::<Sourced<'_, Show>>(), default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let inventory = arguments.view.inventory()?;
    publish(arguments.format, &inventory);
    tell_broken(&inventory);
    let survey = Survey::of(&inventory, arguments.view.today());
    let asked = arguments.what.as_str();
    if find(&survey, asked).is_empty() {
        let alike = alike(&survey, asked);
        match alike.is_empty() {
            true => bail!(tr!("nothing here has the id or the number `{asked}`", asked = asked)),
            false => bail!(tr!(
                "nothing here has the id or the number `{asked}`; there are {alike}",
                asked = asked,
                alike = names(alike)
            )),
        }
    }
    let findings = rules::check(&survey).findings;
    let phases = arguments.view.phases(&inventory)?;
    let today = Today::of(&survey, &findings, &phases);
    let show = Show::of(&survey, &find(&survey, asked), &findings, &today);
    out::show(&Sourced(&show, &inventory.sources), arguments.format)?;
    Ok(ExitCode::SUCCESS)
}
