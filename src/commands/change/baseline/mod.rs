//! `segell baseline`.

mod lines;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use jiff::civil::Date;

use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::asking::{self, environments};
use crate::commands::change::writing::Writing;
use crate::commands::out::say;
use crate::commands::word::one_of;
use crate::edit::{Changeset, Evidence, Value};
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::model::{Baseline, Held};
use crate::inventory::survey::{EnsView, Survey};
use crate::tr;

/// Record which certificate ens have loaded already, before the first batch
///
/// Of many, from a spreadsheet saved as CSV: `ens`, `nif` or `organ_code`; `certificate`, or its `serial` or
/// `sha256`, which an ens with one certificate needs not; and `in`, the environments, else `--env`, else both.
/// A line comes in whole or is told.
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The CSV file: UTF-8, separated by semicolons, commas or tabs
    #[arg(value_name = "FILE.csv", conflicts_with_all = ["ens", "certificate"])]
    file: Option<PathBuf>,
    /// Who; may be given several times
    #[arg(long, value_delimiter = ',')]
    ens: Vec<String>,
    /// The certificate that is loaded, `holder/label`
    #[arg(long, value_name = "ID")]
    certificate: Option<String>,
    /// In which environment; both unless given
    #[arg(long, value_parser = one_of::<Environment>(), value_delimiter = ',')]
    env: Vec<Environment>,
    /// What shows it: a ticket, a CSV code, or a file, which is copied; may be given several times
    #[arg(long, value_delimiter = ',')]
    evidence: Vec<Evidence>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    if let Some(file) = &arguments.file {
        let lines = lines::read(file, &survey, &arguments.env)?;
        let code = put(arguments, &lines.taken, &survey, &mut changes, || lines.tell())?;
        return Ok(if lines.is_complete() { code } else { ExitCode::FAILURE });
    }
    let mut interview = Interview::begin();
    let bodies = asking::several_ens(&mut interview, &arguments.ens, &survey)?;
    let view = asking::certificate(&mut interview, arguments.certificate.as_ref(), &survey)?;
    let (Some(bodies), Some(view)) = (bodies, view) else { return interview.refuse() };
    let environments = environments(&arguments.env);
    let new = |body: &&EnsView<'_>| New {
        ens: body.id.to_owned(),
        certificate: view.id.to_owned(),
        environments: environments.clone(),
    };
    let new: Vec<New> = bodies.iter().map(new).collect();
    put(arguments, &new, &survey, &mut changes, || Ok(()))
}

/// Records all of it.
fn put(
    arguments: &Arguments,
    new: &[New],
    survey: &Survey<'_>,
    changes: &mut Changeset,
    tell: impl FnOnce() -> Result<()>,
) -> Result<ExitCode> {
    if new.is_empty() {
        tell()?;
        say(tr!("nothing was written"));
        return Ok(ExitCode::FAILURE);
    }
    let evidence = Evidence::items(&arguments.evidence, "baseline", changes)?;
    match &survey.inventory.baseline {
        None => changes.create_yaml(Baseline::FILE, &beginning(survey.today, new, evidence))?,
        Some(known) => {
            new.iter().try_for_each(|new| new.put(known, changes))?;
            add_evidence(known, &evidence, changes)?;
        }
    }
    tell()?;
    let concerns = |finding: &Finding| &*finding.place.file == Baseline::FILE;
    let next = tr!("`segell status`, which shows what each ens has");
    arguments.writing.finish(changes, concerns, &[next])
}

/// A baseline of that day.
fn beginning(today: Date, new: &[New], evidence: Vec<Value>) -> Value {
    Value::block([
        ("as_of", Some(today.into())),
        ("evidence", (!evidence.is_empty()).then_some(Value::List(evidence))),
        ("holds", Some(Value::Rows(new.iter().map(New::item).collect()))),
    ])
}

fn add_evidence(known: &Baseline, evidence: &[Value], changes: &mut Changeset) -> Result<()> {
    let is_new = |item: &&Value| !known.evidence.iter().any(|there| Value::from(there) == **item);
    for item in evidence.iter().filter(is_new) {
        changes.edit(Baseline::FILE, |baseline| baseline.append("/evidence", item))?;
    }
    Ok(())
}

/// What is to be recorded of one ens.
#[derive(Debug, PartialEq, Eq)]
struct New {
    ens: String,
    certificate: String,
    environments: Vec<Environment>,
}

impl New {
    fn item(&self) -> Value {
        Value::map([
            ("ens", Some(Value::text(&self.ens))),
            ("certificate", Some(Value::text(&self.certificate))),
            ("in", Some(Value::list(self.environments.iter().map(|it| it.word())))),
        ])
    }

    /// Adds to `known` what it does not say.
    fn put(&self, known: &Baseline, changes: &mut Changeset) -> Result<()> {
        let own = known.holds.iter().enumerate().filter(|(_, held)| held.ens.as_str() == self.ens);
        let own: Vec<(usize, &Held)> = own.collect();
        let others = own.iter().filter(|(_, held)| held.certificate.as_str() != self.certificate);
        for (_, held) in others {
            if let Some(environment) =
                held.environments.iter().find(|it| self.environments.contains(it))
            {
                bail!(tr!(
                    "the baseline has `{ens}` in {environment} with `{certificate}`; if that is wrong: `segell correct baseline holds {ens} certificate ID`",
                    ens = &self.ens,
                    environment = environment.shown(),
                    certificate = &held.certificate
                ));
            }
        }
        let same = own.iter().find(|(_, held)| held.certificate.as_str() == self.certificate);
        let Some((place, held)) = same else {
            return changes
                .edit(Baseline::FILE, |baseline| baseline.append("/holds", &self.item()));
        };
        let missing = self.environments.iter().filter(|it| !held.environments.contains(it));
        for environment in missing {
            let pointer = format!("/holds/{place}/in");
            let word = Value::text(environment.word());
            changes.edit(Baseline::FILE, |baseline| baseline.append(&pointer, &word))?;
        }
        Ok(())
    }
}
