//! Questions to whoever sits at the terminal, for what the command line did not say.

use std::fmt;
use std::io::{self, IsTerminal, Write};

use anyhow::{Result, bail};

use crate::base::text::{Text, names, to_fill_in, visible};
use crate::tr;

/// Collects what a command needs: asks for it at a terminal, else remembers what is missing.
pub struct Interview {
    /// Whether somebody is there to answer.
    attended: bool,
    missing: Vec<&'static str>,
}

/// Something that a command has to know.
pub struct Question<'q> {
    /// The flag by which it is given: `--ens ENS`.
    pub flag: &'static str,
    /// The question.
    pub words: Text,
    /// What could be answered, when that is known; other answers are let through.
    pub choices: Vec<String>,
    /// What an empty line stands for.
    pub default: Option<&'q str>,
}

/// How many choices are shown.
const SHOWN: usize = 20;
/// How often an answer may be wrong.
const TRIES: usize = 3;

impl Interview {
    /// Begins, with somebody to answer where input and standard error are terminals.
    pub fn begin() -> Interview {
        let attended = io::stdin().is_terminal() && io::stderr().is_terminal();
        Interview { attended, missing: Vec::new() }
    }

    /// Whether somebody is there to answer.
    pub fn is_attended(&self) -> bool {
        self.attended
    }

    /// Remembers that a flag is missing which nobody can be asked for.
    pub fn lacks(&mut self, flag: &'static str) {
        self.missing.push(flag);
    }

    /// The answer to a question that may stay open: at a terminal, unless the line is empty.
    ///
    /// # Errors
    /// As [`Interview::need`].
    pub fn may<T, E: fmt::Display>(
        &mut self,
        question: &Question<'_>,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>> {
        if !self.attended {
            return Ok(None);
        }
        let question = Question {
            default: Some(""),
            words: question.words.clone(),
            choices: question.choices.clone(),
            ..*question
        };
        self.ask(&question, |answer| match answer {
            "" => Ok(None),
            answer => read(answer).map(Some),
        })
        .map(Option::flatten)
    }

    /// What was given, else the answer. None: it is missing, and [`Interview::refuse`] says so.
    ///
    /// # Errors
    /// When the terminal cannot be used, or no answer fits.
    pub fn need<T: Clone, E: fmt::Display>(
        &mut self,
        given: Option<&T>,
        question: &Question<'_>,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>> {
        if let Some(given) = given {
            return Ok(Some(given.clone()));
        }
        self.ask(question, &read)
    }

    /// The same for what may be given several times; an answer's items are parted by blanks.
    ///
    /// # Errors
    /// As [`Interview::need`].
    pub fn need_some<T: Clone, E: fmt::Display>(
        &mut self,
        given: &[T],
        question: &Question<'_>,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<Vec<T>>> {
        if !given.is_empty() {
            return Ok(Some(given.to_vec()));
        }
        self.ask(question, |answer| answer.split_whitespace().map(&read).collect())
    }

    fn ask<T, E: fmt::Display>(
        &mut self,
        question: &Question<'_>,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>> {
        if !self.attended {
            self.missing.push(question.flag);
            return Ok(None);
        }
        show_choices(&question.choices);
        for _ in 0..TRIES {
            match (answer(question)?, question.default) {
                (answer, None) if answer.is_empty() => {
                    eprintln!(
                        "{}",
                        tr!("an answer is needed, or `{flag}`", flag = shown(question.flag))
                    );
                }
                (answer, default) => {
                    let answer = if answer.is_empty() { default.unwrap_or("") } else { &answer };
                    match read(answer) {
                        Ok(value) => return Ok(Some(value)),
                        Err(why) => eprintln!("{why}"),
                    }
                }
            }
        }
        bail!(tr!("no answer; give `{flag}`", flag = shown(question.flag)));
    }

    /// Ends a command that lacks something: all of it is named at once.
    ///
    /// # Errors
    /// Always.
    pub fn refuse<T>(self) -> Result<T> {
        bail!(tr!("missing: {flags}", flags = names(self.missing.into_iter().map(shown))));
    }
}

/// A flag as help has it, or a choice of two, with the names of values in the language that is spoken.
fn shown(flag: &str) -> String {
    if let Some((one, other)) = flag.split_once(", or ") {
        return tr!("{one} or {other}", one = shown(one), other = shown(other)).to_string();
    }
    to_fill_in(flag)
}

fn show_choices(choices: &[String]) {
    if choices.is_empty() {
        return;
    }
    for choice in choices.iter().take(SHOWN) {
        eprintln!("  {}", visible(choice));
    }
    let more = choices.len().saturating_sub(SHOWN);
    if more > 0 {
        eprintln!("  {}", tr!("… and {more} more", more = more));
    }
}

/// One line from the terminal.
fn answer(question: &Question<'_>) -> Result<String> {
    match question.default {
        Some(default) if !default.is_empty() => {
            eprint!("{} [{}] ", question.words, visible(default))
        }
        _ => eprint!("{} ", question.words),
    }
    io::stderr().flush()?;
    let mut line = String::new();
    if io::stdin().read_line(&mut line)? == 0 {
        bail!(tr!("no answer; give `{flag}`", flag = shown(question.flag)));
    }
    Ok(line.trim().to_owned())
}
