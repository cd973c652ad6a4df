//! The commits at which environments' branches may begin, as an administrator lists them.

use anyhow::Result;

use crate::files::objects::Oid;
use crate::inventory::finding::Environment;
use crate::pipeline::git::{Commit, Git};
use crate::pipeline::promotion;

/// The roots of each environment's branch. One list never serves the other.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    listed: Vec<(Environment, Oid)>,
}

impl Roots {
    /// These, and none of git's configuration.
    pub fn given(listed: impl IntoIterator<Item = (Environment, Oid)>) -> Roots {
        Roots { listed: listed.into_iter().collect() }
    }

    /// With those that git's configuration lists.
    ///
    /// # Errors
    /// When one there is not the full id of a commit.
    pub fn with_configured(mut self, git: &Git) -> Result<Roots> {
        for environment in Environment::BOTH {
            let configured = git.roots(environment)?;
            self.listed.extend(configured.into_iter().map(|id| (environment, id)));
        }
        Ok(self)
    }

    /// Whether any root of `environment` is listed.
    pub fn lists(&self, environment: Environment) -> bool {
        self.listed.iter().any(|(of, _)| *of == environment)
    }

    /// Whether the branch of `environment` may begin with `commit`. What reads as a promotion of
    /// another environment is no root of this one.
    pub fn has(&self, environment: Environment, commit: &Commit) -> bool {
        let said = promotion::read(commit).map(|record| record.statement.environment);
        self.listed.contains(&(environment, commit.id)) && said.is_none_or(|it| it == environment)
    }
}
