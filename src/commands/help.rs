//! What clap says, in the language that is spoken. The texts of verbs and options are looked up in
//! the same catalogues as sentences; clap's own words (headings, errors) stand here.

use std::error::Error as _;
use std::fmt::Write as _;

use clap::builder::{PossibleValue, StyledStr};
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, ArgAction, Command};

use crate::base::text::{Text, names};
use crate::tr;

/// What stands for an English text; none where it is to stand as it is.
pub type LookUp<'a> = &'a dyn Fn(&str) -> Option<&'static str>;

/// The command with every text looked up, and headings and notes in the language that is spoken.
pub fn translated(mut command: Command, look_up: LookUp<'_>) -> Command {
    // From here on clap's own `help` and `--help` are there too.
    command.build();
    with_texts(command, look_up)
}

fn with_texts(mut command: Command, look_up: LookUp<'_>) -> Command {
    let say = |text: &StyledStr| look_up(&text.to_string());
    if let Some(about) = command.get_about().and_then(say) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().and_then(say) {
        command = command.long_about(about);
    }
    let template = template(&command);
    let names: Vec<String> =
        command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, |verb| with_texts(verb, look_up));
    }
    command = command.mut_args(|argument| argument_with_texts(argument, look_up));
    let usage = usage(&mut command);
    command.override_usage(usage).help_template(template)
}

/// How the command is used, as clap has it, with clap's own words translated.
fn usage(command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let usage = usage.replace("[OPTIONS]", &tr!("[OPTIONS]").to_string());
    usage.replace("<COMMAND>", &tr!("<COMMAND>").to_string())
}

/// clap's own template, with the headings translated.
fn template(command: &Command) -> String {
    let styles = command.get_styles();
    let (usage, header) = (styles.get_usage(), styles.get_header());
    let mut template = format!(
        "{{before-help}}{{about-with-newline}}\n{usage}{}{usage:#} {{usage}}",
        tr!("Usage:")
    );
    let parts = [
        (command.has_subcommands(), tr!("Commands:"), "subcommands"),
        (command.get_positionals().next().is_some(), tr!("Arguments:"), "positionals"),
        (true, tr!("Options:"), "options"),
    ];
    for (_, heading, tag) in parts.into_iter().filter(|(is_there, ..)| *is_there) {
        let _ = write!(template, "\n\n{header}{heading}{header:#}\n{{{tag}}}");
    }
    template + "{after-help}"
}

fn argument_with_texts(mut argument: Arg, look_up: LookUp<'_>) -> Arg {
    let say = |text: &StyledStr| {
        let english = text.to_string();
        look_up(&english).map_or(english, ToOwned::to_owned)
    };
    let (short, long) = match argument.get_action() {
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong => {
            (tr!("Print help; `--help` tells more").to_string(), tr!("Print help").to_string())
        }
        ArgAction::Version => {
            let help = tr!("Print version").to_string();
            (help.clone(), help)
        }
        _ => {
            let short = argument.get_help().map(say).unwrap_or_default();
            let long = argument.get_long_help().map_or_else(|| short.clone(), say);
            (short, long)
        }
    };
    let takes_values = argument.get_action().takes_values();
    let value_names = argument.get_value_names().filter(|_| takes_values).unwrap_or_default();
    let value_names = value_names.iter().map(|name| look_up(name));
    if let Some(names) = value_names.collect::<Option<Vec<_>>>().filter(|names| !names.is_empty()) {
        argument = argument.value_names(names);
    }
    let (short_note, long_note) = notes(&argument, look_up);
    argument
        .help(short + &short_note)
        .long_help(long + &long_note)
        .hide_default_value(true)
        .hide_possible_values(true)
}

/// What clap adds to an option's text: its default and its values; for `-h`, and for `--help`.
fn notes(argument: &Arg, look_up: LookUp<'_>) -> (String, String) {
    let (mut short, mut long) = (String::new(), String::new());
    if !argument.get_action().takes_values() {
        return (short, long);
    }
    let defaults = argument.get_default_values().iter().map(|value| value.to_string_lossy());
    let defaults: Vec<_> = defaults.collect();
    if !defaults.is_empty() && !argument.is_hide_default_value_set() {
        let note = tr!("[default: {value}]", value = defaults.join(", "));
        let _ = write!(short, " {note}");
        let _ = write!(long, "\n\n{note}");
    }
    let values = argument.get_possible_values();
    let values: Vec<&PossibleValue> = values.iter().filter(|value| !value.is_hide_set()).collect();
    if values.is_empty() || argument.is_hide_possible_values_set() {
        return (short, long);
    }
    let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
    let note = tr!("[possible values: {values}]", values = names.join(", "));
    let _ = write!(short, " {note}");
    let _ = write!(long, "\n\n{}", tr!("Possible values:"));
    for value in values {
        let help = value.get_help().map(ToString::to_string).unwrap_or_default();
        let help = look_up(&help).map_or(help, ToOwned::to_owned);
        let _ = write!(long, "\n- {}: {help}", value.get_name());
    }
    (short, long)
}

/// What is wrong with a command line, and what to do; none where clap has to say it.
pub fn refusal(error: &Error) -> Option<String> {
    let message = message(error)?;
    let mut lines = format!("{}\n", tr!("error: {message}", message = message));
    for kind in
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
    {
        let suggested = strings(error, kind);
        if !suggested.is_empty() {
            let _ = writeln!(lines, "\n  {}", tr!("similar: {names}", names = names(suggested)));
        }
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.strip_prefix("Usage:").unwrap_or(&usage);
        let _ = writeln!(lines, "\n{}{usage}", tr!("Usage:"));
    }
    let _ = writeln!(lines, "\n{}", tr!("`--help` tells more"));
    Some(lines)
}

fn message(error: &Error) -> Option<Text> {
    let argument = string(error, ContextKind::InvalidArg);
    let value = string(error, ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::UnknownArgument => {
            tr!("there is no argument `{argument}` here", argument = argument?)
        }
        ErrorKind::InvalidSubcommand => tr!(
            "there is no command `{command}`",
            command = string(error, ContextKind::InvalidSubcommand)?
        ),
        ErrorKind::MissingRequiredArgument => {
            let missing = names(strings(error, ContextKind::InvalidArg));
            tr!("what is missing: {arguments}", arguments = missing)
        }
        ErrorKind::InvalidValue if value.as_deref() == Some("") => {
            tr!("`{argument}` needs a value", argument = argument?)
        }
        ErrorKind::InvalidValue => {
            let (argument, value) = (argument?, value?);
            match strings(error, ContextKind::ValidValue) {
                known if known.is_empty() => {
                    tr!("`{value}` is no value of `{argument}`", value = value, argument = argument)
                }
                known => tr!(
                    "`{value}` is no value of `{argument}`, which takes {known}",
                    value = value,
                    argument = argument,
                    known = names(known)
                ),
            }
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(ToString::to_string).unwrap_or_default();
            let (argument, value) = (argument?, value?);
            tr!(
                "`{value}` is no value of `{argument}`: {why}",
                value = value,
                argument = argument,
                why = why
            )
        }
        ErrorKind::ArgumentConflict => {
            let (argument, others) = (argument?, strings(error, ContextKind::PriorArg));
            match others.iter().all(|other| *other == argument) {
                true => tr!("`{argument}` may be given only once", argument = argument),
                false => tr!(
                    "`{argument}` cannot go together with {others}",
                    argument = argument,
                    others = names(others)
                ),
            }
        }
        _ => return None,
    })
}

fn string(error: &Error, kind: ContextKind) -> Option<String> {
    strings(error, kind).into_iter().next()
}

fn strings(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        _ => Vec::new(),
    }
}
