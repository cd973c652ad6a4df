//! A branch's line: its tip and first parents only.

use std::collections::HashMap;

use anyhow::Result;
use git2::Oid;

use super::Git;

/// The line of a branch, followed only as far down as it is asked about.
pub struct Line<'g> {
    git: &'g Git,
    /// From the tip down.
    commits: Vec<Oid>,
    /// How far below the tip each commit stands.
    depths: HashMap<Oid, usize>,
    next: Option<Oid>,
    /// The tip.
    pub tip: Oid,
}

impl<'g> Line<'g> {
    /// The line that ends in `tip`.
    pub fn new(git: &'g Git, tip: Oid) -> Line<'g> {
        Line { git, commits: Vec::new(), depths: HashMap::new(), next: Some(tip), tip }
    }

    /// How far below the tip `id` stands; none when it is not on the line.
    ///
    /// # Errors
    /// When a commit of the line is missing.
    pub fn depth(&mut self, id: Oid) -> Result<Option<usize>> {
        loop {
            if let Some(&depth) = self.depths.get(&id) {
                return Ok(Some(depth));
            }
            let Some(next) = self.next else { return Ok(None) };
            self.depths.insert(next, self.commits.len());
            self.commits.push(next);
            self.next = self.git.parents(next)?.first().copied();
        }
    }

    /// Whether `later` stands on the line above `earlier`.
    ///
    /// # Errors
    /// When a commit of the line is missing.
    pub fn has_after(&mut self, later: Oid, earlier: Oid) -> Result<bool> {
        Ok(match (self.depth(later)?, self.depth(earlier)?) {
            (Some(later), Some(earlier)) => later < earlier,
            _ => false,
        })
    }

    /// The commits of the line from `top` down to `bottom`, both included; none when one of them is
    /// not on it.
    ///
    /// # Errors
    /// When a commit of the line is missing.
    pub fn between(&mut self, top: Oid, bottom: Oid) -> Result<&[Oid]> {
        Ok(match (self.depth(top)?, self.depth(bottom)?) {
            (Some(top), Some(bottom)) if top <= bottom => &self.commits[top..=bottom],
            _ => &[],
        })
    }
}
