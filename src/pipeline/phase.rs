//! How far what an inventory asks for has come, as this clone's `env/*` and `refs/approvals/*` say:
//! merged, approved, promoted. It tells people what to do next; what counts is what the gate says.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::civil::Date;

use crate::files::objects::Oid;
use crate::inventory::Inventory;
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::load::{self, Memory};
use crate::inventory::model::{Certificate, RetirementReason, Role};
use crate::inventory::survey::{EnsView, Survey};
use crate::pipeline::approvals;
use crate::pipeline::gate::{Approved, Asked, Case, Judge, Roots, approvers, batches_at, missing};
use crate::pipeline::git::{Commit, Git};
use crate::pipeline::promotion::{self, Statement};
use crate::pipeline::{git, manifest};

/// What is to be done with a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// It is to be loaded.
    Load,
    /// It was withdrawn, and what was before is to come back.
    Restore,
    /// It is to be taken out for good.
    Remove,
}

/// How far it has come, the first that is lacking first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// `main` does not ask for it yet.
    Merge,
    /// `main` asks for it, and somebody still has to approve it.
    Approval(Approval),
    /// It is approved, and still to be promoted; which commit, where that is not `main`'s tip.
    Promotion(Option<String>),
    /// The environment's branch asks for it.
    Released,
}

/// What an approval waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Approval {
    /// Of whom.
    pub of: Vec<Actor>,
    /// Who has approved already, by name.
    pub by: Vec<String>,
    /// Which commit they approved, where that is not `main`'s tip.
    pub commit: Option<String>,
}

impl Phase {
    /// Who has to act; none once it is released.
    pub fn actors(&self) -> Option<Vec<Actor>> {
        match self {
            Phase::Merge => Some(vec![Actor::Aoc, Actor::Siad]),
            Phase::Approval(approval) => Some(approval.of.clone()),
            Phase::Promotion(_) => Some(vec![Actor::Aoc]),
            Phase::Released => None,
        }
    }
}

/// What is asked for: what is to be done, for whom, with which seal.
type Item = (Deed, Asked);

/// How far all has come that an inventory asks for, of the environments whose branch is here.
#[derive(Clone, Debug, Default)]
pub struct Phases {
    known: BTreeMap<(Environment, Deed, String, String), Phase>,
    /// Whether there is a server to send to.
    pub has_server: bool,
}

impl Phases {
    /// How far all has come that `inventory` asks for.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn of(git: &Git, inventory: &Inventory, today: Date) -> Result<Phases> {
        let mut phases = Phases { known: BTreeMap::new(), has_server: git.origin().is_some() };
        let memory = Memory::of_bytes();
        for environment in Environment::BOTH {
            let wanted = items(inventory, environment, today);
            let Some(tip) = git.branch(&environment.branch())? else { continue };
            if wanted.is_empty() {
                continue;
            }
            let asking = Asking { git, environment, tip: git.commit(tip)?, today };
            for ((deed, seal), phase) in asking.phases(wanted, &memory)? {
                phases.known.insert((environment, deed, seal.ens, seal.certificate), phase);
            }
        }
        Ok(phases)
    }

    /// How far what is to be done for an ens with a seal has come; none where nobody asks for it, or
    /// the environment's branch is not here.
    pub fn get(
        &self,
        environment: Environment,
        deed: Deed,
        (ens, certificate): (&str, &str),
    ) -> Option<&Phase> {
        self.known.get(&(environment, deed, ens.to_owned(), certificate.to_owned()))
    }

    /// Whether the branch asks for it, or nobody can know.
    pub fn may_be_done(&self, environment: Environment, deed: Deed, seal: (&str, &str)) -> bool {
        self.get(environment, deed, seal).is_none_or(|phase| *phase == Phase::Released)
    }
}

/// What asks to come into one environment.
struct Asking<'g> {
    git: &'g Git,
    environment: Environment,
    tip: Commit,
    today: Date,
}

impl Asking<'_> {
    fn phases(&self, wanted: BTreeSet<Item>, memory: &Memory) -> Result<BTreeMap<Item, Phase>> {
        let held = self.items_at(promotion::held(&self.tip), &wanted, memory)?;
        let (here, waiting): (BTreeSet<Item>, _) =
            wanted.into_iter().partition(|item| held.contains(item));
        let mut phases: BTreeMap<Item, Phase> =
            here.into_iter().map(|item| (item, Phase::Released)).collect();
        let main = self.git.branch("main")?;
        let (Some(main), false) = (main, waiting.is_empty()) else { return Ok(phases) };
        let merged = self.items_at(main, &waiting, memory)?;
        let (on_main, others): (BTreeSet<Item>, BTreeSet<Item>) =
            waiting.into_iter().partition(|item| merged.contains(item));
        phases.extend(others.into_iter().map(|item| (item, Phase::Merge)));
        if !on_main.is_empty() {
            phases.extend(self.approvals(main, on_main, memory)?);
        }
        Ok(phases)
    }

    /// What a commit asks for, as far as `wanted` goes.
    fn items_at(
        &self,
        commit: Oid,
        wanted: &BTreeSet<Item>,
        memory: &Memory,
    ) -> Result<BTreeSet<Item>> {
        let commit = self.git.commit(commit)?;
        let known = match wanted.iter().any(|(deed, _)| *deed == Deed::Remove) {
            // What leaves nothing behind is told by the whole of an inventory.
            true => {
                let tree = self.git.inventory(&commit, &memory.folders)?;
                tree.map(|tree| load::load_with(&tree, memory))
            }
            false => {
                let seals = wanted.iter().map(|(_, seal)| seal.certificate.as_str()).collect();
                batches_at(self.git, &commit, &seals, memory)?
            }
        };
        Ok(known.map(|known| items(&known, self.environment, self.today)).unwrap_or_default())
    }

    /// Of what `main` asks for, what the approvals that have come in lack.
    fn approvals(
        &self,
        main: Oid,
        waiting: BTreeSet<Item>,
        memory: &Memory,
    ) -> Result<BTreeMap<Item, Phase>> {
        let mut judge = Judge::new(self.git, self.environment, &Roots::default())?;
        let pre = match self.environment {
            Environment::Pre => None,
            Environment::Pro => self.git.branch(&Environment::Pre.branch())?,
        };
        let case = judge.case(self.tip.id, main, pre, self.today)?;
        let approvers = approvers(&mut judge, &case)?;
        let nobody = Approval { of: vec![Actor::Aoc, Actor::Siad], by: Vec::new(), commit: None };
        let mut phases: BTreeMap<Item, Phase> =
            waiting.iter().map(|item| (item.clone(), Phase::Approval(nobody.clone()))).collect();
        // Of several statements the one that lacks least, of those the one of the most approvals.
        let mut best = None;
        for (statement, approved) in approvals::from_tip(self.git, &approvers, &case)? {
            let is_on_line = match statement.pre {
                Some(pre) => judge.depth_in_pre(pre)?.is_some(),
                None => true,
            };
            if !is_on_line || judge.main.depth(statement.commit)?.is_none() {
                continue;
            }
            let phase = phase_of(&judge, main, &case, &statement, &approved)?;
            let lacks = match &phase {
                Phase::Approval(approval) => approval.of.len(),
                _ => 0,
            };
            let rank = (lacks, usize::MAX - approved.len(), statement.commit != main);
            if best.as_ref().is_none_or(|(known, _, _)| rank < *known) {
                best = Some((rank, statement.commit, phase));
            }
        }
        if let Some((_, commit, phase)) = best {
            let covered = match commit == main {
                true => waiting,
                false => {
                    let asked = self.items_at(commit, &waiting, memory)?;
                    waiting.into_iter().filter(|item| asked.contains(item)).collect()
                }
            };
            phases.extend(covered.into_iter().map(|item| (item, phase.clone())));
        }
        Ok(phases)
    }
}

/// What a statement with these approvals waits for.
fn phase_of(
    judge: &Judge<'_>,
    main: Oid,
    case: &Case,
    statement: &Statement,
    approved: &[Approved],
) -> Result<Phase> {
    let commit = (statement.commit != main).then(|| git::short(statement.commit));
    let case = judge.case(case.from.id, statement.commit, statement.pre, case.today)?;
    let people: Vec<_> = approved.iter().map(|approved| &approved.reviewer).collect();
    if missing(judge.git, &case, &people)?.is_empty() {
        return Ok(Phase::Promotion(commit));
    }
    let lacks = |role: Role| !people.iter().any(|reviewer| reviewer.role == role);
    let mut of: Vec<Actor> = [(Role::Aoc, Actor::Aoc), (Role::Siad, Actor::Siad)]
        .into_iter()
        .filter_map(|(role, actor)| lacks(role).then_some(actor))
        .collect();
    if of.is_empty() {
        // Both have approved, and one of them wrote it: anyone else will do.
        of = vec![Actor::Aoc, Actor::Siad];
    }
    let by = people.iter().map(|reviewer| reviewer.name.clone()).collect();
    Ok(Phase::Approval(Approval { of, by, commit }))
}

/// What an inventory asks to load, to restore and to remove in an environment.
fn items(inventory: &Inventory, environment: Environment, today: Date) -> BTreeSet<Item> {
    let asked = manifest::asked(inventory, environment).into_iter();
    let loads = asked.map(|(ens, id)| (Deed::Load, Asked::of(inventory, ens, id)));
    let withdrawn = inventory.loads().filter(|load| {
        let withdrawal = load.withdrawn.as_ref();
        load.loaded(environment).is_some()
            && withdrawal.is_some_and(|it| it.restored.get(environment).is_none())
    });
    let restorings = withdrawn.map(|load| {
        let (ens, id) = (load.ens.as_str(), load.certificate.as_str());
        (Deed::Restore, Asked::of(inventory, ens, id))
    });
    loads.chain(restorings).chain(removals(inventory, environment, today)).collect()
}

/// What a body that ceases or a retired seal leaves behind; most inventories have neither.
fn removals(inventory: &Inventory, environment: Environment, today: Date) -> Vec<Item> {
    let bodies = inventory.ens.values().filter_map(|item| item.value.as_deref());
    let records =
        inventory.certificates.values().filter_map(|it| it.record.as_ref()?.value.as_deref());
    let is_left = |record: &Certificate| {
        record.retired.as_ref().is_some_and(|it| it.reason != RetirementReason::Superseded)
    };
    if !bodies.into_iter().any(|ens| ens.ceased.is_some()) && !records.into_iter().any(is_left) {
        return Vec::new();
    }
    let survey = Survey::of(inventory, today);
    let removal = |ens: &EnsView<'_>| {
        let removal = survey.removal(ens, environment)?;
        Some((Deed::Remove, Asked::of(inventory, ens.id, removal.certificate.id)))
    };
    survey.ens.iter().filter_map(removal).collect()
}
