//! `segell explain`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Result, bail};

use super::rules::kind;
use crate::finding::Rule;
use crate::text::Text;
use crate::{rules, tr};

/// Tell what a rule asks, why, and how to mend what breaks it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The rule's name, as in `segell rules`
    #[arg(value_name = "RULE")]
    rule: String,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Some(rule) = rules::named(&arguments.rule) else {
        bail!(tr!("there is no rule `{rule}`; `segell rules` lists them", rule = &arguments.rule));
    };
    write!(io::stdout().lock(), "{}", page(rule))?;
    Ok(ExitCode::SUCCESS)
}

/// A rule's page, in Markdown: also that of `docs/rules/`.
pub fn page(rule: &Rule) -> String {
    let waived = if rule.may_be_waived() {
        tr!("AOC and SIAD may waive it for a while.")
    } else {
        tr!("It cannot be waived.")
    };
    format!(
        "# {}\n\n> {}\n\n{}: {}. {waived}\n\n## {}\n\n{}\n\n## {}\n\n{}\n",
        rule.name,
        sentence(&rule.holds),
        tr!("Kind"),
        kind(rule.kind),
        tr!("Why"),
        sentence(&rule.why),
        tr!("How to mend it"),
        sentence(&rule.mend),
    )
}

/// A phrase as a sentence.
fn sentence(text: &Text) -> String {
    let text = text.to_string();
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), characters.as_str())
}
