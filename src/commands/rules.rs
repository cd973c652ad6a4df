//! `segell rules`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;

use crate::finding::Kind;
use crate::rules;
use crate::text::Text;
use crate::tr;

/// List the rules of the checklist
#[derive(Debug, clap::Args)]
pub struct Arguments {}

pub fn run(_: &Arguments) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    for rule in rules::all() {
        writeln!(out, "{:<38} {:<24} {}", rule.name, kind(rule.kind).to_string(), rule.holds)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A kind in a word or two.
pub fn kind(kind: Kind) -> Text {
    match kind {
        Kind::Integrity => tr!("integrity"),
        Kind::Precondition => tr!("precondition"),
        Kind::Sequence => tr!("sequence"),
        Kind::PreconditionAndNow => tr!("precondition, now"),
        Kind::PreconditionAndSequence => tr!("precondition, sequence"),
        Kind::Warning => tr!("warning"),
        Kind::Pending => tr!("pending"),
    }
}
