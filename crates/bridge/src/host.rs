//! What the operations need from the program around them, and nothing more.
//!
//! The trait asks for things to be done (`pick_directory`, `open`) rather than handing out windows or dialogs, so that a browser can be a host as well as a desktop.

use std::path::PathBuf;
use std::pin::Pin;

use crate::messages::{OpenTarget, Quit};
use crate::{Code, Failure};

/// The answer of a host, which may take as long as a person does.
pub type HostFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// What a host can do, so that the UI offers only that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostAbilities {
    /// `window` or `browser`.
    pub name: &'static str,
    /// Our version.
    pub version: String,
    /// Whether it has a native dialog for directories.
    pub picks_directories: bool,
    /// Whether it opens the person's editor, terminal and browser.
    pub opens_programs: bool,
    /// Whether quitting ends the app.
    pub quits: bool,
}

/// The program that windows belong to.
pub trait Host: Send + Sync + 'static {
    /// What it can do.
    fn view(&self) -> HostAbilities;

    /// Lets the person choose a directory; none when the dialog was dismissed.
    fn pick_directory(&self) -> HostFuture<'_, Option<PathBuf>> {
        Box::pin(async { Err(not_here("choose a directory in a dialog", "Type the directory's path")) })
    }

    /// Opens something in the person's own programs. The target was not checked: a host opens only what it means to.
    fn open(&self, target: OpenTarget) -> HostFuture<'_, ()> {
        let _ = target;
        Box::pin(async { Err(not_here("open programs", "Copy the path and open it yourself")) })
    }

    /// Runs a command in the person's terminal: a shell in a container or on another machine. The program, then its arguments one by one; it is ours, and no part of it is read by a shell.
    fn open_command(&self, command: Vec<String>) -> HostFuture<'_, ()> {
        let _ = command;
        Box::pin(async { Err(not_here("open a terminal", "Run `portal shell` with its name in a terminal of yours")) })
    }

    /// Quits the app. A setting that is to be remembered was saved before.
    fn quit(&self, quit: Quit) -> HostFuture<'_, ()> {
        let _ = quit;
        Box::pin(async { Err(not_here("quit", "Stop the program where you started it")) })
    }
}

fn not_here(what: &str, hint: &str) -> Failure {
    Failure {
        code: Code::NotHere,
        message: format!("This host cannot {what}"),
        hint: Some(hint.to_owned()),
        detail: None,
    }
}
