//! `segell forecast`.

use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use jiff::civil::Date;

use crate::base::time::plus_days;
use crate::checklist::forecast::{AHEAD, Forecast};
use crate::checklist::rules;
use crate::commands::look::view::{View, tell_broken};
use crate::commands::out::show;
use crate::commands::publish;
use crate::commands::word::{format_of, one_of};
use crate::inventory::finding::{Actor, Finding};
use crate::inventory::survey::Survey;
use crate::tr;
use crate::views::screen::{Format, Sourced};

/// Tell what will break if nobody acts, and until when one can
///
/// On the first bad day `segell check` reports it, and on the day before it does not. The last day to
/// act counts back what the policy says that a seal's issue, AEAT's confirmation and the way from
/// PRE to PRO take, in working days.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    view: View,
    /// The last day that is looked at; a year ahead unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    until: Option<Date>,
    /// Only what this rule finds; may be given several times
    #[arg(long = "rule", value_name = "NAME")]
    rules: Vec<String>,
    /// Only what this actor has to mend; may be given several times
    #[arg(long = "who", value_name = "ACTOR", value_parser = one_of::<Actor>())]
    actors: Vec<Actor>,
    /// Only what is about this ens, or a seal of it; may be given several times
    #[arg(long = "ens", value_name = "ENS")]
    ens: Vec<String>,
    /// How the forecast is written
    #[arg(long, value_parser = format_of::<Sourced<'_, Forecast>>(), default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let inventory = arguments.view.inventory()?;
    publish(arguments.format, &inventory);
    tell_broken(&inventory);
    let today = arguments.view.today();
    let until = arguments.until.unwrap_or_else(|| plus_days(today, AHEAD));
    ensure!(
        today <= until,
        tr!("`--until`, {until}, comes before {today}", until = until, today = today)
    );
    if let Some(unknown) = arguments.rules.iter().find(|name| rules::named(name).is_none()) {
        bail!(tr!("there is no rule `{rule}`; `segell rules` lists them", rule = unknown));
    }
    let survey = Survey::of(&inventory, today);
    if let Some(unknown) = arguments.ens.iter().find(|id| !inventory.ens.contains_key(id.as_str()))
    {
        bail!(tr!("there is no ens `{ens}`", ens = unknown));
    }
    let mut forecast = Forecast::of(&survey, until);
    forecast.breaks.retain(|item| wants(arguments, &survey, &item.finding));
    show(&Sourced(&forecast, &inventory.sources), arguments.format)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a finding is asked for.
fn wants(arguments: &Arguments, survey: &Survey<'_>, finding: &Finding) -> bool {
    let Arguments { rules, actors, ens, .. } = arguments;
    let is_of_rule = rules.is_empty() || rules.iter().any(|name| name == finding.rule.name);
    let is_whose = actors.is_empty() || finding.actor.is_some_and(|who| actors.contains(&who));
    let seal = finding.subject.certificate.as_deref().and_then(|id| survey.certificate(id));
    let is_about = |id: &String| {
        let users = seal.iter().flat_map(|seal| &seal.users);
        finding.subject.ens.as_ref() == Some(id)
            || users.into_iter().any(|&user| survey[user].id == id)
    };
    is_of_rule && is_whose && (ens.is_empty() || ens.iter().any(is_about))
}
