//! A branch's line: its tip and first parents only.

use std::collections::HashMap;

use anyhow::Result;
use git2::Oid;

use super::Git;

/// The line of `main`, followed only as far down as it is asked about.
pub struct MainLine<'g> {
    git: &'g Git,
    /// How far below the tip each commit stands.
    depths: HashMap<Oid, usize>,
    next: Option<Oid>,
    /// The tip.
    pub tip: Oid,
}

impl<'g> MainLine<'g> {
    /// The line that ends in `tip`.
    pub fn new(git: &'g Git, tip: Oid) -> MainLine<'g> {
        MainLine { git, depths: HashMap::new(), next: Some(tip), tip }
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
            self.depths.insert(next, self.depths.len());
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
}
