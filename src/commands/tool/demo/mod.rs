//! `segell demo`.

mod files;
mod seals;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use jiff::civil::Date;

use crate::base::language::Language;
use crate::base::text::Text;
use crate::base::time;
use crate::commands::change::init::templates;
use crate::commands::change::writing::tell_next;
use crate::commands::out::say;
use crate::files::installed_git::{answer, git_in};
use crate::tr;

use files::{BATCH, files};

/// Make an inventory to play with, in a new folder
///
/// It is a git repository with both environments begun: bodies that nobody has, a test CA and fresh seals, a
/// batch whose day is today, and reviewers whose keys lie in `keys/`. In `incoming/` lie a seal and AEAT's letter
/// for a body that is still to come in, in `stores/` what PRE and PRO hold. What README tells can be followed in
/// it to the end.
///
/// Exit code 0: made; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder, which is new or empty
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The day that counts as today, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    as_of: Option<Date>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = arguments.folder.as_path();
    let shown = root.display().to_string();
    let is_free = fs::read_dir(root).map_or(true, |mut items| items.next().is_none());
    ensure!(
        is_free && !root.is_file(),
        tr!("`{folder}` is not empty; name a new folder", folder = &shown)
    );
    let today = arguments.as_of.unwrap_or_else(time::today);
    let all = files(today, Language::spoken())?;
    for (path, text) in all.inventory.iter().chain(&all.beside) {
        write(root, path, text)?;
    }
    for (path, lines) in templates::lines(Language::spoken()) {
        let text = format!("{lines}{}", if path == ".gitignore" { PLAYTHINGS } else { "" });
        write(root, path, &text)?;
    }
    begin(root, today)?;
    say(tr!(
        "an inventory to play with is in `{folder}`; its day is {day}",
        folder = &shown,
        day = today
    ));
    tell_next(&next(&shown));
    Ok(ExitCode::SUCCESS)
}

/// What is played with and never committed.
const PLAYTHINGS: &str = "/incoming/\n/keys/\n/stores/\n";

fn write(root: &Path, path: &str, text: &str) -> Result<()> {
    let file = root.join(path);
    let cannot_write = || tr!("cannot write `{path}`", path = file.display().to_string());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(cannot_write)?;
    }
    fs::write(&file, text).with_context(cannot_write)?;
    #[cfg(unix)]
    if path.starts_with("keys/") {
        // OpenSSH signs with no key that others may read.
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).with_context(cannot_write)?;
    }
    Ok(())
}

/// Commits it as its own root, at which both environments begin.
fn begin(root: &Path, today: Date) -> Result<()> {
    let noon = format!("{} +0000", time::noon_of(today).as_second());
    let git = |arguments: &[&str]| {
        let mut git = git_in(root);
        git.args(arguments).env("GIT_AUTHOR_DATE", &noon).env("GIT_COMMITTER_DATE", &noon);
        answer(&mut git).with_context(|| tr!("cannot run `git`; is it installed?"))
    };
    git(&["init", "-q", "-b", "main"])?;
    git(&["config", "user.name", "Olga Example"])?;
    git(&["config", "user.email", "olga@example.org"])?;
    git(&["config", "commit.gpgsign", "false"])?;
    git(&["config", "core.autocrlf", "false"])?;
    git(&["add", "-A"])?;
    git(&["commit", "-q", "-m", "An inventory to play with"])?;
    let first = git(&["rev-parse", "HEAD"])?;
    for environment in ["pre", "pro"] {
        git(&["branch", &format!("env/{environment}")])?;
        git(&["config", "--add", &format!("segell.{environment}.root"), &first])?;
    }
    Ok(())
}

fn next(folder: &str) -> Vec<Text> {
    vec![
        tr!("`cd {folder}`, then `segell today`", folder = folder),
        tr!(
            "`segell release --batch {batch} --stage pre`, and `git commit -am \"Release\"`",
            batch = BATCH
        ),
        tr!(
            "`segell approve --env pre --key keys/marta`, the same with `keys/joan`, and `segell promote --env pre`"
        ),
    ]
}
