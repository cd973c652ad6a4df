//! Hooks, and what a server's repository is set to.

use std::path::{Path, PathBuf};

use super::{Point, fine, lacks, note};
use crate::pipeline::git::Git;
use crate::tr;

/// Whether git would run a hook of this name.
fn runs(git: &Git, name: &str) -> Option<PathBuf> {
    let hook = git.hooks()?.join(name);
    (hook.is_file() && is_executable(&hook)).then_some(hook)
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|facts| facts.permissions().mode() & 0o111 != 0)
}

/// There git runs whatever is there.
#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}

pub(super) fn of_clone(git: &Git) -> Point {
    let hook = ["pre-commit", "pre-push"].into_iter().find_map(|name| runs(git, name));
    match hook {
        Some(hook) => fine("hooks", tr!("{folder}", folder = hook.display().to_string())),
        None => note(
            "hooks",
            tr!("no hook checks before a commit; CI does it later"),
            tr!(
                "with the program pre-commit, run `pre-commit install`; or let `.git/hooks/pre-commit` run `segell check`"
            ),
        ),
    }
}

pub(super) fn of_server(git: &Git, name: &'static str) -> Point {
    match runs(git, name) {
        Some(hook) => fine(name, tr!("{folder}", folder = hook.display().to_string())),
        None => lacks(
            name,
            tr!("the hook `{name}` is not there, or git may not run it", name = name),
            tr!(
                "let `hooks/{name}` be a script with `exec segell gate --{name}`, and run `chmod +x hooks/{name}`",
                name = name
            ),
        ),
    }
}

pub(super) fn setting_of_server(git: &Git, setting: &str, about: &'static str) -> Point {
    let is_set =
        git.setting(setting).is_some_and(|value| matches!(&*value, "true" | "always" | "1"));
    match is_set {
        true => fine(about, tr!("`{setting}` is set", setting = setting)),
        false => lacks(
            about,
            tr!("`{setting}` is not set", setting = setting),
            tr!("run `git config {setting} true`", setting = setting),
        ),
    }
}
