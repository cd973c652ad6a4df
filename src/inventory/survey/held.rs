//! What stands in an environment: the latest load there that is not withdrawn, before any the
//! baseline's; what comes back; what is to be taken out.

use jiff::civil::Date;

use super::{CertificateView, EnsView, LoadIndex, Removal, Resolved};
use crate::inventory::finding::Environment;
use crate::inventory::model::{RetirementReason, Withdrawal};

impl<'a> Resolved<'a> {
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
    ) -> Option<(&CertificateView<'a>, Option<LoadIndex>)> {
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

    /// The latest withdrawal of the ens's loads of a certificate.
    pub fn withdrawal(&self, ens: &EnsView<'a>, certificate: &str) -> Option<&'a Withdrawal> {
        let loads = ens.loads.iter().map(|&place| self[place].load);
        let of_seal = loads.filter(|load| load.certificate.as_str() == certificate);
        of_seal.filter_map(|load| load.withdrawn.as_ref()).max_by_key(|it| it.date.date())
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
            let loads = successor.loads.iter().map(|&place| self[place].load);
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
        let loads = several.iter().map(|&place| &self[place]);
        let standing = loads.filter(|view| view.load.withdrawn.is_none());
        let recorded =
            move || standing.clone().filter(move |it| it.load.loaded(environment).is_some());
        let last = recorded().map(|view| view.load.loaded(environment)).max().flatten();
        let current = if last.is_some() { self.current(ens, environment) } else { None };
        recorded()
            .filter(move |view| view.load.loaded(environment) == last)
            .filter_map(|view| view.certificate.map(|place| &self[place]))
            .filter(move |view| current.is_some_and(|current| current.id != view.id))
    }

    /// Whether those who may have this certificate have each loaded another on the same day, and it may
    /// be that one which is there.
    pub fn is_only_beside(&self, view: &CertificateView<'a>) -> bool {
        let has = |ens: &EnsView<'a>, at| {
            self.current(ens, at).is_some_and(|current| current.id == view.id)
        };
        let mut users = view.users.iter().map(|&ens| &self[ens]);
        let is_current = users.any(|ens| Environment::BOTH.into_iter().any(|at| has(ens, at)));
        !is_current && !view.users.is_empty()
    }

    /// The ens's loads recorded in `environment`, by day, then by their place.
    fn recorded(&self, ens: &EnsView<'a>, environment: Environment) -> Vec<LoadIndex> {
        let day = |place: &LoadIndex| self[*place].load.loaded(environment);
        let mut recorded: Vec<LoadIndex> =
            ens.loads.iter().copied().filter(|place| day(place).is_some()).collect();
        recorded.sort_by_key(|place| (day(place), *place));
        recorded
    }

    /// What the ens has in `environment`, and by which load, or would have if one of its loads were
    /// withdrawn on a day.
    pub(super) fn held(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
        without: Option<(LoadIndex, Date)>,
    ) -> Option<(&CertificateView<'a>, Option<LoadIndex>)> {
        let recorded = self.recorded(ens, environment);
        self.last_of(ens, environment, &recorded, without)
    }

    /// What came back in `environment` when the load at this place was taken out: what was there
    /// before it, if it was in force and not retired on that day.
    pub fn before(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
        load: LoadIndex,
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
        load: LoadIndex,
    ) -> Option<&CertificateView<'a>> {
        let recorded = self.recorded(ens, environment);
        let first = recorded.iter().position(|&place| place == load)?;
        match recorded[..first].last() {
            Some(&place) => self[place].certificate.map(|place| &self[place]),
            None => self.baseline(ens, environment),
        }
    }

    /// Of loads recorded in that order, the last that is not withdrawn, else what the baseline has.
    fn last_of(
        &self,
        ens: &EnsView<'a>,
        environment: Environment,
        recorded: &[LoadIndex],
        without: Option<(LoadIndex, Date)>,
    ) -> Option<(&CertificateView<'a>, Option<LoadIndex>)> {
        let mut withdrawn: Option<Date> = None;
        for &place in recorded.iter().rev() {
            let view = &self[place];
            let taken_out = view.load.withdrawn.as_ref().map(|withdrawal| withdrawal.date.date());
            let Some(date) =
                taken_out.or(without.and_then(|(load, day)| (load == place).then_some(day)))
            else {
                let certificate = view.certificate.map(|place| &self[place])?;
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
    pub fn to_restore(&self, ens: &EnsView<'a>, environment: Environment) -> Option<LoadIndex> {
        if self.is_out(ens, environment) {
            return None;
        }
        let mut back: Option<Date> = None;
        for &place in self.recorded(ens, environment).iter().rev() {
            let withdrawal = self[place].load.withdrawn.as_ref()?;
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
}
