//! `portal`: the fleet without a window. A headless server for browsers, and commands.
//!
//! Links no GUI library (test `the_command_line_links_no_gui_library`). It holds no logic: every command asks the bridge, as a window does.

mod arguments;
mod asking;
mod commands;
mod logging;
mod output;
mod password;
mod place_arguments;
mod portal;
mod profile_arguments;
mod question;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let result = match command {
        Command::Serve(options) => commands::serve::run(options).await,
        Command::Start(options) => commands::start::run(*options).await,
        Command::Stop(options) => commands::stop::run(options).await,
        Command::Restart(options) => commands::restart::run(options).await,
        Command::Sleep(which) => commands::sleep::sleep(which).await,
        Command::Wake(which) => commands::sleep::wake(which).await,
        Command::Remove(options) => commands::remove::run(options).await,
        Command::Shell(which) => commands::shell::run(which).await,
        Command::List(options) => commands::list::run(options).await,
        Command::Logs(options) => commands::logs::run(options).await,
        Command::History(options) => commands::history::run(options).await,
        Command::Add(options) => commands::add::add(options).await,
        Command::Change(options) => commands::change::run(options).await,
        Command::Unlock(options) => commands::add::unlock(options).await,
        Command::Engines(options) => commands::engines::run(options).await,
        Command::Status => commands::status::run().await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            output::complain(&trouble);
            trouble.exit_code()
        }
    }
}
