//! What only shows: the inventory stays as it is.

pub mod calendar;
pub mod check;
pub mod drift;
pub mod forecast;
pub mod inspect;
pub mod log;
pub mod plan;
pub mod show;
pub mod site;
pub mod status;
pub mod today;
pub mod view;

use std::process::ExitCode;

use anyhow::Result;

/// A verb that only shows.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    Today(today::Arguments),
    Status(status::Arguments),
    Show(show::Arguments),
    Check(check::Arguments),
    Calendar(calendar::Arguments),
    Forecast(forecast::Arguments),
    Plan(plan::Arguments),
    Log(log::Arguments),
    Drift(drift::Arguments),
    Inspect(inspect::Arguments),
    Site(site::Arguments),
}

impl Verb {
    /// Runs it.
    pub fn run(&self) -> Result<ExitCode> {
        match self {
            Verb::Today(arguments) => today::run(arguments),
            Verb::Status(arguments) => status::run(arguments),
            Verb::Show(arguments) => show::run(arguments),
            Verb::Check(arguments) => check::run(arguments),
            Verb::Calendar(arguments) => calendar::run(arguments),
            Verb::Forecast(arguments) => forecast::run(arguments),
            Verb::Plan(arguments) => plan::run(arguments),
            Verb::Log(arguments) => log::run(arguments),
            Verb::Drift(arguments) => drift::run(arguments),
            Verb::Inspect(arguments) => inspect::run(arguments),
            Verb::Site(arguments) => site::run(arguments),
        }
    }
}
