//! What is made from the code, or tells about it.

pub mod codeowners;
pub mod completions;
pub mod demo;
pub mod doctor;
pub mod explain;
pub mod generated;
pub mod man;
pub mod rules;
pub mod schema;

use std::process::ExitCode;

use anyhow::Result;

/// A verb about segell itself.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    Explain(explain::Arguments),
    Rules(rules::Arguments),
    Schema(schema::Arguments),
    Codeowners(codeowners::Arguments),
    Demo(demo::Arguments),
    Completions(completions::Arguments),
    Doctor(doctor::Arguments),
    Man(man::Arguments),
}

impl Verb {
    /// Runs it.
    pub fn run(&self) -> Result<ExitCode> {
        match self {
            Verb::Explain(arguments) => explain::run(arguments),
            Verb::Rules(arguments) => rules::run(arguments),
            Verb::Schema(arguments) => schema::run(arguments),
            Verb::Codeowners(arguments) => codeowners::run(arguments),
            Verb::Demo(arguments) => demo::run(arguments),
            Verb::Completions(arguments) => completions::run(arguments),
            Verb::Doctor(arguments) => doctor::run(arguments),
            Verb::Man(arguments) => man::run(arguments),
        }
    }
}
