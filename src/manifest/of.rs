//! From an inventory to the manifest of an environment.

use jiff::civil::Date;

use super::{Confirmed, Held, Identity, Loading, Manifest, Restoring, SCHEMA, Seal};
use crate::finding::{Actor, Environment};
use crate::inventory::Inventory;
use crate::model::{Ens, Evidence};
use crate::rules::ens::authorisation_in_place::grants;
use crate::survey::{CertificateView, EnsView, LoadView, Survey};
use crate::text::visible;

/// Why nothing comes back.
const NOTHING: &str = "none: what was there before is not in force, or retired";

impl Manifest {
    /// What the inventory of `commit`, whose tree is `tree`, asks of `environment`.
    pub fn of(survey: &Survey<'_>, environment: Environment, commit: &str, tree: &str) -> Manifest {
        let mut manifest = Manifest {
            schema: SCHEMA.to_owned(),
            environment,
            commit: commit.to_owned(),
            tree: tree.to_owned(),
            restore: Vec::new(),
            load: Vec::new(),
            state: Vec::new(),
        };
        let mut loads = Vec::new();
        for ens in &survey.ens {
            let plan = Plan::of(survey, ens, environment);
            manifest.restore.extend(plan.restoring());
            loads
                .extend(plan.to_load.iter().map(|&place| (plan.order(place), plan.loading(place))));
            manifest.state.extend(plan.held());
        }
        manifest
            .restore
            .sort_by(|a, b| (&a.date, &a.batch, &a.ens).cmp(&(&b.date, &b.batch, &b.ens)));
        loads.sort_by_key(|(order, _)| *order);
        manifest.load = loads.into_iter().filter_map(|(_, loading)| loading).collect();
        manifest
    }
}

/// The seals that an inventory asks to load in `environment`, by ens and certificate. The batches
/// are enough to know them.
pub fn asked(inventory: &Inventory, environment: Environment) -> Vec<(&str, &str)> {
    let batches = inventory.batches.values().filter_map(|item| item.value.as_deref());
    let asking = batches.filter(|batch| batch.asks_for(environment));
    let loads = asking.flat_map(|batch| &batch.loads);
    loads
        .filter(|load| load.withdrawn.is_none() && load.record(environment).is_none())
        .map(|load| (load.ens.as_str(), load.certificate.as_str()))
        .collect()
}

/// What is to be done for one ens in one environment.
struct Plan<'s, 'a> {
    survey: &'s Survey<'a>,
    ens: &'s EnsView<'a>,
    environment: Environment,
    /// What it has today.
    current: Option<&'s CertificateView<'a>>,
    /// The loads still to do, by their place in the survey, in order.
    to_load: Vec<usize>,
}

impl<'s, 'a> Plan<'s, 'a> {
    fn of(survey: &'s Survey<'a>, ens: &'s EnsView<'a>, environment: Environment) -> Self {
        let waits = |&&place: &&usize| {
            let view = &survey.loads[place];
            survey.batches[view.batch].batch.asks_for(environment)
                && view.load.withdrawn.is_none()
                && view.load.record(environment).is_none()
        };
        let to_load = ens.loads.iter().filter(waits).copied().collect();
        let current = survey.current(ens, environment);
        let mut plan = Plan { survey, ens, environment, current, to_load };
        let mut to_load = std::mem::take(&mut plan.to_load);
        to_load.sort_by_key(|&place| plan.order(place));
        plan.to_load = to_load;
        plan
    }

    /// By day, then as the batches stand in the survey.
    fn order(&self, place: usize) -> (Date, usize) {
        (self.date(&self.survey.loads[place]), place)
    }

    /// D(E) of a load.
    fn date(&self, view: &LoadView<'_>) -> Date {
        self.survey.batches[view.batch].batch.date(self.environment)
    }

    fn certificate(&self, place: usize) -> Option<&'s CertificateView<'a>> {
        self.survey.loads[place].certificate.map(|place| &self.survey.certificates[place])
    }

    /// What is there just before the load at `index` of those to do.
    fn before(&self, index: usize) -> Option<&'s CertificateView<'a>> {
        match index.checked_sub(1) {
            Some(earlier) => self.certificate(self.to_load[earlier]),
            None => self.current,
        }
    }

    fn loading(&self, place: usize) -> Option<Loading> {
        let view = &self.survey.loads[place];
        let batch = &self.survey.batches[view.batch];
        let certificate = self.certificate(place)?;
        let date = self.date(view);
        let index = self.to_load.iter().position(|&known| known == place)?;
        let before = self.before(index);
        let comes_back =
            |old: &&CertificateView<'_>| old.is_in_force_on(date) && !old.is_retired_on(date);
        Some(Loading {
            batch: batch.id.to_owned(),
            day: batch.number,
            date: date.to_string(),
            ens: self.ens.id.to_owned(),
            organ_code: self.ens.ens.organ_code.to_string(),
            services: services(self.ens.ens, self.environment, date),
            certificate: self.seal(certificate, index + 1 == self.to_load.len())?,
            key: certificate.record.key_in(self.environment).map(ToOwned::to_owned),
            replaces: before.map(identity),
            restores: before.filter(comes_back).map(identity),
            confirmation: confirmation(certificate, self.environment),
            verified_by: verified_by(self.environment),
        })
    }

    /// The load that has been withdrawn and waits for what was before: the latest recorded here.
    fn restoring(&self) -> Option<Restoring> {
        let recorded = self.ens.loads.iter().filter_map(|&place| {
            Some((self.survey.loads[place].load.loaded(self.environment)?, place))
        });
        let (_, place) = recorded.max()?;
        let view = &self.survey.loads[place];
        let withdrawal = view.load.withdrawn.as_ref()?;
        if withdrawal.restored.get(self.environment).is_some() {
            return None;
        }
        let batch = &self.survey.batches[view.batch];
        Some(Restoring {
            batch: batch.id.to_owned(),
            day: batch.number,
            date: withdrawal.date.to_string(),
            ens: self.ens.id.to_owned(),
            organ_code: self.ens.ens.organ_code.to_string(),
            withdraws: identity(self.certificate(place)?),
            certificate: self.current.and_then(|back| self.seal(back, self.to_load.is_empty())),
            key: self
                .current
                .and_then(|back| back.record.key_in(self.environment))
                .map(ToOwned::to_owned),
            warning: self.current.is_none().then(|| NOTHING.to_owned()),
            verified_by: verified_by(self.environment),
        })
    }

    /// What the ens has when all is done; none for an ens that never had or gets anything.
    fn held(&self) -> Option<Held> {
        let last = self.to_load.last().map_or(self.current, |&place| self.certificate(place));
        let had = self
            .ens
            .loads
            .iter()
            .any(|&place| self.survey.loads[place].load.record(self.environment).is_some());
        if last.is_none() && !had {
            return None;
        }
        Some(Held {
            ens: self.ens.id.to_owned(),
            organ_code: self.ens.ens.organ_code.to_string(),
            certificate: last.and_then(|last| self.seal(last, true)),
            key: last.and_then(|last| last.record.key_in(self.environment)).map(ToOwned::to_owned),
            warning: last.is_none().then(|| NOTHING.to_owned()),
        })
    }

    /// A seal and its file: what the ens ends with has the plain name.
    fn seal(&self, view: &CertificateView<'_>, is_last: bool) -> Option<Seal> {
        let (facts, _) = view.pem?;
        // An id has no dot, so no ens can have this other name.
        let interim = if is_last { String::new() } else { format!(".{}", facts.sha256) };
        Some(Seal {
            id: view.id.to_owned(),
            file: format!("certificates/{}{interim}.pem", self.ens.id),
            sha256: facts.sha256.to_string(),
            spki_sha256: facts.public_key_sha256.to_string(),
            serial: facts.serial.to_string(),
            issuer: visible(&facts.issuer.to_string()),
            not_before: facts.not_before.to_string(),
            not_after: facts.not_after.to_string(),
        })
    }
}

fn identity(view: &CertificateView<'_>) -> Identity {
    let sha256 = view.record.sha256.to_string();
    Identity { id: view.id.to_owned(), sha256 }
}

/// The services that AEAT grants in `environment` on `day`.
fn services(ens: &Ens, environment: Environment, day: Date) -> Vec<String> {
    let granted = ens.authorisations.iter().filter(|known| grants(known, environment, day));
    granted.map(|authorisation| authorisation.service.to_string()).collect()
}

fn confirmation(view: &CertificateView<'_>, environment: Environment) -> Option<Confirmed> {
    view.record.confirmations.get(environment).map(|confirmation| Confirmed {
        date: confirmation.date.to_string(),
        serial: confirmation.serial.as_ref().map(|serial| serial.as_str().to_owned()),
        sha256: confirmation.sha256.as_ref().map(ToString::to_string),
        evidence: confirmation.evidence.iter().filter_map(shown).collect(),
    })
}

fn shown(evidence: &Evidence) -> Option<String> {
    let Evidence { ticket, file, sha256: _, csv } = evidence;
    let words = ticket.as_ref().or(file.as_ref()).or(csv.as_ref())?;
    Some(words.to_string())
}

/// AOC checks PRE; PICA and AOC check PRO.
fn verified_by(environment: Environment) -> Vec<Actor> {
    match environment {
        Environment::Pre => vec![Actor::Aoc],
        Environment::Pro => vec![Actor::Pica, Actor::Aoc],
    }
}
