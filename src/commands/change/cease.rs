//! `segell cease`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;

use crate::base::text::Text;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::asking;
use crate::commands::change::writing::{Writing, about_ens};
use crate::edit::{Evidence, Value};
use crate::inventory::finding::Environment;
use crate::inventory::model::Cessation;
use crate::inventory::survey::{EnsView, LoadView, Survey};
use crate::tr;

/// Record that a public body is no more
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// Who
    #[arg(long)]
    ens: Option<String>,
    /// The day from which it is no more; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
    /// The ens that takes its place
    #[arg(long, value_name = "ENS")]
    successor: Option<String>,
    /// What shows it: a ticket, a CSV code, or a file, which is copied; may be given several times
    #[arg(long)]
    evidence: Vec<Evidence>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let view = asking::ens(&mut interview, arguments.ens.as_ref(), &survey)?;
    let evidence = asking::evidence(&mut interview, &arguments.evidence)?;
    let (Some(view), Some(evidence)) = (view, evidence) else { return interview.refuse() };
    let successor = arguments.successor.as_deref();
    if let Some(id) = successor {
        survey.ens(id).with_context(|| tr!("there is no ens `{ens}`", ens = id))?;
        ensure!(id != view.id, tr!("`{ens}` cannot take its own place", ens = id));
    }
    let date = arguments.date.unwrap_or(survey.today);
    match &view.ens.ceased {
        Some(known) if !says(known, date, successor) => bail!(tr!(
            "`{ens}` has ceased already, on {day}; if that is wrong: `segell correct {ens} ceased date DATE`",
            ens = view.id,
            day = known.date.date()
        )),
        Some(_) => {}
        None => {
            let evidence = Evidence::take(&evidence, &format!("ceased/{}", view.id), &mut changes)?;
            let ceased = Value::map([
                ("date", Some(date.into())),
                ("successor", successor.map(Value::text)),
                ("evidence", Some(evidence)),
            ]);
            changes.edit(view.file, |ens| ens.set("/ceased", &ceased))?;
        }
    }
    let mut next = plans(&survey, view);
    next.extend(seals(&survey, view, date));
    for environment in Environment::BOTH {
        if survey.current(view, environment).is_some() {
            next.push(tr!(
                "when its seal is taken out of {shown}: `segell record removed --ens {ens} --env {environment}`",
                shown = environment.shown(),
                ens = view.id,
                environment = environment.word()
            ));
        }
    }
    if next.is_empty() {
        next.push(tr!("`segell check`"));
    }
    arguments.writing.record(&changes, about_ens(view.id), &next)
}

/// Whether the same is recorded.
/// What is planned for it and not loaded anywhere is not loaded any more.
fn plans(survey: &Survey<'_>, view: &EnsView<'_>) -> Vec<Text> {
    let loads = view.loads.iter().map(|&place| &survey[place]);
    let planned = loads.filter(|view| {
        let is_loaded = |environment: &Environment| view.load.loaded(*environment).is_some();
        view.load.withdrawn.is_none() && !Environment::BOTH.iter().any(is_loaded)
    });
    let told = |load: &LoadView<'_>| {
        tr!(
            "what is planned for it is not loaded any more: `segell withdraw --batch {batch} --ens {ens} --reason TEXT --evidence TICKET`",
            batch = survey[load.batch].id,
            ens = view.id
        )
    };
    planned.map(told).collect()
}

/// Its seals are retired with it, what is loaded first; one that others have too stays.
fn seals(survey: &Survey<'_>, view: &EnsView<'_>, date: Date) -> Vec<Text> {
    let live = Environment::BOTH.into_iter().rev().filter_map(|at| survey.current(view, at));
    let own = view.certificates.iter().map(|&place| &survey[place]);
    let mut told: Vec<&str> = Vec::new();
    let mut next = Vec::new();
    for seal in live.chain(own) {
        let is_shared = seal.record.organ_codes.len() > 1
            || seal.users.iter().any(|&user| survey[user].id != view.id);
        if is_shared || seal.record.retired.is_some() || told.contains(&seal.id) {
            continue;
        }
        told.push(seal.id);
        next.push(tr!(
            "`segell retire --certificate {certificate} --reason ceased --date {day}`",
            certificate = seal.id,
            day = date
        ));
    }
    next
}

fn says(known: &Cessation, date: Date, successor: Option<&str>) -> bool {
    let recorded = known.successor.as_ref().map(|id| id.as_str());
    known.date.date() == date && (successor.is_none() || recorded == successor)
}
