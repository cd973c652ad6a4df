//! `segell status`.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::base::word::Word;
use crate::checklist::rules;
use crate::commands::look::view::View;
use crate::commands::out::show;
use crate::commands::publish;
use crate::commands::word::{format_of, one_of};
use crate::inventory::Inventory;
use crate::inventory::finding::Actor;
use crate::inventory::model::{Block, Stage};
use crate::inventory::step::Step;
use crate::inventory::survey::Survey;
use crate::tr;
use crate::views::screen::{Format, Sourced};
use crate::views::status::{Filter, Status};

/// Show where every ens stands, what is missing, and who has to act
///
/// The steps are those of the procedure; what is missing is what `segell check` finds. Each filter may
/// be given several times.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    view: View,
    /// Only ens of this block
    #[arg(long = "block", value_parser = one_of::<Block>())]
    blocks: Vec<Block>,
    /// Only ens whose load is in a batch of this stage
    #[arg(long = "stage", value_parser = one_of::<Stage>())]
    stages: Vec<Stage>,
    /// Only ens that wait for this step, or of which this rule finds something
    #[arg(long = "missing", value_name = "STEP|RULE")]
    missing: Vec<String>,
    /// Only ens whose load is in this calendar
    #[arg(long = "calendar", value_name = "NAME")]
    calendars: Vec<String>,
    /// Only ens that wait for this actor
    #[arg(long = "who", value_name = "ACTOR", value_parser = one_of::<Actor>())]
    actors: Vec<Actor>,
    /// How the status is written
    #[arg(long, value_parser = format_of::<Sourced<'_, Status<'_, '_>>>(), default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let inventory = arguments.view.inventory()?;
    publish(arguments.format, &inventory);
    let filter = filter(arguments, &inventory)?;
    let phases = arguments.view.phases(&inventory)?;
    let survey = Survey::of(&inventory, arguments.view.today());
    let findings = rules::check(&survey).findings;
    let status = Status::of(&survey, &findings, &phases, &filter);
    show(&Sourced(&status, &inventory.sources), arguments.format)?;
    Ok(ExitCode::SUCCESS)
}

/// The filter, if all that it names exists.
fn filter(arguments: &Arguments, inventory: &Inventory) -> Result<Filter> {
    let is_known = |what: &&String| {
        rules::named(what).is_some() || Step::ALL.iter().any(|step| step.word() == *what)
    };
    if let Some(unknown) = arguments.missing.iter().find(|what| !is_known(what)) {
        let steps = Step::ALL.iter().map(|step| step.word());
        bail!(tr!(
            "`{what}` is neither a rule nor a step; the steps are {steps}",
            what = unknown,
            steps = crate::base::text::names(steps)
        ));
    }
    crate::commands::look::view::known_calendars(inventory, &arguments.calendars)?;
    Ok(Filter {
        blocks: arguments.blocks.clone(),
        stages: arguments.stages.clone(),
        missing: arguments.missing.clone(),
        calendars: arguments.calendars.clone(),
        actors: arguments.actors.clone(),
    })
}
