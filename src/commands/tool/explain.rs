//! `segell explain`.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::base::language::Language;
use crate::checklist::rules;
use crate::commands::out::print;
use crate::tr;
use crate::views::rule::page;

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
