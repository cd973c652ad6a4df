//! What moves a change on: approved, promoted, judged by the gate, made a manifest.

pub mod approve;
pub mod gate;
pub mod manifest;
pub mod place;
pub mod promote;

use std::process::ExitCode;

use anyhow::Result;

/// A verb that moves a change on.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    Approve(approve::Arguments),
    Promote(promote::Arguments),
    Gate(gate::Arguments),
    Manifest(manifest::Arguments),
}

impl Verb {
    /// Runs it.
    pub fn run(&self) -> Result<ExitCode> {
        match self {
            Verb::Approve(arguments) => approve::run(arguments),
            Verb::Promote(arguments) => promote::run(arguments),
            Verb::Gate(arguments) => gate::run(arguments),
            Verb::Manifest(arguments) => manifest::run(arguments),
        }
    }
}
