//! The things of an inventory, each with what belongs to it.

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{BatchIndex, CertificateIndex, EnsIndex, LoadIndex};
use crate::base::time::day_of;
use crate::files::x509;
use crate::inventory::Chain;
use crate::inventory::finding::{Environment, Place};
use crate::inventory::model::{Batch, Certificate, Ens, Load, RetirementReason};

/// An ens, with what belongs to it.
#[derive(Debug)]
pub struct EnsView<'a> {
    /// Its place among the ens.
    pub at: EnsIndex,
    /// Its id.
    pub id: &'a str,
    /// Its file.
    pub file: &'a Arc<str>,
    /// What its file states.
    pub ens: &'a Ens,
    /// Its certificates: the records whose `organ_codes` hold its code.
    pub certificates: Vec<CertificateIndex>,
    /// Its loads, in the order of the batches.
    pub loads: Vec<LoadIndex>,
}

/// A certificate, with what belongs to it.
#[derive(Debug)]
pub struct CertificateView<'a> {
    /// Its place among the certificates.
    pub at: CertificateIndex,
    /// Its id.
    pub id: &'a str,
    /// The file of its record.
    pub file: &'a Arc<str>,
    /// What its record states.
    pub record: &'a Certificate,
    /// What its PEM states, and who issued it; none when that is broken or another certificate.
    pub pem: Option<(&'a x509::Certificate, &'a Chain)>,
    /// The ens that have it or an open load of it, in the order of their ids.
    pub users: Vec<EnsIndex>,
}

/// A batch, with what belongs to it.
#[derive(Debug)]
pub struct BatchView<'a> {
    /// Its place among the batches.
    pub at: BatchIndex,
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
    /// The places of its loads, which follow each other.
    pub(super) loads: Range<usize>,
}

/// A load, with what it names.
#[derive(Debug)]
pub struct LoadView<'a> {
    /// Its place among the loads.
    pub at: LoadIndex,
    /// The batch.
    pub batch: BatchIndex,
    /// Its place in the batch's `loads`.
    pub index: usize,
    /// What the file states.
    pub load: &'a Load,
    /// The ens, when it exists and can be read.
    pub ens: Option<EnsIndex>,
    /// The certificate, when it exists and can be read.
    pub certificate: Option<CertificateIndex>,
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

impl<'a> BatchView<'a> {
    /// The same with another text, which has the same loads.
    pub fn with<'b>(&self, batch: &'b Batch) -> BatchView<'b>
    where
        'a: 'b,
    {
        BatchView { batch, loads: self.loads.clone(), ..*self }
    }

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

impl<'a> CertificateView<'a> {
    /// A seal that no inventory has.
    pub fn unlisted(
        id: &'a str,
        file: &'a Arc<str>,
        record: &'a Certificate,
        pem: (&'a x509::Certificate, &'a Chain),
    ) -> CertificateView<'a> {
        let at = CertificateIndex(usize::MAX);
        CertificateView { at, id, file, record, pem: Some(pem), users: Vec::new() }
    }

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
    pub(super) fn comes_back_on(&self, withdrawn: Option<Date>) -> bool {
        withdrawn.is_none_or(|day| self.is_in_force_on(day) && !self.is_retired_on(day))
    }
}
