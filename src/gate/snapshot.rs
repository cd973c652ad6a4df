//! Inventories of commits, each read once.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::{Context, Result};
use git2::Oid;

use crate::finding::{Environment, Finding};
use crate::git::{Commit, Git};
use crate::inventory::Inventory;
use crate::manifest::{self, Yield};
use crate::repo::Tree;
use crate::survey::Survey;
use crate::{load, tr};

/// The inventory of one tree.
pub struct Snapshot {
    /// Its files.
    pub tree: Tree,
    /// What they state.
    pub inventory: Inventory,
}

/// What a commit yields; or, where its inventory is not sound, what breaks its integrity.
pub type Yielded = Result<Yield, Vec<Finding>>;

/// The inventories read so far, by tree.
pub struct Snapshots<'g> {
    git: &'g Git,
    known: HashMap<Oid, Rc<Snapshot>>,
    memory: load::Memory,
    seals: manifest::Seals,
    broken: HashMap<Oid, Rc<Vec<Finding>>>,
    yields: HashMap<(Oid, Environment), Rc<Yielded>>,
}

/// How many are kept: a promotion and what it is compared with.
const KEPT: usize = 4;

impl<'g> Snapshots<'g> {
    /// None yet.
    pub fn new(git: &'g Git) -> Snapshots<'g> {
        Snapshots {
            git,
            known: HashMap::new(),
            memory: load::Memory::default(),
            seals: manifest::Seals::default(),
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
        let tree = self.git.inventory(commit)?.with_context(none)?;
        let inventory = load::load_after(&tree, &mut self.memory);
        let snapshot = Rc::new(Snapshot { tree, inventory });
        if self.known.len() >= KEPT {
            self.known.clear();
        }
        self.known.insert(commit.tree, Rc::clone(&snapshot));
        Ok(snapshot)
    }

    /// The inventory of `commit`; an empty one where it has none.
    ///
    /// # Errors
    /// When its objects are missing.
    pub fn at_or_none(&mut self, commit: &Commit) -> Result<Rc<Snapshot>> {
        if self.git.entry(commit.tree, "inventory")?.is_some() {
            return self.at(commit);
        }
        Ok(Rc::new(Snapshot { tree: Tree::empty(), inventory: Inventory::default() }))
    }

    /// What breaks the integrity of `commit`'s inventory on the commit's own day.
    fn broken(&mut self, commit: &Commit, snapshot: &Snapshot) -> Rc<Vec<Finding>> {
        let find = || Rc::new(manifest::broken_integrity(&snapshot.inventory, commit.day()));
        Rc::clone(self.broken.entry(commit.id).or_insert_with(find))
    }

    /// The manifests of `commit`, of PRE and of PRO; none where its inventory is not sound.
    ///
    /// # Errors
    /// When its objects are missing.
    pub fn manifests(&mut self, commit: &Commit) -> Result<Option<[manifest::Manifest; 2]>> {
        let snapshot = self.at_or_none(commit)?;
        if !self.broken(commit, &snapshot).is_empty() {
            return Ok(None);
        }
        let (id, root) = (commit.id.to_string(), commit.tree.to_string());
        let survey = Survey::of(&snapshot.inventory, commit.day());
        let of = |environment| manifest::Manifest::of(&survey, environment, &id, &root);
        Ok(Some(Environment::BOTH.map(of)))
    }

    /// What `commit` yields for `environment`.
    ///
    /// # Errors
    /// When its objects are missing.
    pub fn yielded(&mut self, commit: &Commit, environment: Environment) -> Result<Rc<Yielded>> {
        if let Some(known) = self.yields.get(&(commit.id, environment)) {
            return Ok(Rc::clone(known));
        }
        let snapshot = self.at(commit)?;
        let broken = self.broken(commit, &snapshot);
        let yielded = if broken.is_empty() {
            let ids = (commit.id.to_string(), commit.tree.to_string());
            let (inventory, tree) = (&snapshot.inventory, &snapshot.tree);
            let ids = (&*ids.0, &*ids.1);
            Ok(manifest::yield_of(inventory, tree, environment, ids, &mut self.seals)?)
        } else {
            Err(broken.to_vec())
        };
        let yielded = Rc::new(yielded);
        if self.yields.len() >= KEPT {
            self.yields.clear();
            self.broken.clear();
        }
        self.yields.insert((commit.id, environment), Rc::clone(&yielded));
        Ok(yielded)
    }
}

impl Snapshot {
    /// A finding in a line: where, and what is wrong.
    pub fn told(&self, finding: &Finding) -> crate::text::Text {
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
