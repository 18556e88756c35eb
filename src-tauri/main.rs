//! The desktop app's process: the environment, then the app.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "--help, --version and a start that fails speak to the terminal"
)]

use std::process::ExitCode;

use opencode_portal::Arguments;

fn main() -> ExitCode {
    opencode_portal::prepare_environment();
    let folder = std::env::current_dir().unwrap_or_default();
    match Arguments::parse(std::env::args_os().skip(1), &folder) {
        Arguments::Version => println!("opencode-portal {}", env!("CARGO_PKG_VERSION")),
        Arguments::Help => println!("{}", opencode_portal::HELP),
        Arguments::Unknown { argument } => {
            eprintln!("Unknown argument `{argument}`\n\n{}", opencode_portal::HELP);
            return ExitCode::from(2);
        }
        Arguments::Start { hidden, directory } => {
            if let Err(error) = opencode_portal::run(hidden, directory) {
                eprintln!("OpenCode Portal could not start: {error:#}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
