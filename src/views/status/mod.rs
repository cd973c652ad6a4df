//! `segell status`: where every ens stands, on one screen.

mod write;

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::time::day_of;
use crate::base::word::Word;
use crate::checklist::progress::{Overview, Progress, Standing, State};
use crate::files::x509;
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::model::{Block, Stage};
use crate::inventory::source::Sources;
use crate::inventory::step::Step;
use crate::inventory::survey::{CertificateView, Survey};
use crate::pipeline::phase::{Deed, Phase, Phases};
use crate::views::report::json;

pub use write::{ready, standing};

/// Where the ens stand that were asked for.
#[derive(Debug)]
pub struct Status<'s, 'a> {
    /// The day.
    pub today: Date,
    /// The ens, by id.
    pub ens: Vec<Progress<'s, 'a>>,
    /// How many ens there are in all.
    pub all: usize,
    /// That the departments still have to be seen consuming.
    pub departments: Vec<&'s Finding>,
    /// What the rules say of no ens.
    pub others: Vec<&'s Finding>,
    /// What the ens have that were asked for: for whom, where, which seal.
    pub current: Vec<(&'s str, Environment, &'a x509::Certificate)>,
    /// How many findings there are in all.
    pub findings: [(Severity, usize); 4],
    /// How far what is to be loaded has come.
    phases: &'s Phases,
}

/// How far a load has come that an ens waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Came {
    /// `main` does not ask for it yet.
    Merge,
    /// Somebody has to approve it.
    Approval,
    /// It is approved, and to be promoted.
    Promotion,
    /// The environment's branch asks for it.
    Released,
}

impl Came {
    fn of(phase: &Phase) -> Came {
        match phase {
            Phase::Merge => Came::Merge,
            Phase::Approval(_) => Came::Approval,
            Phase::Promotion(_) => Came::Promotion,
            Phase::Released => Came::Released,
        }
    }
}

/// Which ens are wanted; what is empty wants all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of these blocks.
    pub blocks: Vec<Block>,
    /// Whose load's batch has one of these stages.
    pub stages: Vec<Stage>,
    /// Who wait for one of these steps, or lack something by one of these rules.
    pub missing: Vec<String>,
    /// Whose load is in one of these calendars.
    pub calendars: Vec<String>,
    /// For whom one of these has to act.
    pub actors: Vec<Actor>,
}

impl Filter {
    /// Whether it wants this ens.
    fn wants(&self, progress: &Progress<'_, '_>, acting: &[Actor]) -> bool {
        let batch = progress.load.map(|(_, batch)| batch);
        let is_missing = |what: &String| {
            let waits = progress.waits_for().is_some_and(|step| step.word() == what);
            let is_of = |(step, finding): &(Step, &Finding)| {
                step.word() == what || finding.rule.name == what
            };
            waits || progress.missing.iter().any(is_of)
        };
        any(&self.blocks, |block| progress.ens.is_some_and(|ens| ens.ens.block == *block))
            && any(&self.stages, |stage| batch.is_some_and(|batch| batch.batch.stage == *stage))
            && any(&self.calendars, |name| batch.is_some_and(|batch| batch.calendar == name))
            && any(&self.missing, is_missing)
            && any(&self.actors, |actor| acting.contains(actor))
    }
}

/// What these ens have in each environment.
fn current<'s, 'a>(
    survey: &'s Survey<'a>,
    ens: &[Progress<'s, 'a>],
) -> Vec<(&'s str, Environment, &'a x509::Certificate)> {
    let known = ens.iter().filter_map(|progress| survey.ens(progress.id));
    let both = known.flat_map(|ens| Environment::BOTH.map(|environment| (ens, environment)));
    let held = both.filter_map(|(ens, environment)| {
        let (facts, _) = survey.current(ens, environment)?.pem?;
        Some((ens.id, environment, facts))
    });
    held.collect()
}

/// Whether one of `wanted` fits, or nothing particular is wanted.
fn any<T>(wanted: &[T], fits: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(fits)
}

impl<'s, 'a> Status<'s, 'a> {
    /// Where the wanted ens stand; `findings` are what the rules say of the survey, `phases` how far what
    /// it asks for has come.
    pub fn of(
        survey: &'s Survey<'a>,
        findings: &'s [Finding],
        phases: &'s Phases,
        filter: &Filter,
    ) -> Status<'s, 'a> {
        let Overview { ens: mut wanted, departments, others } = Overview::of(survey, findings);
        let (today, all, ens) = (survey.today, wanted.len(), Vec::new());
        let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
        let findings = [Severity::Error, Severity::Warning, Severity::Pending, Severity::Waived]
            .map(|severity| (severity, count(severity)));
        let none = Vec::new();
        let status =
            Status { today, ens, all, departments, others, current: none, findings, phases };
        wanted.retain(|progress| filter.wants(progress, &status.actors(progress)));
        let current = current(survey, &wanted);
        Status { ens: wanted, current, ..status }
    }

    /// How far the load has come that the ens waits for, where nothing else keeps it.
    pub fn phase(&self, progress: &Progress<'_, '_>) -> Option<&'s Phase> {
        let environment = match progress.waits_for()? {
            Step::LoadedPre => Environment::Pre,
            Step::LoadedPro => Environment::Pro,
            _ => return None,
        };
        let (view, _) = progress.load?;
        self.phases.get(environment, Deed::Load, view.load.seal())
    }

    /// Who has to act for an ens.
    pub fn actors(&self, progress: &Progress<'_, '_>) -> Vec<Actor> {
        let of_phase = self.phase(progress).and_then(Phase::actors);
        of_phase.unwrap_or_else(|| progress.actors())
    }

    /// How many wait for each step, and of those how many for whom.
    pub fn waiting(&self) -> BTreeMap<Step, Waiting> {
        let mut waiting: BTreeMap<Step, Waiting> = BTreeMap::new();
        for progress in &self.ens {
            let Some(step) = progress.waits_for() else { continue };
            let at = waiting.entry(step).or_default();
            at.ens += 1;
            for actor in self.actors(progress) {
                *at.actors.entry(actor).or_default() += 1;
            }
        }
        waiting
    }

    /// How many stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.ens.iter().filter(|progress| progress.standing == standing).count()
    }
}

/// The ens that wait for one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Waiting {
    /// How many there are.
    pub ens: usize,
    /// For how many of them each has to act; one ens may wait for several.
    pub actors: BTreeMap<Actor, usize>,
}

/// The version of the format.
const SCHEMA: &str = "segell.status/v1";

/// What `segell status --format json` writes.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Status of segell")]
struct Document {
    /// `segell.status/v1`.
    schema: &'static str,
    /// The day, `YYYY-MM-DD`.
    as_of: String,
    /// How many there are.
    summary: Summary,
    /// The ens that were asked for, by id.
    ens: Vec<Entry>,
}

/// How many ens stand how.
#[derive(Serialize, JsonSchema)]
struct Summary {
    /// How many were asked for.
    ens: usize,
    /// How many of them wait for each step.
    waiting: BTreeMap<Step, Waiting>,
    /// For how many the latest seal works, and nothing is missing.
    in_use: usize,
    /// For how many another of their seals is in use meanwhile.
    renewing: usize,
    /// How many are no more.
    ceased: usize,
    /// After how many batches the departments still have to be seen consuming.
    departments: usize,
    /// How many findings are about no ens; `segell check` lists them.
    other_findings: usize,
}

/// Where one ens stands.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Ens")]
struct Entry {
    /// Its id.
    ens: String,
    /// Its name; null when its file cannot be read.
    name: Option<String>,
    /// Its block; null when its file cannot be read.
    block: Option<Block>,
    /// The seal on its way, else the one that it has.
    certificate: Option<String>,
    /// The last day on which that is valid, `YYYY-MM-DD`.
    valid_until: Option<String>,
    /// The batch that loads it.
    batch: Option<String>,
    /// That batch's stage.
    stage: Option<Stage>,
    /// The day of its load in PRE: as recorded, else as planned, `YYYY-MM-DD`.
    pre: Option<String>,
    /// The same in PRO.
    pro: Option<String>,
    /// How each step stands.
    steps: BTreeMap<Step, State>,
    /// Where AOC's working check is proved by its message.
    proved: Vec<Environment>,
    /// What it has in PRE and in PRO now.
    live: BTreeMap<Environment, Live>,
    /// The first step that is not done; null when its latest seal is in use, or it is no more.
    waits_for: Option<Step>,
    /// Whether a seal of its own is in use meanwhile.
    renewal: bool,
    /// How far the load that it waits for has come, by the branches of the clone; null where it waits
    /// for something else, or they do not tell.
    came: Option<Came>,
    /// Whether it is no more.
    ceased: bool,
    /// Who has to act for it.
    actors: Vec<Actor>,
    /// What is missing, gravest first.
    missing: Vec<Missing>,
}

/// A seal that is loaded now.
#[derive(Serialize, JsonSchema)]
struct Live {
    /// Its id.
    certificate: String,
    /// The last day on which it is valid, `YYYY-MM-DD`.
    until: Option<String>,
}

/// Something that is missing.
#[derive(Serialize, JsonSchema)]
struct Missing {
    /// At which step.
    step: Step,
    /// What `check` finds.
    finding: json::Entry,
}

fn document(status: &Status<'_, '_>, sources: &Sources) -> Document {
    Document {
        schema: SCHEMA,
        as_of: status.today.to_string(),
        summary: Summary {
            ens: status.ens.len(),
            waiting: status.waiting(),
            in_use: status.count(Standing::InUse),
            renewing: status.ens.iter().filter(|progress| progress.is_renewal()).count(),
            ceased: status.count(Standing::Ceased),
            departments: status.departments.len(),
            other_findings: status.others.len(),
        },
        ens: status.ens.iter().map(|progress| entry(status, progress, sources)).collect(),
    }
}

fn entry(status: &Status<'_, '_>, progress: &Progress<'_, '_>, sources: &Sources) -> Entry {
    let missing = |(step, finding): &(Step, &Finding)| Missing {
        step: *step,
        finding: json::entry(sources, finding),
    };
    Entry {
        ens: progress.id.to_owned(),
        name: progress.ens.map(|ens| ens.ens.name.to_string()),
        block: progress.ens.map(|ens| ens.ens.block),
        certificate: progress.certificate.map(|certificate| certificate.id.to_owned()),
        valid_until: valid_until(progress),
        batch: progress.load.map(|(_, batch)| batch.id.to_owned()),
        stage: progress.load.map(|(_, batch)| batch.batch.stage),
        pre: load_day(progress, Environment::Pre),
        pro: load_day(progress, Environment::Pro),
        steps: Step::ALL.into_iter().map(|step| (step, progress.state(step))).collect(),
        ceased: progress.standing == Standing::Ceased,
        proved: progress.proved(),
        live: live(progress),
        waits_for: progress.waits_for(),
        renewal: progress.is_renewal(),
        came: status.phase(progress).map(Came::of),
        actors: status.actors(progress),
        missing: progress.missing.iter().map(missing).collect(),
    }
}

/// The seals that it has now.
fn live(progress: &Progress<'_, '_>) -> BTreeMap<Environment, Live> {
    let of = |(environment, view): (Environment, Option<&CertificateView<'_>>)| {
        let view = view?;
        Some((environment, Live { certificate: view.id.to_owned(), until: until(view) }))
    };
    Environment::BOTH.into_iter().zip(progress.live).filter_map(of).collect()
}

/// The last day of a seal's validity.
fn until(view: &CertificateView<'_>) -> Option<String> {
    Some(day_of(view.pem?.0.not_after).to_string())
}

fn valid_until(progress: &Progress<'_, '_>) -> Option<String> {
    until(progress.certificate?)
}

/// The day of the load: as recorded, else as planned.
fn load_day(progress: &Progress<'_, '_>, environment: Environment) -> Option<String> {
    let (view, batch) = progress.load?;
    let day = view.load.loaded(environment).unwrap_or(batch.batch.date(environment));
    Some(day.to_string())
}

/// The JSON Schema (draft 2020-12) of a status.
pub fn schema() -> schemars::Schema {
    json::schema_of::<Document>()
}
