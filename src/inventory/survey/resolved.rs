//! The references between an inventory's files resolved: for each ens its seals and its loads, in their
//! order. No day has a part in it.

use std::collections::{HashMap, HashSet};
use std::ops::Index;
use std::sync::Arc;

use jiff::civil::Date;

use super::{
    BatchIndex, BatchView, CertificateIndex, CertificateView, EnsIndex, EnsView, LoadIndex,
    LoadView, Survey,
};
use crate::base::digest::Sha256;
use crate::inventory::Inventory;
use crate::inventory::finding::{Environment, Place};
use crate::inventory::model::{Batch, CertificateId, Slug};

/// An ens, a certificate's id and its SHA-256.
pub(super) type Seal<'a> = (&'a Slug, &'a CertificateId, Option<Sha256>);

/// An inventory, its references resolved.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The inventory.
    pub inventory: &'a Inventory,
    /// The ens that could be read, by id.
    pub ens: Vec<EnsView<'a>>,
    /// The certificates whose record could be read, by id.
    pub certificates: Vec<CertificateView<'a>>,
    /// The batches that could be read, by calendar and day.
    pub batches: Vec<BatchView<'a>>,
    /// All loads of those batches, in the same order.
    pub loads: Vec<LoadView<'a>>,
    ens_by_id: HashMap<&'a str, EnsIndex>,
    organ_codes: HashSet<&'a str>,
    baseline: HashMap<(&'a str, Environment), &'a str>,
    certificates_by_id: HashMap<&'a str, CertificateIndex>,
    batches_by_id: HashMap<&'a str, BatchIndex>,
    /// By the digests of their public keys, sorted.
    certificates_by_key: Vec<(Sha256, CertificateIndex)>,
    /// The open loads, in their order.
    pub(super) open: Vec<LoadIndex>,
    /// The loads that wait for PRE although their ens has not requested it, in their order.
    without_pre: Vec<LoadIndex>,
}

impl<'a> Resolved<'a> {
    /// Resolves an inventory's references.
    pub fn of(inventory: &'a Inventory) -> Resolved<'a> {
        let ens = ens_of(inventory);
        let certificates = certificates_of(inventory);
        let batches = batches_of(inventory);
        let mut resolved = Resolved {
            inventory,
            baseline: baseline_of(inventory),
            organ_codes: ens.iter().map(|view| view.ens.organ_code.as_str()).collect(),
            ens_by_id: ens.iter().map(|view| (view.id, view.at)).collect(),
            certificates_by_id: certificates.iter().map(|view| (view.id, view.at)).collect(),
            ens,
            certificates_by_key: by_key(&certificates),
            certificates,
            batches_by_id: batches.iter().map(|view| (view.id, view.at)).collect(),
            loads: Vec::with_capacity(batches.iter().map(|view| view.batch.loads.len()).sum()),
            batches,
            open: Vec::new(),
            without_pre: Vec::new(),
        };
        resolved.resolve_certificates();
        resolved.resolve_loads();
        resolved.resolve_users();
        resolved
    }

    /// The same with another text of that batch, which has the same loads.
    pub fn with_batch(mut self, at: BatchIndex, batch: &'a Batch) -> Resolved<'a> {
        self.batches[at.0].batch = batch;
        self
    }

    /// Sees it on a day, under its own policy.
    pub fn on(self, today: Date) -> Survey<'a> {
        Survey::new(Arc::new(self), today)
    }

    /// For whom a load is, and which certificate it is, whatever its batch.
    pub(super) fn seal(&self, view: &LoadView<'a>) -> Seal<'a> {
        let certificate = view.certificate.map(|at| self[at].record.sha256.0);
        (&view.load.ens, &view.load.certificate, certificate)
    }

    /// The loads of a batch, in their order.
    pub fn loads_of(&self, batch: &BatchView<'a>) -> &[LoadView<'a>] {
        &self.loads[batch.loads.clone()]
    }

    /// The open loads, in their order.
    pub fn open(&self) -> impl Iterator<Item = &LoadView<'a>> {
        self.open.iter().map(|&at| &self[at])
    }

    fn resolve_certificates(&mut self) {
        let mut by_code: HashMap<&str, Vec<CertificateIndex>> = HashMap::new();
        for certificate in &self.certificates {
            for code in &certificate.record.organ_codes {
                by_code.entry(code.as_str()).or_default().push(certificate.at);
            }
        }
        for ens in &mut self.ens {
            let certificates = by_code.get(ens.ens.organ_code.as_str());
            ens.certificates = certificates.cloned().unwrap_or_default();
            ens.certificates.dedup();
        }
    }

    fn resolve_loads(&mut self) {
        for view in &mut self.batches {
            let first = self.loads.len();
            for (index, load) in view.batch.loads.iter().enumerate() {
                let at = LoadIndex(self.loads.len());
                let ens = self.ens_by_id.get(load.ens.as_str()).copied();
                let certificate = self.certificates_by_id.get(load.certificate.as_str()).copied();
                if let Some(ens) = ens {
                    self.ens[ens.0].loads.push(at);
                }
                if load.is_open() {
                    self.open.push(at);
                }
                let waits = load.is_open() && load.loaded(Environment::Pre).is_none();
                if waits && ens.is_some_and(|ens| !self.ens[ens.0].has_requested_pre()) {
                    self.without_pre.push(at);
                }
                self.loads.push(LoadView { at, batch: view.at, index, load, ens, certificate });
            }
            view.loads = first..self.loads.len();
        }
    }

    /// Who has each certificate today, or has an open load of it. A load that was withdrawn, or has
    /// been replaced since, makes no user.
    fn resolve_users(&mut self) {
        let mut users = vec![Vec::new(); self.certificates.len()];
        for ens in &self.ens {
            let loads = ens.loads.iter().map(|&load| &self[load]);
            let open = loads.filter(|view| view.load.is_open()).filter_map(|view| view.certificate);
            let held = Environment::BOTH.into_iter().flat_map(|at| self.may_hold(ens, at));
            for certificate in open.chain(held.map(|view| view.at)) {
                users[certificate.0].push(ens.at);
            }
        }
        for (certificate, mut users) in self.certificates.iter_mut().zip(users) {
            users.dedup();
            certificate.users = users;
        }
    }

    /// The ens with this id, when it can be read.
    pub fn ens(&self, id: &str) -> Option<&EnsView<'a>> {
        self.ens_by_id.get(id).map(|&at| &self[at])
    }

    /// Whether an ens that can be read has this organ code.
    pub fn has_organ_code(&self, code: &str) -> bool {
        self.organ_codes.contains(code)
    }

    /// The certificate with this id, when it can be read.
    pub fn certificate(&self, id: &str) -> Option<&CertificateView<'a>> {
        self.certificates_by_id.get(id).map(|&at| &self[at])
    }

    /// The batch with this id, when it can be read.
    pub fn batch(&self, id: &str) -> Option<&BatchView<'a>> {
        self.batches_by_id.get(id).map(|&at| &self[at])
    }

    /// The certificates that have the public key of this one, in their order.
    pub fn same_key(
        &self,
        certificate: &CertificateView<'a>,
    ) -> impl Iterator<Item = &CertificateView<'a>> {
        let key = certificate.pem.map(|(facts, _)| facts.public_key_sha256);
        let first = self.certificates_by_key.partition_point(|(other, _)| Some(*other) < key);
        let from = self.certificates_by_key[first..].iter();
        from.take_while(move |(other, _)| Some(*other) == key).map(|&(_, place)| &self[place])
    }

    /// The place of a load in its batch's file.
    pub fn place_of(&self, view: &LoadView<'a>) -> Place {
        let batch = &self[view.batch];
        Place::start(batch.file).key("loads").item(view.index)
    }

    /// The batches of the same calendar that come before this one, in their order.
    pub fn earlier_days(&self, at: BatchIndex) -> &[BatchView<'a>] {
        let calendar = self[at].calendar;
        let first = self.batches.partition_point(|batch| batch.calendar < calendar);
        &self.batches[first..at.0]
    }

    /// The batches of the same calendar that come after this one, in their order.
    pub fn later_days(&self, at: BatchIndex) -> &[BatchView<'a>] {
        let calendar = self[at].calendar;
        let end = self.batches.partition_point(|batch| batch.calendar <= calendar);
        &self.batches[at.0 + 1..end]
    }

    /// The open loads of the calendar's earlier days, in their order.
    pub fn open_before(&self, at: BatchIndex) -> impl ExactSizeIterator<Item = &LoadView<'a>> {
        let batch = &self[at];
        let earlier = self.earlier_days(at);
        let rising = earlier.partition_point(|day| day.number < batch.number);
        let loads = earlier[..rising]
            .first()
            .map_or(0..0, |first| first.loads.start..earlier[rising - 1].loads.end);
        let before = |end: usize| self.open.partition_point(|at| at.0 < end);
        self.open[before(loads.start)..before(loads.end)].iter().map(|&at| &self[at])
    }

    /// Of the last of these batches, which follow each other, that has loads waiting for PRE
    /// although their ens have not requested it: the first of those loads.
    pub fn last_without_pre(&self, batches: &[BatchView<'a>]) -> Option<&LoadView<'a>> {
        let (first, last) = (batches.first()?.loads.start, batches.last()?.loads.end);
        let before = |end: usize| self.without_pre.partition_point(|at| at.0 < end);
        let waiting = &self.without_pre[before(first)..before(last)];
        let batch = self[*waiting.last()?].batch;
        let mut loads = waiting.iter().map(|&at| &self[at]);
        loads.find(|view| view.batch == batch)
    }

    /// What the ens had in `environment` before segell came in.
    pub(super) fn baseline(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
    ) -> Option<&CertificateView<'a>> {
        self.baseline.get(&(ens.id, environment)).and_then(|id| self.certificate(id))
    }
}

impl<'a> Index<EnsIndex> for Resolved<'a> {
    type Output = EnsView<'a>;

    fn index(&self, at: EnsIndex) -> &EnsView<'a> {
        &self.ens[at.0]
    }
}

impl<'a> Index<CertificateIndex> for Resolved<'a> {
    type Output = CertificateView<'a>;

    fn index(&self, at: CertificateIndex) -> &CertificateView<'a> {
        &self.certificates[at.0]
    }
}

impl<'a> Index<BatchIndex> for Resolved<'a> {
    type Output = BatchView<'a>;

    fn index(&self, at: BatchIndex) -> &BatchView<'a> {
        &self.batches[at.0]
    }
}

impl<'a> Index<LoadIndex> for Resolved<'a> {
    type Output = LoadView<'a>;

    fn index(&self, at: LoadIndex) -> &LoadView<'a> {
        &self.loads[at.0]
    }
}

fn by_key(certificates: &[CertificateView<'_>]) -> Vec<(Sha256, CertificateIndex)> {
    let key = |view: &CertificateView<'_>| Some((view.pem?.0.public_key_sha256, view.at));
    let mut places: Vec<_> = certificates.iter().filter_map(key).collect();
    places.sort_unstable();
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
    read.enumerate()
        .map(|(place, (item, ens))| EnsView {
            at: EnsIndex(place),
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
    read.enumerate()
        .map(|(place, (item, record, pem))| CertificateView {
            at: CertificateIndex(place),
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
            Some(BatchView { at: BatchIndex(0), id, calendar, number, file, batch, loads: 0..0 })
        })
        .collect();
    batches.sort_unstable_by_key(|batch| (batch.calendar, batch.number, batch.id));
    (0..).zip(&mut batches).for_each(|(place, batch)| batch.at = BatchIndex(place));
    batches
}
