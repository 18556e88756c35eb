//! What the desktop does for the bridge: dialogs, the person's programs, quitting.

use std::path::PathBuf;

use bridge::messages::{OpenTarget, Quit};
use bridge::{Code, Failure, Host, HostAbilities, HostFuture};
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_shell::ShellExt;
use tauri_plugin_shell::process::CommandEvent;
use tokio::sync::oneshot;

use crate::closing;
use crate::machine::{self, Machine};
use crate::opening::{Opening, OpeningError};
use crate::windows::MAIN;
use crate::{programs, terminals};

/// The desktop as the bridge sees it.
pub struct DesktopHost {
    app: AppHandle,
}

impl DesktopHost {
    /// Of this app.
    pub fn new(app: AppHandle) -> Self {
        Self { app }
    }
}

impl Host for DesktopHost {
    fn view(&self) -> HostAbilities {
        HostAbilities {
            name: "window",
            version: self.app.package_info().version.to_string(),
            picks_directories: true,
            opens_programs: true,
            quits: true,
        }
    }

    fn pick_directory(&self) -> HostFuture<'_, Option<PathBuf>> {
        Box::pin(pick_directory(&self.app))
    }

    fn open(&self, target: OpenTarget) -> HostFuture<'_, ()> {
        Box::pin(async move {
            let opening = find_program(|machine| programs::opening(&target, machine))?;
            start_program(&self.app, opening)
        })
    }

    fn open_command(&self, command: Vec<String>) -> HostFuture<'_, ()> {
        Box::pin(async move {
            let opening = find_program(|machine| terminals::running(&command, machine))?;
            start_program(&self.app, opening)
        })
    }

    fn quit(&self, quit: Quit) -> HostFuture<'_, ()> {
        Box::pin(async move {
            closing::quit_as_asked(&self.app, quit.instances);
            Ok(())
        })
    }
}

/// Lets the person choose a directory; none when the dialog was dismissed. Works without a window.
pub async fn pick_directory(app: &AppHandle) -> Result<Option<PathBuf>, Failure> {
    let mut dialog = app.dialog().file().set_title("Choose a directory");
    if let Some(window) = app.get_webview_window(MAIN).filter(|window| window.is_visible().unwrap_or(false)) {
        dialog = dialog.set_parent(&window);
    }
    let (chosen, answer) = oneshot::channel();
    dialog.pick_folder(move |folder| {
        let _nobody_waits_any_more = chosen.send(folder);
    });
    match answer.await {
        Ok(Some(folder)) => folder.into_path().map(Some).map_err(|error| Failure {
            code: Code::Invalid,
            message: "What was chosen is not a directory of this machine".to_owned(),
            hint: None,
            detail: Some(error.to_string()),
        }),
        Ok(None) | Err(_) => Ok(None),
    }
}

fn find_program(choose: impl FnOnce(&Machine<'_>) -> Result<Opening, OpeningError>) -> Result<Opening, Failure> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let chosen: Vec<_> =
        ["VISUAL", "EDITOR", "TERMINAL"].into_iter().filter_map(|name| std::env::var(name).ok()).collect();
    let find = |name: &str| machine::find_in(&path, name);
    choose(&Machine { chosen: &chosen, find: &find }).map_err(|error| told(&error))
}

/// A window that learns `NotHere` offers another way, such as a terminal of the person's: not where the program itself is missing.
fn told(error: &OpeningError) -> Failure {
    Failure {
        code: match error {
            OpeningError::NotThere { .. } => Code::NotFound,
            OpeningError::NoProgram { .. } => Code::NotHere,
            OpeningError::NotInstalled { .. } => Code::Precondition,
            _ => Code::Invalid,
        },
        message: error.to_string(),
        hint: match error {
            OpeningError::NoProgram { known, .. } => Some(format!("Install one of: {known}")),
            OpeningError::NotInstalled { program } => Some(format!("Install `{program}`, or put it on your `PATH`")),
            _ => None,
        },
        detail: None,
    }
}

fn start_program(app: &AppHandle, opening: Opening) -> Result<(), Failure> {
    let Opening { program, arguments, folder } = opening;
    // Its own group: an interrupt typed where the app was started must not end the person's editor.
    let mut command = app.shell().command(&program).args(arguments).set_process_group(true);
    if let Some(folder) = folder {
        command = command.current_dir(folder);
    }
    let (mut events, _child) = command.spawn().map_err(|error| Failure {
        code: Code::Unavailable,
        message: format!("Could not start `{}`", program.display()),
        hint: None,
        detail: Some(error.to_string()),
    })?;
    // What it prints must be read, or it would stop when the pipe is full.
    tauri::async_runtime::spawn(async move {
        while let Some(event) = events.recv().await {
            if let CommandEvent::Terminated(status) = event {
                tracing::debug!(program = %program.display(), code = ?status.code, "A program that we opened has ended");
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use bridge::Code;

    use super::told;
    use crate::opening::OpeningError;

    #[test]
    fn a_missing_program_is_to_be_installed_and_only_a_missing_terminal_can_be_done_without() {
        let missing = told(&OpeningError::NotInstalled { program: "docker".to_owned() });
        assert_eq!((missing.code, missing.message.as_str()), (Code::Precondition, "`docker` was not found"));
        assert_eq!(missing.hint.as_deref(), Some("Install `docker`, or put it on your `PATH`"));
        let terminal = told(&OpeningError::NoProgram { what: "terminal", known: "foot, xterm".to_owned() });
        assert_eq!((terminal.code, terminal.hint.as_deref()), (Code::NotHere, Some("Install one of: foot, xterm")));
    }
}
