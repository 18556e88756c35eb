//! The environment that the user's login shell sets up: where `PATH` is what a terminal has.
//!
//! A program started from a desktop gets a `PATH` without nvm, bun and the like; only the shell's own files say where those are.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::timeout,
};

use crate::{Environment, launching::own_session};

/// How the environment was come by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The login shell said it.
    Shell,
    /// The shell could not be asked; it is our own, and this says why.
    Own(NotAsked),
}

/// Why the login shell could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// The user has none.
    #[error("No login shell is set")]
    NoShell,
    /// It does not take `-i -l -c` like the others, or is none at all.
    #[error("The login shell `{}` is of a kind that is not asked", .shell.display())]
    OtherKind {
        /// The shell.
        shell: PathBuf,
    },
    /// It cannot be run.
    #[error("The login shell `{}` cannot be run: {message}", .shell.display())]
    CannotRun {
        /// The shell.
        shell: PathBuf,
        /// What the system said.
        message: String,
    },
    /// It took too long: something in its files waits.
    #[error("The login shell `{}` did not answer in time", .shell.display())]
    TooSlow {
        /// The shell.
        shell: PathBuf,
    },
    /// It ended without saying its environment.
    #[error("The login shell `{}` did not say its environment", .shell.display())]
    NoAnswer {
        /// The shell.
        shell: PathBuf,
    },
}

/// What is printed around the environment: the shell's files may print, too.
const MARK: &str = "__environment_of_the_login_shell__";
/// Shells that take these arguments. Nushell, csh, elvish and PowerShell do not.
const KNOWN: [&str; 7] = ["sh", "bash", "zsh", "dash", "ksh", "mksh", "fish"];
/// What a shell sets for itself.
const OF_THE_SHELL: [&str; 5] = ["_", "SHLVL", "PWD", "OLDPWD", "COLUMNS"];
/// No environment is as large as this; a shell that prints for ever must not fill the memory.
const OUTPUT_LIMIT: u64 = 1024 * 1024;

/// The user's login shell: `SHELL`, or what the user database says.
pub fn shell_of(own: &Environment) -> Option<PathBuf> {
    if let Some(shell) = own.get("SHELL").filter(|shell| !shell.is_empty()) {
        return Some(PathBuf::from(shell));
    }
    #[cfg(unix)]
    {
        let user = rustix::process::getuid().as_raw().to_string();
        shell_in(&fs::read_to_string("/etc/passwd").ok()?, &user)
    }
    #[cfg(not(unix))]
    None
}

fn shell_in(passwd: &str, user_id: &str) -> Option<PathBuf> {
    let line = passwd.lines().find(|line| line.split(':').nth(2) == Some(user_id))?;
    line.split(':').nth(6).filter(|shell| !shell.is_empty()).map(PathBuf::from)
}

/// Asks the shell for its environment, at most `limit` long; falls back to `own`.
pub async fn environment(shell: Option<&Path>, own: &Environment, limit: Duration) -> (Environment, Origin) {
    match ask(shell, own, limit).await {
        Ok(mut environment) => {
            keep_own_path(&mut environment, own);
            (environment, Origin::Shell)
        }
        Err(reason) => (own.clone(), Origin::Own(reason)),
    }
}

/// What a terminal we were started from had on its `PATH` stays reachable, behind what the login shell says.
/// `/etc/profile` of some systems sets `PATH` anew and so forgets it.
fn keep_own_path(environment: &mut Environment, own: &Environment) {
    let mut folders = environment.path();
    let more: Vec<PathBuf> = own.path().into_iter().filter(|folder| !folders.contains(folder)).collect();
    folders.extend(more);
    if let Ok(path) = std::env::join_paths(folders) {
        environment.set("PATH", path);
    }
}

async fn ask(shell: Option<&Path>, own: &Environment, limit: Duration) -> Result<Environment, NotAsked> {
    let shell = shell.ok_or(NotAsked::NoShell)?;
    let name = shell.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if !KNOWN.contains(&name) {
        return Err(NotAsked::OtherKind { shell: shell.to_owned() });
    }
    let mut command = CommandWrap::with_new(shell, |command| {
        command
            // Interactive, because most put their `PATH` into the file for that; by its full name, because `env` is often an alias.
            .args(["-i", "-l", "-c", &format!("printf %s {MARK}; /usr/bin/env -0; printf %s {MARK}")])
            .env_clear()
            .envs(own.iter())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
    });
    // Without a terminal: an interactive shell in the background would stop to wait for the one that we were started from.
    own_session(&mut command);
    let mut child =
        command.spawn().map_err(|error| NotAsked::CannotRun { shell: shell.to_owned(), message: error.to_string() })?;
    let stdout = child.stdout().take();
    let answer = timeout(limit, answer_in(stdout)).await;
    if !matches!(answer, Ok(Some(_))) || timeout(Duration::from_secs(1), ChildWrapper::wait(&mut *child)).await.is_err()
    {
        // It will not end by itself. It was not waited for, so its group is still its own.
        let _ = child.start_kill();
        let _ = ChildWrapper::wait(&mut *child).await;
    }
    match answer {
        Err(_) => Err(NotAsked::TooSlow { shell: shell.to_owned() }),
        Ok(None) => Err(NotAsked::NoAnswer { shell: shell.to_owned() }),
        Ok(Some(environment)) => Ok(environment),
    }
}

/// Reads until the closing mark; what a file of the shell left running may hold the pipe open for ever.
async fn answer_in(pipe: Option<impl AsyncRead + Unpin>) -> Option<Environment> {
    let mut pipe = pipe?.take(OUTPUT_LIMIT);
    let mut read = Vec::new();
    loop {
        if let Some(environment) = environment_in(&read) {
            return Some(environment);
        }
        if pipe.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
}

fn environment_in(output: &[u8]) -> Option<Environment> {
    let start = find(output, MARK.as_bytes())? + MARK.len();
    let length = find(&output[start..], MARK.as_bytes())?;
    let entries = output[start..start + length].split(|byte| *byte == 0);
    Some(entries.filter_map(entry).filter(|(name, _)| !OF_THE_SHELL.iter().any(|of_shell| name == of_shell)).collect())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn entry(bytes: &[u8]) -> Option<(OsString, OsString)> {
    let at = bytes.iter().position(|byte| *byte == b'=').filter(|at| *at > 0)?;
    Some((text(&bytes[..at]), text(&bytes[at + 1..])))
}

fn text(bytes: &[u8]) -> OsString {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec());
    #[cfg(not(unix))]
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn our_own_path_stays_behind_the_shells() {
        let own = Environment::from_iter([(OsString::from("PATH"), OsString::from("/mine:/usr/bin"))]);
        let mut told = Environment::from_iter([(OsString::from("PATH"), OsString::from("/usr/bin:/bin"))]);
        keep_own_path(&mut told, &own);
        assert_eq!(told.get("PATH"), Some(OsStr::new("/usr/bin:/bin:/mine")));
    }

    #[test]
    fn the_environment_is_found_among_other_output() {
        let output = format!(
            "Welcome!\n{MARK}PATH=/a:/b\0MULTI=one\ntwo=2\0EMPTY=\0SHLVL=3\0_=/usr/bin/env\0bash_func%%=() {{ }}\0=odd\0{MARK}bye"
        );
        let environment = environment_in(output.as_bytes()).unwrap();
        assert_eq!(environment.get("PATH"), Some(OsStr::new("/a:/b")));
        assert_eq!(environment.get("MULTI"), Some(OsStr::new("one\ntwo=2")));
        assert_eq!(environment.get("EMPTY"), Some(OsStr::new("")));
        assert_eq!(environment.get("SHLVL"), None);
        assert_eq!(environment.iter().count(), 4);
        for incomplete in ["", MARK, "PATH=/a"] {
            assert_eq!(environment_in(incomplete.as_bytes()), None, "{incomplete}");
        }
    }

    #[test]
    fn the_shell_is_found_in_the_user_database() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\na:x:1000:1000::/home/a:/usr/bin/zsh\nb:x:1001:1001::/home/b:\n";
        for (user, expected) in [("0", Some("/bin/bash")), ("1000", Some("/usr/bin/zsh")), ("1001", None), ("7", None)]
        {
            assert_eq!(shell_in(passwd, user), expected.map(PathBuf::from), "{user}");
        }
    }
}
