//! `segell add agreement`.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use jiff::civil::Date;

use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::asking::{self, open};
use crate::commands::change::writing::{Writing, about_ens};
use crate::commands::word::one_of;
use crate::edit::{Changeset, Evidence, Value};
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::model::Day;
use crate::inventory::survey::{EnsView, Survey};
use crate::tr;

/// Record DGTJ's agreement change and registration, of bodies of block `new`
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// Whose, by id, organ code or NIF; may be given several times
    #[arg(long, value_delimiter = ',')]
    ens: Vec<String>,
    /// The day on which it was signed
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    signed: Option<Date>,
    /// In which environment it authorises the load; may be given twice
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
    let mut interview = Interview::begin();
    let views = asking::several_ens(&mut interview, &arguments.ens, &survey)?;
    let signed = open("--signed DATE", tr!("On which day was it signed? (YYYY-MM-DD)"));
    let signed = interview.need(arguments.signed.as_ref(), &signed, crate::commands::date)?;
    let words =
        tr!("In which environments does it authorise the load? (several are parted by blanks)");
    let env = open("--env ENV", words);
    let env = interview.need_some(&arguments.env, &env, |word| {
        Environment::read(word).ok_or_else(|| tr!("an environment is `pre` or `pro`"))
    })?;
    let evidence = asking::evidence(&mut interview, &arguments.evidence)?;
    let (Some(views), Some(signed), Some(env), Some(evidence)) = (views, signed, env, evidence)
    else {
        return interview.refuse();
    };
    let folder = match views.as_slice() {
        [only] => format!("agreements/{}", only.id),
        _ => format!("agreements/{signed}"),
    };
    let evidence = Evidence::items(&evidence, &folder, &mut changes)?;
    let new = New { signed, env: asking::environments(&env), evidence };
    for view in &views {
        new.ensure_same(view)?;
    }
    for view in &views {
        new.put(view, &mut changes)?;
    }
    let concerns = |finding: &Finding| views.iter().any(|view| about_ens(view.id)(finding));
    let next = tr!("`segell status`, which shows what each ens still lacks");
    arguments.writing.finish(&changes, concerns, &[next])
}

/// What is to be recorded.
struct New {
    signed: Date,
    env: Vec<Environment>,
    evidence: Vec<Value>,
}

impl New {
    /// Refuses to record otherwise what is recorded.
    fn ensure_same(&self, view: &EnsView<'_>) -> Result<()> {
        let known = view.ens.agreement.as_ref().and_then(|known| known.signed.as_ref());
        let known = known.map(Day::date);
        ensure!(
            known.is_none_or(|day| day == self.signed),
            tr!(
                "the agreement of `{ens}` is recorded as signed on {recorded}, not {stated}; if that is wrong, `segell correct {ens} agreement signed DATE`",
                ens = view.id,
                recorded = known.unwrap_or(self.signed),
                stated = self.signed
            )
        );
        Ok(())
    }

    /// Puts what is not there yet into the ens's file.
    fn put(&self, view: &EnsView<'_>, changes: &mut Changeset) -> Result<()> {
        let Some(known) = &view.ens.agreement else {
            let agreement = Value::map([
                ("signed", Some(self.signed.into())),
                ("authorises_load", Some(Value::list(self.env.iter().map(|it| it.word())))),
                ("evidence", Some(Value::List(self.evidence.clone()))),
            ]);
            return changes.edit(view.file, |ens| ens.set("/agreement", &agreement));
        };
        changes.edit(view.file, |ens| {
            if known.signed.is_none() {
                ens.set("/agreement/signed", &self.signed.into())?;
            }
            for environment in self.env.iter().filter(|it| !known.authorises_load.contains(it)) {
                ens.append("/agreement/authorises_load", &Value::text(environment.word()))?;
            }
            for item in &self.evidence {
                if !known.evidence.iter().any(|there| Value::from(there) == *item) {
                    ens.append("/agreement/evidence", item)?;
                }
            }
            Ok(())
        })
    }
}
