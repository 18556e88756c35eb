//! Which version of opencode is the newest.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use tokio::{io::AsyncReadExt, sync::mpsc, time::timeout};

use super::{GIVES_UP_SOON, InstallError, complaint, find_npm, kept::order, pass_on, start_npm};
use crate::Environment;

/// How long npm may take.
const LONGEST: Duration = Duration::from_secs(30);
/// A version is short.
const MOST_BYTES: u64 = 4096;

/// The newest version that npm knows of, asked with the person's own npm settings. It takes at most half a minute.
pub async fn latest(environment: &Environment) -> Result<String, InstallError> {
    let npm = find_npm(environment).ok_or(InstallError::NoNpm)?;
    timeout(LONGEST, ask(&npm, environment)).await.unwrap_or(Err(InstallError::TooSlow { seconds: LONGEST.as_secs() }))
}

async fn ask(npm: &Path, environment: &Environment) -> Result<String, InstallError> {
    let npm_error = |source| InstallError::CannotRunNpm { npm: npm.to_owned(), source };
    // Not in a project, whose own npm settings would count.
    let home = environment.get("HOME").map(PathBuf::from).filter(|home| home.is_dir());
    let folder = home.unwrap_or_else(|| PathBuf::from(if cfg!(windows) { "C:\\" } else { "/" }));
    let mut child = start_npm(npm, environment, &folder, |command| {
        command
            .args(["view", "opencode-ai", "version", "--no-update-notifier", "--loglevel=error"])
            .args(GIVES_UP_SOON);
    })?;
    let running = child.0.as_mut().expect("it is taken out only on drop");
    let (stdout, stderr) = (running.stdout().take(), running.stderr().take());
    let (unheard, _nobody) = mpsc::channel(1);
    let last = Mutex::new(VecDeque::new());
    let mut answer = Vec::new();
    let read = async {
        match stdout {
            Some(stdout) => stdout.take(MOST_BYTES).read_to_end(&mut answer).await,
            None => Ok(0),
        }
    };
    let (read, ()) = tokio::join!(read, pass_on(stderr, &unheard, &last));
    read.map_err(npm_error)?;
    let status = running.wait().await.map_err(npm_error)?;
    child.0 = None;
    if !status.success() {
        let last = last.into_inner().expect("nobody panics while holding it");
        return Err(InstallError::Npm { last_lines: complaint(&Vec::from(last)) });
    }
    let answer = String::from_utf8_lossy(&answer);
    // In quotes where the person's npm is set to answer in JSON.
    let version = answer.trim().trim_matches('"');
    match order(version) {
        Some(_) => Ok(version.to_owned()),
        None => Err(InstallError::NoVersion { answer: version.chars().take(80).collect() }),
    }
}
