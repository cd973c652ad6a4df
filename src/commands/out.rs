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
    print(|out| fitting(view, format, &mut Screen { out, width, colour }))
}

/// Shows a view; to a person, what is too wide for the terminal goes on below, broken between words.
///
/// # Errors
/// When the screen cannot be written to.
pub fn fitting(view: &impl View, format: Format, screen: &mut Screen<'_>) -> io::Result<()> {
    let (Some(width), Format::Human) = (screen.width, format) else {
        return view.show(format, screen);
    };
    let mut text = Vec::new();
    let (width, colour) = (Some(width), screen.colour);
    view.show(format, &mut Screen { out: &mut text, width, colour })?;
    screen.out.write_all(fit(&String::from_utf8_lossy(&text), width).as_bytes())
}

/// `text` with each line that is too wide broken between words, what follows further in than its begin. A command,
/// which is copied, and a line of a file stay whole.
pub fn fit(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    text.split_inclusive('\n').map(|line| fit_line(line, width)).collect()
}

/// Stands for a space that no line is broken at.
const KEPT: char = '\u{e000}';

fn fit_line(line: &str, width: usize) -> String {
    let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
    let words = line.trim_start();
    let is_of_file = words
        .split_once(" |")
        .is_some_and(|(number, _)| number.chars().all(|character| character.is_ascii_digit()));
    let is_whole = words.starts_with("segell ") || words.starts_with("git ") || is_of_file;
    if is_whole || textwrap::core::display_width(line) <= width {
        return format!("{line}{end}");
    }
    let indent = line.len() - words.len();
    let hanging = " ".repeat((indent + 2).min(width / 2));
    let options = textwrap::Options::new(width)
        .initial_indent(&line[..indent])
        .subsequent_indent(&hanging)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .break_words(false)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    let kept: String = words
        .split('`')
        .enumerate()
        .map(|(place, part)| match place % 2 == 1 && part.contains(' ') {
            true => format!("`{}", part.replace(' ', &KEPT.to_string())),
            false if place > 0 => format!("`{part}"),
            false => part.to_owned(),
        })
        .collect();
    textwrap::fill(&kept, options).replace(KEPT, " ") + end
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
    let _ = writeln!(io::stdout(), "{}", fit(&line.to_string(), width()));
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

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn what_is_too_wide_is_broken_between_words_and_stands_further_in() {
        let fitted = |text: &str| fit(text, Some(20));
        assert_eq!(fitted("  one two three four five\n"), "  one two three four\n    five\n");
        assert_eq!(fitted("short\n\n"), "short\n\n");
        assert_eq!(fit("a b", None), "a b");
        // Commands and lines of files stay whole, and so does a word.
        for whole in [
            "    segell record loaded --batch x --env pre\n",
            "12 |     certificate: consorci-c/2026\n",
            "inventory/calendars/transicio/10-a.yaml\n",
        ] {
            assert_eq!(fitted(whole), whole);
        }
        assert_eq!(
            fitted("next: do `segell a --b c d e` now"),
            "next: do\n  `segell a --b c d e`\n  now"
        );
        assert_eq!(
            fitted("\u{1b}[1mone two three\u{1b}[0m four xx"),
            "\u{1b}[1mone two three\u{1b}[0m four\n  xx"
        );
    }
}
