//! Starting an opencode on its own, in folders that are thrown away, to see whether it works.

use std::path::Path;
use std::time::Duration;

use launch::{Launch, ProcessIdentity};
use opencode_api::{Client, Port, ServerAddress};

use crate::files::trial_file::{self, Trial};
use crate::runtime::context::Context;
use crate::runtime::failure::is_port_trouble;
use crate::runtime::launching::{random_password, stop_it};
use crate::runtime::probing;

/// Where the search for its port begins: away from where instances have theirs.
const FIRST_PORT: u16 = 3900;
/// How long it may take to answer: it was never run here before.
const PATIENCE: Duration = Duration::from_secs(90);
/// How many lines of its output a failure shows.
const LAST_LINES: usize = 6;
/// How often another port is tried.
const PORT_TRIES: usize = 5;

/// Whether a server of this program gets to its first answer. It is ended in any case.
pub(super) async fn check(context: &Context, binary: &Path) -> Result<(), String> {
    let mut taken = Vec::new();
    loop {
        let port = free_port(taken.clone()).await?;
        let Err(failure) = try_on(context, binary, port).await else { return Ok(()) };
        // Another program was quicker than the server: that says nothing of this opencode.
        taken.push(port.get());
        if !is_port_trouble(&failure.last_lines) || taken.len() >= PORT_TRIES {
            return Err(failure.text());
        }
    }
}

async fn free_port(taken: Vec<u16>) -> Result<Port, Failed> {
    let port = tokio::task::spawn_blocking(move || launch::next_free_port(FIRST_PORT, &taken)).await;
    let port = port.ok().and_then(Result::ok).and_then(Port::new);
    port.ok_or_else(|| Failed::from("No port is free to try it on".to_owned()))
}

/// Why it does not work.
struct Failed {
    what: String,
    last_lines: Vec<String>,
}

impl Failed {
    fn text(self) -> String {
        if self.last_lines.is_empty() { self.what } else { format!("{}: {}", self.what, self.last_lines.join(" · ")) }
    }
}

impl From<String> for Failed {
    fn from(what: String) -> Self {
        Self { what, last_lines: Vec::new() }
    }
}

impl From<Failed> for String {
    fn from(failed: Failed) -> Self {
        failed.text()
    }
}

async fn try_on(context: &Context, binary: &Path, port: Port) -> Result<(), Failed> {
    let folder = trial_folder(context).map_err(|error| format!("No folder could be made to try it in: {error}"))?;
    let within = |name: &str| folder.path().join(name);
    let password = random_password();
    let shell = context.shell.environment().await;
    let mut environment = launch::child_environment(&shell);
    for (name, part) in [
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("HOME", "home"),
    ] {
        let path = within(part);
        std::fs::create_dir_all(&path).map_err(|error| format!("No folder could be made to try it in: {error}"))?;
        environment.set(name, path);
    }
    environment.set("OPENCODE_SERVER_PASSWORD", password.expose());
    environment.set("OPENCODE_SERVER_USERNAME", "opencode");
    environment.set("OPENCODE_DISABLE_AUTOUPDATE", "1");
    environment.set("OPENCODE_DISABLE_MODELS_FETCH", "1");
    environment.set("OPENCODE_DISABLE_EMBEDDED_WEB_UI", "1");
    // Its configuration could be what does not work; that is seen at the first instance.
    environment.remove("OPENCODE_CONFIG_CONTENT");
    environment.remove("OPENCODE_CONFIG");
    let log = within("log");
    let launch = Launch {
        binary: binary.to_owned(),
        directory: within("home"),
        arguments: launch::serve_arguments(port.get()),
        environment,
        log: log.clone(),
    };
    let mut running = launch::spawn(&launch).map_err(|error| format!("It could not be started: {error}"))?;
    let ending = EndedOnDrop(Some(running.identity.clone()));
    note(context, folder.path(), Some(running.identity.clone())).map_err(|error| error.to_string())?;
    let stranger = Client::new(ServerAddress::loopback(port, None));
    let client = Client::new(ServerAddress::loopback(port, Some(password)));
    let result = tokio::select! {
        _version = probing::first_answer(&stranger, &client) => Ok(()),
        exit = running.wait() => Err(format!("Started on its own it ended with {exit}")),
        () = tokio::time::sleep(PATIENCE) => {
            Err(format!("Started on its own it did not answer within {} s", PATIENCE.as_secs()))
        }
    };
    ending.now().await;
    result.map_err(|what| Failed {
        what,
        last_lines: launch::log::tail(&log, LAST_LINES).map(|tail| tail.lines).unwrap_or_default(),
    })
}

/// Ends the servers of trials whose host was killed, and clears what they left.
pub(super) async fn end_left_behind(context: Context) {
    let trials = context.folders.trials();
    let left = tokio::task::spawn_blocking(move || trial_file::left_behind(&trials)).await;
    for (folder, process) in left.unwrap_or_default() {
        if let Some(identity) = process {
            tracing::warn!(pid = identity.pid, "A server that was only tried is ended; its host was killed");
            stop_it(identity).await;
        }
        let removed = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(%error, "The folder of a trial was not removed");
        }
    }
}

fn trial_folder(context: &Context) -> std::io::Result<tempfile::TempDir> {
    let trials = context.folders.trials();
    std::fs::create_dir_all(&trials)?;
    let folder = tempfile::Builder::new().prefix("portal-check-").tempdir_in(trials)?;
    note(context, folder.path(), None)?;
    Ok(folder)
}

/// Writes down whose trial it is and what runs in it, for those who come after us if we are killed.
fn note(context: &Context, folder: &Path, process: Option<ProcessIdentity>) -> std::io::Result<()> {
    let Some(host) = context.host.clone() else { return Ok(()) };
    trial_file::write(folder, &Trial { host, process })
}

/// The process that is tried: it has to end whatever happens to us.
struct EndedOnDrop(Option<ProcessIdentity>);

impl EndedOnDrop {
    async fn now(mut self) {
        if let Some(identity) = self.0.take() {
            stop_it(identity).await;
        }
    }
}

impl Drop for EndedOnDrop {
    fn drop(&mut self) {
        if let (Some(identity), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(stop_it(identity));
        }
    }
}
