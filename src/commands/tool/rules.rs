//! `segell rules`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::base::language::Language;
use crate::checklist::rules;
use crate::commands::out::print;
use crate::commands::tool::generated;
use crate::tr;
use crate::views::rule::{kind, page};

/// List the rules of the checklist
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Write a page for each rule, and an index, to this folder
    #[arg(long, value_name = "DIR")]
    docs: Option<PathBuf>,
    /// With `--docs`: write nothing; exit with 1 when a page is not what would be written
    #[arg(long, requires = "docs")]
    check: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if let Some(folder) = &arguments.docs {
        return generated::write_or_check(folder, &pages(), arguments.check);
    }
    let lines = || rules::all().map(|rule| (rule, kind(rule.kind).to_string()));
    let width = lines().map(|(_, kind)| kind.chars().count()).max().unwrap_or(0);
    print(|out| {
        lines().try_for_each(|(rule, kind)| {
            writeln!(out, "{:<38} {kind:<width$}  {}", rule.name, rule.holds)
        })
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The pages of `docs/rules/`: one a rule, and their index; in English, whoever writes them.
fn pages() -> Vec<(String, String)> {
    let mut index = format!("# {}\n\n", tr!("The rules").to_string_in(Language::English));
    let mut pages = Vec::new();
    for rule in rules::all() {
        let kind = kind(rule.kind).to_string_in(Language::English);
        let holds = rule.holds.to_string_in(Language::English);
        index.push_str(&format!("- [{0}]({0}.md) ({kind}): {holds}\n", rule.name));
        pages.push((format!("{}.md", rule.name), page(rule, Language::English)));
    }
    pages.push(("README.md".to_owned(), index));
    pages
}
