//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// All your opencode servers, without a window.
#[derive(Debug, Parser)]
#[command(name = "portal", version, after_help = "Exit status: 0 done, 1 failed, 2 typed wrong, 3 no such instance.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the UI for browsers on this machine, until Ctrl+C
    Serve(Serve),
    /// Start an instance in a directory, or say that one runs there
    Start(Start),
    /// Stop an instance and every process that it started
    Stop(Which),
    /// Stop an instance and start it again
    Restart(Which),
    /// List the instances
    List(List),
    /// Show the end of an instance's output
    Logs(Logs),
    /// Say how things are: opencode, instances, what waits, what is wrong
    Status,
}

/// Options of `portal serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Port on loopback; the next free one if it is taken, any for 0
    #[arg(long, default_value_t = 4490)]
    pub(crate) port: u16,
    /// Open it in the browser
    #[arg(long)]
    pub(crate) open: bool,
    /// File that keeps the token that a browser needs
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Stop all instances of ours at the end; without it they go on and are found again
    #[arg(long)]
    pub(crate) stop_instances: bool,
}

/// Options of `portal start`.
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// The directory to work in
    pub(crate) directory: PathBuf,
    /// A name; else the last part of the directory
    #[arg(long)]
    pub(crate) name: Option<String>,
}

/// Names one instance.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Name, directory or id of an instance
    #[arg(value_name = "INSTANCE")]
    pub(crate) instance: String,
}

/// Options of `portal list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// As JSON, with everything that is known
    #[arg(long)]
    pub(crate) json: bool,
}

/// Options of `portal logs`.
#[derive(Debug, Args)]
pub(crate) struct Logs {
    #[command(flatten)]
    pub(crate) which: Which,
    /// How many lines
    #[arg(short = 'n', long, default_value_t = 100)]
    pub(crate) lines: u32,
}
