//! `segell add certificate`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use jiff::civil::Date;

use super::seal::Seal;
use crate::base::text::{Text, names};
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::commands::ask::{Interview, Question};
use crate::commands::asking::{any_text, open, read_slug};
use crate::commands::batch::words;
use crate::commands::out::say;
use crate::commands::writing::{Writing, about_ens};
use crate::edit::{Changeset, Value};
use crate::files::x509;
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::model::Block;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::tr;

/// Add a seal: its certificate, and the record beside it
///
/// The file holds one certificate, PEM or DER, and never a private key. Whose it is follows from the
/// NIF in it, unless `--ens` says so; holder and label are proposed. The certificate is written anew,
/// so that nothing else of the file comes in.
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The file of the certificate
    #[arg(long, value_name = "FILE")]
    pem: Option<PathBuf>,
    /// Whose seal it is; several only for departments
    #[arg(long)]
    ens: Vec<String>,
    /// The folder of the seal; the ens's id unless given, `generalitat` for several departments
    #[arg(long)]
    holder: Option<String>,
    /// The name of the seal in its folder; the year in which it begins unless given
    #[arg(long)]
    label: Option<String>,
    /// Where the private key is, a PKCS#11 URI; never the key
    #[arg(long, value_name = "URI")]
    key: Option<String>,
    /// The support desk's ticket that handed it over
    #[arg(long, value_parser = words)]
    ticket: Option<String>,
    /// The day on which it was handed over; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date, requires = "ticket")]
    delivered: Option<Date>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let mut interview = Interview::begin();
    let file = open("--pem FILE", tr!("In which file is the certificate?"));
    let file =
        interview.need(arguments.pem.as_ref(), &file, |file| any_text(file).map(PathBuf::from))?;
    let Some(file) = file else { return interview.refuse() };
    let seal = Seal::read(&file)?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let Some(bodies) = seal.bodies(&mut interview, &survey, &arguments.ens)? else {
        return interview.refuse();
    };
    let known = seal.known(&survey);
    let has_ticket = known.is_some_and(|known| known.record.delivered.is_some());
    let delivered = match &arguments.ticket {
        None if !has_ticket => interview.may(&ticket_question(), words)?,
        given => given.clone(),
    };
    let delivered = delivered.map(|ticket| (ticket, arguments.delivered));
    let id = match known {
        Some(known) => {
            share(known, &bodies, &mut changes)?;
            complete(known, delivered, arguments.key.as_deref(), survey.today, &mut changes)?;
            known.id.to_owned()
        }
        None => create(arguments, &seal, &survey, &bodies, delivered, &mut changes)?,
    };
    say(seal.described(&id));
    let consequences = consequences(&seal, &survey, &bodies, &id);
    consequences.iter().for_each(say);
    let ens: Vec<String> = bodies.iter().map(|body| body.id.to_owned()).collect();
    let concerns = move |finding: &Finding| ens.iter().any(|ens| about_ens(ens)(finding));
    let last = day_of(seal.facts.not_after);
    let next = if last < survey.today {
        tr!("order a new one: this seal expired on {day}, and cannot be loaded", day = last)
    } else {
        next(known, &id)
    };
    arguments.writing.record(&changes, concerns, &[next])
}

/// The support desk's ticket, and the day where it is given.
type Delivered = Option<(String, Option<Date>)>;

fn ticket_question() -> Question<'static> {
    open("--ticket TICKET", tr!("The support desk's ticket? (nothing: not known yet)"))
}

fn delivery(ticket: &str, day: Option<Date>, today: Date) -> Value {
    let day = day.unwrap_or(today);
    Value::map([("ticket", Some(Value::text(ticket))), ("date", Some(day.into()))])
}

/// The first environment that AEAT has not confirmed.
fn next(known: Option<&CertificateView<'_>>, id: &str) -> Text {
    let lacks = |environment: &Environment| {
        known.is_none_or(|known| known.record.confirmations.get(*environment).is_none())
    };
    match Environment::BOTH.into_iter().find(lacks) {
        Some(environment) => tr!(
            "`segell add confirmation --certificate {certificate} --env {environment} --evidence TICKET`",
            certificate = id,
            environment = environment.word()
        ),
        None => tr!("`segell status`, which shows what is still lacking"),
    }
}

/// Puts what is given and not yet recorded into the record; refuses what is recorded otherwise.
fn complete(
    known: &CertificateView<'_>,
    delivered: Delivered,
    key: Option<&str>,
    today: Date,
    changes: &mut Changeset,
) -> Result<()> {
    let recorded_otherwise = || {
        tr!(
            "`{certificate}` is recorded with another ticket, day or key; if that is wrong, correct `{file}`",
            certificate = known.id,
            file = &**known.file
        )
    };
    let same_key =
        |key: &str| Environment::BOTH.iter().all(|it| known.record.key_in(*it) == Some(key));
    ensure!(key.is_none_or(same_key), recorded_otherwise());
    let Some((ticket, day)) = delivered else { return Ok(()) };
    match &known.record.delivered {
        Some(recorded) => {
            let same_day = day.is_none_or(|day| day == recorded.date.date());
            ensure!(recorded.ticket.as_str() == ticket && same_day, recorded_otherwise());
            Ok(())
        }
        None => {
            let delivered = delivery(&ticket, day, today);
            changes.edit(known.file, |record| record.set("/delivered", &delivered))
        }
    }
}

/// The certificate is there already: for a department, its code is added to those it is for.
fn share(
    known: &CertificateView<'_>,
    bodies: &[&EnsView<'_>],
    changes: &mut Changeset,
) -> Result<()> {
    let lacks = |body: &&&EnsView<'_>| !known.record.organ_codes.contains(&body.ens.organ_code);
    for body in bodies.iter().filter(lacks) {
        ensure!(
            body.ens.block == Block::Departments,
            tr!(
                "the certificate is there already as `{certificate}`, under another organ code than that of `{ens}`",
                certificate = known.id,
                ens = body.id
            )
        );
        let code = Value::quoted(&body.ens.organ_code);
        changes.edit(known.file, |record| record.append("/organ_codes", &code))?;
    }
    Ok(())
}

/// Puts the certificate and its record in their places, and says under which id.
fn create(
    arguments: &Arguments,
    seal: &Seal,
    survey: &Survey<'_>,
    bodies: &[&EnsView<'_>],
    delivered: Delivered,
    changes: &mut Changeset,
) -> Result<String> {
    let holder = match &arguments.holder {
        Some(holder) => read_slug(holder)?,
        None => seal.holder(bodies)?,
    };
    let label = match &arguments.label {
        Some(label) => read_slug(label)?,
        None => seal.label(survey.inventory, &holder),
    };
    let id = format!("{holder}/{label}");
    ensure!(
        !survey.inventory.certificates.contains_key(id.as_str()),
        tr!(
            "`{certificate}` is there already, and another certificate; give another `--label`",
            certificate = &id
        )
    );
    let key = arguments.key.clone();
    let key = key.unwrap_or_else(|| format!("pkcs11:token=via-oberta;object={holder}-{label}"));
    let delivered = delivered.map(|(ticket, day)| delivery(&ticket, day, survey.today));
    let mut codes: Vec<&str> = bodies.iter().map(|body| body.ens.organ_code.as_str()).collect();
    codes.dedup();
    let record = Value::block([
        ("sha256", Some(Value::quoted(seal.facts.sha256))),
        ("organ_codes", Some(Value::List(codes.into_iter().map(Value::quoted).collect()))),
        ("key", Some(Value::quoted(key))),
        ("delivered", delivered),
    ]);
    changes.create_yaml(&format!("inventory/certificates/{id}.yaml"), &record)?;
    let pem = x509::to_pem(&seal.der).into_bytes();
    changes.create(&format!("inventory/certificates/{id}.pem"), pem)?;
    Ok(id)
}

/// What it means for the seals that the bodies have: which one it supersedes, and where that is
/// still to be loaded.
fn consequences(seal: &Seal, survey: &Survey<'_>, bodies: &[&EnsView<'_>], id: &str) -> Vec<Text> {
    let mut told = Vec::new();
    for body in bodies {
        let Some(latest) = survey.latest(body).filter(|latest| latest.id != id) else { continue };
        let Some((facts, _)) = latest.pem else { continue };
        if facts.not_before > seal.facts.not_before {
            told.push(tr!(
                "`{latest}` begins later, on {day}: `{certificate}` is not the latest of `{ens}`",
                latest = latest.id,
                day = day_of(facts.not_before),
                certificate = id,
                ens = body.id
            ));
            continue;
        }
        told.push(tr!(
            "it supersedes `{latest}` of `{ens}`, in force through {day}",
            latest = latest.id,
            ens = body.id,
            day = day_of(facts.not_after)
        ));
        let loads = body.loads.iter().map(|&load| &survey[load]);
        let waiting =
            loads.filter(|view| view.load.is_open() && view.load.certificate.as_str() == latest.id);
        let batches: Vec<&str> = waiting.map(|view| survey[view.batch].id).collect();
        if !batches.is_empty() {
            told.push(tr!(
                "still to load `{latest}`: {batches}",
                latest = latest.id,
                batches = names(batches)
            ));
        }
    }
    told
}
