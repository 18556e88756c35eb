//! Starting a program that outlives us: its own session, its output straight into a file.

use std::{ffi::OsString, fmt, fs, path::PathBuf, process::Stdio};

use process_wrap::tokio::CommandWrap;

use crate::{Environment, LaunchError, ProcessIdentity, Running, log};

/// A program to start.
#[derive(Clone)]
pub struct Launch {
    /// The program, as a whole path.
    pub binary: PathBuf,
    /// The folder that it runs in.
    pub directory: PathBuf,
    /// Its arguments, without its name; see [`serve_arguments`].
    pub arguments: Vec<OsString>,
    /// Its whole environment: nothing else is passed on. Secrets belong here, never into the arguments.
    pub environment: Environment,
    /// Where its output is appended.
    pub log: PathBuf,
}

/// The arguments of an opencode server on loopback.
pub fn serve_arguments(port: u16) -> Vec<OsString> {
    ["serve", "--hostname", "127.0.0.1", "--port"]
        .into_iter()
        .map(OsString::from)
        .chain([OsString::from(port.to_string())])
        .collect()
}

impl fmt::Debug for Launch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launch")
            .field("binary", &self.binary)
            .field("directory", &self.directory)
            .field("arguments", &self.arguments)
            .field("log", &self.log)
            .finish_non_exhaustive()
    }
}

/// Starts the program; it is not tied to us in any way but that [`Running::wait`] can tell how it ended.
///
/// It becomes the leader of a session of its own, not only of a process group: a closing terminal sends SIGHUP to the whole session,
/// and a program that is to outlive us must not lose its server to the terminal that we were started from.
/// Its output goes into the file directly and not through a pipe of ours, so our end (even by SIGKILL) changes nothing for it.
///
/// Needs a tokio runtime. Dropping the [`Running`] leaves the process alone.
pub fn spawn(launch: &Launch) -> Result<Running, LaunchError> {
    if !launch.binary.exists() {
        return Err(LaunchError::ProgramMissing { program: launch.binary.clone() });
    }
    if let Err(source) = fs::read_dir(&launch.directory) {
        return Err(LaunchError::DirectoryGone { directory: launch.directory.clone(), source });
    }
    let log_error = |source| LaunchError::Log { path: launch.log.clone(), source };
    let output = log::open_for_append(&launch.log).map_err(log_error)?;
    let errors = output.try_clone().map_err(log_error)?;
    let mut command = CommandWrap::with_new(&launch.binary, |command| {
        command
            .args(&launch.arguments)
            .current_dir(&launch.directory)
            .env_clear()
            .envs(launch.environment.iter())
            // A program that asks `PWD` rather than the system would take our folder for its own.
            .env("PWD", &launch.directory)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(false);
    });
    own_session(&mut command);
    let child = command.spawn().map_err(|source| LaunchError::CannotRun { program: launch.binary.clone(), source })?;
    let pid = child.id().expect("a child that nobody waited for has a process id");
    Ok(Running::new(ProcessIdentity::of_child(pid, &launch.binary), child))
}

/// Sets the process apart, with everything that it will start, so that it can be signalled as a whole.
pub(crate) fn own_session(command: &mut CommandWrap) {
    #[cfg(unix)]
    command.wrap(process_wrap::tokio::ProcessSession);
    #[cfg(windows)]
    command.wrap(process_wrap::tokio::JobObject);
}
