//! The git that is installed, run in a folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What would let it speak of another repository than this one.
const ELSEWHERE: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
];

/// The repository found from `start` upwards, and its working tree where it has one, if git trusts whoever
/// it belongs to: `safe.directory` has forms that libgit2 does not know, and places that it does not look
/// in.
pub(crate) fn trusted(start: &Path) -> Option<(PathBuf, Option<PathBuf>)> {
    let ask = |what: &str| answer(git_in(start).args(["rev-parse", what])).map(PathBuf::from);
    Some((ask("--absolute-git-dir")?, ask("--show-toplevel")))
}

/// What it says that it is: `git version 2.39.5`; none where there is none.
pub(crate) fn version() -> Option<String> {
    answer(Command::new("git").arg("--version"))
}

/// Git, run in a folder, that speaks of the repository which it finds or is told there.
pub(crate) fn git_in(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(folder);
    ELSEWHERE.iter().for_each(|name| {
        git.env_remove(name);
    });
    git
}

/// What git answers; none where it has no answer.
pub(crate) fn answer(git: &mut Command) -> Option<String> {
    let output = git.stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| answer.trim_end_matches(['\n', '\r']).to_owned())
}
