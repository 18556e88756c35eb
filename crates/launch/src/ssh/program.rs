//! The system's `ssh`, as the person has it.

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
};

use process_wrap::tokio::CommandWrap;
use tempfile::TempDir;

use super::{
    SshError,
    askpass::{self, off_the_runtime},
};
use crate::{Environment, ProcessIdentity, binary::on_path, launching::own_session};

/// The system's `ssh`.
#[derive(Debug, Clone)]
pub struct Ssh {
    /// The program.
    pub program: PathBuf,
    /// Another file than `~/.ssh/config`.
    pub config: Option<PathBuf>,
    /// Its environment, with the agent's socket in it.
    pub environment: Environment,
    /// Where folders for control sockets are made. A short path; a long one is replaced by the system's folder for temporary files.
    pub sockets: PathBuf,
}

/// The path of a socket may have 104 bytes on some systems, and `ssh` puts 17 behind it while it makes it.
const LONGEST_SOCKET: usize = 104 - 18;
const PREFIX: &str = "ssh-";

impl Ssh {
    /// The `ssh` on the `PATH` of this environment, with the configuration of this home folder.
    ///
    /// `ssh` itself asks the user database where the home folder is; where that is another one, the file is named to it.
    /// It may take its time: the database may be on another machine.
    pub fn find(environment: &Environment, home: &Path, sockets: PathBuf) -> Result<Self, SshError> {
        if cfg!(not(unix)) {
            return Err(SshError::NotOnThisSystem);
        }
        let program = on_path(&environment.path(), &["ssh"]).ok_or(SshError::NotInstalled)?;
        let written = home.join(".ssh/config");
        let is_elsewhere = home_in_database().is_some_and(|database| database != home);
        let config = Some(written).filter(|config| is_elsewhere && config.is_file());
        Ok(Self { program, config, environment: environment.clone(), sockets })
    }

    /// The same, with another file of configuration.
    #[must_use]
    pub fn with_config(self, config: Option<PathBuf>) -> Self {
        Self { config, ..self }
    }

    /// `ssh` with these arguments, in a session of its own: no terminal of ours is asked anything or ends it.
    pub(super) fn command(&self, arguments: impl IntoIterator<Item = OsString>) -> CommandWrap {
        let mut command = CommandWrap::with_new(&self.program, |command| {
            command
                .args(arguments)
                .env_clear()
                .envs(self.environment.iter())
                // Its words are read.
                .env("LC_ALL", "C")
                // Nor do the `ssh`s that it starts for jump hosts ask on a screen, unless they are told whom.
                .env_remove("SSH_ASKPASS")
                .env("SSH_ASKPASS_REQUIRE", "never")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .kill_on_drop(true);
        });
        own_session(&mut command);
        command
    }

    /// A folder for one control socket, that nobody else can look into.
    pub(super) async fn socket_folder(&self) -> Result<TempDir, SshError> {
        let longest = self.sockets.as_os_str().len() + "/ssh-4294967295-AbCdEf/m".len();
        let folder = if longest <= LONGEST_SOCKET { self.sockets.clone() } else { std::env::temp_dir() };
        let of = folder.clone();
        let made = off_the_runtime(move || new_folder(&of)).await;
        made.map_err(|error| SshError::Folder { folder, message: error.to_string() })
    }

    /// Refuses what `ssh` would take for an option, or what could not be a host.
    pub(super) fn check_host(host: &str) -> Result<(), SshError> {
        let is_bad = |letter: char| letter.is_whitespace() || letter.is_control();
        if host.is_empty() || host.len() > 300 || host.starts_with('-') || host.contains("@-") || host.contains(is_bad)
        {
            return Err(SshError::BadHost { host: host.chars().take(100).collect() });
        }
        Ok(())
    }
}

/// Where the user database has the home folder of this user.
fn home_in_database() -> Option<PathBuf> {
    #[cfg(unix)]
    {
        // The system's own look-up: the database may be a directory service.
        let user = nix::unistd::User::from_uid(nix::unistd::Uid::current()).ok()??;
        Some(user.dir).filter(|home| !home.as_os_str().is_empty())
    }
    #[cfg(not(unix))]
    None
}

/// A folder of ours in this one.
fn new_folder(folder: &Path) -> io::Result<TempDir> {
    fs::create_dir_all(folder)?;
    remove_leftovers(folder);
    // The process id in its name tells others whether somebody still uses it.
    let prefix = format!("{PREFIX}{}-", std::process::id());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).rand_bytes(6);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(folder)
}

/// Takes away what was left by those of us that were killed.
fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-')?.0.parse().ok());
        if owner.is_some_and(|pid| ProcessIdentity::observe(pid).is_none()) {
            // Only a folder of what is ours: in a shared folder somebody else may use such a name.
            for name in askpass::FILES.into_iter().chain(["m"]) {
                let _ = fs::remove_file(entry.path().join(name));
            }
            let _ = fs::remove_dir(entry.path().join(askpass::TURN));
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// `-o NAME=VALUE`.
pub(super) fn option(name: &str, value: impl AsRef<OsStr>) -> [OsString; 2] {
    let mut text = OsString::from(name);
    text.push("=");
    text.push(value);
    ["-o".into(), text]
}

/// A path where `ssh` would take `%` for the beginning of something else.
pub(super) fn without_percent(path: &Path) -> OsString {
    path.to_string_lossy().replace('%', "%%").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_home_folder_is_the_one_that_the_system_knows() {
        // `getent` asks what `ssh` asks, and not one file.
        let user = rustix::process::getuid().as_raw().to_string();
        let told = std::process::Command::new("getent").args(["passwd", &user]).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        assert_eq!(home_in_database().as_deref(), told.trim().split(':').nth(5).map(Path::new));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for host in ["", "-oProxyCommand=x", "a b", "a\nb", "user@-x"] {
            assert_eq!(Ssh::check_host(host), Err(SshError::BadHost { host: host.to_owned() }), "{host}");
        }
        for host in ["box", "me@box", "ssh://me@box:2222", "[::1]"] {
            assert_eq!(Ssh::check_host(host), Ok(()), "{host}");
        }
    }
}
