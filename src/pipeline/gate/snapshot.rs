//! Inventories of commits, each read once.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::files::objects::Oid;
use crate::files::repo::Tree;
use crate::inventory::Inventory;
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::load;
use crate::inventory::survey::Resolved;
use crate::pipeline::git::{Commit, Git};
use crate::pipeline::manifest::{self, Yield};
use crate::tr;

/// The inventory of one tree.
pub struct Snapshot {
    /// Its files.
    pub tree: Tree,
    /// What they state.
    pub inventory: Inventory,
}

/// The inventories read so far, by tree.
pub struct Snapshots<'g> {
    git: &'g Git,
    known: HashMap<Oid, Rc<Snapshot>>,
    memory: Arc<load::Memory>,
    /// By tree, as no day has a part in it.
    broken: HashMap<Oid, Rc<Vec<Finding>>>,
    yields: HashMap<(Oid, Environment), Rc<Yield>>,
}

/// How many are kept: a promotion and what it is compared with.
const KEPT: usize = 4;

impl<'g> Snapshots<'g> {
    /// None yet.
    pub fn new(git: &'g Git) -> Snapshots<'g> {
        Snapshots::sharing(git, Arc::new(load::Memory::of_seals()))
    }

    /// None yet, but what was read with this memory.
    pub fn sharing(git: &'g Git, memory: Arc<load::Memory>) -> Snapshots<'g> {
        Snapshots {
            git,
            known: HashMap::new(),
            memory,
            broken: HashMap::new(),
            yields: HashMap::new(),
        }
    }

    /// The inventory of `commit`.
    ///
    /// # Errors
    /// When it has none, or its objects are missing.
    pub fn at(&mut self, commit: &Commit) -> Result<Rc<Snapshot>> {
        if let Some(known) = self.known.get(&commit.tree) {
            return Ok(Rc::clone(known));
        }
        let none = || tr!("commit {id} has no `inventory/`", id = commit.id.to_string());
        let tree = self.git.inventory(commit, &self.memory.folders)?.with_context(none)?;
        let inventory = load::load_with(&tree, &self.memory);
        inventory.ensure_whole()?;
        let snapshot = Rc::new(Snapshot { tree, inventory });
        if self.known.len() >= KEPT {
            self.known.clear();
        }
        self.known.insert(commit.tree, Rc::clone(&snapshot));
        Ok(snapshot)
    }

    /// What was read so far.
    pub fn memory(&self) -> &Arc<load::Memory> {
        &self.memory
    }

    /// The inventory of `commit`; an empty one where it has none.
    ///
    /// # Errors
    /// When its objects are missing.
    pub fn at_or_none(&mut self, commit: &Commit) -> Result<Rc<Snapshot>> {
        if self.git.inventory_in(commit.tree)?.is_some() {
            return self.at(commit);
        }
        Ok(Rc::new(Snapshot { tree: Tree::empty(), inventory: Inventory::default() }))
    }

    /// What breaks the integrity of `commit`'s inventory, whatever the day.
    ///
    /// # Errors
    /// When it has none, or its objects are missing.
    pub fn broken(&mut self, commit: &Commit) -> Result<Rc<Vec<Finding>>> {
        if let Some(known) = self.broken.get(&commit.tree) {
            return Ok(Rc::clone(known));
        }
        let snapshot = self.at_or_none(commit)?;
        let broken = Rc::new(manifest::broken_integrity(&snapshot.inventory));
        if self.broken.len() >= KEPT {
            self.broken.clear();
        }
        self.broken.insert(commit.tree, Rc::clone(&broken));
        Ok(broken)
    }

    /// The manifests of `commit`, of PRE and of PRO; none where its inventory is not sound.
    ///
    /// # Errors
    /// When its objects are missing.
    pub fn manifests(&mut self, commit: &Commit) -> Result<Option<[manifest::Manifest; 2]>> {
        if !self.broken(commit)?.is_empty() {
            return Ok(None);
        }
        let snapshot = self.at_or_none(commit)?;
        let (id, root) = (commit.id.to_string(), commit.tree.to_string());
        let resolved = Resolved::of(&snapshot.inventory);
        let of = |environment| manifest::Manifest::of(&resolved, environment, &id, &root);
        Ok(Some(Environment::BOTH.map(of)))
    }

    /// What `commit` yields for `environment`, as far as its inventory can be read: whoever asks it of
    /// something that is not held yet sees to it that nothing is [`broken`](Self::broken).
    ///
    /// # Errors
    /// When it has no inventory, or its objects are missing.
    pub fn yielded(&mut self, commit: &Commit, environment: Environment) -> Result<Rc<Yield>> {
        if let Some(known) = self.yields.get(&(commit.id, environment)) {
            return Ok(Rc::clone(known));
        }
        let snapshot = self.at(commit)?;
        let ids = (commit.id.to_string(), commit.tree.to_string());
        let (inventory, tree) = (&snapshot.inventory, &snapshot.tree);
        let ids = (&*ids.0, &*ids.1);
        let made = manifest::yield_of(inventory, tree, environment, ids, &self.memory)?;
        let yielded = Rc::new(made);
        if self.yields.len() >= KEPT {
            self.yields.clear();
        }
        self.yields.insert((commit.id, environment), Rc::clone(&yielded));
        Ok(yielded)
    }
}

impl Snapshot {
    /// A finding in a line: where, and what is wrong.
    pub fn told(&self, finding: &Finding) -> crate::base::text::Text {
        let located = self.inventory.sources.locate(&finding.place);
        tr!(
            "{file}:{line}: {what} ({rule})",
            file = &*located.file,
            line = located.line,
            what = finding.message.clone(),
            rule = finding.rule.name
        )
    }
}
