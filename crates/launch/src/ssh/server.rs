//! A server of ours on a host: known again, and ended.

use std::{path::PathBuf, time::Duration};

use thiserror::Error;

use super::{Connection, Script, SshError};

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
    /// It ended at once, before anybody could know it.
    #[error("`{}` ended at once on `{host}`", .program.display())]
    Ended {
        /// The host.
        host: String,
        /// The program.
        program: PathBuf,
        /// The end of what it wrote.
        output: Vec<u8>,
    },
    /// Whoever began the start has given it up meanwhile.
    #[error("The start on `{host}` was given up; start it again")]
    GivenUp {
        /// The host.
        host: String,
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

pub(super) const LIMIT: Duration = Duration::from_secs(20);
/// How long a start may take that is past the moment at which it can be given up; as long as `left.sh` waits for it.
const CLAIMED: Duration = Duration::from_secs(15);

pub(super) const ENVIRONMENT: &str = include_str!("scripts/environment.sh");
pub(super) const PROCESS: &str = include_str!("scripts/process.sh");
pub(super) const TREE: &str = include_str!("scripts/tree.sh");

impl Connection {
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
        let text = [ENVIRONMENT, PROCESS, TREE, include_str!("scripts/stop.sh")].concat();
        let script = about(process, text)
            .with("portal_mark", format!("{}={}", mark.0, mark.1))
            .with("portal_grace", rounds(grace));
        let answer = self.run_well(&script, LIMIT + grace).await?;
        self.stopped(process.pid, &answer)
    }

    /// Ends whatever starts of that name have left there, known or not, and removes what was written for them. The caller sees to it that
    /// nobody starts it meanwhile.
    pub async fn end_left(
        &self,
        name: &str,
        mark: (&str, &str),
        grace: Duration,
    ) -> Result<RemoteStopped, RemoteFailure> {
        let text = [ENVIRONMENT, PROCESS, TREE, include_str!("scripts/left.sh")].concat();
        let nothing_known = RemoteProcess { pid: 0, started: String::new() };
        let script = about(&nothing_known, text)
            .with("portal_name", name)
            .with("portal_mark", format!("{}={}", mark.0, mark.1))
            .with("portal_grace", rounds(grace));
        let answer = self.run_well(&script, CLAIMED + LIMIT + grace).await?;
        self.stopped(nothing_known.pid, &answer)
    }

    fn stopped(&self, pid: u32, answer: &[u8]) -> Result<RemoteStopped, RemoteFailure> {
        match answer.split(|byte| *byte == 0).next() {
            Some(b"gone") => Ok(RemoteStopped::AlreadyGone),
            Some(b"ended") => Ok(RemoteStopped::Gracefully),
            Some(b"killed") => Ok(RemoteStopped::Killed),
            Some(b"stays") => Err(RemoteFailure::WouldNotEnd { host: self.host().to_owned(), pid }),
            _ => Err(self.not_understood(answer).into()),
        }
    }

    /// Removes what we have written there for a process of that name, and our folder there when it was the last.
    /// What belongs to a later start is left alone. None: it had ended before anybody could know it.
    pub async fn forget(&self, name: &str, process: Option<&RemoteProcess>) -> Result<(), SshError> {
        let script = Script::new(include_str!("scripts/forget.sh")).with("portal_name", name).with(
            "portal_process",
            process.map(|process| format!("{} {}", process.pid, process.started)).unwrap_or_default(),
        );
        self.run_well(&script, LIMIT).await.map(drop)
    }
}

/// A time in the rounds that scripts wait.
pub(super) fn rounds(time: Duration) -> String {
    (time.as_millis() / 100).to_string()
}

/// A script about a process.
pub(super) fn about(process: &RemoteProcess, text: String) -> Script {
    Script::new(text).with("portal_pid", process.pid.to_string()).with("portal_born", &process.started)
}

pub(super) fn number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}
