//! The gate: whether an environment's branch may move, decided from git and a day.
//!
//! A rule a file, as in the checklist. Each looks at a [`Case`]: what is to be promoted, from where,
//! on which day. Missing data is an error, and whoever asks takes an error for a no.

mod case;
mod history_kept;
mod kept;
mod line;
mod loaded_as_released;
mod manifest_as_approved;
mod no_new_error;
mod not_stopped_since;
mod promoted_from_main;
mod promoted_through_pre;
mod promotion_as_written;
pub mod receive;
mod restored_as_held;
mod reviewed_by_aoc_and_siad;
mod roots;
mod snapshot;

use std::collections::HashSet;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use anyhow::Result;
use jiff::civil::Date;

use crate::base::text::Text;
use crate::files::objects::Oid;
use crate::inventory::finding::{Environment, Rule};
use crate::inventory::load::Memory;
use crate::pipeline::git::{Commit, Git, Line};
use crate::pipeline::promotion;
use crate::tr;

pub use case::{Case, Record, Standing};
pub use loaded_as_released::{Asked, Released, batches_at, released};
pub use not_stopped_since::{Stopped, stopped};
pub use reviewed_by_aoc_and_siad::{
    Approved, Approvers, LONGEST as LONGEST_APPROVAL, approvers, missing,
};
pub use roots::Roots;
pub use snapshot::{Snapshot, Snapshots};

/// What a rule is asked of, in the order in which the gate looks: one step shows where another makes no
/// sense.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The record alone: no inventory is read.
    Record,
    /// The line of PRE, which PRO rests on.
    Pre,
    /// The manifest: an inventory without one can be asked nothing more.
    Manifest,
    /// What the manifests of the two environments say of what is to be loaded and restored.
    Manifests,
    /// What `main` and the checklist say today: the past is not asked.
    Today,
}

/// What is wrong with a case.
type Ask = fn(&mut Judge<'_>, &Case) -> Result<Vec<Refusal>>;

/// The gate's rules and when each is asked; `promotion_as_written` comes first, since it reads the
/// record that all others look at.
static GATE: &[(Step, Ask)] = &[
    (Step::Record, history_kept::check),
    (Step::Record, promoted_from_main::check),
    (Step::Record, reviewed_by_aoc_and_siad::check),
    (Step::Pre, promoted_through_pre::check_line),
    (Step::Manifest, manifest_as_approved::check),
    (Step::Manifests, promoted_through_pre::check),
    (Step::Manifests, restored_as_held::check),
    (Step::Manifests, loaded_as_released::check),
    (Step::Today, not_stopped_since::check),
    (Step::Today, no_new_error::check),
];

/// Why something may not be promoted.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The rule that it breaks.
    pub rule: &'static Rule,
    /// What is wrong.
    pub message: Text,
    /// What to do next.
    pub help: Text,
}

impl Refusal {
    fn new(rule: &'static Rule, message: Text, help: Text) -> Refusal {
        Refusal { rule, message, help }
    }
}

/// What the gate says of a move of a branch.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether the new tip is a root, which passes as it stands.
    pub is_root: bool,
    /// Why not; nothing: it passes.
    pub refusals: Vec<Refusal>,
}

/// Who judges one environment's branch.
pub struct Judge<'g> {
    /// The repository.
    pub git: &'g Git,
    /// The environment.
    pub environment: Environment,
    /// The commits that an administrator lists as roots of the branches.
    pub roots: Roots,
    /// The line of `main`.
    pub main: Line<'g>,
    /// The inventories read so far; whoever has judged ends, and does not take them apart.
    pub snapshots: ManuallyDrop<Snapshots<'g>>,
    /// The line of `env/pre`, where there is that branch.
    pre: Option<Line<'g>>,
    /// The tips whose line is known to hold down to a root.
    sound: HashSet<(Environment, Oid)>,
}

impl<'g> Judge<'g> {
    /// A judge of `environment`; `roots` are those that somebody names, besides those of git's
    /// configuration.
    ///
    /// # Errors
    /// When history is not all there, or `main` is missing.
    pub fn new(git: &'g Git, environment: Environment, roots: &Roots) -> Result<Judge<'g>> {
        Judge::sharing(git, environment, roots, Arc::new(Memory::of_seals()))
    }

    /// The same, which remembers the files that were read with `memory`.
    ///
    /// # Errors
    /// As [`Judge::new`].
    pub fn sharing(
        git: &'g Git,
        environment: Environment,
        roots: &Roots,
        memory: Arc<Memory>,
    ) -> Result<Judge<'g>> {
        git.ensure_whole()?;
        let pre = git.branch(&Environment::Pre.branch())?;
        Ok(Judge {
            git,
            environment,
            roots: roots.clone().with_configured(git)?,
            main: Line::new(git, git.existing_branch("main")?),
            snapshots: ManuallyDrop::new(Snapshots::sharing(git, memory)),
            pre: pre.map(|tip| Line::new(git, tip)),
            sound: HashSet::new(),
        })
    }

    /// Whether the branch may move from `old` (none: there is no such branch) to `new`.
    ///
    /// # Errors
    /// When git data is missing. The answer is no.
    pub fn judge(&mut self, old: Option<Oid>, new: Oid, today: Date) -> Result<Verdict> {
        let new = self.git.commit(new)?;
        let branch = self.environment.branch();
        if self.git.branch(&branch)? != old {
            let refusals = vec![history_kept::moved(&branch)];
            return Ok(Verdict { is_root: false, refusals });
        }
        if self.roots.has(self.environment, &new) {
            let refusals = history_kept::root(&new, old);
            return Ok(Verdict { is_root: true, refusals });
        }
        let refused = |refusals| Ok(Verdict { is_root: false, refusals });
        let Some(old) = old else {
            return refused(vec![history_kept::no_root(self.environment)]);
        };
        let record = match promotion_as_written::check(self.git, self.environment, old, &new)? {
            Ok(record) => record,
            Err(refusal) => return refused(vec![refusal]),
        };
        let day = record.day;
        let mut refusals = self.check_pushed(&self.pushed(record.clone(), today)?)?;
        // What gets in must hold on its own day as well: that is how the record is verified later.
        if refusals.is_empty() && day != today {
            refusals.extend(self.check_pushed(&self.pushed(record, day)?)?);
        }
        refused(refusals)
    }

    /// A promotion that asks to come in, looked at on that day.
    fn pushed(&self, record: Record, today: Date) -> Result<Case> {
        let statement = &record.words.statement;
        let case = self.case(statement.from, statement.commit, statement.pre, today)?;
        Ok(Case { standing: Standing::Pushed(record), ..case })
    }

    fn check_pushed(&mut self, case: &Case) -> Result<Vec<Refusal>> {
        let mut refusals = line::check(self, case.environment, &case.from)?;
        refusals.extend(self.check_record(case)?);
        if refusals.is_empty() {
            refusals.extend(self.check_content(case)?);
        }
        Ok(refusals)
    }

    /// What the gate would say of promoting `commit`, approvals apart.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn prospect(&mut self, case: &Case) -> Result<Vec<Refusal>> {
        let mut refusals = line::check(self, case.environment, &case.from)?;
        refusals.extend(self.ask(Step::Record, case)?);
        refusals.extend(self.ask(Step::Pre, case)?);
        if refusals.is_empty() {
            refusals.extend(self.check_content(case)?);
        }
        Ok(refusals)
    }

    /// What is to be judged, on that day: `from` is the branch's tip, `commit` the one of `main`,
    /// `pre` for PRO the tip of `env/pre` that it rests on.
    ///
    /// # Errors
    /// When one of them is missing.
    pub fn case(&self, from: Oid, commit: Oid, pre: Option<Oid>, today: Date) -> Result<Case> {
        let from = self.git.commit(from)?;
        let held = self.git.commit(promotion::held(&from))?;
        let commit = self.git.commit(commit)?;
        let (environment, standing) = (self.environment, Standing::Prospect);
        Ok(Case { environment, from, held, commit, pre, today, standing })
    }

    /// The tip of the environment's branch, which must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn tip(&self) -> Result<Commit> {
        self.git.commit(self.git.existing_branch(&self.environment.branch())?)
    }

    /// How far below the tip of `env/pre` a commit stands on its line; none when it does not.
    ///
    /// # Errors
    /// When a commit of the line is missing.
    pub fn depth_in_pre(&mut self, commit: Oid) -> Result<Option<usize>> {
        self.pre.as_mut().map_or(Ok(None), |line| line.depth(commit))
    }

    /// What the rules of one step find.
    fn ask(&mut self, step: Step, case: &Case) -> Result<Vec<Refusal>> {
        let mut refusals = Vec::new();
        for (_, ask) in GATE.iter().filter(|(at, _)| *at == step) {
            refusals.extend(ask(self, case)?);
        }
        Ok(refusals)
    }

    /// What the record alone shows, and for PRO the line of PRE.
    fn check_record(&mut self, case: &Case) -> Result<Vec<Refusal>> {
        let refusals = self.ask(Step::Record, case)?;
        if refusals.is_empty() { self.ask(Step::Pre, case) } else { Ok(refusals) }
    }

    /// What the inventories show of something that is to come in.
    fn check_content(&mut self, case: &Case) -> Result<Vec<Refusal>> {
        let mut refusals = self.ask(Step::Manifest, case)?;
        if refusals.is_empty() {
            refusals.extend(self.ask(Step::Manifests, case)?);
            refusals.extend(self.ask(Step::Today, case)?);
        }
        Ok(refusals)
    }

    /// Judges a promotion of the past, as of its own day. The checklist is not asked: rules change,
    /// and the record stays.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn verify(&mut self, promotion: &Commit) -> Result<Vec<Refusal>> {
        if self.roots.has(self.environment, promotion) {
            return Ok(Vec::new());
        }
        let case = match self.past(self.environment, promotion)? {
            Err(refusal) => return Ok(vec![refusal]),
            Ok(case) => case,
        };
        let mut refusals = self.check_record(&case)?;
        refusals.extend(self.ask(Step::Manifest, &case)?);
        refusals.extend(self.ask(Step::Manifests, &case)?);
        Ok(refusals)
    }

    /// Why the branch that ends in `tip` does not hold: its record down to a root, and of its tip
    /// also the manifest, and what it rests on in PRE.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn verify_line(&mut self, tip: &Commit) -> Result<Vec<Refusal>> {
        let mut refusals = line::check(self, self.environment, tip)?;
        if !refusals.is_empty() || self.roots.has(self.environment, tip) {
            return Ok(refusals);
        }
        match self.past(self.environment, tip)? {
            Err(refusal) => refusals.push(refusal),
            Ok(case) => {
                refusals.extend(manifest_as_approved::check(self, &case)?);
                refusals.extend(promoted_through_pre::check(self, &case)?);
            }
        }
        Ok(refusals)
    }

    /// A promotion of the past of `environment` as a case of its own day.
    fn past(
        &mut self,
        environment: Environment,
        promotion: &Commit,
    ) -> Result<Result<Case, Refusal>> {
        let Some(&from) = promotion.parents.first() else {
            return Ok(Err(history_kept::no_root(environment)));
        };
        let record = match promotion_as_written::check(self.git, environment, from, promotion)? {
            Ok(record) => record,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (commit, pre) = (record.words.statement.commit, record.words.statement.pre);
        let case = self.case(from, commit, pre, record.day)?;
        Ok(Ok(Case { environment, standing: Standing::Past(record), ..case }))
    }
}

/// Whether the branch of `environment` holds `commit`, by a promotion from its tip down to a root that
/// git's configuration lists, or by that root.
///
/// # Errors
/// When git data is missing.
pub fn holds(git: &Git, environment: Environment, commit: &Commit) -> Result<bool> {
    let roots = Roots::default().with_configured(git)?;
    let mut next = git.branch(&environment.branch())?;
    let mut found = false;
    while let Some(id) = next.take() {
        let tip = git.commit(id)?;
        let held = promotion::held(&tip);
        found |= held == commit.id;
        if roots.has(environment, &tip) {
            return Ok(found);
        }
        next = tip.parents.first().copied().filter(|_| held != id);
    }
    Ok(false)
}

/// A commit in a sentence.
fn shown(commit: &Commit) -> String {
    crate::pipeline::git::short(commit.id)
}

/// What to do where there is nothing to mend but to begin again.
fn again() -> Text {
    tr!("promote again with `segell promote`, from what `main` and the branch are now")
}
