//! `portal shell`.

use std::io::{self, ErrorKind, IsTerminal as _};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use bridge::{Host, HostAbilities, HostFuture};
use serve::Browser;

use crate::arguments::Which;
use crate::output::Trouble;
use crate::portal::Portal;

/// Opens a shell in an instance's container, or on the machine that it runs on, in this terminal.
pub(crate) async fn run(which: Which) -> Result<(), Trouble> {
    let terminal = Arc::new(ThisTerminal::default());
    let mut portal = Portal::open_for(terminal.clone()).await?;
    let result = async {
        let instance = portal.find(&which.instance).await?;
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(Trouble::new("A shell needs a terminal, and here is none"));
        }
        portal.tell("open_shell", &instance.id).await
    };
    let result = result.await;
    portal.close().await;
    result?;
    match terminal.taken().split_first() {
        // From here on this process is the shell's client.
        Some((program, arguments)) => Err(could_not_run(program, &Command::new(program).args(arguments).exec())),
        None => Err(Trouble::new("There is no shell to open")),
    }
}

fn could_not_run(program: &str, error: &io::Error) -> Trouble {
    let hint = match error.kind() {
        ErrorKind::NotFound => Some(format!("Install `{program}`, or put it on your `PATH`")),
        _ => None,
    };
    Trouble::new(format!("`{program}` could not be run: {error}")).hint(hint)
}

/// A host whose person's terminal is the one that we run in: what is to run there is kept until we are done.
#[derive(Default)]
struct ThisTerminal(Mutex<Vec<String>>);

impl ThisTerminal {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Host for ThisTerminal {
    fn view(&self) -> HostAbilities {
        HostAbilities { opens_programs: true, ..Browser.view() }
    }

    fn open_command(&self, command: Vec<String>) -> HostFuture<'_, ()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = command;
        Box::pin(async { Ok(()) })
    }
}
