//! The gate: whether an environment's branch may move, decided from git and a day.
//!
//! A rule a file, as in the checklist. Each looks at a [`Case`]: what is to be promoted, from where,
//! on which day. Missing data is an error, and whoever asks takes an error for a no.

mod case;
mod history_kept;
mod line;
mod loaded_as_released;
mod manifest_as_approved;
mod no_new_error;
mod promoted_from_main;
mod promoted_through_pre;
mod promotion_as_written;
pub mod receive;
mod reviewed_by_aoc_and_siad;
mod snapshot;

use anyhow::Result;
use git2::Oid;
use jiff::civil::Date;

use crate::finding::{Environment, Rule};
use crate::git::{Commit, Git};
use crate::text::Text;
use crate::{promotion, tr};

pub use case::{Case, Record};
pub use reviewed_by_aoc_and_siad::{
    Approved, Approvers, LONGEST as LONGEST_APPROVAL, approvers, authors, missing,
};
pub use snapshot::{Snapshot, Snapshots};

/// The gate's rules, in the order in which they are asked.
pub static RULES: &[&Rule] = &[
    &promotion_as_written::RULE,
    &history_kept::RULE,
    &promoted_from_main::RULE,
    &promoted_through_pre::RULE,
    &reviewed_by_aoc_and_siad::RULE,
    &manifest_as_approved::RULE,
    &loaded_as_released::RULE,
    &no_new_error::RULE,
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
    /// The commits that an administrator lists as roots of its branch.
    pub roots: Vec<Oid>,
    /// The line of `main`.
    pub main: crate::git::MainLine<'g>,
    /// The inventories read so far.
    pub snapshots: Snapshots<'g>,
}

impl<'g> Judge<'g> {
    /// A judge of `environment`, with the roots that are listed besides those of git's
    /// configuration.
    ///
    /// # Errors
    /// When history is not all there, or `main` is missing.
    pub fn new(git: &'g Git, environment: Environment, roots: &[Oid]) -> Result<Judge<'g>> {
        git.ensure_whole()?;
        let mut all = git.roots(environment)?;
        all.extend_from_slice(roots);
        Ok(Judge {
            git,
            environment,
            roots: all,
            main: crate::git::MainLine::new(git, git.existing_branch("main")?),
            snapshots: Snapshots::new(git),
        })
    }

    /// The name of the environment's branch.
    pub fn branch(&self) -> String {
        format!("env/{}", self.environment.field())
    }

    /// Whether the branch may move from `old` (none: there is no such branch) to `new`.
    ///
    /// # Errors
    /// When git data is missing. The answer is no.
    pub fn judge(&mut self, old: Option<Oid>, new: Oid, today: Date) -> Result<Verdict> {
        let new = self.git.commit(new)?;
        if self.git.branch(&self.branch())? != old {
            let refusals = vec![history_kept::moved(&self.branch())];
            return Ok(Verdict { is_root: false, refusals });
        }
        if self.roots.contains(&new.id) {
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
        let mut case = self.case(old, record.statement.commit, today)?;
        case.record = Some(Record { promotion: new.clone(), words: record });
        let mut refusals = line::check(self, &case.from)?;
        refusals.extend(self.check_record(&case)?);
        if refusals.is_empty() {
            refusals.extend(self.check_content(&case)?);
        }
        // What gets in must hold on its own day as well: that is how the record is verified later.
        if refusals.is_empty() && new.day() != today {
            refusals.extend(self.verify(&new)?);
        }
        refused(refusals)
    }

    /// What the gate would say of promoting `commit`, approvals apart.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn prospect(&mut self, case: &Case) -> Result<Vec<Refusal>> {
        let mut refusals = line::check(self, &case.from)?;
        refusals.extend(history_kept::check(self, case)?);
        refusals.extend(promoted_from_main::check(self, case)?);
        if refusals.is_empty() {
            refusals.extend(self.check_content(case)?);
        }
        Ok(refusals)
    }

    /// What is to be judged, on that day: `from` is the branch's tip, `commit` the one of `main`.
    ///
    /// # Errors
    /// When one of them is missing.
    pub fn case(&self, from: Oid, commit: Oid, today: Date) -> Result<Case> {
        let from = self.git.commit(from)?;
        let held = self.git.commit(promotion::held(&from))?;
        let commit = self.git.commit(commit)?;
        let environment = self.environment;
        Ok(Case { environment, from, held, commit, today, record: None, is_history: false })
    }

    /// The tip of the environment's branch, which must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn tip(&self) -> Result<Commit> {
        self.git.commit(self.git.existing_branch(&self.branch())?)
    }

    /// What the record alone shows: no inventory is read.
    fn check_record(&mut self, case: &Case) -> Result<Vec<Refusal>> {
        let mut refusals = history_kept::check(self, case)?;
        refusals.extend(promoted_from_main::check(self, case)?);
        refusals.extend(reviewed_by_aoc_and_siad::check(self, case)?);
        Ok(refusals)
    }

    /// What the inventories show.
    fn check_content(&mut self, case: &Case) -> Result<Vec<Refusal>> {
        let mut refusals = manifest_as_approved::check(self, case)?;
        // An inventory without a manifest can be asked nothing more.
        if refusals.is_empty() {
            refusals.extend(promoted_through_pre::check(self, case)?);
            refusals.extend(loaded_as_released::check(self, case)?);
            refusals.extend(no_new_error::check(self, case)?);
        }
        Ok(refusals)
    }

    /// Asks every rule again of a promotion of the past, as of its own day.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn verify(&mut self, promotion: &Commit) -> Result<Vec<Refusal>> {
        if self.roots.contains(&promotion.id) {
            return Ok(Vec::new());
        }
        match self.past(promotion)? {
            Err(refusal) => Ok(vec![refusal]),
            Ok(case) => {
                let mut refusals = self.check_record(&case)?;
                refusals.extend(self.check_content(&case)?);
                Ok(refusals)
            }
        }
    }

    /// Why the branch that ends in `tip` does not hold: its record down to a root, and the
    /// inventories of its tip.
    ///
    /// # Errors
    /// When git data is missing.
    pub fn verify_line(&mut self, tip: &Commit) -> Result<Vec<Refusal>> {
        let mut refusals = line::check(self, tip)?;
        if refusals.is_empty() {
            refusals.extend(self.verify(tip)?);
        }
        Ok(refusals)
    }

    /// A promotion of the past as a case of its own day.
    fn past(&mut self, promotion: &Commit) -> Result<Result<Case, Refusal>> {
        let Some(&from) = promotion.parents.first() else {
            return Ok(Err(history_kept::no_root(self.environment)));
        };
        let written = promotion_as_written::check(self.git, self.environment, from, promotion)?;
        Ok(match written {
            Err(refusal) => Err(refusal),
            Ok(words) => {
                let mut case = self.case(from, words.statement.commit, promotion.day())?;
                case.is_history = true;
                case.record = Some(Record { promotion: promotion.clone(), words });
                Ok(case)
            }
        })
    }
}

/// A commit in a sentence.
fn shown(commit: &Commit) -> String {
    crate::git::short(commit.id)
}

/// What to do where there is nothing to mend but to begin again.
fn again() -> Text {
    tr!("promote again with `segell promote`, from what `main` and the branch are now")
}
