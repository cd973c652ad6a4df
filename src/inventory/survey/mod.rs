//! An inventory seen on one day: the references between its files resolved, and what no file states: the
//! day, the policy that counts, what a change closes.

mod held;
mod resolved;
mod view;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use jiff::civil::Date;

use crate::inventory::Inventory;
use crate::inventory::finding::Environment;
use crate::inventory::model::{Load, Policy};

use resolved::Seal;

pub use resolved::Resolved;
pub use view::{BatchView, CertificateView, EnsView, LoadView, Removal};

/// The place of an ens in [`Resolved::ens`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnsIndex(usize);

/// The place of a certificate in [`Resolved::certificates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateIndex(usize);

/// The place of a batch in [`Resolved::batches`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchIndex(usize);

/// The place of a load in [`Resolved::loads`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoadIndex(usize);

/// An inventory, seen on one day. To see it on another, or under another policy, costs nothing.
#[derive(Clone, Debug)]
pub struct Survey<'a> {
    resolved: Arc<Resolved<'a>>,
    /// The policy that counts, which may be another inventory's.
    pub policy: Option<&'a Policy>,
    /// The day.
    pub today: Date,
    /// The loads that a change closes, in their order.
    closing: Arc<[LoadIndex]>,
}

impl<'a> Deref for Survey<'a> {
    type Target = Resolved<'a>;

    fn deref(&self) -> &Resolved<'a> {
        &self.resolved
    }
}

impl<'a> Survey<'a> {
    /// Sees `inventory` on the day `today`, under its own policy.
    pub fn of(inventory: &'a Inventory, today: Date) -> Survey<'a> {
        Resolved::of(inventory).on(today)
    }

    fn new(resolved: Arc<Resolved<'a>>, today: Date) -> Survey<'a> {
        let policy = resolved.inventory.policy.as_deref();
        Survey { resolved, policy, today, closing: Arc::default() }
    }

    /// The same on another day.
    pub fn on(&self, today: Date) -> Survey<'a> {
        Survey { today, ..self.clone() }
    }

    /// The same under another policy.
    pub fn under(&self, policy: Option<&'a Policy>) -> Survey<'a> {
        Survey { policy, ..self.clone() }
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
        for view in self.loads.iter().filter(|view| is_finished(view.load)) {
            let known = known.entry(self.seal(view)).or_default();
            *known -= 1;
            closing.extend((*known < 0).then_some(view.at));
        }
        self.closing = closing.into();
        self
    }

    /// Whether a load is asked as an open one: it is open, or a change closes it.
    pub fn is_asked(&self, at: LoadIndex) -> bool {
        self[at].load.is_open() || self.closing.binary_search(&at).is_ok()
    }

    /// The loads that preconditions and sequence rules are asked of: the open ones, and those that
    /// a change closes.
    pub fn asked(&self) -> impl Iterator<Item = &LoadView<'a>> {
        self.open.iter().chain(&*self.closing).map(|&at| &self[at])
    }

    /// The latest of the ens's certificates that is not retired, of those that can be read.
    pub fn latest(&self, ens: &EnsView<'a>) -> Option<&CertificateView<'a>> {
        let certificates = ens.certificates.iter().map(|&at| &self[at]);
        certificates
            .filter(|certificate| !certificate.is_retired_on(self.today))
            .filter_map(|certificate| Some((certificate.not_before()?, certificate)))
            .max_by_key(|(not_before, certificate)| (*not_before, certificate.id))
            .map(|(_, certificate)| certificate)
    }

    /// What would come back in `environment` if that load of the ens were withdrawn today.
    pub fn would_restore(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
        load: LoadIndex,
    ) -> Option<&CertificateView<'a>> {
        self.held(ens, environment, Some((load, self.today))).map(|(certificate, _)| certificate)
    }
}

fn is_finished(load: &Load) -> bool {
    load.withdrawn.is_none() && !load.is_open()
}
