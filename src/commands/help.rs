//! What clap says, in the language that is spoken. The texts of verbs and options are looked up in
//! the same catalogues as sentences; clap's own words (headings, errors) stand here.

use std::error::Error as _;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;

use clap::builder::{PossibleValue, StyledStr};
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory, Subcommand};

use crate::base::text::{Text, any, names, to_fill_in};
use crate::commands::{Cli, around, change, look, out, pipeline, tool};
use crate::tr;
use crate::views::table::wrapped;

/// How wide help may be, as clap is told too.
pub const WIDEST: usize = 100;

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
    let names: Vec<String> =
        command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, |verb| with_texts(verb, look_up));
    }
    command = command.mut_args(|argument| argument_with_texts(argument, look_up));
    let usage = usage(&mut command);
    let template = template(&command);
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
    let is_whole = command.get_name() == Cli::command().get_name();
    if is_whole {
        template.push_str(&grouped(command));
    }
    let parts = [
        (command.has_subcommands() && !is_whole, tr!("Commands:"), "subcommands"),
        (command.get_positionals().next().is_some(), tr!("Arguments:"), "positionals"),
        (true, tr!("Options:"), "options"),
    ];
    for (_, heading, tag) in parts.into_iter().filter(|(is_there, ..)| *is_there) {
        let _ = write!(template, "\n\n{header}{heading}{header:#}\n{{{tag}}}");
    }
    template + "{after-help}"
}

/// The verbs by what they are for, which clap cannot group.
fn grouped(command: &Command) -> String {
    let none = || Command::new("");
    let groups = [
        (tr!("To look:"), look::Verb::augment_subcommands(none())),
        (tr!("To change the inventory:"), change::Verb::augment_subcommands(none())),
        (tr!("To approve and load:"), pipeline::Verb::augment_subcommands(none())),
        (tr!("Tools:"), tool::Verb::augment_subcommands(none())),
    ];
    let (header, literal) = (command.get_styles().get_header(), command.get_styles().get_literal());
    let width = out::width().unwrap_or(WIDEST).min(WIDEST);
    let names = command.get_subcommands().map(|verb| verb.get_name().len());
    let widest = names.max().unwrap_or(0);
    let mut listing = String::new();
    for (heading, verbs) in groups {
        let _ = write!(listing, "\n\n{header}{heading}{header:#}");
        for verb in verbs.get_subcommands().map(Command::get_name) {
            let about = command.find_subcommand(verb).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let lines = wrapped(&format!("  {verb:<widest$}  "), &about, Some(width));
            let styled = format!("{literal}{verb}{literal:#}");
            let _ = write!(listing, "\n{}", lines.replacen(verb, &styled, 1));
        }
    }
    listing
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
pub fn refusal(error: &Error, arguments: &[OsString]) -> Option<String> {
    let message = message(error)?;
    let mut lines = format!("{}\n", tr!("error: {message}", message = message));
    for kind in
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
    {
        let suggested = strings(error, kind);
        if !suggested.is_empty() {
            let _ = writeln!(lines, "\n  {}", tr!("similar: {names}", names = any(suggested)));
        }
    }
    if let Some(instead) = instead(error, arguments) {
        let _ = writeln!(lines, "\n{instead}");
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.strip_prefix("Usage:").unwrap_or(&usage);
        let _ = writeln!(lines, "\n{}{usage}", tr!("Usage:"));
    }
    let _ = writeln!(lines, "\n{}", tr!("`--help` tells more"));
    Some(lines)
}

/// What to type where a file or a folder was given to a verb that looks at all of an inventory.
fn instead(error: &Error, arguments: &[OsString]) -> Option<Text> {
    let path = string(error, ContextKind::InvalidArg)?;
    let cli = Cli::command();
    let verb = arguments.iter().filter_map(|word| cli.find_subcommand(word)).next()?;
    let has_root = verb.get_arguments().any(|it| it.get_id() == "root" && it.get_long().is_some());
    if error.kind() != ErrorKind::UnknownArgument || path.starts_with('-') || !has_root {
        return None;
    }
    let (verb, root) = (verb.get_name(), around(Path::new(&path)));
    Some(match root.map(|root| root.display().to_string()) {
        Some(root) if root == "." => tr!(
            "it looks at the whole inventory around the folder where you are: `segell {verb}`",
            verb = verb
        ),
        Some(root) => tr!(
            "it looks at a whole inventory, in the folder that `--root` names: `segell {verb} --root {root}`",
            verb = verb,
            root = root
        ),
        None => tr!(
            "it looks at a whole inventory, in the folder that `--root` names: `segell {verb} --root {root}`",
            verb = verb,
            root = to_fill_in("DIR")
        ),
    })
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
                    known = any(known)
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
