//! Where a seal stands on its way to an ens: the steps of the procedure, which of them are done,
//! what is missing, and who has to act.
//!
//! What is missing is what the rules say: this only knows at which step each of them speaks. Whether
//! a step is done is what the files record, unless a rule objects.

mod about;
mod load;
mod step;

use jiff::civil::Date;

use crate::base::text::Text;
use crate::checklist::rules::ens::authorisation_in_place::is_granted;
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::model::{Ens, Record, Withdrawal};
use crate::inventory::step::Step;
use crate::inventory::survey::{BatchView, CertificateView, EnsView, LoadView, Survey};
use crate::tr;

use about::about;

pub use load::{Moment, Tally};
pub use step::State;

/// Where one ens stands.
#[derive(Debug)]
pub struct Progress<'s, 'a> {
    /// Its id.
    pub id: &'a str,
    /// The ens, when its file can be read.
    pub ens: Option<&'s EnsView<'a>>,
    /// The seal on its way; when none is, the one that the ens has.
    pub certificate: Option<&'s CertificateView<'a>>,
    /// The load of that seal, and its batch; none while it is not planned, or when the seal was there
    /// before segell.
    pub load: Option<(&'s LoadView<'a>, &'s BatchView<'a>)>,
    /// How each step stands, in the order of [`Step::ALL`].
    pub states: [State; Step::ALL.len()],
    /// What the rules say of it, and at which step, gravest first.
    pub missing: Vec<(Step, &'s Finding)>,
    /// How it stands in all.
    pub standing: Standing,
    /// The latest withdrawal of a load of that seal, where no other load of it stands.
    pub withdrawn: Option<&'s Withdrawal>,
    /// The seal that it has in PRE and in PRO now.
    pub live: [Option<&'s CertificateView<'a>>; 2],
}

/// How an ens stands in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// This step is the first that is not done.
    WaitsFor(Step),
    /// Its latest seal works, and nothing is missing.
    InUse,
    /// It is no more.
    Ceased,
}

/// Where all ens stand.
#[derive(Debug)]
pub struct Overview<'s, 'a> {
    /// Each ens, by id, also those whose file cannot be read.
    pub ens: Vec<Progress<'s, 'a>>,
    /// That the departments still have to be seen consuming.
    pub departments: Vec<&'s Finding>,
    /// What the rules say of no ens.
    pub others: Vec<&'s Finding>,
}

impl<'s, 'a> Overview<'s, 'a> {
    /// Where all ens stand; `findings` are what the rules say of the survey.
    pub fn of(survey: &'s Survey<'a>, findings: &'s [Finding]) -> Overview<'s, 'a> {
        let mut about = about(survey, findings);
        let progress = |id: &'a str| {
            let findings = about.ens.remove(id).unwrap_or_default();
            Progress::of(survey, id, survey.ens(id), &findings)
        };
        let ens = survey.inventory.ens.keys().map(|id| &**id).map(progress).collect();
        Overview { ens, departments: about.departments, others: about.others }
    }
}

impl<'s, 'a> Progress<'s, 'a> {
    fn of(
        survey: &'s Survey<'a>,
        id: &'a str,
        ens: Option<&'s EnsView<'a>>,
        findings: &[&'s Finding],
    ) -> Progress<'s, 'a> {
        let seal = ens.map_or_else(Seal::default, |ens| Seal::of(survey, ens));
        let mut progress = Progress {
            id,
            ens,
            certificate: seal.certificate,
            load: seal.load.map(|view| (view, &survey[view.batch])),
            states: [State::Later; Step::ALL.len()],
            missing: Vec::new(),
            standing: Standing::InUse,
            withdrawn: ens.and_then(|ens| seal.withdrawn(survey, ens)),
            live: Environment::BOTH
                .map(|environment| ens.and_then(|ens| survey.current(ens, environment))),
        };
        let load = progress.load.map(|(view, _)| view.load);
        progress.missing =
            findings.iter().map(|finding| (Step::of(finding, load), *finding)).collect();
        progress.missing.sort_by_key(|(step, finding)| (finding.severity, *step));
        for (state, step) in progress.states.iter_mut().zip(Step::ALL) {
            let is_done = seal.is_in_use || is_recorded(survey, ens, &seal, step);
            let at_step = progress.missing.iter().filter(|(at, _)| *at == step);
            *state = State::of(is_done, at_step.map(|(_, finding)| finding.severity).min());
        }
        progress.standing = progress.standing_on(survey.today);
        if let Some(next) = progress.waits_for()
            && progress.state(next) == State::Later
        {
            progress.states[next as usize] = State::Pending;
        }
        progress
    }

    fn standing_on(&self, today: Date) -> Standing {
        if self.ens.is_some_and(|ens| ens.has_ceased_by(today)) {
            return Standing::Ceased;
        }
        let open = Step::ALL.into_iter().find(|step| !self.state(*step).is_done());
        open.map_or(Standing::InUse, Standing::WaitsFor)
    }

    /// Where AOC's working check of its load is proved by its message.
    pub fn proved(&self) -> Vec<Environment> {
        let record = |environment| self.load.and_then(|(view, _)| view.load.record(environment));
        let is_proved =
            |environment: &Environment| record(*environment).is_some_and(Record::is_proved);
        Environment::BOTH.into_iter().filter(is_proved).collect()
    }

    /// Whether a seal of its own is in use in PRO, and the one that it waits for takes its place.
    pub fn is_renewal(&self) -> bool {
        let (Some(ens), [_, Some(live)]) = (self.ens, self.live) else { return false };
        let code = ens.ens.organ_code.as_str();
        let is_own = live.record.organ_codes.iter().any(|known| known.as_str() == code);
        self.waits_for().is_some()
            && is_own
            && self.certificate.is_none_or(|next| next.id != live.id)
    }

    /// How a step stands.
    pub fn state(&self, step: Step) -> State {
        self.states[step as usize]
    }

    /// The step that it waits for, if any.
    pub fn waits_for(&self) -> Option<Step> {
        match self.standing {
            Standing::WaitsFor(step) => Some(step),
            Standing::InUse | Standing::Ceased => None,
        }
    }

    /// What can be acted on now: until all preconditions are there each of them, later only what
    /// stands at the next step.
    pub fn next(&self) -> impl Iterator<Item = &(Step, &'s Finding)> {
        let next = self.waits_for();
        self.missing.iter().filter(move |(step, _)| {
            next.is_some_and(|next| {
                *step == next || *step <= Step::Planned && next <= Step::Planned
            })
        })
    }

    /// Who has to act, in the order of [`Actor`]; nobody when nothing is missing, or when only whoever
    /// edits the files can mend it.
    pub fn actors(&self) -> Vec<Actor> {
        let Some(next) = self.waits_for() else { return Vec::new() };
        let mut actors: Vec<Actor> = self.next().filter_map(|(_, finding)| finding.actor).collect();
        if self.next().next().is_none() {
            actors.push(next.actor());
        }
        actors.sort_unstable();
        actors.dedup();
        actors
    }

    /// The day of the next load, as its batch has it.
    pub fn due(&self) -> Option<(Environment, Date)> {
        let (view, batch) = self.load?;
        let next = Environment::BOTH.into_iter().find(|at| view.load.loaded(*at).is_none())?;
        Some((next, batch.batch.date(next)))
    }

    /// Whether an error is among what is missing.
    pub fn has_error(&self) -> bool {
        self.missing.iter().any(|(_, finding)| finding.severity == Severity::Error)
    }
}

/// The seal that an ens's row is about.
#[derive(Default)]
struct Seal<'s, 'a> {
    certificate: Option<&'s CertificateView<'a>>,
    load: Option<&'s LoadView<'a>>,
    /// Whether it works in both environments, by a load or from before segell.
    is_in_use: bool,
}

impl<'s, 'a> Seal<'s, 'a> {
    /// The open load's; else the latest.
    fn of(survey: &'s Survey<'a>, ens: &'s EnsView<'a>) -> Seal<'s, 'a> {
        let loads = || ens.loads.iter().map(|&place| &survey[place]);
        if let Some(load) = loads().find(|view| view.load.is_open()) {
            let certificate = load.certificate.map(|place| &survey[place]);
            return Seal { certificate, load: Some(load), is_in_use: false };
        }
        let Some(certificate) = survey.latest(ens) else { return Seal::default() };
        let load = loads().rfind(|view| {
            view.load.withdrawn.is_none() && view.load.certificate.as_str() == certificate.id
        });
        let is_current = |environment| {
            survey.current(ens, environment).is_some_and(|current| current.id == certificate.id)
        };
        let is_in_use = Environment::BOTH.into_iter().all(is_current);
        Seal { certificate: Some(certificate), load, is_in_use }
    }
}

impl<'s> Seal<'s, '_> {
    /// The latest withdrawal of its loads, where none stands.
    fn withdrawn(&self, survey: &Survey<'s>, ens: &EnsView<'s>) -> Option<&'s Withdrawal> {
        let (seal, None) = (self.certificate?, self.load) else { return None };
        survey.withdrawal(ens, seal.id)
    }
}

/// What is said of a load that was withdrawn: what was wrong is to be mended first, which no rule can see.
pub fn withdrawn(withdrawal: &Withdrawal) -> Text {
    tr!(
        "its load was withdrawn on {day}: {reason}; once that is mended, plan it again",
        day = withdrawal.date.date(),
        reason = withdrawal.reason.as_str()
    )
}

/// Whether the files record a step as done, whatever the rules think of it.
fn is_recorded(
    survey: &Survey<'_>,
    ens: Option<&EnsView<'_>>,
    seal: &Seal<'_, '_>,
    step: Step,
) -> bool {
    let load = seal.load.map(|view| view.load);
    let record = |environment| load.and_then(|load| load.record(environment));
    let has_confirmation = |environment| {
        let record = seal.certificate.map(|certificate| certificate.record);
        record.is_some_and(|record| record.confirmations.get(environment).is_some())
    };
    match step {
        Step::Authorised => ens.is_some_and(|ens| is_authorised(ens.ens, survey.today)),
        Step::Certificate => seal.certificate.is_some_and(|certificate| certificate.pem.is_some()),
        Step::ConfirmedPre => has_confirmation(Environment::Pre),
        Step::ConfirmedPro => has_confirmation(Environment::Pro),
        Step::Planned => load.is_some(),
        Step::LoadedPre => record(Environment::Pre).is_some(),
        Step::VerifiedPre => record(Environment::Pre).is_some_and(|record| {
            let after = record.since_last_failure();
            after.iter().any(|check| check.by.contains(&Actor::Aoc))
        }),
        Step::LoadedPro => record(Environment::Pro).is_some(),
        Step::VerifiedPro => load.is_some_and(|load| load.is_verified_in_pro()),
    }
}

/// Whether AEAT grants one service at least in each environment.
fn is_authorised(ens: &Ens, today: Date) -> bool {
    Environment::BOTH.into_iter().all(|environment| is_granted(ens, environment, today))
}
