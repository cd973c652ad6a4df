//! The way to standard output. Whoever stops reading, as `head` does, has seen enough: that is no
//! failure.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use crate::views::screen::{Format, Screen, View};

/// Hands standard output to `write`; colours reach only a terminal.
///
/// # Errors
/// When it cannot be written to.
pub fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(anstream::AutoStream::auto(io::stdout()));
    or_seen_enough(write(&mut out).and_then(|()| out.flush()))
}

/// Shows a view in a format.
///
/// # Errors
/// When standard output cannot be written to.
pub fn show(view: &impl View, format: Format) -> io::Result<()> {
    let (width, colour) = (width(), io::stdout().is_terminal());
    print(|out| view.show(format, &mut Screen { out, width, colour }))
}

/// How many columns standard output has, where it is a terminal.
pub fn width() -> Option<usize> {
    let size = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    size.map(|(width, _)| usize::from(width.0))
}

/// How many columns the terminal has where words go to standard output or standard error.
pub fn width_of_any() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Prints a line.
pub fn say(line: impl Display) {
    // Unlike `println!`, which would end the verb in the middle of its work.
    let _ = writeln!(io::stdout(), "{line}");
}

/// What became of writing, a reader that has gone apart.
///
/// # Errors
/// When something else kept it from being written.
pub fn or_seen_enough(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
