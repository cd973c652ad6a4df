//! What is long is shown through a pager where a person sits at a terminal, as git does: the one that git is
//! told to use, else `less`.

use std::io::{self, IsTerminal, Write};
use std::process::{Child, Command, Stdio};

use crate::commands::out::{self, or_seen_enough};
use crate::files::installed_git::{answer, git_in};
use crate::views::screen::{Format, Screen, View};

/// Shows a view in a format: for people, at a terminal, through a pager.
///
/// # Errors
/// When it cannot be written.
pub fn show(view: &impl View, format: Format) -> io::Result<()> {
    let pager = (format == Format::Human && io::stdout().is_terminal()).then(program).flatten();
    let Some(pager) = pager else { return out::show(view, format) };
    match begin(&pager) {
        // Where it is not installed, what it would show is shown all the same.
        Err(_) => out::show(view, format),
        Ok(child) => through(child, view, format),
    }
}

fn through(mut child: Child, view: &impl View, format: Format) -> io::Result<()> {
    let written = match child.stdin.take() {
        None => Ok(()),
        Some(pipe) => {
            let mut pipe = io::BufWriter::new(pipe);
            let mut screen = Screen { out: &mut pipe, width: out::width(), colour: true };
            out::fitting(view, format, &mut screen).and_then(|()| pipe.flush())
        }
    };
    child.wait()?;
    or_seen_enough(written)
}

/// The pager that git would use; none where it would use none.
fn program() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let pager =
        answer(git_in(&here).args(["var", "GIT_PAGER"])).unwrap_or_else(|| "less".to_owned());
    (!pager.is_empty() && pager != "cat").then_some(pager)
}

/// Runs it as git does: a shell reads it, and `less` ends where all fits on one screen.
fn begin(pager: &str) -> io::Result<Child> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(shell);
    command.arg(flag).arg(pager).stdin(Stdio::piped());
    // What is written is UTF-8, whatever the locale: without one `less` shows accents as bytes.
    for (variable, value) in [("LESS", "FRX"), ("LESSCHARSET", "utf-8")] {
        if std::env::var_os(variable).is_none() {
            command.env(variable, value);
        }
    }
    command.spawn()
}
