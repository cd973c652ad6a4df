//! An inventory seen on one day: the references between its files resolved, and for each ens the
//! loads, in their order, and what is current in each environment.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::base::digest::Sha256;
use crate::base::time::day_of;
use crate::files::x509;
use crate::inventory::finding::{Environment, Place};
use crate::inventory::model::{
    Batch, Certificate, CertificateId, Ens, Load, Policy, RetirementReason, Slug,
};
use crate::inventory::{Chain, Inventory};

/// An ens, a certificate's id and its SHA-256.
type Seal<'a> = (&'a Slug, &'a CertificateId, Option<Sha256>);

/// An inventory, seen on one day.
#[derive(Debug)]
pub struct Survey<'a> {
    /// The inventory.
    pub inventory: &'a Inventory,
    /// The policy that counts, which may be another inventory's.
    pub policy: Option<&'a Policy>,
    /// The day.
    pub today: Date,
    /// The ens that could be read, by id.
    pub ens: Vec<EnsView<'a>>,
    /// The certificates whose record could be read, by id.
    pub certificates: Vec<CertificateView<'a>>,
    /// The batches that could be read, by calendar and day.
    pub batches: Vec<BatchView<'a>>,
    /// All loads of those batches, in the same order.
    pub loads: Vec<LoadView<'a>>,
    ens_by_id: HashMap<&'a str, usize>,
    organ_codes: HashSet<&'a str>,
    baseline: HashMap<(&'a str, Environment), &'a str>,
    certificates_by_id: HashMap<&'a str, usize>,
    batches_by_id: HashMap<&'a str, usize>,
    certificates_by_key: HashMap<Sha256, Vec<usize>>,
    /// The open loads, in their order.
    open: Vec<usize>,
    /// The loads that a change closes, in their order.
    closing: Vec<usize>,
    /// The loads that wait for PRE although their ens has not requested it, in their order.
    without_pre: Vec<usize>,
}

/// An ens, with what belongs to it.
#[derive(Debug)]
pub struct EnsView<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its file.
    pub file: &'a Arc<str>,
    /// What its file states.
    pub ens: &'a Ens,
    /// Its certificates: the records whose `organ_codes` hold its code.
    pub certificates: Vec<usize>,
    /// Its loads, in the order of the batches.
    pub loads: Vec<usize>,
}

/// A certificate, with what belongs to it.
#[derive(Debug)]
pub struct CertificateView<'a> {
    /// Its id.
    pub id: &'a str,
    /// The file of its record.
    pub file: &'a Arc<str>,
    /// What its record states.
    pub record: &'a Certificate,
    /// What its PEM states, and who issued it; none when that is broken or another certificate.
    pub pem: Option<(&'a x509::Certificate, &'a Chain)>,
    /// The ens that have it or an open load of it, in the order of their ids.
    pub users: Vec<usize>,
}

/// A batch, with what belongs to it.
#[derive(Debug)]
pub struct BatchView<'a> {
    /// Its id, `calendar/NN-slug`.
    pub id: &'a str,
    /// Its calendar.
    pub calendar: &'a str,
    /// The number in its file's name.
    pub number: u32,
    /// Its file.
    pub file: &'a Arc<str>,
    /// What its file states.
    pub batch: &'a Batch,
    /// Its loads.
    pub loads: Range<usize>,
}

/// A load, with what it names.
#[derive(Debug)]
pub struct LoadView<'a> {
    /// The batch, by its place in [`Survey::batches`].
    pub batch: usize,
    /// Its place in the batch's `loads`.
    pub index: usize,
    /// What the file states.
    pub load: &'a Load,
    /// The ens, by its place in [`Survey::ens`], when it exists and can be read.
    pub ens: Option<usize>,
    /// The certificate, by its place in [`Survey::certificates`], when it exists and can be read.
    pub certificate: Option<usize>,
}

/// A seal that is to be taken out for good.
#[derive(Clone, Copy, Debug)]
pub struct Removal<'s, 'a> {
    /// The seal.
    pub certificate: &'s CertificateView<'a>,
    /// From this day on.
    pub date: Date,
    /// Why: compromised or ceased.
    pub reason: RetirementReason,
}

impl<'a> Survey<'a> {
    /// Sees `inventory` on the day `today`, under its own policy.
    pub fn of(inventory: &'a Inventory, today: Date) -> Survey<'a> {
        Survey::under(inventory, inventory.policy.as_deref(), today)
    }

    /// Sees `inventory` on no day in particular: nothing is to come any more. What is asked so says the
    /// same on any day.
    pub fn timeless(inventory: &'a Inventory) -> Survey<'a> {
        Survey::of(inventory, Date::MAX)
    }

    /// Sees `inventory` on the day `today`, under `policy`.
    pub fn under(inventory: &'a Inventory, policy: Option<&'a Policy>, today: Date) -> Survey<'a> {
        let ens = ens_of(inventory);
        let certificates = certificates_of(inventory);
        let batches = batches_of(inventory);
        let mut survey = Survey {
            inventory,
            policy,
            today,
            baseline: baseline_of(inventory),
            organ_codes: ens.iter().map(|view| view.ens.organ_code.as_str()).collect(),
            ens_by_id: ens.iter().enumerate().map(|(place, ens)| (ens.id, place)).collect(),
            certificates_by_id: certificates.iter().enumerate().map(|(p, c)| (c.id, p)).collect(),
            ens,
            certificates_by_key: by_key(&certificates),
            certificates,
            batches_by_id: batches.iter().enumerate().map(|(p, b)| (b.id, p)).collect(),
            batches,
            loads: Vec::new(),
            open: Vec::new(),
            closing: Vec::new(),
            without_pre: Vec::new(),
        };
        survey.resolve_certificates();
        survey.resolve_loads();
        survey.resolve_users();
        survey
    }

    /// With the loads that are verified here and not yet in `base` asked as open ones are: what is
    /// recorded in the same change as what closes it must hold too.
    pub fn closing_since(mut self, base: &Survey<'_>) -> Survey<'a> {
        let mut known: HashMap<Seal<'_>, isize> = HashMap::new();
        for view in base.loads.iter().filter(|view| !view.load.is_open()) {
            *known.entry(base.seal(view)).or_default() += 1;
        }
        // What the change withdraws may have been finished, and is so no more.
        for view in self.loads.iter().filter(|view| view.load.withdrawn.is_some()) {
            *known.entry(self.seal(view)).or_default() -= 1;
        }
        let mut closing = Vec::new();
        for (place, view) in self.loads.iter().enumerate() {
            if is_finished(view.load) {
                let known = known.entry(self.seal(view)).or_default();
                *known -= 1;
                closing.extend((*known < 0).then_some(place));
            }
        }
        self.closing = closing;
        self
    }

    /// For whom a load is, and which certificate it is, whatever its batch.
    fn seal(&self, view: &LoadView<'a>) -> Seal<'a> {
        let certificate = view.certificate.map(|place| self.certificates[place].record.sha256.0);
        (&view.load.ens, &view.load.certificate, certificate)
    }

    /// Whether a load is asked as an open one: it is open, or a change closes it.
    pub fn is_asked(&self, place: usize) -> bool {
        self.loads[place].load.is_open() || self.closing.binary_search(&place).is_ok()
    }

    /// The open loads, in their order.
    pub fn open(&self) -> impl Iterator<Item = &LoadView<'a>> {
        self.open.iter().map(|&place| &self.loads[place])
    }

    /// The loads that preconditions and sequence rules are asked of: the open ones, and those that
    /// a change closes.
    pub fn asked(&self) -> impl Iterator<Item = &LoadView<'a>> {
        self.open.iter().chain(&self.closing).map(|&place| &self.loads[place])
    }

    fn resolve_certificates(&mut self) {
        let mut by_code: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, certificate) in self.certificates.iter().enumerate() {
            for code in &certificate.record.organ_codes {
                by_code.entry(code.as_str()).or_default().push(place);
            }
        }
        for ens in &mut self.ens {
            let certificates = by_code.get(ens.ens.organ_code.as_str());
            ens.certificates = certificates.cloned().unwrap_or_default();
            ens.certificates.dedup();
        }
    }

    fn resolve_loads(&mut self) {
        for (place, view) in self.batches.iter_mut().enumerate() {
            let first = self.loads.len();
            for (index, load) in view.batch.loads.iter().enumerate() {
                let ens = self.ens_by_id.get(load.ens.as_str()).copied();
                let certificate = self.certificates_by_id.get(load.certificate.as_str()).copied();
                if let Some(ens) = ens {
                    self.ens[ens].loads.push(self.loads.len());
                }
                if load.is_open() {
                    self.open.push(self.loads.len());
                }
                let waits = load.is_open() && load.loaded(Environment::Pre).is_none();
                if waits && ens.is_some_and(|ens| !self.ens[ens].has_requested_pre()) {
                    self.without_pre.push(self.loads.len());
                }
                self.loads.push(LoadView { batch: place, index, load, ens, certificate });
            }
            view.loads = first..self.loads.len();
        }
    }

    /// Who has each certificate today, or has an open load of it. A load that was withdrawn, or has
    /// been replaced since, makes no user.
    fn resolve_users(&mut self) {
        let mut users = vec![Vec::new(); self.certificates.len()];
        for (place, ens) in self.ens.iter().enumerate() {
            let loads = ens.loads.iter().map(|&load| &self.loads[load]);
            let open = loads.filter(|view| view.load.is_open()).filter_map(|view| view.certificate);
            let held = Environment::BOTH.into_iter().flat_map(|at| self.may_hold(ens, at));
            let current = held.map(|view| self.certificates_by_id[view.id]);
            for certificate in open.chain(current) {
                users[certificate].push(place);
            }
        }
        for (certificate, mut users) in self.certificates.iter_mut().zip(users) {
            users.dedup();
            certificate.users = users;
        }
    }

    /// The ens with this id, when it can be read.
    pub fn ens(&self, id: &str) -> Option<&EnsView<'a>> {
        self.ens_by_id.get(id).map(|&place| &self.ens[place])
    }

    /// Whether an ens that can be read has this organ code.
    pub fn has_organ_code(&self, code: &str) -> bool {
        self.organ_codes.contains(code)
    }

    /// The certificate with this id, when it can be read.
    pub fn certificate(&self, id: &str) -> Option<&CertificateView<'a>> {
        self.certificates_by_id.get(id).map(|&place| &self.certificates[place])
    }

    /// The batch with this id, when it can be read.
    pub fn batch(&self, id: &str) -> Option<&BatchView<'a>> {
        self.batches_by_id.get(id).map(|&place| &self.batches[place])
    }

    /// The places of the certificates that have the public key of this one.
    pub fn same_key(&self, certificate: &CertificateView<'a>) -> &[usize] {
        let key = certificate.pem.map(|(facts, _)| facts.public_key_sha256);
        key.and_then(|key| self.certificates_by_key.get(&key)).map_or(&[], Vec::as_slice)
    }

    /// The place of a load in its batch's file.
    pub fn place_of(&self, view: &LoadView<'a>) -> Place {
        let batch = &self.batches[view.batch];
        Place::start(batch.file).key("loads").item(view.index)
    }

    /// The latest of the ens's certificates that is not retired, of those that can be read.
    pub fn latest(&self, ens: &EnsView<'a>) -> Option<&CertificateView<'a>> {
        let certificates = ens.certificates.iter().map(|&place| &self.certificates[place]);
        certificates
            .filter(|certificate| !certificate.is_retired_on(self.today))
            .filter_map(|certificate| Some((certificate.not_before()?, certificate)))
            .max_by_key(|(not_before, certificate)| (*not_before, certificate.id))
            .map(|(_, certificate)| certificate)
    }

    /// The batches of the same calendar that come before this one, in their order.
    pub fn earlier_days(&self, place: usize) -> &[BatchView<'a>] {
        let calendar = self.batches[place].calendar;
        let first = self.batches.partition_point(|batch| batch.calendar < calendar);
        &self.batches[first..place]
    }

    /// The batches of the same calendar that come after this one, in their order.
    pub fn later_days(&self, place: usize) -> &[BatchView<'a>] {
        let calendar = self.batches[place].calendar;
        let end = self.batches.partition_point(|batch| batch.calendar <= calendar);
        &self.batches[place + 1..end]
    }

    /// The open loads of the calendar's earlier days, in their order.
    pub fn open_before(&self, place: usize) -> impl ExactSizeIterator<Item = &LoadView<'a>> {
        let batch = &self.batches[place];
        let earlier = self.earlier_days(place);
        let rising = earlier.partition_point(|day| day.number < batch.number);
        let loads = earlier[..rising]
            .first()
            .map_or(0..0, |first| first.loads.start..earlier[rising - 1].loads.end);
        let before = |end: usize| self.open.partition_point(|&place| place < end);
        self.open[before(loads.start)..before(loads.end)].iter().map(|&place| &self.loads[place])
    }

    /// Of the last of these batches, which follow each other, that has loads waiting for PRE
    /// although their ens have not requested it: the first of those loads.
    pub fn last_without_pre(&self, batches: &[BatchView<'a>]) -> Option<&LoadView<'a>> {
        let (first, last) = (batches.first()?.loads.start, batches.last()?.loads.end);
        let before = |end: usize| self.without_pre.partition_point(|&place| place < end);
        let waiting = &self.without_pre[before(first)..before(last)];
        let batch = self.loads[*waiting.last()?].batch;
        let mut loads = waiting.iter().map(|&place| &self.loads[place]);
        loads.find(|view| view.batch == batch)
    }

    /// What the ens has in `environment`: its latest load recorded there and not withdrawn, before
    /// any the baseline's. After a withdrawal what was before comes back, if on that day it was in
    /// force and not retired; else there is nothing. Nor is there once it is recorded as taken out.
    pub fn current(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
    ) -> Option<&CertificateView<'a>> {
        self.current_by(ens, environment).map(|(certificate, _)| certificate)
    }

    /// The same, and by which load; by none: the baseline has it.
    pub fn current_by(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
    ) -> Option<(&CertificateView<'a>, Option<usize>)> {
        let held = self.held(ens, environment, None)?;
        let is_gone = held.0.is_removed_in(environment) || self.is_out(ens, environment);
        (!is_gone).then_some(held)
    }

    /// What is to be taken out of `environment` for good: the seal of an ens that ceases, or one that is
    /// retired as compromised or ceased; since when, whichever comes first. Whether a load takes its
    /// place is not asked.
    pub fn removal(&self, ens: &EnsView<'a>, environment: Environment) -> Option<Removal<'_, 'a>> {
        let certificate = self.current(ens, environment)?;
        let ceased = ens.ens.ceased.as_ref();
        let ceased = ceased.map(|ceased| (ceased.date.date(), RetirementReason::Ceased));
        let retired = certificate.record.retired.as_ref();
        let retired = retired.filter(|it| it.reason != RetirementReason::Superseded);
        let retired = retired.map(|retired| (retired.date.date(), retired.reason));
        let (date, reason) = ceased.into_iter().chain(retired).min()?;
        Some(Removal { certificate, date, reason })
    }

    /// Whether what the ens had in `environment` last was taken out for good.
    pub fn is_removed(&self, ens: &EnsView<'a>, environment: Environment) -> bool {
        let held = self.held(ens, environment, None);
        held.is_some_and(|(certificate, _)| certificate.is_removed_in(environment))
            || self.is_out(ens, environment)
    }

    /// Whether nothing of an ens that ceases is left in `environment`: its seal was taken out, or a
    /// successor's stands under its code.
    pub fn is_out(&self, ens: &EnsView<'a>, environment: Environment) -> bool {
        let Some(ceased) = &ens.ens.ceased else { return false };
        let successor = ceased.successor.as_ref().and_then(|id| self.ens(id.as_str()));
        let has_loaded = |successor: &EnsView<'a>| {
            let loads = successor.loads.iter().map(|&place| self.loads[place].load);
            successor.ens.organ_code.as_str() == ens.ens.organ_code.as_str()
                && loads
                    .into_iter()
                    .any(|load| load.withdrawn.is_none() && load.loaded(environment).is_some())
        };
        ceased.removed.get(environment).is_some() || successor.is_some_and(has_loaded)
    }

    /// What the ens has in `environment`, and what else was loaded there on the same day by another
    /// calendar: which of them came last, nobody has recorded.
    pub fn may_hold(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
    ) -> impl Iterator<Item = &CertificateView<'a>> {
        self.current(ens, environment).into_iter().chain(self.beside(ens, environment))
    }

    /// What was loaded on the day of the latest load that stands, that load's own seal apart.
    fn beside(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
    ) -> impl Iterator<Item = &CertificateView<'a>> {
        let several = if ens.loads.len() > 1 { ens.loads.as_slice() } else { &[] };
        let loads = several.iter().map(|&place| &self.loads[place]);
        let standing = loads.filter(|view| view.load.withdrawn.is_none());
        let recorded =
            move || standing.clone().filter(move |it| it.load.loaded(environment).is_some());
        let last = recorded().map(|view| view.load.loaded(environment)).max().flatten();
        let current = if last.is_some() { self.current(ens, environment) } else { None };
        recorded()
            .filter(move |view| view.load.loaded(environment) == last)
            .filter_map(|view| view.certificate.map(|place| &self.certificates[place]))
            .filter(move |view| current.is_some_and(|current| current.id != view.id))
    }

    /// Whether those who may have this certificate have each loaded another on the same day, and it may
    /// be that one which is there.
    pub fn is_only_beside(&self, view: &CertificateView<'a>) -> bool {
        let has = |ens: &EnsView<'a>, at| {
            self.current(ens, at).is_some_and(|current| current.id == view.id)
        };
        let mut users = view.users.iter().map(|&ens| &self.ens[ens]);
        let is_current = users.any(|ens| Environment::BOTH.into_iter().any(|at| has(ens, at)));
        !is_current && !view.users.is_empty()
    }

    /// What would come back in `environment` if the ens's load at this place were withdrawn today.
    pub fn would_restore(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
        load: usize,
    ) -> Option<&CertificateView<'a>> {
        self.held(ens, environment, Some(load)).map(|(certificate, _)| certificate)
    }

    /// The ens's loads recorded in `environment`, by day, then by their place.
    fn recorded(&self, ens: &EnsView<'a>, environment: Environment) -> Vec<usize> {
        let day = |place: &usize| self.loads[*place].load.loaded(environment);
        let mut recorded: Vec<usize> =
            ens.loads.iter().copied().filter(|place| day(place).is_some()).collect();
        recorded.sort_by_key(|place| (day(place), *place));
        recorded
    }

    /// What the ens has in `environment`, and by which load, or would have if one of its loads were
    /// withdrawn today.
    fn held(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
        without: Option<usize>,
    ) -> Option<(&CertificateView<'a>, Option<usize>)> {
        let recorded = self.recorded(ens, environment);
        self.last_of(ens, environment, &recorded, without)
    }

    /// What came back in `environment` when the load at this place was taken out: what was there
    /// before it, if it was in force and not retired on that day.
    pub fn before(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
        load: usize,
    ) -> Option<&CertificateView<'a>> {
        let recorded = self.recorded(ens, environment);
        let through = recorded.iter().position(|&place| place == load)?;
        let last = self.last_of(ens, environment, &recorded[..=through], None);
        last.map(|(certificate, _)| certificate)
    }

    /// What stood in `environment` before the load at this place was made.
    pub fn stood_before(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
        load: usize,
    ) -> Option<&CertificateView<'a>> {
        let recorded = self.recorded(ens, environment);
        let first = recorded.iter().position(|&place| place == load)?;
        match recorded[..first].last() {
            Some(&place) => self.loads[place].certificate.map(|place| &self.certificates[place]),
            None => self.baseline(ens, environment),
        }
    }

    /// Of loads recorded in that order, the last that is not withdrawn, else what the baseline has.
    fn last_of(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
        recorded: &[usize],
        without: Option<usize>,
    ) -> Option<(&CertificateView<'a>, Option<usize>)> {
        let mut withdrawn: Option<Date> = None;
        for &place in recorded.iter().rev() {
            let view = &self.loads[place];
            let taken_out = view.load.withdrawn.as_ref().map(|withdrawal| withdrawal.date.date());
            let Some(date) = taken_out.or((without == Some(place)).then_some(self.today)) else {
                let certificate = view.certificate.map(|place| &self.certificates[place])?;
                let comes_back = certificate.comes_back_on(withdrawn);
                return comes_back.then_some((certificate, Some(place)));
            };
            withdrawn = Some(withdrawn.map_or(date, |known| known.max(date)));
        }
        let certificate = self.baseline(ens, environment)?;
        certificate.comes_back_on(withdrawn).then_some((certificate, None))
    }

    /// The load that stands in `environment` although it is withdrawn, if so: nobody has recorded
    /// that what was before is back. A withdrawn load below one that was restored stands there again
    /// only if it was withdrawn later than that.
    pub fn to_restore(&self, ens: &EnsView<'a>, environment: Environment) -> Option<usize> {
        if self.is_out(ens, environment) {
            return None;
        }
        let mut back: Option<Date> = None;
        for &place in self.recorded(ens, environment).iter().rev() {
            let withdrawal = self.loads[place].load.withdrawn.as_ref()?;
            if back.is_some_and(|back| withdrawal.date.date() <= back) {
                continue;
            }
            let restored =
                withdrawal.restored.get(environment).map(crate::inventory::model::Day::date);
            let Some(restored) = restored else { return Some(place) };
            back = back.max(Some(restored));
        }
        None
    }

    /// What the ens had in `environment` before segell came in.
    fn baseline(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
    ) -> Option<&CertificateView<'a>> {
        self.baseline.get(&(ens.id, environment)).and_then(|id| self.certificate(id))
    }
}

impl BatchView<'_> {
    /// Where the hold at `index` of the batch's holds stands.
    pub fn hold_place(&self, index: usize) -> Place {
        let pointer = self.batch.hold.as_ref().map(|holds| holds.pointer(index));
        Place::at(self.file, &pointer.unwrap_or_default())
    }
}

impl EnsView<'_> {
    /// Whether PRE has been requested for one service at least.
    pub fn has_requested_pre(&self) -> bool {
        let mut permissions = self.ens.authorisations.iter().filter_map(|known| known.pre.as_ref());
        permissions.any(|permission| permission.requested.is_some())
    }

    /// Whether the ens is no more on `day`.
    pub fn has_ceased_by(&self, day: Date) -> bool {
        self.ens.ceased.as_ref().is_some_and(|cessation| cessation.date.date() <= day)
    }
}

impl CertificateView<'_> {
    /// The instant from which it is valid.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.pem.map(|(facts, _)| facts.not_before)
    }

    /// Whether it is retired on `day`.
    pub fn is_retired_on(&self, day: Date) -> bool {
        self.record.retired.as_ref().is_some_and(|retired| retired.date.date() <= day)
    }

    /// Whether it is retired on `day` because its key may be known to others.
    pub fn is_compromised_on(&self, day: Date) -> bool {
        let reason = self.record.retired.as_ref().map(|retired| retired.reason);
        self.is_retired_on(day) && reason == Some(RetirementReason::Compromised)
    }

    /// Whether it is recorded as taken out of `environment`.
    pub fn is_removed_in(&self, environment: Environment) -> bool {
        let retired = self.record.retired.as_ref();
        retired.is_some_and(|retired| retired.removed.get(environment).is_some())
    }

    /// Whether it is in force on `day`: from the day of notBefore through that of notAfter.
    pub fn is_in_force_on(&self, day: Date) -> bool {
        self.pem.is_some_and(|(facts, _)| {
            day_of(facts.not_before) <= day && day <= day_of(facts.not_after)
        })
    }

    /// Whether a withdrawal on that day, if there was one, brings this certificate back.
    fn comes_back_on(&self, withdrawn: Option<Date>) -> bool {
        withdrawn.is_none_or(|day| self.is_in_force_on(day) && !self.is_retired_on(day))
    }
}

fn is_finished(load: &Load) -> bool {
    load.withdrawn.is_none() && !load.is_open()
}

fn by_key(certificates: &[CertificateView<'_>]) -> HashMap<Sha256, Vec<usize>> {
    let mut places: HashMap<Sha256, Vec<usize>> = HashMap::new();
    for (place, certificate) in certificates.iter().enumerate() {
        if let Some((facts, _)) = certificate.pem {
            places.entry(facts.public_key_sha256).or_default().push(place);
        }
    }
    places
}

/// Of several that an ens is said to have had in one environment, the first counts.
fn baseline_of(inventory: &Inventory) -> HashMap<(&str, Environment), &str> {
    let mut baseline = HashMap::new();
    for held in inventory.baseline.iter().flat_map(|baseline| &baseline.holds) {
        for &environment in &held.environments {
            let certificate = held.certificate.as_str();
            baseline.entry((held.ens.as_str(), environment)).or_insert(certificate);
        }
    }
    baseline
}

fn ens_of(inventory: &Inventory) -> Vec<EnsView<'_>> {
    let read = inventory.ens.values().filter_map(|item| Some((item, item.value.as_deref()?)));
    read.map(|(item, ens)| EnsView {
        id: &item.id,
        file: &item.file,
        ens,
        certificates: Vec::new(),
        loads: Vec::new(),
    })
    .collect()
}

fn certificates_of(inventory: &Inventory) -> Vec<CertificateView<'_>> {
    let read = inventory.certificates.values().filter_map(|files| {
        let item = files.record.as_ref()?;
        Some((item, item.value.as_deref()?, files.pem.as_ref()))
    });
    read.map(|(item, record, pem)| CertificateView {
        id: &item.id,
        file: &item.file,
        record,
        pem: pem.and_then(|pem| pem.value.as_deref()).map(|(facts, chain)| (facts, chain)),
        users: Vec::new(),
    })
    .collect()
}

fn batches_of(inventory: &Inventory) -> Vec<BatchView<'_>> {
    let read = inventory.batches.values().filter_map(|item| Some((item, item.value.as_deref()?)));
    let mut batches: Vec<BatchView<'_>> = read
        .filter_map(|(item, batch)| {
            let (calendar, stem) = item.id.split_once('/')?;
            let number = stem.split('-').next()?.parse().ok()?;
            let (id, file) = (&*item.id, &item.file);
            Some(BatchView { id, calendar, number, file, batch, loads: 0..0 })
        })
        .collect();
    batches.sort_unstable_by_key(|batch| (batch.calendar, batch.number, batch.id));
    batches
}
