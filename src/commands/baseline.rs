//! `segell baseline`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use jiff::civil::Date;

use super::asking::{self, environments};
use super::word::one_of;
use super::writing::Writing;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::edit::{Changeset, Evidence, Value};
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::model::{Baseline, Held};
use crate::inventory::survey::Survey;
use crate::tr;

/// Record which certificate ens have loaded already, before the first batch
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// Who; may be given several times
    #[arg(long)]
    ens: Vec<String>,
    /// The certificate that is loaded, `holder/label`
    #[arg(long, value_name = "ID")]
    certificate: Option<String>,
    /// In which environment; both unless given
    #[arg(long, value_parser = one_of::<Environment>())]
    env: Vec<Environment>,
    /// What shows it: a ticket, a CSV code, or a file, which is copied; may be given several times
    #[arg(long)]
    evidence: Vec<Evidence>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let bodies = asking::several_ens(&mut interview, &arguments.ens, &survey)?;
    let view = asking::certificate(&mut interview, arguments.certificate.as_ref(), &survey)?;
    let (Some(bodies), Some(view)) = (bodies, view) else { return interview.refuse() };
    let evidence = Evidence::items(&arguments.evidence, "baseline", &mut changes)?;
    let environments = environments(&arguments.env);
    let new: Vec<New<'_>> = bodies
        .iter()
        .map(|body| New { ens: body.id, certificate: view.id, environments: &environments })
        .collect();
    match &inventory.baseline {
        None => changes.create_yaml(Baseline::FILE, &beginning(survey.today, &new, evidence))?,
        Some(known) => {
            new.iter().try_for_each(|new| new.put(known, &mut changes))?;
            add_evidence(known, &evidence, &mut changes)?;
        }
    }
    let concerns = |finding: &Finding| &*finding.place.file == Baseline::FILE;
    let next = tr!("`segell status`, which shows what each ens has");
    arguments.writing.finish(&changes, concerns, &[next])
}

/// A baseline of that day.
fn beginning(today: Date, new: &[New<'_>], evidence: Vec<Value>) -> Value {
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
struct New<'n> {
    ens: &'n str,
    certificate: &'n str,
    environments: &'n [Environment],
}

impl New<'_> {
    fn item(&self) -> Value {
        Value::map([
            ("ens", Some(Value::text(self.ens))),
            ("certificate", Some(Value::text(self.certificate))),
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
                    "the baseline has `{ens}` in {environment} with `{certificate}`; if that is wrong, correct `{file}`",
                    ens = self.ens,
                    environment = environment.shown(),
                    certificate = &held.certificate,
                    file = Baseline::FILE
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
