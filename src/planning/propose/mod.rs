//! The next batches: of the ens for which everything is in hand, a calendar.
//!
//! Whether an ens is ready the rules say themselves, of a load that is not in any file yet
//! (`ready`). Who comes first and on which day is worked out from what they say (`pack`), and the
//! whole is asked once more: nothing is proposed that would bring an error or a warning.

mod days;
mod ground;
mod order;
mod pack;
mod ready;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::{Result, bail};
use jiff::civil::Date;

use crate::base::text::Text;
use crate::checklist::rules;
use crate::inventory::finding::{Actor, Finding, Place, Severity};
use crate::inventory::model::{Batch, CertificateId, Count, Day, Load, Slug, Stage};
use crate::inventory::survey::Survey;
use crate::inventory::{Inventory, Item};
use crate::tr;

use ground::Ground;

/// What is asked for; all else is the policy's.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The calendar, which may be new; else the only one that is not finished, else a new one.
    pub calendar: Option<String>,
    /// The first day on which anything is loaded; else the day after today.
    pub from: Option<Date>,
    /// How many loads a batch has at most; else the policy's `batch_size`.
    pub size: Option<usize>,
}

/// The next batches of a calendar, and why they are so.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The day from which one looks ahead.
    pub today: Date,
    /// The calendar.
    pub calendar: String,
    /// Whether it has no batch yet.
    pub is_new: bool,
    /// How many loads a batch has at most; those that share a seal stay together all the same.
    pub size: usize,
    /// The batches, by day.
    pub batches: Vec<Proposed>,
    /// The ens that need a load and get none, by id.
    pub left_out: Vec<LeftOut>,
    /// The others.
    pub settled: Settled,
}

/// A batch to be, or more loads for one that is planned and below its size.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// Its id, `calendar/NN-slug`.
    pub id: String,
    /// The day's number.
    pub number: u16,
    /// The day on which it is loaded in PRE.
    pub pre: Date,
    /// The day on which it is loaded in PRO.
    pub pro: Date,
    /// What is loaded, in order; into a planned batch, besides what it loads already.
    pub loads: Vec<Planned>,
    /// What the file of a planned batch states.
    pub onto: Option<Arc<Batch>>,
}

/// A load to be.
#[derive(Clone, Debug)]
pub struct Planned {
    /// For whom.
    pub ens: String,
    /// Which seal.
    pub certificate: String,
    /// Why it stands where it stands.
    pub why: Vec<Text>,
    /// By how many days the load in PRO comes after what the ens has now serves.
    pub days_late: Option<i64>,
    /// What is still to be done until its days, and by whom.
    pub pending: Vec<Finding>,
}

/// An ens that needs a load and gets none.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// Who.
    pub ens: String,
    /// The seal that it is about, when there is one.
    pub certificate: Option<String>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Of one that was ready, but comes too late: by how many days.
    pub days_too_late: Option<i64>,
}

/// Why an ens is left out.
#[derive(Clone, Debug)]
pub struct Reason {
    /// In words.
    pub message: Text,
    /// Who has to act.
    pub actor: Option<Actor>,
    /// What the rules say of it.
    pub finding: Option<Finding>,
}

/// How many ens need no new load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Their latest seal is loaded.
    pub loaded: usize,
    /// It is in an open load.
    pub planned: usize,
    /// They are no more.
    pub ceased: usize,
    /// Their files cannot be read.
    pub unread: usize,
}

/// How often what would bring something new is taken out and the rest packed again.
const ROUNDS: usize = 20;

impl Proposal {
    /// What to load next, as of `today`. The inventory is as it was again afterwards.
    ///
    /// # Errors
    /// When there is no policy, or the wish cannot be granted.
    pub fn of(inventory: &mut Inventory, today: Date, wish: &Wish) -> Result<Proposal> {
        let ground = Ground::of(&Survey::of(inventory, today), wish)?;
        let mut refused: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
        for _ in 0..ROUNDS {
            let provisional = ground.provisional();
            let proposal = with_batches(inventory, &provisional, |inventory| {
                pack::pack(&Survey::of(inventory, today), &ground, &refused)
            });
            let news = with_batches(inventory, &proposal.batches, |inventory| {
                news(&Survey::of(inventory, today), &ground.known)
            });
            if news.is_empty() {
                return Ok(proposal);
            }
            for finding in news {
                let blamed = ground.blamed(&proposal, &finding);
                if blamed.is_empty() {
                    bail!(tr!(
                        "no calendar can be proposed that would not bring this: {message}",
                        message = finding.message
                    ));
                }
                for candidate in blamed {
                    refused.entry(candidate).or_default().push(finding.clone());
                }
            }
        }
        bail!(tr!(
            "no calendar can be proposed that keeps all the rules; plan with `segell schedule`"
        ))
    }
}

/// What makes two findings the same, before the batches are there and with them.
pub(crate) type Key = (&'static str, Severity, Place, String);

fn key(finding: &Finding) -> Key {
    let message = finding.message.to_string();
    (finding.rule.name, finding.severity, finding.place.clone(), message)
}

/// The errors and warnings of all of an inventory.
fn grave(survey: &Survey<'_>) -> impl Iterator<Item = Finding> {
    let findings = rules::check_with(survey, &survey.inventory.waivers).into_iter();
    findings.filter(|finding| matches!(finding.severity, Severity::Error | Severity::Warning))
}

fn news(survey: &Survey<'_>, known: &HashSet<Key>) -> Vec<Finding> {
    grave(survey).filter(|finding| !known.contains(&key(finding))).collect()
}

/// What `see` makes of the inventory with these batches in it.
fn with_batches<T>(
    inventory: &mut Inventory,
    batches: &[Proposed],
    see: impl FnOnce(&Inventory) -> T,
) -> T {
    let mut before = Vec::new();
    for batch in batches {
        let id: Box<str> = batch.id.as_str().into();
        let item = Item::new(id.clone(), batch.file(), Some(Arc::new(batch.batch())));
        before.push((id.clone(), inventory.batches.insert(id, item)));
    }
    let seen = see(inventory);
    for (id, known) in before.into_iter().rev() {
        match known {
            Some(known) => drop(inventory.batches.insert(id, known)),
            None => drop(inventory.batches.remove(&id)),
        }
    }
    seen
}

impl Proposed {
    /// The path of its file.
    pub fn file(&self) -> Arc<str> {
        format!("inventory/calendars/{}.yaml", self.id).into()
    }

    /// What its file would state.
    fn batch(&self) -> Batch {
        let load = |planned: &Planned| Load {
            ens: Slug(planned.ens.as_str().into()),
            certificate: CertificateId(planned.certificate.as_str().into()),
            pre: None,
            pro: None,
            withdrawn: None,
        };
        let loads = self.loads.iter().map(load);
        if let Some(known) = &self.onto {
            let mut batch = Batch::clone(known);
            batch.loads.extend(loads);
            return batch;
        }
        Batch {
            day: Count(self.number),
            stage: Stage::Planned,
            pre: Day(self.pre),
            pro: Day(self.pro),
            loads: loads.collect(),
            departments: Vec::new(),
            hold: None,
        }
    }
}
