//! A password, asked for on the terminal or read from stdin. It is never an argument: those can be read by everybody.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process::{Command, Stdio};

use crate::output::Trouble;

/// Asks for a password, without showing it where there is a terminal.
pub(crate) fn ask() -> Result<String, Trouble> {
    let stdin = io::stdin();
    let _hidden = stdin.is_terminal().then(|| {
        let _ = write!(io::stderr(), "Password: ");
        Hidden::begin()
    });
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    read.map_err(|error| Trouble::new(format!("The password could not be read: {error}")))?;
    let password = line.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        return Err(Trouble::new("No password was given").hint(Some("Type it, or write it to stdin".to_owned())));
    }
    Ok(password.to_owned())
}

/// What is typed does not show until this is dropped.
pub(crate) struct Hidden;

impl Hidden {
    fn begin() -> Self {
        Self::start();
        Self
    }

    /// What is typed does not show from now on; whoever starts it ends it.
    pub(crate) fn start() {
        echo("-echo");
    }

    /// What is typed shows again, on a new line.
    pub(crate) fn end() {
        echo("echo");
        let _ = writeln!(io::stderr());
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        Self::end();
    }
}

fn echo(how: &str) {
    let _ = Command::new("stty").arg(how).stdin(Stdio::inherit()).stderr(Stdio::null()).status();
}
