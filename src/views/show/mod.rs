//! `segell show`: all that is known of an ens, a seal or a batch, on one page.

mod find;
mod write;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::{Text, names};
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::checklist::history::{self, Event};
use crate::checklist::progress::{Overview, Standing};
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::source::Sources;
use crate::inventory::survey::{BatchView, CertificateView, EnsView, Survey};
use crate::tr;
use crate::views::report::json;
use crate::views::today::{Task, Today};

pub use find::{Found, alike, find};

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
        let all = All { survey, overview: &overview, findings, tasks: &today.tasks };
        let sheet = |found: &Found<'_, '_>| match found {
            Found::Ens(view) => all.ens(view),
            Found::Certificate(view) => all.certificate(view),
            Found::Batch(view) => all.batch(view),
        };
        Show { today: survey.today, sheets: found.iter().map(sheet).collect() }
    }
}

/// What sheets are made from.
struct All<'s, 'a> {
    survey: &'s Survey<'a>,
    overview: &'s Overview<'s, 'a>,
    findings: &'s [Finding],
    tasks: &'s [Task],
}

impl All<'_, '_> {
    fn ens(&self, view: &EnsView<'_>) -> Sheet {
        let ens = view.ens;
        let mut facts = vec![
            (tr!("name"), vec![ens.name.to_string()]),
            (tr!("block"), vec![ens.block.word().to_owned()]),
            (tr!("organ code"), vec![ens.organ_code.to_string()]),
            (tr!("NIF"), vec![ens.nif.to_string()]),
            (tr!("DIR3"), ens.dir3.iter().map(ToString::to_string).collect()),
        ];
        let seals = view.certificates.iter().map(|&place| self.survey[place].id);
        facts.push((tr!("seals"), seals.map(str::to_owned).collect()));
        let of_it = self.overview.ens.iter().find(|progress| progress.id == view.id);
        let findings = of_it.map(|progress| progress.missing.iter().map(|(_, it)| (*it).clone()));
        Sheet {
            live: self.live(view),
            findings: findings.into_iter().flatten().collect(),
            ..self.sheet(
                (Kind::Ens, view.id),
                facts,
                history::of_ens(self.survey, view),
                &[view.id],
            )
        }
    }

    fn certificate(&self, view: &CertificateView<'_>) -> Sheet {
        let ens: Vec<&str> = self.users(view).into_iter().map(|ens| ens.id).collect();
        let mut facts = Vec::new();
        if let Some((pem, _)) = view.pem {
            facts.extend([
                (tr!("subject"), vec![pem.subject.to_string()]),
                (tr!("issuer"), vec![pem.issuer.to_string()]),
                (tr!("serial"), vec![pem.serial.to_string()]),
            ]);
        }
        let codes = view.record.organ_codes.iter().map(ToString::to_string).collect();
        let keys =
            view.record.key_places().into_iter().map(|(environment, place)| match environment {
                Some(environment) => format!("{}: {place}", environment.shown()),
                None => place.to_owned(),
            });
        facts.extend([
            (tr!("SHA-256"), vec![view.record.sha256.to_string()]),
            (tr!("organ codes"), codes),
            (tr!("key"), keys.collect()),
        ]);
        let live = self.survey.ens.iter().filter(|user| ens.contains(&user.id));
        let mut live: Vec<Live> = live.flat_map(|user| self.live(user)).collect();
        live.retain(|live| live.certificate.as_deref() == Some(view.id));
        let is_of_it = |finding: &&Finding| {
            finding.subject.certificate.as_deref() == Some(view.id)
                || *finding.place.file == **view.file
        };
        let mut sheet = self.sheet(
            (Kind::Certificate, view.id),
            facts,
            history::of_certificate(self.survey, view),
            &ens,
        );
        sheet.findings = self.findings.iter().filter(is_of_it).cloned().collect();
        Sheet { live, ..sheet }
    }

    fn batch(&self, view: &BatchView<'_>) -> Sheet {
        let loads = self.survey.loads_of(view);
        let ens: Vec<&str> = loads.iter().map(|view| view.load.ens.as_str()).collect();
        let pairs = loads
            .iter()
            .map(|view| format!("{} ({})", view.load.ens.as_str(), view.load.certificate.as_str()));
        let facts = vec![
            (tr!("stage"), vec![view.batch.stage.word().to_owned()]),
            (tr!("PRE"), vec![view.batch.date(Environment::Pre).to_string()]),
            (tr!("PRO"), vec![view.batch.date(Environment::Pro).to_string()]),
            (tr!("loads"), pairs.collect()),
        ];
        let mut sheet =
            self.sheet((Kind::Batch, view.id), facts, history::of_batch(self.survey, view), &ens);
        let is_of_it = |finding: &&Finding| {
            finding.subject.batch.as_deref() == Some(view.id) || *finding.place.file == **view.file
        };
        sheet.findings = self.findings.iter().filter(is_of_it).cloned().collect();
        sheet.tasks.retain(|task| task.batch.as_deref() == Some(view.id));
        sheet
    }

    /// A sheet of what concerns these ens.
    fn sheet(
        &self,
        (kind, id): (Kind, &str),
        mut facts: Vec<(Text, Vec<String>)>,
        events: Vec<Event>,
        ens: &[&str],
    ) -> Sheet {
        facts.retain(|(_, values)| !values.is_empty());
        let (history, ahead) =
            events.into_iter().partition(|it: &Event| it.day <= self.survey.today);
        let concerns = |task: &&Task| task.ens.iter().any(|id| ens.contains(&id.as_str()));
        Sheet {
            kind,
            id: id.to_owned(),
            facts,
            live: Vec::new(),
            history,
            ahead,
            findings: Vec::new(),
            standing: self.standing(ens),
            tasks: self.tasks.iter().filter(concerns).cloned().collect(),
        }
    }

    /// What these ens wait for, those that stand alike together.
    fn standing(&self, ens: &[&str]) -> Vec<(Text, Vec<Actor>)> {
        let mut alike: Vec<(Standing, Vec<Actor>, Vec<&str>)> = Vec::new();
        for progress in self.overview.ens.iter().filter(|it| ens.contains(&it.id)) {
            let (standing, actors) = (progress.standing, progress.actors());
            match alike.iter_mut().find(|known| known.0 == standing && known.1 == actors) {
                Some(known) => known.2.push(progress.id),
                None => alike.push((standing, actors, vec![progress.id])),
            }
        }
        let told = |(standing, actors, ens): (Standing, Vec<Actor>, Vec<&str>)| {
            let what = super::status::standing(standing);
            (tr!("{ens}: {standing}", ens = names(ens), standing = what), actors)
        };
        alike.into_iter().map(told).collect()
    }

    /// The ens that have a seal, or are meant by its organ codes.
    fn users(&self, view: &CertificateView<'_>) -> Vec<&EnsView<'_>> {
        let codes = &view.record.organ_codes;
        let is_user = |ens: &&EnsView<'_>| {
            view.users.iter().any(|&place| self.survey[place].id == ens.id)
                || codes.iter().any(|code| code.as_str() == ens.ens.organ_code.as_str())
        };
        self.survey.ens.iter().filter(is_user).collect()
    }

    fn live(&self, view: &EnsView<'_>) -> Vec<Live> {
        let of = |environment| {
            let current = self.survey.current(view, environment);
            let until = current.and_then(|it| it.pem).map(|(pem, _)| day_of(pem.not_after));
            Live {
                ens: view.id.to_owned(),
                environment,
                certificate: current.map(|current| current.id.to_owned()),
                until: until.map(|day| day.to_string()),
            }
        };
        Environment::BOTH.map(of).to_vec()
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
