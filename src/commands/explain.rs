//! `segell explain`.

use std::process::ExitCode;

use anyhow::{Result, bail};

use super::out::print;
use super::rules::kind;
use crate::base::language::Language;
use crate::base::text::Text;
use crate::checklist::rules;
use crate::inventory::finding::Rule;
use crate::tr;

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
    print(|out| write!(out, "{}", page(rule, Language::spoken())))?;
    Ok(ExitCode::SUCCESS)
}

/// A rule's page, in Markdown: also that of `docs/rules/`.
pub fn page(rule: &Rule, language: Language) -> String {
    let say = |text: Text| text.to_string_in(language);
    let waived = if rule.may_be_waived() {
        tr!("AOC and SIAD may waive it for a while.")
    } else {
        tr!("It cannot be waived.")
    };
    format!(
        "# {}\n\n> {}\n\n{}: {}. {}\n\n## {}\n\n{}\n\n## {}\n\n{}\n",
        rule.name,
        sentence(&say(rule.holds.clone())),
        say(tr!("Kind")),
        say(kind(rule.kind)),
        say(waived),
        say(tr!("Why")),
        sentence(&say(rule.why.clone())),
        say(tr!("How to mend it")),
        sentence(&say(rule.mend.clone())),
    )
}

/// A phrase as a sentence.
fn sentence(phrase: &str) -> String {
    let mut characters = phrase.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), characters.as_str())
}
