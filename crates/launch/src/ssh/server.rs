//! A server of ours on a host: started so that it outlives the connection, known again, and ended.

use std::{ffi::OsString, fmt, path::PathBuf, time::Duration};

use thiserror::Error;

use super::{
    Connection, Script, SshError,
    script::{bytes_of, path_of, quoted},
};
use crate::Environment;

/// A program to start on a host.
#[derive(Clone)]
pub struct RemoteLaunch {
    /// What its log there is named after; letters, digits, `-` and `_`.
    pub name: String,
    /// The program there.
    pub program: PathBuf,
    /// The folder there that it runs in.
    pub directory: PathBuf,
    /// Its arguments, without its name; see [`crate::serve_arguments`].
    pub arguments: Vec<OsString>,
    /// What is set on top of the environment of the login shell there. Secrets belong here, never into the arguments.
    pub environment: Environment,
}

/// One process of a host and no other: a process id is given away again, but not with the same start.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RemoteProcess {
    /// Its number there.
    pub pid: u32,
    /// When it was started, in the host's own words.
    pub started: String,
}

/// How a process of a host ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoteStopped {
    /// It was not running (any more); nothing was signalled.
    AlreadyGone,
    /// It ended when asked to.
    Gracefully,
    /// It was killed.
    Killed,
}

/// Why a program does not run on a host, or does not end.
#[derive(Debug, Error)]
pub enum RemoteFailure {
    /// The folder to start in is not there, or cannot be entered.
    #[error("The folder `{}` cannot be entered on `{host}`; choose another one", .directory.display())]
    Directory {
        /// The host.
        host: String,
        /// The folder.
        directory: PathBuf,
    },
    /// The program is not there.
    #[error("The program `{}` cannot be run on `{host}`; install opencode there, or name another one", .program.display())]
    Program {
        /// The host.
        host: String,
        /// The program.
        program: PathBuf,
    },
    /// Its log cannot be written.
    #[error("`{}` cannot be written on `{host}`; make room there, or correct the permissions", .log.display())]
    Log {
        /// The host.
        host: String,
        /// The log.
        log: PathBuf,
    },
    /// It lives on after SIGKILL.
    #[error("Process {pid} on `{host}` does not end, not even when killed")]
    WouldNotEnd {
        /// The host.
        host: String,
        /// The process.
        pid: u32,
    },
    /// The host cannot be asked.
    #[error(transparent)]
    Ssh(#[from] SshError),
}

/// What belongs to somebody else: to a server that we may have come through, to the connection that ends before the program does.
const NEVER_PASSED_ON: &str = "unset OPENCODE OPENCODE_PID OPENCODE_TERMINAL OPENCODE_SERVER_PASSWORD OPENCODE_SERVER_USERNAME \
    OPENCODE_CLIENT PORTAL_HOST PORTAL_INSTANCE PORTAL_STATE SSH_AUTH_SOCK SSH_CLIENT SSH_CONNECTION SSH_TTY\n";
/// Loopback never goes through a proxy.
const NO_PROXY: &str = "NO_PROXY=${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost,::1\nno_proxy=${no_proxy:+$no_proxy,}127.0.0.1,localhost,::1\nexport NO_PROXY no_proxy\n";
/// A slow login shell included.
const START_LIMIT: Duration = Duration::from_secs(40);
pub(super) const LIMIT: Duration = Duration::from_secs(20);

pub(super) const ENVIRONMENT: &str = include_str!("scripts/environment.sh");
pub(super) const PROCESS: &str = include_str!("scripts/process.sh");

impl Connection {
    /// Starts a program there that outlives the connection. Its output is appended to a log there, whose path is given back.
    pub async fn start(&self, launch: &RemoteLaunch) -> Result<(RemoteProcess, PathBuf), RemoteFailure> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        debug_assert!(launch.name.chars().all(is_plain), "it becomes the name of a file");
        let mut text =
            [ENVIRONMENT, PROCESS, "portal_take_login_environment\n", NEVER_PASSED_ON, NO_PROXY].concat().into_bytes();
        for (name, value) in launch.environment.iter() {
            let name = bytes_of(name);
            if is_variable(name) {
                text.extend([b"export ", name, b"=", &quoted(bytes_of(value)), b"\n"].concat());
            }
        }
        text.extend(b"set --");
        for word in [launch.program.as_os_str()].into_iter().chain(launch.arguments.iter().map(OsString::as_os_str)) {
            text.push(b' ');
            text.extend(quoted(bytes_of(word)));
        }
        text.push(b'\n');
        text.extend([include_str!("scripts/directory.sh"), include_str!("scripts/start.sh")].concat().into_bytes());
        let script =
            Script::of_bytes(text).with("portal_directory", &launch.directory).with("portal_name", &launch.name);
        let answer = self.run_well(&script, START_LIMIT).await?;
        let fields: Vec<&[u8]> = answer.split(|byte| *byte == 0).collect();
        let host = self.host().to_owned();
        match *fields {
            [b"started", pid, started, log, ..] => {
                let pid = number(pid).ok_or_else(|| self.not_understood(&answer))?;
                Ok((RemoteProcess { pid, started: String::from_utf8_lossy(started).into_owned() }, path_of(log)))
            }
            [b"missing" | b"file" | b"unreadable", directory, ..] => {
                Err(RemoteFailure::Directory { host, directory: path_of(directory) })
            }
            [b"program", program, ..] => Err(RemoteFailure::Program { host, program: path_of(program) }),
            [b"log", log, ..] => Err(RemoteFailure::Log { host, log: path_of(log) }),
            _ => Err(self.not_understood(&answer).into()),
        }
    }

    /// The password that a server of ours was started with, out of its environment. None when it is gone, is not the one meant, or has none.
    pub async fn password_of(&self, process: &RemoteProcess) -> Result<Option<String>, SshError> {
        let text = [PROCESS, include_str!("scripts/password.sh")].concat();
        let answer = self.run_well(&about(process, text), LIMIT).await?;
        let password = answer.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(Some(String::from_utf8_lossy(password).into_owned()).filter(|password| !password.is_empty()))
    }

    /// Ends a process there with everything that it has started: SIGTERM, up to `grace` for it to end, SIGKILL for what is left.
    /// Nobody is signalled if it is not that process any more; but who carries the mark (name and value of a variable that was given to it alone) is ended.
    pub async fn stop(
        &self,
        process: &RemoteProcess,
        mark: (&str, &str),
        grace: Duration,
    ) -> Result<RemoteStopped, RemoteFailure> {
        let text = [ENVIRONMENT, PROCESS, include_str!("scripts/stop.sh")].concat();
        let rounds = grace.as_millis() / 100;
        let script = about(process, text)
            .with("portal_mark", format!("{}={}", mark.0, mark.1))
            .with("portal_grace", rounds.to_string());
        let answer = self.run_well(&script, LIMIT + grace).await?;
        match answer.split(|byte| *byte == 0).next() {
            Some(b"gone") => Ok(RemoteStopped::AlreadyGone),
            Some(b"ended") => Ok(RemoteStopped::Gracefully),
            Some(b"killed") => Ok(RemoteStopped::Killed),
            Some(b"stays") => Err(RemoteFailure::WouldNotEnd { host: self.host().to_owned(), pid: process.pid }),
            _ => Err(self.not_understood(&answer).into()),
        }
    }

    /// Removes the log of a program of that name, and our folder there when it was the last.
    pub async fn forget_log(&self, name: &str) -> Result<(), SshError> {
        let text = "cd \"$HOME/.local/state/opencode-portal\" 2>/dev/null || exit 0\nrm -f -- \"$portal_name.log\"\ncd ..\nrmdir opencode-portal 2>/dev/null";
        self.run_well(&Script::new(text).with("portal_name", name), LIMIT).await.map(drop)
    }
}

/// A script about a process.
pub(super) fn about(process: &RemoteProcess, text: String) -> Script {
    Script::new(text).with("portal_pid", process.pid.to_string()).with("portal_born", &process.started)
}

pub(super) fn number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}

/// Whether a shell can export a variable of that name.
fn is_variable(name: &[u8]) -> bool {
    let begins = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    name.first().is_some_and(begins) && name.iter().all(|byte| begins(byte) || byte.is_ascii_digit())
}

impl fmt::Debug for RemoteLaunch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteLaunch")
            .field("name", &self.name)
            .field("program", &self.program)
            .field("directory", &self.directory)
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}
