//! Parses the command line, runs the verb, and turns what came of it into an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use segell::base::language::Language;
use segell::commands;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    Language::choose(&arguments, |name| std::env::var_os(name));
    match commands::run(commands::parse(arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("segell: {error:#}");
            segell::commands::exit_code(&error)
        }
    }
}
