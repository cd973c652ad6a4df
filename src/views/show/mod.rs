//! `segell show`: all that is known of an ens, a seal or a batch, on one page.

mod find;
mod sheet;
mod write;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::Text;
use crate::checklist::history::Event;
use crate::checklist::progress::Overview;
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::source::Sources;
use crate::inventory::survey::Survey;
use crate::views::report::json;
use crate::views::today::{Task, Today};

pub use find::{Found, alike, find};
pub use sheet::Sheets;

/// All that is known of what was asked for.
#[derive(Debug)]
pub struct Show {
    /// The day.
    pub today: Date,
    /// A sheet for each thing that was found.
    pub sheets: Vec<Sheet>,
}

/// What a sheet is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A body.
    Ens,
    /// A seal.
    Certificate,
    /// The bodies loaded together.
    Batch,
}

/// All that is known of one thing.
#[derive(Debug)]
pub struct Sheet {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its name and numbers: what each is, and what it says.
    pub facts: Vec<(Text, Vec<String>)>,
    /// What is loaded now, by ens.
    pub live: Vec<Live>,
    /// What has happened, by date.
    pub history: Vec<Event>,
    /// What is to come, by date.
    pub ahead: Vec<Event>,
    /// What the rules say of it.
    pub findings: Vec<Finding>,
    /// How it stands, and who has to act.
    pub standing: Vec<(Text, Vec<Actor>)>,
    /// What is to be done, with the commands.
    pub tasks: Vec<Task>,
}

/// The seal that an ens has in one environment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Live {
    /// The ens.
    pub ens: String,
    /// Where.
    pub environment: Environment,
    /// The seal; null: it has none there.
    pub certificate: Option<String>,
    /// The last day of its validity, `YYYY-MM-DD`.
    pub until: Option<String>,
}

impl Show {
    /// The sheets of what was found; `findings` are what the rules say of the survey, `today` what is
    /// to be done.
    pub fn of(
        survey: &Survey<'_>,
        found: &[Found<'_, '_>],
        findings: &[Finding],
        today: &Today,
    ) -> Show {
        let overview = Overview::of(survey, findings);
        let sheets = Sheets::of(survey, &overview, findings, today);
        let sheet = |found: &Found<'_, '_>| match found {
            Found::Ens(view) => sheets.ens(view),
            Found::Certificate(view) => sheets.certificate(view),
            Found::Batch(view) => sheets.batch(view),
        };
        Show { today: survey.today, sheets: found.iter().map(sheet).collect() }
    }
}

/// The version of the format.
const SCHEMA: &str = "segell.show/v1";

/// What `segell show --format json` writes.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "All that is known of an ens, a seal or a batch, by segell")]
struct Document {
    /// `segell.show/v1`.
    schema: &'static str,
    /// The day, `YYYY-MM-DD`.
    as_of: String,
    /// A sheet for each thing that was found.
    sheets: Vec<Page>,
}

/// All that is known of one thing.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Sheet")]
struct Page {
    /// What it is.
    kind: Kind,
    /// Its id.
    id: String,
    /// Its name and numbers.
    facts: Vec<Fact>,
    /// What is loaded now, by ens.
    live: Vec<Live>,
    /// What has happened, by date.
    history: Vec<Happening>,
    /// What is to come, by date.
    ahead: Vec<Happening>,
    /// Who has to act.
    actors: Vec<Actor>,
    /// What the rules say of it.
    findings: Vec<json::Entry>,
    /// The command lines that do what is to be done, or record that it is done.
    commands: Vec<String>,
}

/// What is known of it, in a word or a few.
#[derive(Serialize, JsonSchema)]
struct Fact {
    /// What it is, in English.
    name: String,
    /// What it says.
    values: Vec<String>,
}

/// Something that happened on a day, or is to happen.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Event")]
struct Happening {
    /// The day, `YYYY-MM-DD`.
    day: String,
    /// What.
    what: String,
    /// To which ens.
    ens: Vec<String>,
    /// To which seal.
    certificate: Option<String>,
    /// In which batch.
    batch: Option<String>,
    /// What shows it: tickets, files and codes.
    evidence: Vec<String>,
}

fn happening(event: &Event) -> Happening {
    Happening {
        day: event.day.to_string(),
        what: event.what.to_string(),
        ens: event.ens.clone(),
        certificate: event.certificate.clone(),
        batch: event.batch.clone(),
        evidence: event.evidence.clone(),
    }
}

fn document(show: &Show, sources: &Sources) -> Document {
    let fact = |(name, values): &(Text, Vec<String>)| Fact {
        name: name.to_string_in(crate::base::language::Language::English),
        values: values.clone(),
    };
    let page = |sheet: &Sheet| Page {
        kind: sheet.kind,
        id: sheet.id.clone(),
        facts: sheet.facts.iter().map(fact).collect(),
        live: sheet.live.clone(),
        history: sheet.history.iter().map(happening).collect(),
        ahead: sheet.ahead.iter().map(happening).collect(),
        actors: actors(sheet),
        findings: sheet.findings.iter().map(|finding| json::entry(sources, finding)).collect(),
        commands: sheet.tasks.iter().flat_map(|task| task.commands.clone()).collect(),
    };
    Document {
        schema: SCHEMA,
        as_of: show.today.to_string(),
        sheets: show.sheets.iter().map(page).collect(),
    }
}

/// Who has to act, in the order of [`Actor`].
fn actors(sheet: &Sheet) -> Vec<Actor> {
    let mut actors: Vec<Actor> =
        sheet.standing.iter().flat_map(|(_, actors)| actors.iter().copied()).collect();
    actors.sort_unstable();
    actors.dedup();
    actors
}

/// What is wrong or still to be done, what is waived apart.
fn told(sheet: &Sheet) -> impl Iterator<Item = &Finding> {
    sheet.findings.iter().filter(|finding| finding.severity != Severity::Waived)
}

/// The JSON Schema (draft 2020-12) of what is shown.
pub fn schema() -> schemars::Schema {
    json::schema_of::<Document>()
}
