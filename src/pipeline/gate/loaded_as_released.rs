//! `loaded-as-released`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use anyhow::Result;
use jiff::civil::Date;

use super::{Case, Judge, Refusal, Roots};
use crate::base::word::Word;
use crate::checklist::rules::gate::loaded_as_released::RULE;
use crate::inventory::Inventory;
use crate::inventory::finding::{
    Actor, Cause, Environment, Finding, Place, Severity, Spot, Subject,
};
use crate::inventory::load;
use crate::inventory::model::Load;
use crate::pipeline::git::{Commit, Git};
use crate::pipeline::{manifest, promotion};
use crate::tr;

/// A load that was recorded. Another seal under the same id is another load, and so is the same seal
/// that comes in once more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Recorded {
    seal: Asked,
    day: Date,
    /// How many loads of the seal were recorded before it.
    earlier: usize,
}

/// An ens, a certificate and its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asked {
    /// The ens.
    pub ens: String,
    /// The certificate's id.
    pub certificate: String,
    /// That of its DER, as its record says it.
    pub sha256: Option<String>,
}

/// Looks for each newly recorded load in what the branch held, from its tip down.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let known = recorded(&judge.snapshots.at(&case.held)?.inventory, case.environment);
    let now = recorded(&judge.snapshots.at(&case.commit)?.inventory, case.environment);
    let unseen = now.difference(&known).cloned().collect();
    let is_root = |tip: &Commit| judge.roots.has(case.environment, tip);
    let unseen = unasked(judge.git, case.environment, case.from.clone(), &is_root, unseen)?;
    Ok(unseen.into_iter().map(|unseen| refusal(unseen, case.environment)).collect())
}

/// Those of the recorded loads for which no manifest asked that the branch held on or before their day,
/// from the tip `from` down.
fn unasked(
    git: &Git,
    environment: Environment,
    from: Commit,
    is_root: &dyn Fn(&Commit) -> bool,
    mut unseen: BTreeSet<Recorded>,
) -> Result<BTreeSet<Recorded>> {
    let memory = load::Memory::of_bytes();
    let mut next = Some(from);
    while let (Some(tip), false) = (next.take(), unseen.is_empty()) {
        let is_root = is_root(&tip);
        // What a root asks for counts from ever.
        let day = tip.day().filter(|_| !is_root).unwrap_or(Date::MIN);
        if unseen.iter().any(|load| day <= load.day) {
            let seals = unseen.iter().map(|load| &load.seal).collect();
            let asked = asked_at(git, &tip, environment, &seals, &memory)?;
            // Whoever asked before the earlier ones were recorded asked for one of those.
            let is_asked = |load: &Recorded| {
                asked.get(&load.seal).is_some_and(|&recorded| recorded >= load.earlier)
            };
            unseen.retain(|load| day > load.day || !is_asked(load));
        }
        if !is_root && let Some(&parent) = tip.parents.first() {
            next = Some(git.commit(parent)?);
        }
    }
    Ok(unseen)
}

/// What a change records as loaded, as the branches of this clone see it.
#[derive(Debug, Default)]
pub struct Released {
    /// The loads for which no manifest asked that the branch held by their day.
    pub findings: Vec<Finding>,
    /// The environments of whose loads nothing can be known: their branch is not here.
    pub unknown: Vec<Environment>,
}

/// Asks, of what `after` records as loaded and `before` does not, what the gate will ask. Where no roots
/// are listed, a branch begins with what is no promotion.
///
/// # Errors
/// When git data is missing.
pub fn released(git: &Git, before: &Inventory, after: &Inventory) -> Result<Released> {
    let mut released = Released::default();
    for environment in Environment::BOTH {
        let unseen: BTreeSet<Recorded> = recorded(after, environment)
            .difference(&recorded(before, environment))
            .cloned()
            .collect();
        if unseen.is_empty() {
            continue;
        }
        let Some(tip) = git.branch(&environment.branch())? else {
            released.unknown.push(environment);
            continue;
        };
        let roots = Roots::default().with_configured(git)?;
        let is_root = |tip: &Commit| roots.has(environment, tip) || promotion::held(tip) == tip.id;
        let unseen = unasked(git, environment, git.commit(tip)?, &is_root, unseen)?;
        let found = unseen.into_iter().filter_map(|unseen| finding(after, unseen, environment));
        released.findings.extend(found);
    }
    Ok(released)
}

/// The same as a finding, where the day stands.
fn finding(inventory: &Inventory, unseen: Recorded, environment: Environment) -> Option<Finding> {
    let is_it = |load: &Load| {
        load.ens.as_str() == unseen.seal.ens
            && load.certificate.as_str() == unseen.seal.certificate
            && load.loaded(environment) == Some(unseen.day)
    };
    let mut batches = inventory.batches.values();
    let (item, index) = batches.find_map(|item| {
        let batch = item.value.as_deref()?;
        Some((item, batch.loads.iter().position(is_it)?))
    })?;
    let pointer = format!("/loads/{index}/{}/loaded", environment.word());
    let subject = Subject {
        ens: Some(unseen.seal.ens.clone()),
        certificate: Some(unseen.seal.certificate.clone()),
        batch: Some(item.id.to_string()),
        environment: Some(environment),
    };
    let Refusal { rule, message, .. } = refusal(unseen, environment);
    Some(Finding {
        rule,
        severity: Severity::Error,
        message,
        label: None,
        help: tr!(
            "promote the batch before it is loaded, and if that was done elsewhere run `git fetch origin`; else record the day on which what was promoted was loaded"
        ),
        actor: Some(Actor::Aoc),
        subject,
        place: Place { file: Arc::clone(&item.file), spot: Spot::Pointer(pointer) },
        related: Vec::new(),
        cause: Some(Cause::Change),
        touched: true,
        closes: false,
        now: false,
        waived_by: None,
    })
}

fn refusal(Recorded { seal, day, .. }: Recorded, environment: Environment) -> Refusal {
    Refusal::new(
        &RULE,
        tr!(
            "`{certificate}` is recorded as loaded for `{ens}` in {environment} on {day}, but no manifest that the branch held by then asked for it",
            certificate = seal.certificate,
            ens = seal.ens,
            environment = environment.shown(),
            day = day
        ),
        tr!("take the record back, or record the day on which what was promoted was loaded"),
    )
}

/// The loads that an inventory records in `environment`.
fn recorded(inventory: &Inventory, environment: Environment) -> BTreeSet<Recorded> {
    let mut days: BTreeMap<Asked, Vec<Date>> = BTreeMap::new();
    for load in inventory.loads() {
        let Some(day) = load.loaded(environment) else { continue };
        let seal = Asked::of(inventory, load.ens.as_str(), load.certificate.as_str());
        days.entry(seal).or_default().push(day);
    }
    let mut recorded = BTreeSet::new();
    for (seal, mut days) in days {
        days.sort_unstable();
        let of_seal = days.into_iter().enumerate();
        recorded.extend(of_seal.map(|(earlier, day)| Recorded {
            seal: seal.clone(),
            day,
            earlier,
        }));
    }
    recorded
}

impl Asked {
    /// The seal of that id for that ens.
    pub fn of(inventory: &Inventory, ens: &str, certificate: &str) -> Asked {
        let sha256 = inventory.sha256_of(certificate);
        Asked { ens: ens.to_owned(), certificate: certificate.to_owned(), sha256 }
    }
}

/// Which of these seals the manifest of a tip asked to load, and how many loads of each were recorded
/// there: its batches and the records of the seals tell.
pub(super) fn asked_at(
    git: &Git,
    tip: &Commit,
    environment: Environment,
    seals: &BTreeSet<&Asked>,
    memory: &load::Memory,
) -> Result<HashMap<Asked, usize>> {
    let held = git.commit(promotion::held(tip))?;
    let ids = seals.iter().map(|seal| seal.certificate.as_str()).collect();
    let Some(part) = batches_at(git, &held, &ids, memory)? else { return Ok(HashMap::new()) };
    let mut counts: HashMap<Asked, usize> = HashMap::new();
    for load in recorded(&part, environment) {
        *counts.entry(load.seal).or_default() += 1;
    }
    let asked = manifest::asked(&part, environment).into_iter();
    let counted = asked.map(|(ens, certificate)| {
        let seal = Asked::of(&part, ens, certificate);
        let count = counts.get(&seal).copied().unwrap_or_default();
        (seal, count)
    });
    Ok(counted.collect())
}

/// The batches of a commit and the records of these seals, and nothing else of its inventory; none
/// where it has no inventory.
///
/// # Errors
/// When git data is missing.
pub fn batches_at(
    git: &Git,
    commit: &Commit,
    seals: &BTreeSet<&str>,
    memory: &load::Memory,
) -> Result<Option<Inventory>> {
    const BATCHES: &str = "inventory/calendars";
    const SEALS: &str = "inventory/certificates";
    let records = seals.iter().map(|id| format!("{SEALS}/{id}.yaml"));
    let holders = seals.iter().filter_map(|id| Some(format!("{SEALS}/{}", id.split_once('/')?.0)));
    let wanted: HashSet<String> = records.chain(holders).collect();
    let wants = |path: &str| {
        let is_batch =
            path.strip_prefix(BATCHES).is_some_and(|it| it.is_empty() || it.starts_with('/'));
        is_batch || path == SEALS || wanted.contains(path)
    };
    let tree = git.part_of_inventory(commit, &wants)?;
    Ok(tree.map(|tree| load::load_with(&tree, memory)))
}
