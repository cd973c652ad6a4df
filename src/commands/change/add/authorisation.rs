//! `segell add authorisation`.

use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use jiff::civil::Date;

use crate::base::text::Text;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::asking::{self, any_text, environments, open};
use crate::commands::change::writing::{Writing, about_ens};
use crate::commands::word::one_of;
use crate::edit::{Changeset, Evidence, Value, Yaml};
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::model::{Authorisation, Day, Permission};
use crate::inventory::survey::{EnsView, Survey};
use crate::tr;

/// Record what AEAT permits: that it was requested, and what came of it
///
/// A day may be left out: `--granted` alone means today. Without `--env` both environments are meant.
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("outcome").multiple(false))]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// Who asks, by id, organ code or NIF; may be given several times
    #[arg(long, value_delimiter = ',')]
    ens: Vec<String>,
    /// For which service, `PRODUCT/MODALITY`; may be given several times
    #[arg(long, value_delimiter = ',')]
    service: Vec<String>,
    /// The organ code as it stands in AEAT's authorisation of one ens; its own unless given
    #[arg(long, value_name = "CODE")]
    organ_code: Option<String>,
    /// In which environment; may be given twice
    #[arg(long, value_parser = one_of::<Environment>(), value_delimiter = ',')]
    env: Vec<Environment>,
    /// It was requested on this day
    #[arg(long, value_name = "DATE", num_args = 0..=1, value_parser = crate::commands::date)]
    requested: Option<Option<Date>>,
    /// AEAT grants it from this day on
    #[arg(long, value_name = "DATE", num_args = 0..=1, value_parser = crate::commands::date, group = "outcome")]
    granted: Option<Option<Date>>,
    /// AEAT denies it from this day on
    #[arg(long, value_name = "DATE", num_args = 0..=1, value_parser = crate::commands::date, group = "outcome")]
    denied: Option<Option<Date>>,
    /// It is no longer granted from this day on
    #[arg(long, value_name = "DATE", num_args = 0..=1, value_parser = crate::commands::date, group = "outcome")]
    ended: Option<Option<Date>>,
    /// What shows it: a ticket, a CSV code, or a file, which is copied; may be given several times
    #[arg(long, value_delimiter = ',')]
    evidence: Vec<Evidence>,
}

/// A day that is to be recorded, by the name of its field.
type Fact = (&'static str, Date);

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let views = asking::several_ens(&mut interview, &arguments.ens, &survey)?;
    let words = tr!("Which service? (several are parted by blanks)");
    let mut service = open("--service SERVICE", words);
    let services = survey.policy.iter().flat_map(|policy| policy.services.keys());
    service.choices = services.map(ToString::to_string).collect();
    let services = interview.need_some(&arguments.service, &service, any_text)?;
    let facts = facts(arguments, survey.today, &mut interview)?;
    let (Some(views), Some(services), Some(facts)) = (views, services, facts) else {
        return interview.refuse();
    };
    ensure!(
        arguments.organ_code.is_none() || views.len() == 1,
        tr!("`--organ-code` is that of one ens; leave it out, and each has its own")
    );
    let folder = match views.as_slice() {
        [only] => format!("authorisations/{}", only.id),
        _ => format!("authorisations/{}", survey.today),
    };
    let evidence = Evidence::items(&arguments.evidence, &folder, &mut changes)?;
    let mut new =
        New { service: String::new(), code: arguments.organ_code.clone(), facts, evidence };
    for service in each_once(services) {
        new.service = service;
        for view in &views {
            new.put(view, &environments(&arguments.env), &mut changes)?;
        }
    }
    let concerns = |finding: &Finding| views.iter().any(|view| about_ens(view.id)(finding));
    let next = match views.as_slice() {
        [only] => next(&survey, only),
        _ => tr!("`segell status`, which shows what each ens still lacks"),
    };
    arguments.writing.finish(&changes, concerns, &[next])
}

fn each_once(mut services: Vec<String>) -> Vec<String> {
    services.sort();
    services.dedup();
    services
}

/// The days that are given; at a terminal, that of the request when there is none.
fn facts(
    arguments: &Arguments,
    today: Date,
    interview: &mut Interview,
) -> Result<Option<Vec<Fact>>> {
    let given = [
        ("requested", arguments.requested),
        ("granted", arguments.granted),
        ("denied", arguments.denied),
        ("ended", arguments.ended),
    ];
    let given = given.into_iter().filter_map(|(field, day)| Some((field, day?.unwrap_or(today))));
    let facts: Vec<Fact> = given.collect();
    if !facts.is_empty() {
        return Ok(Some(facts));
    }
    let default = today.to_string();
    let mut requested = open("--requested DATE", tr!("On which day was it requested?"));
    requested.default = Some(&default);
    let requested = interview.need(None, &requested, crate::commands::date)?;
    Ok(requested.map(|day| vec![("requested", day)]))
}

/// What is to be recorded of one service.
struct New {
    service: String,
    code: Option<String>,
    facts: Vec<Fact>,
    evidence: Vec<Value>,
}

impl New {
    fn put(
        &self,
        view: &EnsView<'_>,
        environments: &[Environment],
        changes: &mut Changeset,
    ) -> Result<()> {
        let known = view.ens.authorisations.iter();
        let known = known.enumerate().find(|(_, it)| it.service.as_str() == self.service);
        let Some((index, known)) = known else {
            let item = self.item(view, environments);
            return changes.edit(view.file, |ens| ens.append("/authorisations", &item));
        };
        self.ensure_code(view, known)?;
        for &environment in environments {
            let pointer = format!("/authorisations/{index}/{}", environment.word());
            let permission = known.permission(environment);
            self.ensure_same(view.id, environment, permission)?;
            changes.edit(view.file, |ens| self.complete(ens, &pointer, permission))?;
        }
        Ok(())
    }

    /// As a new item of the ens's authorisations.
    fn item(&self, view: &EnsView<'_>, environments: &[Environment]) -> Value {
        let code = self.code.as_deref().unwrap_or(view.ens.organ_code.as_str());
        let permission =
            |environment| environments.contains(&environment).then(|| self.permission());
        Value::block([
            ("service", Some(Value::text(&self.service))),
            ("organ_code", Some(Value::quoted(code))),
            ("pre", permission(Environment::Pre)),
            ("pro", permission(Environment::Pro)),
        ])
    }

    fn permission(&self) -> Value {
        let days = self.facts.iter().map(|(field, day)| ((*field).to_owned(), Value::from(*day)));
        let shown = !self.evidence.is_empty();
        let evidence = shown.then(|| ("evidence".to_owned(), Value::List(self.evidence.clone())));
        Value::Map(days.chain(evidence).collect())
    }

    fn ensure_code(&self, view: &EnsView<'_>, known: &Authorisation) -> Result<()> {
        let other = self.code.as_ref().filter(|code| *code != known.organ_code.as_str());
        ensure!(
            other.is_none(),
            tr!(
                "`{service}` of `{ens}` is recorded under the organ code `{code}`; if that is wrong, `segell correct {ens} authorisations {service} organ_code CODE`",
                service = &self.service,
                ens = view.id,
                code = &known.organ_code
            )
        );
        Ok(())
    }

    /// Refuses to record otherwise what is recorded.
    fn ensure_same(
        &self,
        ens: &str,
        environment: Environment,
        known: Option<&Permission>,
    ) -> Result<()> {
        for (field, day) in &self.facts {
            let recorded = known.and_then(|known| recorded(known, field));
            if let Some(recorded) = recorded.filter(|recorded| recorded != day) {
                let days = (recorded, *day);
                bail!(contradiction(ens, &self.service, environment, field, days));
            }
        }
        Ok(())
    }

    /// Puts what is not there yet into the permission at `pointer`.
    fn complete(&self, ens: &mut Yaml, pointer: &str, known: Option<&Permission>) -> Result<()> {
        let Some(known) = known else { return ens.set(pointer, &self.permission()) };
        for (field, day) in &self.facts {
            if recorded(known, field).is_none() {
                ens.set(&format!("{pointer}/{field}"), &(*day).into())?;
            }
        }
        for item in &self.evidence {
            if !known.evidence.iter().any(|there| Value::from(there) == *item) {
                ens.append(&format!("{pointer}/evidence"), item)?;
            }
        }
        Ok(())
    }
}

/// The day that is on record.
fn recorded(known: &Permission, field: &str) -> Option<Date> {
    let recorded = match field {
        "requested" => &known.requested,
        "granted" => &known.granted,
        "denied" => &known.denied,
        _ => &known.ended,
    };
    recorded.as_ref().map(Day::date)
}

fn contradiction(
    ens: &str,
    service: &str,
    environment: Environment,
    field: &'static str,
    (recorded, stated): (Date, Date),
) -> Text {
    tr!(
        "`{field}` of `{service}` is recorded as {recorded}, not {stated}; what is recorded is not rewritten: if it is wrong, `segell correct {ens} authorisations {service} {environment} {field} DATE`",
        field = field,
        ens = ens,
        environment = environment.word(),
        service = service,
        recorded = recorded,
        stated = stated
    )
}

fn next(survey: &Survey<'_>, view: &EnsView<'_>) -> Text {
    match survey.latest(view) {
        None => tr!("`segell add certificate FILE --ens {ens} --ticket TICKET`", ens = view.id),
        Some(_) => tr!("`segell status`, which shows what `{ens}` still lacks", ens = view.id),
    }
}
