//! `segell retire`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use jiff::civil::Date;

use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::commands::ask::{Interview, Question};
use crate::commands::change::asking::{self, open};
use crate::commands::change::writing::{Writing, about_certificate};
use crate::commands::word::one_of;
use crate::edit::Value;
use crate::inventory::finding::Environment;
use crate::inventory::model::RetirementReason;
use crate::inventory::survey::{EnsIndex, Survey};
use crate::tr;

/// Record that a certificate is no longer to be used
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The certificate, `holder/label`
    #[arg(long, value_name = "ID")]
    certificate: Option<String>,
    /// Why
    #[arg(long, value_parser = one_of::<RetirementReason>())]
    reason: Option<RetirementReason>,
    /// The day from which it is not to be used; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let view = asking::certificate(&mut interview, arguments.certificate.as_ref(), &survey)?;
    let reasons = RetirementReason::ALL.iter().map(|reason| reason.word().to_owned());
    let reason = Question {
        choices: reasons.collect(),
        ..open("--reason REASON", tr!("Why is it no longer used?"))
    };
    let reason = interview.need(arguments.reason.as_ref(), &reason, read_reason)?;
    let (Some(view), Some(reason)) = (view, reason) else { return interview.refuse() };
    let date = arguments.date.unwrap_or(survey.today);
    match &view.record.retired {
        Some(known) if known.date.date() != date || known.reason != reason => {
            bail!(tr!(
                "`{certificate}` is retired already, from {day} on; if that is wrong: `segell correct {certificate} retired FIELD VALUE`",
                certificate = view.id,
                day = known.date.date()
            ));
        }
        Some(_) => {}
        None => {
            let retired =
                [("date", Some(date.into())), ("reason", Some(Value::text(reason.word())))];
            changes.edit(view.file, |record| record.set("/retired", &Value::map(retired)))?;
        }
    }
    let mut next = vec![tr!("`segell status`, which shows whose seal it was and what they lack")];
    for environment in Environment::BOTH {
        let holds = |&ens: &EnsIndex| {
            let current = survey.current(&survey[ens], environment);
            current.is_some_and(|current| current.id == view.id)
        };
        if reason != RetirementReason::Superseded && view.users.iter().any(holds) {
            next.push(tr!(
                "if nothing takes its place, when it is taken out of {shown}: `segell record removed --certificate {certificate} --env {environment}`",
                shown = environment.shown(),
                certificate = view.id,
                environment = environment.word()
            ));
        }
    }
    arguments.writing.record(&changes, about_certificate(view.id), &next)
}

fn read_reason(word: &str) -> Result<RetirementReason, Text> {
    let reasons = RetirementReason::ALL;
    let found = reasons.iter().find(|reason| reason.word() == word.to_lowercase());
    let reasons = names(reasons.iter().map(|reason| reason.word()));
    found
        .copied()
        .ok_or_else(|| tr!("`{word}` is none of {reasons}", word = word, reasons = reasons))
}
