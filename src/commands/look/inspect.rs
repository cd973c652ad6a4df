//! `segell inspect`.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::{Argument, Text, visible};
use crate::base::time;
use crate::base::time::day_of;
use crate::checklist::rules::certificate::{
    in_force, is_a_seal, matches_ens, no_personal_data, not_revoked, strong_enough, trusted,
};
use crate::checklist::rules::{Draft, Loaded, Verdict, raised};
use crate::commands::Root;
use crate::commands::out::print;
use crate::files::x509::{self, Certificate, TrustStore, Unreadable};
use crate::files::{message, repo};
use crate::inventory::finding::{Environment, Kind, Rule, Severity};
use crate::inventory::load;
use crate::inventory::model::{self, Digest, PerEnvironment, Policy};
use crate::inventory::survey::{CertificateView, Survey};
use crate::inventory::{Chain, Inventory};
use crate::tr;
use crate::views::message::Sight;

/// Show all that segell reads in a certificate, PEM or DER, or in a message of Via Oberta's front
///
/// Of a certificate: its facts, and what the rules say of it. Of a request: whose seal signed it, where
/// that is loaded, whether the signature verifies; of an answer or a fault: what it shows, and who has to
/// act. Of a message nothing is shown that names anybody. The policy, the CAs and the seals are those of
/// the inventory around; without one, only the facts are shown.
///
/// Exit code 0: shown; 2: a file could not be read.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A certificate or a message; `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    root: Root,
    /// The day on which the rules are asked, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    as_of: Option<Date>,
    /// How it is written
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON object; of several files a list of them
    Json,
}

/// What is read in a certificate, and what the rules say of it.
#[derive(Debug, Serialize, JsonSchema)]
struct Inspection {
    /// The name and the version of this format.
    schema: &'static str,
    as_of: String,
    sha256: String,
    public_key_sha256: String,
    serial: String,
    subject: String,
    issuer: String,
    not_before: String,
    not_after: String,
    in_force_from: String,
    in_force_through: String,
    public_key: String,
    signature: String,
    policies: Vec<String>,
    qc_types: Vec<String>,
    key_usage: Vec<&'static str>,
    key_usage_critical: bool,
    extended_key_usages: Vec<String>,
    authority: bool,
    alternative_names: Vec<String>,
    emails: Vec<String>,
    dns_names: Vec<String>,
    nifs: Vec<String>,
    unknown_critical: Vec<String>,
    verdicts: Vec<Line>,
}

/// The JSON Schema of `inspect --format json`.
pub fn schema() -> schemars::Schema {
    model::schema_of::<Inspection>()
}

/// What one rule says.
#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    /// Its name.
    rule: &'static str,
    /// `holds`, `warns`, `fails`, or `not-applicable`.
    verdict: &'static str,
    /// What is wrong.
    messages: Vec<String>,
}

/// What a file holds, as it is shown.
enum Found {
    Certificate(Box<Inspection>),
    Message(Box<Sight>),
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let as_of = arguments.as_of.unwrap_or_else(time::today);
    let inventory = inventory(&arguments.root)?;
    if let [file] = arguments.files.as_slice() {
        let found = found(file, inventory.as_ref(), as_of)?;
        print(|out| match arguments.format {
            Format::Human => found.human(inventory.is_some(), out),
            Format::Json => {
                found.json(out)?;
                writeln!(out)
            }
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let all: Vec<Result<Found>> =
        arguments.files.iter().map(|file| found(file, inventory.as_ref(), as_of)).collect();
    print(|out| match arguments.format {
        Format::Human => write_each(&arguments.files, &all, inventory.is_some(), out),
        Format::Json => write_list(&all, out),
    })?;
    let mut code = ExitCode::SUCCESS;
    for why in all.iter().filter_map(|found| found.as_ref().err()) {
        eprintln!("segell: {why:#}");
        code = ExitCode::from(2);
    }
    Ok(code)
}

/// What a file holds.
///
/// # Errors
/// When it is neither a certificate nor a message.
fn found(file: &Path, inventory: Option<&Inventory>, as_of: Date) -> Result<Found> {
    let shown = file.display().to_string();
    let is_input = file.as_os_str() == "-";
    let bytes = if is_input { read_from(io::stdin().lock(), MOST) } else { read_most(file, MOST) };
    let cannot_read = || tr!("cannot read `{file}`", file = shown.as_str());
    let bytes = bytes.with_context(cannot_read)?;
    if message::looks_like_one(&bytes) {
        let read = message::read(&bytes);
        let message = read.map_err(|why| no_message(why, &shown))?;
        let survey = inventory.map(|inventory| Survey::of(inventory, as_of));
        return Ok(Found::Message(Box::new(Sight::of(&message, survey.as_ref(), as_of))));
    }
    if bytes.len() as u64 > load::LARGE {
        return Err(too_large()).with_context(cannot_read);
    }
    let der = x509::from_pem_or_der(&bytes);
    let read = der.and_then(|der| Certificate::read(&der).map(|facts| (der, facts)));
    let (der, facts) = read.map_err(|why| no_certificate(&why, &shown))?;
    let verdicts = inventory.map(|inventory| verdicts(inventory, &shown, (&der, &facts), as_of));
    let inspection = inspection(&facts, as_of, verdicts.unwrap_or_default());
    Ok(Found::Certificate(Box::new(inspection)))
}

impl Found {
    fn human(&self, judged: bool, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Found::Certificate(inspection) => write_human(inspection, judged, out),
            Found::Message(sight) => {
                sight.human(out)?;
                match judged {
                    true => Ok(()),
                    false => writeln!(
                        out,
                        "{}",
                        tr!(
                            "no inventory around: `--root DIR` names the one whose seals are looked up"
                        )
                    ),
                }
            }
        }
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Found::Certificate(inspection) => serde_json::to_writer_pretty(out, inspection)?,
            Found::Message(sight) => serde_json::to_writer_pretty(out, sight)?,
        }
        Ok(())
    }
}

/// Each file under its name; what could not be read apart.
fn write_each(
    files: &[PathBuf],
    all: &[Result<Found>],
    judged: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let read = files.iter().zip(all).filter_map(|(file, found)| Some((file, found.as_ref().ok()?)));
    for (place, (file, found)) in read.enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}:", visible(&file.display().to_string()))?;
        found.human(judged, out)?;
    }
    Ok(())
}

/// A JSON list of what could be read.
fn write_list(all: &[Result<Found>], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "[")?;
    for (place, found) in all.iter().filter_map(|found| found.as_ref().ok()).enumerate() {
        writeln!(out, "{}", if place > 0 { "," } else { "" })?;
        found.json(out)?;
    }
    writeln!(out, "\n]")
}

/// The most bytes of a file that is read: those of a message.
const MOST: u64 = message::LARGEST as u64;

/// Says why a file is no message.
pub fn no_message(why: Text, file: &str) -> anyhow::Error {
    anyhow::Error::msg(why).context(tr!("`{file}` is no message that can be read", file = file))
}

/// Says why a file is no certificate, and what makes one of it.
pub fn no_certificate(why: &Unreadable, file: &str) -> anyhow::Error {
    let reason = match why.help() {
        Some(help) => tr!("{reason}; {help}", reason = why.told(), help = help),
        None => why.told(),
    };
    anyhow::Error::msg(reason).context(tr!("`{file}` is no certificate", file = file))
}

/// The bytes of a file that may be no larger than evidence may.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = read_most(path, load::LARGE)?;
    match message::holds_one(&bytes) {
        true => Err(io::Error::other(
            tr!("it holds a message of Via Oberta, which `segell inspect` reads").to_string(),
        )),
        false => Ok(bytes),
    }
}

/// The bytes of a file that may have so many; of a larger one, one more.
pub fn read_most(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // To open a pipe would be to wait for whoever writes into it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other(tr!("it is no plain file").to_string()));
    }
    read_from(std::fs::File::open(path)?, most)
}

fn read_from(from: impl io::Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most && most == load::LARGE {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}

fn too_large() -> io::Error {
    io::Error::other(tr!("it is larger than 10 MiB").to_string())
}

/// The inventory around, when there is one. One that is asked for must be there.
fn inventory(root: &Root) -> Result<Option<Inventory>> {
    let tree = match (root.find(), &root.root) {
        (Ok(folder), _) => repo::working_tree(&folder),
        (Err(error), _) => Err(error),
    };
    match (tree, &root.root) {
        (Ok(tree), _) => Ok(Some(load::load(&tree))),
        (Err(error), Some(_)) => Err(error),
        (Err(_), None) => Ok(None),
    }
}

/// What each rule about the certificate alone says of it, as if it were loaded on that day.
fn verdicts(
    inventory: &Inventory,
    id: &str,
    (der, facts): (&[u8], &Certificate),
    as_of: Date,
) -> Vec<Line> {
    let authorities = inventory.authorities.iter().map(|file| (*file.authority).clone());
    let chain = TrustStore::new(authorities.collect()).verify(der, facts);
    let chain: Chain = chain.map_err(Box::new);
    let file: Arc<str> = "".into();
    let record = unrecorded(facts);
    let view = CertificateView::unlisted(id, &file, &record, (facts, &chain));
    let survey = Survey::of(inventory, as_of);
    let both = Environment::BOTH.to_vec();
    let loaded = Loaded { environments: both.clone(), in_use: both };
    let mut strong = strong_enough::check_current(&survey, &view, &loaded);
    if let (Some(drafts), Some(policy)) = (&mut strong, survey.policy) {
        drafts.extend(strong_enough::form_fault(&view, facts, policy));
    }
    let seal = survey.policy.map(|policy| is_a_seal::fault(&view, facts, policy));
    vec![
        line(&is_a_seal::RULE, survey.policy, seal.map(|fault| fault.into_iter().collect())),
        line(
            &trusted::RULE,
            survey.policy,
            Some(trusted::fault(&view, &chain).into_iter().collect()),
        ),
        line(
            &not_revoked::RULE,
            survey.policy,
            not_revoked::check_current(&survey, &view, &loaded),
        ),
        line(&in_force::RULE, survey.policy, in_force::check_alone(&survey, &view)),
        line(&strong_enough::RULE, survey.policy, strong),
        line(&no_personal_data::RULE, survey.policy, no_personal_data::check(&survey, &view)),
    ]
}

/// A record that says nothing of the certificate.
fn unrecorded(facts: &Certificate) -> model::Certificate {
    model::Certificate {
        sha256: Digest(facts.sha256),
        organ_codes: Vec::new(),
        key: None,
        delivered: None,
        confirmations: PerEnvironment::default(),
        retired: None,
    }
}

fn line(rule: &'static Rule, policy: Option<&Policy>, verdict: Verdict) -> Line {
    let message = |draft: &Draft| draft.message.to_string();
    let (verdict, messages) = match &verdict {
        None => ("not-applicable", Vec::new()),
        Some(drafts) if drafts.is_empty() => ("holds", Vec::new()),
        Some(drafts) => {
            let is_warning = |draft: &Draft| {
                let own = match rule.kind {
                    Kind::Warning => Severity::Warning,
                    _ => Severity::Error,
                };
                let severity = draft.severity.unwrap_or(own);
                raised(rule, severity, policy) == Severity::Warning
            };
            let verdict = if drafts.iter().all(is_warning) { "warns" } else { "fails" };
            (verdict, drafts.iter().map(message).collect())
        }
    };
    Line { rule: rule.name, verdict, messages }
}

fn inspection(facts: &Certificate, as_of: Date, verdicts: Vec<Line>) -> Inspection {
    let usage = facts.key_usage;
    Inspection {
        schema: "segell.inspection/v1",
        as_of: as_of.to_string(),
        sha256: facts.sha256.to_string(),
        public_key_sha256: facts.public_key_sha256.to_string(),
        serial: facts.serial.to_string(),
        subject: facts.subject.to_string(),
        issuer: facts.issuer.to_string(),
        not_before: facts.not_before.to_string(),
        not_after: facts.not_after.to_string(),
        in_force_from: day_of(facts.not_before).to_string(),
        in_force_through: day_of(facts.not_after).to_string(),
        public_key: facts.public_key.to_string(),
        signature: facts.signature.to_string(),
        policies: facts.policies.dotted().collect(),
        qc_types: facts.qc_types.dotted().collect(),
        key_usage: usage.map(|usage| usage.names().collect()).unwrap_or_default(),
        key_usage_critical: usage.is_some_and(|usage| usage.critical),
        extended_key_usages: facts.extended_key_usages.dotted().collect(),
        authority: facts.is_authority,
        alternative_names: facts.alternative_names.iter().map(ToString::to_string).collect(),
        emails: facts.emails.clone(),
        dns_names: facts.dns_names.clone(),
        nifs: matches_ens::nifs(facts),
        unknown_critical: facts.unknown_critical.dotted().collect(),
        verdicts,
    }
}

fn write_human(inspection: &Inspection, judged: bool, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<(String, Vec<String>)> =
        rows(inspection).into_iter().map(|(label, values)| (label.to_string(), values)).collect();
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    for (label, values) in &rows {
        for (index, value) in values.iter().filter(|value| !value.is_empty()).enumerate() {
            let label = if index == 0 { label } else { "" };
            writeln!(out, "{label:<width$}  {}", visible(value))?;
        }
    }
    writeln!(out)?;
    if !judged {
        let words =
            tr!("no inventory around: `--root DIR` names the one whose policy and CAs judge it");
        return writeln!(out, "{words}");
    }
    writeln!(out, "{}", tr!("as of {date}:", date = Argument::from(inspection.as_of.as_str())))?;
    for line in &inspection.verdicts {
        writeln!(out, "  {:<26} {}", line.rule, in_words(line.verdict))?;
        for message in &line.messages {
            writeln!(out, "  {:<26}   {message}", "")?;
        }
    }
    Ok(())
}

/// A verdict, for people.
fn in_words(verdict: &'static str) -> Text {
    match verdict {
        "holds" => tr!("holds"),
        "warns" => tr!("warns"),
        "fails" => tr!("does not hold"),
        _ => tr!("not applicable"),
    }
}

/// The facts, each with its label.
fn rows(inspection: &Inspection) -> Vec<(Text, Vec<String>)> {
    let one = |value: &String| vec![value.clone()];
    let usage = inspection.key_usage.join(", ");
    let usage = match inspection.key_usage_critical {
        true => tr!("{usage} (critical)", usage = usage).to_string(),
        false => usage,
    };
    let from = format!("{} ({})", inspection.in_force_from, inspection.not_before);
    let through = format!("{} ({})", inspection.in_force_through, inspection.not_after);
    vec![
        (tr!("subject"), one(&inspection.subject)),
        (tr!("issuer"), one(&inspection.issuer)),
        (tr!("NIF"), vec![inspection.nifs.join(", ")]),
        (tr!("serial"), one(&inspection.serial)),
        (tr!("in force from"), vec![from]),
        (tr!("in force through"), vec![through]),
        (tr!("public key"), one(&inspection.public_key)),
        (tr!("signature"), one(&inspection.signature)),
        (tr!("sha256"), one(&inspection.sha256)),
        (tr!("public key's sha256"), one(&inspection.public_key_sha256)),
        (tr!("policies"), inspection.policies.clone()),
        (tr!("QcType"), inspection.qc_types.clone()),
        (tr!("key usage"), vec![usage]),
        (tr!("extended key usage"), inspection.extended_key_usages.clone()),
        (
            tr!("authority"),
            vec![if inspection.authority { "CA:TRUE" } else { "CA:FALSE" }.to_owned()],
        ),
        (tr!("alternative name"), inspection.alternative_names.clone()),
        (tr!("e-mail"), inspection.emails.clone()),
        (tr!("DNS"), inspection.dns_names.clone()),
        (tr!("unknown, critical"), inspection.unknown_critical.clone()),
    ]
}
