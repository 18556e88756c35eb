//! Starting a server of ours on a host, once, so that it outlives the connection; also when the answer is lost.

use std::{ffi::OsString, fmt, path::PathBuf, time::Duration};

use super::{
    Connection, RemoteFailure, RemoteProcess, Script,
    script::{bytes_of, path_of, quoted},
    server::{ENVIRONMENT, LIMIT, PROCESS, TREE, number, rounds},
};
use crate::Environment;

/// A program to start on a host.
#[derive(Clone)]
pub struct RemoteLaunch {
    /// What its log there is named after; letters, digits, `-` and `_`. Of one name one program runs at a time.
    pub name: String,
    /// What no other start has, of such letters: by it this one is asked for when its answer is lost.
    pub ticket: String,
    /// The variable of `environment` whose value only this program and what it starts have.
    pub mark: &'static str,
    /// The program there.
    pub program: PathBuf,
    /// The folder there that it runs in.
    pub directory: PathBuf,
    /// Its arguments, without its name; see [`crate::serve_arguments`].
    pub arguments: Vec<OsString>,
    /// What is set on top of the environment of the login shell there. Secrets belong here, never into the arguments.
    pub environment: Environment,
}

/// What belongs to somebody else: to a server that we may have come through, to the connection that ends before the program does.
const NEVER_PASSED_ON: &str = "unset OPENCODE OPENCODE_PID OPENCODE_TERMINAL OPENCODE_SERVER_PASSWORD OPENCODE_SERVER_USERNAME \
    OPENCODE_CLIENT PORTAL_HOST PORTAL_INSTANCE PORTAL_STATE SSH_AUTH_SOCK SSH_CLIENT SSH_CONNECTION SSH_TTY\n";
/// Loopback never goes through a proxy.
const NO_PROXY: &str = "NO_PROXY=${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost,::1\nno_proxy=${no_proxy:+$no_proxy,}127.0.0.1,localhost,::1\nexport NO_PROXY no_proxy\n";
/// A slow login shell included, and the end of what an earlier start has left.
const START_LIMIT: Duration = Duration::from_secs(50);
/// How long what an earlier start has left may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// A log that is longer is begun anew, whether somebody has read it or not.
const LONGEST: u64 = 16 * 1024 * 1024;

impl Connection {
    /// Starts a program there that outlives the connection. Its output is appended to a log there, whose path is given back.
    ///
    /// What an earlier start of that name has left is ended first: the caller knows of none that runs. When the connection fails, the program
    /// may run or not; [`Self::unheard`] says which.
    pub async fn start(&self, launch: &RemoteLaunch) -> Result<(RemoteProcess, PathBuf), RemoteFailure> {
        let mut text = [ENVIRONMENT, PROCESS, TREE].concat().into_bytes();
        text.extend(b"set --");
        for word in [launch.program.as_os_str()].into_iter().chain(launch.arguments.iter().map(OsString::as_os_str)) {
            text.push(b' ');
            text.extend(quoted(bytes_of(word)));
        }
        text.push(b'\n');
        let before = [
            include_str!("scripts/directory.sh"),
            include_str!("scripts/start.sh"),
            "portal_prepare \"$1\"\nportal_take_login_environment\n",
            NEVER_PASSED_ON,
            // Nothing that it starts to look for the mark has it yet.
            "portal_claim\n",
            NO_PROXY,
        ];
        text.extend(before.concat().into_bytes());
        for (name, value) in launch.environment.iter() {
            let name = bytes_of(name);
            if is_variable(name) {
                text.extend([b"export ", name, b"=", &quoted(bytes_of(value)), b"\n"].concat());
            }
        }
        text.extend(b"portal_start \"$@\"\n");
        let mut mark = OsString::from(launch.mark);
        mark.push("=");
        mark.push(launch.environment.get(launch.mark).unwrap_or_default());
        let script = about(launch, Script::of_bytes(text))
            .with("portal_directory", &launch.directory)
            .with("portal_mark", mark)
            .with("portal_grace", rounds(GRACE))
            .with("portal_bound", include_str!("scripts/bound.sh"))
            .with("portal_longest", LONGEST.to_string());
        let answer = self.run_well(&script, START_LIMIT).await?;
        self.started(launch, &answer)
    }

    /// What became of a start whose answer was lost with the connection. None: it started nothing, and will not any more.
    pub async fn unheard(&self, launch: &RemoteLaunch) -> Result<Option<(RemoteProcess, PathBuf)>, RemoteFailure> {
        let text = [ENVIRONMENT, PROCESS, include_str!("scripts/unheard.sh")].concat();
        let answer = self.run_well(&about(launch, Script::new(text)), LIMIT).await?;
        if answer.starts_with(b"none\0") {
            return Ok(None);
        }
        self.started(launch, &answer).map(Some)
    }

    fn started(&self, launch: &RemoteLaunch, answer: &[u8]) -> Result<(RemoteProcess, PathBuf), RemoteFailure> {
        let host = self.host().to_owned();
        if let Some(output) = answer.strip_prefix(b"ended\0") {
            return Err(RemoteFailure::Ended { host, program: launch.program.clone(), output: output.to_vec() });
        }
        let fields: Vec<&[u8]> = answer.split(|byte| *byte == 0).collect();
        let pid = |field| number(field).ok_or_else(|| self.not_understood(answer));
        match *fields {
            // Without a start it would be taken for any process of that number.
            [b"started", _, b"", ..] => Err(self.not_understood(answer).into()),
            [b"started", number, started, log, ..] => {
                let started = String::from_utf8_lossy(started).into_owned();
                Ok((RemoteProcess { pid: pid(number)?, started }, path_of(log)))
            }
            [b"missing" | b"file" | b"unreadable", directory, ..] => {
                Err(RemoteFailure::Directory { host, directory: path_of(directory) })
            }
            [b"program", program, ..] => Err(RemoteFailure::Program { host, program: path_of(program) }),
            [b"log", log, ..] => Err(RemoteFailure::Log { host, log: path_of(log) }),
            [b"stays", number, ..] => Err(RemoteFailure::WouldNotEnd { host, pid: pid(number)? }),
            [b"givenup", ..] => Err(RemoteFailure::GivenUp { host }),
            _ => Err(self.not_understood(answer).into()),
        }
    }
}

/// A script about a start.
fn about(launch: &RemoteLaunch, script: Script) -> Script {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    debug_assert!([&launch.name, &launch.ticket].iter().all(|text| text.chars().all(is_plain)), "they name files");
    script.with("portal_name", &launch.name).with("portal_ticket", &launch.ticket)
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
