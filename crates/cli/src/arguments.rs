//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::profile_arguments::ProfileArguments;

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
    /// Start an instance in a directory, or say that one runs there; or all that do not run
    Start(Box<Start>),
    /// Stop an instance and every process that it started; or all of yours
    Stop(Stop),
    /// Stop an instance and start it again; or all that have crashed
    Restart(Restart),
    /// Stop an idle instance until it is used
    Sleep(Which),
    /// Start an instance that is asleep
    Wake(Which),
    /// Take an instance that does not run off the list; its container goes with it
    Remove(Remove),
    /// Open a shell in an instance's container, or on the machine that it runs on
    Shell(Which),
    /// List the instances
    List(List),
    /// Show the output of an instance
    Logs(Logs),
    /// Show what happened to an instance, newest first
    History(History),
    /// Add the address of a server that somebody else runs
    Add(Add),
    /// Change the address of a server that was added, or its user, password or certificate
    Change(Change),
    /// Give the password of a locked instance; it is read from the terminal or from stdin
    Unlock(Unlock),
    /// List the container engines of this machine
    Engines(Engines),
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
    /// The directory to work in; with --ssh one of that machine
    #[arg(required_unless_present_any = ["all", "remote"], conflicts_with_all = ["all", "remote"])]
    pub(crate) directory: Option<PathBuf>,
    /// A name; else the last part of the directory
    #[arg(long, conflicts_with = "all")]
    pub(crate) name: Option<String>,
    /// One more instance, even if there is one in this directory
    #[arg(long, conflicts_with = "all")]
    pub(crate) new: bool,
    /// Every instance of yours that does not run, two at a time; with --group only that group
    #[arg(long)]
    pub(crate) all: bool,
    /// No start: add the address of a server that runs elsewhere, as `portal add URL` does, which takes more options
    #[arg(long, value_name = "URL", conflicts_with_all = ["all", "new"])]
    pub(crate) remote: Option<String>,
    #[command(flatten)]
    pub(crate) profile: ProfileArguments,
}

/// Names one instance.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Name, directory or id of an instance
    #[arg(value_name = "INSTANCE")]
    pub(crate) instance: String,
}

/// Options of `portal remove`.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Remove the volume of its container, too, and with it its sessions; asked for on a terminal if neither is given
    #[arg(long)]
    pub(crate) data: bool,
    /// Keep the volume without asking
    #[arg(long, conflicts_with = "data")]
    pub(crate) keep_data: bool,
}

/// Options of `portal engines`.
#[derive(Debug, Args)]
pub(crate) struct Engines {
    /// As JSON, with everything that is known
    #[arg(long)]
    pub(crate) json: bool,
}

/// Options of `portal stop`.
#[derive(Debug, Args)]
pub(crate) struct Stop {
    /// Name, directory or id of an instance
    #[arg(value_name = "INSTANCE", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) instance: Option<String>,
    /// Every instance of yours that runs
    #[arg(long)]
    pub(crate) all: bool,
    /// Only this group
    #[arg(long, value_name = "GROUP", requires = "all")]
    pub(crate) group: Option<String>,
    /// End the process or stop the container of an instance that somebody else started without asking
    #[arg(long, conflicts_with = "all")]
    pub(crate) yes: bool,
}

/// Options of `portal restart`.
#[derive(Debug, Args)]
pub(crate) struct Restart {
    /// Name, directory or id of an instance
    #[arg(value_name = "INSTANCE", required_unless_present = "failed", conflicts_with = "failed")]
    pub(crate) instance: Option<String>,
    /// Every instance of yours that has crashed, two at a time
    #[arg(long)]
    pub(crate) failed: bool,
    /// Only this group
    #[arg(long, value_name = "GROUP", requires = "failed")]
    pub(crate) group: Option<String>,
    /// Restart the container of somebody else without asking
    #[arg(long, conflicts_with = "failed")]
    pub(crate) yes: bool,
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
    /// Go on with what is written from now on, until Ctrl+C
    #[arg(short, long)]
    pub(crate) follow: bool,
}

/// Options of `portal history`.
#[derive(Debug, Args)]
pub(crate) struct History {
    #[command(flatten)]
    pub(crate) which: Which,
    /// How many entries
    #[arg(short = 'n', long, default_value_t = 20)]
    pub(crate) entries: usize,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Options of `portal add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// `https://HOST/PATH`, `http://HOST:PORT` or `HOST:PORT`
    pub(crate) url: String,
    /// A name; else the host and port
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The user's name; else `opencode`
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// Read its password from the terminal or from stdin; it never belongs on a command line
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Where the password is kept
    #[arg(long, value_enum, default_value_t = Keep::Keyring)]
    pub(crate) keep: Keep,
    /// File with the certificates of those who may have signed the server's; else the system's
    #[arg(long, value_name = "FILE", conflicts_with = "trust")]
    pub(crate) ca: Option<PathBuf>,
    /// SHA-256 fingerprint of the server's certificate, which is then trusted whoever signed it, and no other
    #[arg(long, value_name = "SHA256")]
    pub(crate) trust: Option<String>,
    /// Send the password though the way is not encrypted and whoever carries it can read it
    #[arg(long)]
    pub(crate) unencrypted: bool,
}

/// Options of `portal change`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("changes").required(true).multiple(true))]
pub(crate) struct Change {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Another address: `https://HOST/PATH`, `http://HOST:PORT` or `HOST:PORT`
    #[arg(long, group = "changes")]
    pub(crate) url: Option<String>,
    /// Another user's name
    #[arg(long, group = "changes")]
    pub(crate) user: Option<String>,
    /// Read another password from the terminal or from stdin
    #[arg(long, group = "changes")]
    pub(crate) password_stdin: bool,
    /// Where another password is kept; the one from before stays where it is
    #[arg(long, value_enum, default_value_t = Keep::Keyring)]
    pub(crate) keep: Keep,
    /// File with the certificates of those who may have signed the server's
    #[arg(long, value_name = "FILE", group = "changes", conflicts_with_all = ["trust", "system_certificates"])]
    pub(crate) ca: Option<PathBuf>,
    /// SHA-256 fingerprint of the server's certificate, which is then trusted whoever signed it, and no other
    #[arg(long, value_name = "SHA256", group = "changes", conflicts_with = "system_certificates")]
    pub(crate) trust: Option<String>,
    /// Trust whom the system trusts, and no file and no single certificate any more
    #[arg(long, group = "changes")]
    pub(crate) system_certificates: bool,
    /// Send the password though the way is not encrypted and whoever carries it can read it
    #[arg(long)]
    pub(crate) unencrypted: bool,
}

/// Options of `portal unlock`.
#[derive(Debug, Args)]
pub(crate) struct Unlock {
    #[command(flatten)]
    pub(crate) which: Which,
    /// The user's name; else `opencode`
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// Where the password is kept
    #[arg(long, value_enum, default_value_t = Keep::Keyring)]
    pub(crate) keep: Keep,
    /// Send the password though the way is not encrypted and whoever carries it can read it
    #[arg(long)]
    pub(crate) unencrypted: bool,
}

/// Where a password is kept.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Keep {
    /// In the platform's keyring
    Keyring,
    /// In the keyring, or where there is none in a file that only you may read
    File,
}
