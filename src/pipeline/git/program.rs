//! What is asked of the git that is installed: who a person is and with which key they sign it knows
//! better than we do, and it alone goes to a network. What of their settings must not decide what is
//! sent or taken away is switched off here.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Git;
use crate::files::installed_git::{answer, git_in};
use crate::tr;

/// What `git fetch` does by default or by somebody's settings, and must not: to take away refs that the
/// server does not have, such as an approval not sent yet, to bring tags, to enter submodules.
const FETCH: [&str; 6] =
    ["fetch", "--quiet", "--no-prune", "--no-prune-tags", "--no-tags", "--no-recurse-submodules"];

/// What `git push` must not: to send tags along, to sign, to enter submodules.
const PUSH: [&str; 5] =
    ["push", "--quiet", "--no-follow-tags", "--no-signed", "--recurse-submodules=no"];

impl Git {
    /// Brings these refs of `origin`.
    ///
    /// # Errors
    /// When git cannot fetch them; git has said why.
    pub fn fetch_from_origin(&self, refspecs: &[&str]) -> Result<()> {
        self.told_to(&[&FETCH[..], &["origin"], refspecs].concat())
    }

    /// Sends one object to one ref of `origin`.
    ///
    /// # Errors
    /// When the server refuses it; git has said why.
    pub fn push_to_origin(&self, refspec: &str) -> Result<()> {
        self.told_to(&[&PUSH[..], &["origin", refspec]].concat())
    }

    /// A setting of whoever works here, as git finds it: in the repository, at home, in what these include,
    /// in the environment. A hook has none: there whoever pushes is somebody else.
    pub fn setting(&self, name: &str) -> Option<String> {
        if self.in_hook {
            return None;
        }
        match self.asked(&["config", "--get", name]) {
            Some(value) => Some(value).filter(|value| !value.is_empty()),
            None => self.repository.config().ok()?.get_string(name).ok(),
        }
    }

    /// All values of a setting, as git finds them.
    pub fn settings(&self, name: &str) -> Vec<String> {
        let told = self.asked(&["config", "--get-all", name]).unwrap_or_default();
        told.lines().map(str::to_owned).collect()
    }

    /// Where git looks for hooks.
    pub fn hooks(&self) -> Option<PathBuf> {
        let told = self.asked(&["rev-parse", "--git-path", "hooks"])?;
        Some(self.workdir().unwrap_or_else(|| self.folder()).join(told))
    }

    /// The address to which `origin` is pushed, all that rewrites it applied.
    pub fn push_address(&self) -> Option<String> {
        self.asked(&["remote", "get-url", "--push", "origin"]).or_else(|| self.origin())
    }

    fn asked(&self, arguments: &[&str]) -> Option<String> {
        answer(&mut self.program(arguments))
    }

    fn told_to(&self, arguments: &[&str]) -> Result<()> {
        let status = self.program(arguments).status();
        let status = status.with_context(|| tr!("cannot run `git`; is it installed?"))?;
        ensure!(
            status.success(),
            tr!("`git {arguments}` failed; see its words above", arguments = arguments.join(" "))
        );
        Ok(())
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut git = git_in(self.workdir().unwrap_or_else(|| self.folder()));
        git.arg("--git-dir").arg(self.folder()).args(arguments);
        git
    }
}
