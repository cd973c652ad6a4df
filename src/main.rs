//! Parses the command line, runs the verb, and turns what came of it into an exit code.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match segell::commands::run(segell::commands::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("segell: {error:#}");
            ExitCode::from(2)
        }
    }
}
