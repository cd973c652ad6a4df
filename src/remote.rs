//! The server, through the git that is installed: segell itself speaks to no network.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::git::Git;
use crate::tr;

/// Brings what the pipeline reads: the branches, and the approvals.
///
/// # Errors
/// When git cannot fetch it; git has said why.
pub fn fetch(git: &Git) -> Result<()> {
    let refs = ["+refs/heads/*:refs/remotes/origin/*", "+refs/approvals/*:refs/approvals/*"];
    let arguments = ["fetch", "--quiet", "--no-tags", "origin"];
    run(git, arguments.iter().copied().chain(refs))
}

/// Sends one object to one ref of the server.
///
/// # Errors
/// When the server refuses it; git has said why.
pub fn push(git: &Git, refspec: &str) -> Result<()> {
    run(git, ["push", "--quiet", "origin", refspec].into_iter())
}

fn run<'a>(git: &Git, arguments: impl Iterator<Item = &'a str>) -> Result<()> {
    let arguments: Vec<&str> = arguments.collect();
    let shown = arguments.join(" ");
    let folder: &Path = git.workdir().unwrap_or_else(|| git.folder());
    let status = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(&arguments)
        .status()
        .with_context(|| tr!("cannot run `git`; is it installed?"))?;
    ensure!(
        status.success(),
        tr!("`git {arguments}` failed; see its words above", arguments = shown)
    );
    Ok(())
}

/// Whether `origin` is a forge where no hook of ours runs, so that a job of its own moves the
/// environments' branches.
pub fn is_forge(git: &Git) -> bool {
    let Some(address) = git.origin() else { return false };
    let after_scheme = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    let host = after_scheme.split(['/', ':']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default().to_lowercase();
    matches!(host.as_str(), "github.com" | "ssh.github.com" | "gitlab.com" | "altssh.gitlab.com")
        || host.ends_with(".ghe.com")
}
