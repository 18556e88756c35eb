//! `portal serve`.

use std::io;
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::Context as _;
use bridge::Bridge;
use bridge::fleet::{AtQuit, Fleet, Options};
use serve::{Browser, Site, Token};
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::Serve;
use crate::logging;
use crate::output::{Trouble, say};
use crate::portal::folders;

/// Serves until a signal ends it. Instances go on, and whoever opens the fleet next adopts them, unless they are to be stopped.
pub(crate) async fn run(options: Serve) -> Result<(), Trouble> {
    let Serve { port, open, token_file, stop_instances } = options;
    let folders = folders()?;
    logging::to_folder(&folders.logs()).context("The log could not be opened")?;
    let token_file = token_file.unwrap_or_else(|| folders.state.join("serve-token"));
    let token = Token::kept_in(&token_file).context("There is no token to let you in with")?;
    // Before anything is started: a signal during that must not leave it half done.
    let ending = ending().context("Signals cannot be waited for")?;
    let listener = serve::listen(port).await.context("The server could not be started")?;
    let address = listener.local_addr().context("The server has no address")?;
    let fleet = Fleet::open(folders, Options::staying(std::env::var("PORTAL_DISCOVERY").ok().as_deref()))
        .await
        .context("The fleet could not be opened")?;
    let bridge = Bridge::new(fleet.clone(), Arc::new(Browser));
    let site = Arc::new(Site::new(bridge, token.clone()));
    say(&format!("OpenCode Portal is at http://{address}/?token={}", token.expose()));
    say("Ctrl+C ends it; instances go on unless you give --stop-instances");
    if open && let Err(error) = open_browser(&format!("http://{address}/?pass={}", site.pass().expose())) {
        say(&format!("The browser could not be opened ({error}); open the address yourself"));
    }
    let served = serve::serve(listener, site, ending).await.context("The server failed");
    let at_quit = if stop_instances { AtQuit::Stop } else { AtQuit::Keep };
    fleet.shut_down(at_quit).await;
    Ok(served?)
}

/// Over when somebody wants us to end.
fn ending() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut hung_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
            _ = hung_up.recv() => {}
        }
    })
}

/// Opens an address in the person's browser.
fn open_browser(address: &str) -> io::Result<()> {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
}
