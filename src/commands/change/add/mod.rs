//! `segell add`: what comes into an inventory.

mod agreement;
mod authorisation;
mod certificate;
mod confirmation;
pub mod ens;
mod holiday;
mod many;
mod query;
mod reviewer;
mod seal;
mod sources;
mod trust;
mod waiver;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

/// Add bodies, certificates, authorisations, confirmations; all that comes in one by one or many at once
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Ens(ens::Arguments),
    Certificate(certificate::Arguments),
    Authorisation(authorisation::Arguments),
    Confirmation(confirmation::Arguments),
    Query(query::Arguments),
    Agreement(agreement::Arguments),
    Reviewer(reviewer::Arguments),
    Trust(trust::Arguments),
    Holiday(holiday::Arguments),
    Freeze(holiday::Freeze),
    Waiver(waiver::Arguments),
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.what {
        What::Ens(arguments) => ens::run(arguments),
        What::Certificate(arguments) => certificate::run(arguments),
        What::Authorisation(arguments) => authorisation::run(arguments),
        What::Confirmation(arguments) => confirmation::run(arguments),
        What::Query(arguments) => query::run(arguments),
        What::Agreement(arguments) => agreement::run(arguments),
        What::Reviewer(arguments) => reviewer::run(arguments),
        What::Trust(arguments) => trust::run(arguments),
        What::Holiday(arguments) => holiday::run(arguments),
        What::Freeze(arguments) => holiday::freeze(arguments),
        What::Waiver(arguments) => waiver::run(arguments),
    }
}
