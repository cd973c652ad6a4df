//! `segell record removed`.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use jiff::civil::Date;

use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::asking;
use crate::commands::change::writing::{Writing, about_certificate, about_ens};
use crate::commands::word::one_of;
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::model::{Day, PerEnvironment, RetirementReason};
use crate::inventory::survey::Survey;
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
    #[arg(long, value_parser = one_of::<Environment>())]
    env: Option<Environment>,
    /// The day on which it was taken out; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let ended = match arguments.certificate {
        Some(_) => certificate(&mut interview, arguments.certificate.as_ref(), &survey)?,
        None => ens(&mut interview, arguments.ens.as_ref(), &survey)?,
    };
    let environment = asking::environment(&mut interview, arguments.env)?;
    let (Some(ended), Some(environment)) = (ended, environment) else { return interview.refuse() };
    if !ended.has_recorded(environment, arguments.date)? {
        let date = arguments.date.unwrap_or(survey.today);
        let pointer = format!("/{}/removed/{}", ended.field, environment.word());
        changes.edit(ended.file, |yaml| yaml.set(&pointer, &date.into()))?;
    }
    let next = [tr!("commit it and open a pull request; `segell today` shows what is left")];
    let (id, is_seal) = (ended.id, arguments.certificate.is_some());
    let concerns = |finding: &Finding| match is_seal {
        true => about_certificate(id)(finding),
        false => about_ens(id)(finding),
    };
    arguments.writing.finish(&changes, concerns, &next)
}

/// What has ended, and where its file says so.
struct Ended<'s> {
    id: &'s str,
    file: &'s str,
    field: &'static str,
    removed: &'s PerEnvironment<Day>,
}

fn certificate<'s>(
    interview: &mut Interview,
    given: Option<&String>,
    survey: &'s Survey<'_>,
) -> Result<Option<Ended<'s>>> {
    let Some(view) = asking::certificate(interview, given, survey)? else { return Ok(None) };
    let retired = view.record.retired.as_ref();
    let retired = retired.filter(|it| it.reason != RetirementReason::Superseded);
    let retired = retired.with_context(|| {
        tr!(
            "`{certificate}` is not retired as compromised or ceased; first: `segell retire --certificate {certificate} --reason REASON`",
            certificate = view.id
        )
    })?;
    let (id, file, removed) = (view.id, &**view.file, &retired.removed);
    Ok(Some(Ended { id, file, field: "retired", removed }))
}

fn ens<'s>(
    interview: &mut Interview,
    given: Option<&String>,
    survey: &'s Survey<'_>,
) -> Result<Option<Ended<'s>>> {
    let Some(view) = asking::ens(interview, given, survey)? else { return Ok(None) };
    let ceased = view.ens.ceased.as_ref().with_context(|| {
        tr!(
            "`{ens}` has not ceased; first: `segell cease --ens {ens} --evidence TICKET`",
            ens = view.id
        )
    })?;
    let (id, file, removed) = (view.id, &**view.file, &ceased.removed);
    Ok(Some(Ended { id, file, field: "ceased", removed }))
}

impl Ended<'_> {
    /// Whether it is recorded already; on another day it is not recorded again.
    fn has_recorded(&self, environment: Environment, given: Option<Date>) -> Result<bool> {
        let Some(known) = self.removed.get(environment).map(Day::date) else { return Ok(false) };
        ensure!(
            given.is_none_or(|date| date == known),
            tr!(
                "the seal of `{id}` is recorded as taken out of {shown} on {day}; if that is wrong: `segell correct {id} {field} removed {environment} DATE`",
                id = self.id,
                shown = environment.shown(),
                day = known,
                field = self.field,
                environment = environment.word()
            )
        );
        Ok(true)
    }
}
