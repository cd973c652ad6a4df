//! `segell add confirmation`.

use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use jiff::civil::Date;

use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::base::word::Word;
use crate::checklist::rules::ens::confirmed_in_writing::{no_answer, other_serial, other_sha256};
use crate::commands::ask::Interview;
use crate::commands::asking;
use crate::commands::word::one_of;
use crate::commands::writing::{Refused, Writing, about_certificate};
use crate::edit::{Evidence, Value};
use crate::inventory::finding::Environment;
use crate::inventory::model::Confirmation;
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;

/// Record AEAT's written answer that it has loaded a certificate's public key
///
/// With `--serial` or `--sha256`, as AEAT wrote it, another certificate's is refused. Without them the
/// certificate's own are filled in: compare them with what AEAT has written. The receipt of the request,
/// a CSV code, is no confirmation.
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The certificate, `holder/label`
    #[arg(long, value_name = "ID")]
    certificate: Option<String>,
    /// In which environment AEAT has loaded it
    #[arg(long, value_parser = one_of::<Environment>())]
    env: Option<Environment>,
    /// The serial that AEAT quotes, in hexadecimal
    #[arg(long, value_name = "HEX")]
    serial: Option<String>,
    /// The SHA-256 that AEAT quotes, in hexadecimal
    #[arg(long, value_name = "HEX", value_parser = sha256)]
    sha256: Option<Sha256>,
    /// The day from which it is loaded there; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
    /// The answer: a ticket, or a file, which is copied; may be given several times
    #[arg(long)]
    evidence: Vec<Evidence>,
}

/// A SHA-256 as people write it: also in capitals, with colons or blanks between the bytes.
fn sha256(text: &str) -> Result<Sha256, String> {
    let digits: String = text.chars().filter(|digit| !matches!(digit, ' ' | ':')).collect();
    Sha256::from_hex(&digits).ok_or_else(|| tr!("a SHA-256 has 64 hexadecimal digits").to_string())
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let view = asking::certificate(&mut interview, arguments.certificate.as_ref(), &survey)?;
    let environment = asking::environment(&mut interview, arguments.env)?;
    let evidence = asking::evidence(&mut interview, &arguments.evidence)?;
    let (Some(view), Some(environment), Some(evidence)) = (view, environment, evidence) else {
        return interview.refuse();
    };
    if let Some(other) = arguments.other(view) {
        bail!(Refused(other));
    }
    let shows = |evidence: &Evidence| !matches!(evidence, Evidence::Csv(_));
    ensure!(evidence.iter().any(shows), Refused(no_answer(environment)));
    let folder = format!("aeat/{}-{}", view.id.replace('/', "-"), environment.word());
    let items = Evidence::items(&evidence, &folder, &mut changes)?;
    let date = arguments.date.unwrap_or(survey.today);
    match view.record.confirmations.get(environment) {
        Some(known) => ensure_same(view, known, date, &items)?,
        None => {
            let pointer = format!("/confirmations/{}", environment.word());
            let confirmation = arguments.confirmation(view, date, items);
            changes.edit(view.file, |record| record.set(&pointer, &confirmation))?;
        }
    }
    let next = next(&survey, view, environment);
    arguments.writing.finish(&changes, about_certificate(view.id), &[next])
}

impl Arguments {
    /// Why what AEAT quotes is not this certificate's.
    fn other(&self, view: &CertificateView<'_>) -> Option<Text> {
        let serial = self.serial.as_ref().and_then(|quoted| other_serial(view, quoted));
        serial.or_else(|| other_sha256(view, self.sha256.as_ref()?))
    }

    /// What is recorded beside the day and what shows it: what AEAT quotes of serial and digest; both,
    /// where that is not said.
    fn confirmation(&self, view: &CertificateView<'_>, date: Date, evidence: Vec<Value>) -> Value {
        let unsaid = self.serial.is_none() && self.sha256.is_none();
        let serial = view.pem.filter(|_| unsaid || self.serial.is_some());
        let sha256 = unsaid || self.sha256.is_some();
        Value::map([
            ("date", Some(date.into())),
            ("serial", serial.map(|(facts, _)| Value::quoted(&facts.serial))),
            ("sha256", sha256.then(|| Value::quoted(&view.record.sha256))),
            ("evidence", Some(Value::List(evidence))),
        ])
    }
}

/// Refuses to record otherwise what is recorded.
fn ensure_same(
    view: &CertificateView<'_>,
    known: &Confirmation,
    date: Date,
    evidence: &[Value],
) -> Result<()> {
    let is_there = |item: &Value| known.evidence.iter().any(|there| Value::from(there) == *item);
    ensure!(
        known.date.date() == date && evidence.iter().all(is_there),
        tr!(
            "`{certificate}` has a confirmation of {day} there, with other evidence or on another day; what is recorded is not rewritten: if it is wrong, correct `{file}`",
            certificate = view.id,
            day = known.date.date(),
            file = &**view.file
        )
    );
    Ok(())
}

/// The other environment, while AEAT has not confirmed it; else a day.
fn next(survey: &Survey<'_>, view: &CertificateView<'_>, done: Environment) -> Text {
    let lacks = |it: &Environment| *it != done && view.record.confirmations.get(*it).is_none();
    if let Some(other) = Environment::BOTH.into_iter().find(lacks) {
        return tr!(
            "`segell add confirmation --certificate {certificate} --env {environment} --evidence TICKET`",
            certificate = view.id,
            environment = other.word()
        );
    }
    let codes = &view.record.organ_codes;
    let ens = survey.ens.iter().find(|ens| codes.contains(&ens.ens.organ_code));
    match ens {
        Some(ens) => {
            tr!("`segell schedule --calendar NAME --ens {ens} --pre DATE --pro DATE`", ens = ens.id)
        }
        None => tr!("`segell propose`, which finds the days for all that are ready"),
    }
}
