//! What writes the inventory: each ends in `Writing::finish`.

pub mod add;
pub mod answer;
pub mod asking;
pub mod baseline;
pub mod batch;
pub mod cease;
pub mod correct;
pub mod hold;
pub mod import;
pub mod init;
pub mod move_batch;
pub mod propose;
pub mod record;
pub mod release;
pub mod retire;
pub mod schedule;
pub mod sheet;
pub mod stop;
pub mod unschedule;
pub mod withdraw;
pub mod writing;

use std::process::ExitCode;

use anyhow::Result;

/// A verb that writes the inventory.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    Init(init::Arguments),
    Import(import::Arguments),
    Baseline(baseline::Arguments),
    Add(add::Arguments),
    Answer(answer::Arguments),
    Propose(propose::Arguments),
    Schedule(schedule::Arguments),
    Unschedule(unschedule::Arguments),
    Move(move_batch::Arguments),
    Hold(hold::Arguments),
    Release(release::Arguments),
    Record(record::Arguments),
    Withdraw(withdraw::Arguments),
    Retire(retire::Arguments),
    Cease(cease::Arguments),
    Correct(correct::Arguments),
}

impl Verb {
    /// Runs it.
    pub fn run(&self) -> Result<ExitCode> {
        match self {
            Verb::Init(arguments) => init::run(arguments),
            Verb::Import(arguments) => import::run(arguments),
            Verb::Baseline(arguments) => baseline::run(arguments),
            Verb::Add(arguments) => add::run(arguments),
            Verb::Answer(arguments) => answer::run(arguments),
            Verb::Propose(arguments) => propose::run(arguments),
            Verb::Schedule(arguments) => schedule::run(arguments),
            Verb::Unschedule(arguments) => unschedule::run(arguments),
            Verb::Move(arguments) => move_batch::run(arguments),
            Verb::Hold(arguments) => hold::run(arguments),
            Verb::Release(arguments) => release::run(arguments),
            Verb::Record(arguments) => record::run(arguments),
            Verb::Withdraw(arguments) => withdraw::run(arguments),
            Verb::Retire(arguments) => retire::run(arguments),
            Verb::Cease(arguments) => cease::run(arguments),
            Verb::Correct(arguments) => correct::run(arguments),
        }
    }
}
