//! `segell record removed`.

use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use jiff::civil::Date;

use crate::ask::Interview;
use crate::commands::asking;
use crate::commands::pipeline::Env;
use crate::commands::writing::{Writing, about_certificate, about_ens};
use crate::finding::Environment;
use crate::model::{Day, PerEnvironment, RetirementReason};
use crate::survey::Survey;
use crate::text::Text;
use crate::tr;

/// Record that a seal was taken out for good: its ens ceased, or it was compromised
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The ens that ceases
    #[arg(long, conflicts_with = "certificate")]
    ens: Option<String>,
    /// The certificate that is retired as compromised or ceased, `holder/label`
    #[arg(long, value_name = "ID")]
    certificate: Option<String>,
    /// The environment
    #[arg(long, value_enum)]
    env: Option<Env>,
    /// The day on which it was taken out; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let date = arguments.date.unwrap_or(survey.today);
    let next = [tr!("commit it and open a pull request; `segell today` shows what is left")];
    if arguments.certificate.is_some() {
        let view = asking::certificate(&mut interview, arguments.certificate.as_ref(), &survey)?;
        let environment = asking::environment(&mut interview, arguments.env)?;
        let (Some(view), Some(environment)) = (view, environment) else {
            return interview.refuse();
        };
        let retired = view.record.retired.as_ref();
        let retired = retired.filter(|it| it.reason != RetirementReason::Superseded);
        ensure!(
            retired.is_some(),
            tr!(
                "`{certificate}` is not retired as compromised or ceased; first: `segell retire --certificate {certificate} --reason REASON`",
                certificate = view.id
            )
        );
        let known = retired.and_then(|retired| day_in(&retired.removed, environment));
        if !is_recorded(known, arguments.date, view.id, environment)? {
            let pointer = format!("/retired/removed/{}", environment.field());
            changes.edit(view.file, |yaml| yaml.set(&pointer, &date.into()))?;
        }
        return arguments.writing.finish(&changes, about_certificate(view.id), &next);
    }
    let view = asking::ens(&mut interview, arguments.ens.as_ref(), &survey)?;
    let environment = asking::environment(&mut interview, arguments.env)?;
    let (Some(view), Some(environment)) = (view, environment) else { return interview.refuse() };
    let ceased = view.ens.ceased.as_ref();
    ensure!(
        ceased.is_some(),
        tr!(
            "`{ens}` has not ceased; first: `segell cease --ens {ens} --evidence TICKET`",
            ens = view.id
        )
    );
    let known = ceased.and_then(|ceased| day_in(&ceased.removed, environment));
    if !is_recorded(known, arguments.date, view.id, environment)? {
        let pointer = format!("/ceased/removed/{}", environment.field());
        changes.edit(view.file, |yaml| yaml.set(&pointer, &date.into()))?;
    }
    arguments.writing.finish(&changes, about_ens(view.id), &next)
}

fn day_in(removed: &PerEnvironment<Day>, environment: Environment) -> Option<Date> {
    removed.get(environment).map(Day::date)
}

/// Whether it is recorded already; on another day it is not recorded again.
fn is_recorded(
    known: Option<Date>,
    given: Option<Date>,
    id: &str,
    environment: Environment,
) -> Result<bool> {
    let Some(known) = known else { return Ok(false) };
    if given.is_some_and(|date| date != known) {
        let shown: Text = tr!(
            "the seal of `{id}` is recorded as taken out of {environment} on {day}; what was recorded is corrected by hand",
            id = id,
            environment = environment.shown(),
            day = known
        );
        bail!(shown);
    }
    Ok(true)
}
