//! `segell add`: what comes into an inventory one by one.

mod authorisation;
mod certificate;
mod confirmation;
pub mod ens;
mod query;
mod seal;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

/// Add a body, a certificate, an authorisation, a confirmation or a query
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
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.what {
        What::Ens(arguments) => ens::run(arguments),
        What::Certificate(arguments) => certificate::run(arguments),
        What::Authorisation(arguments) => authorisation::run(arguments),
        What::Confirmation(arguments) => confirmation::run(arguments),
        What::Query(arguments) => query::run(arguments),
    }
}
