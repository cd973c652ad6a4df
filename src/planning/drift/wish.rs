//! What a manifest wishes for each ens.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::base::digest::Sha256;
use crate::base::time::read_date;
use crate::pipeline::manifest::{Held, Identity, Loading, Manifest, Removing, Restoring, Seal};

/// What is wished for one ens.
#[derive(Clone, Default)]
pub struct Wish<'m> {
    /// The ens.
    pub ens: &'m str,
    /// Its organ code.
    pub code: &'m str,
    /// What it has in the end.
    pub held: Option<&'m Held>,
    /// The loads still to do, in order.
    pub loads: Vec<&'m Loading>,
    /// What is to come back before them.
    pub restore: Option<&'m Restoring>,
    /// What is to be taken out.
    pub remove: Option<&'m Removing>,
}

/// The wishes of a manifest, by ens.
pub fn wishes(manifest: &Manifest) -> BTreeMap<&str, Wish<'_>> {
    let mut wishes: BTreeMap<&str, Wish<'_>> = BTreeMap::new();
    fn of<'m, 'w>(
        wishes: &'w mut BTreeMap<&'m str, Wish<'m>>,
        ens: &'m str,
        code: &'m str,
    ) -> &'w mut Wish<'m> {
        let wish = wishes.entry(ens).or_default();
        (wish.ens, wish.code) = (ens, code);
        wish
    }
    for held in &manifest.state {
        of(&mut wishes, &held.ens, &held.organ_code).held = Some(held);
    }
    for load in &manifest.load {
        of(&mut wishes, &load.ens, &load.organ_code).loads.push(load);
    }
    for restore in &manifest.restore {
        of(&mut wishes, &restore.ens, &restore.organ_code).restore = Some(restore);
    }
    for remove in &manifest.remove {
        of(&mut wishes, &remove.ens, &remove.organ_code).remove = Some(remove);
    }
    wishes
}

impl<'m> Wish<'m> {
    /// What is to be there in the end: nothing of what is to be out by `today`.
    pub fn seal(&self, today: Date) -> Option<&'m Seal> {
        if self.remove.is_some_and(|remove| day(&remove.date) <= today) {
            return None;
        }
        self.held.and_then(|held| held.certificate.as_ref())
    }

    /// Where its private key is to be.
    pub fn key(&self) -> Option<&'m str> {
        self.held.and_then(|held| held.key.as_deref())
    }

    /// What is there before the seal that is to be there in the end: what is replaced, what comes
    /// between, what is withdrawn; each with the day of the step that follows it.
    pub fn before(&self) -> Vec<(&'m str, &'m str, Date)> {
        let identity = |it: &'m Identity, date: &str| (&*it.id, &*it.sha256, day(date));
        let mut before = Vec::new();
        if let Some(restore) = self.restore {
            before.push(identity(&restore.withdraws, &restore.date));
        }
        for load in &self.loads {
            before.extend(load.replaces.iter().map(|it| identity(it, &load.date)));
        }
        before
    }

    /// The batch that asks for what is in the end.
    pub fn batch(&self) -> Option<&'m str> {
        let load = self.loads.last().map(|load| &*load.batch);
        load.or(self.restore.map(|restore| &*restore.batch))
    }
}

/// A manifest's day; of one that is broken, long past.
pub fn day(text: &str) -> Date {
    read_date(text).unwrap_or(Date::MIN)
}

/// A manifest's digest.
pub fn digest(text: &str) -> Option<Sha256> {
    Sha256::from_hex(text)
}
