//! Getting opencode from npm into our own data folder.

use std::{
    collections::VecDeque,
    env,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Mutex,
    time::Duration,
};

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tempfile::TempDir;
use thiserror::Error;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    sync::mpsc,
};

use crate::{
    Binary, Environment, ProcessIdentity, Rejection, Source,
    binary::{native_in, on_path, usual_folders, version_of},
    child_environment,
    launching::own_session,
};

/// The version of opencode that this program is made for and tested with.
pub const PINNED_VERSION: &str = "1.18.33";

/// What to install, and where.
#[derive(Debug, Clone)]
pub struct Install {
    /// The version, like [`PINNED_VERSION`].
    pub version: String,
    /// Our own data folder; it goes into `opencode/VERSION` below it.
    pub data_folder: PathBuf,
    /// The environment of the login shell, whose `PATH` has npm.
    pub environment: Environment,
}

/// Why opencode could not be installed.
#[derive(Debug, Error)]
pub enum InstallError {
    /// There is no npm.
    #[error("npm was not found; install Node.js from https://nodejs.org, which brings it, and try again")]
    NoNpm,
    /// The folder cannot be written.
    #[error("opencode cannot be put into `{}`", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// npm cannot be run.
    #[error("npm cannot be run (`{}`)", .npm.display())]
    CannotRunNpm {
        /// The program.
        npm: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// npm failed.
    #[error("npm could not install opencode: {}", .last_lines.join(" · "))]
    Npm {
        /// What it complained of, or the last lines that it wrote.
        last_lines: Vec<String>,
    },
    /// npm was content, but what it brought does not work here.
    #[error("What npm installed does not work on this machine: {reason}")]
    DoesNotWork {
        /// Why.
        reason: Rejection,
    },
}

/// Installs opencode with npm. Each line that npm writes goes to `progress`; a slow reader loses lines rather than slowing the installation.
///
/// It works in a folder of its own beside the target and moves it there in one step, so dropping the future leaves nothing behind that could be taken for an opencode.
pub async fn install(request: &Install, progress: mpsc::Sender<String>) -> Result<Binary, InstallError> {
    let npm = find_npm(request).ok_or(InstallError::NoNpm)?;
    let folder = request.data_folder.join("opencode");
    let folder_error = |source| InstallError::Folder { folder: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(folder_error)?;
    remove_leftovers(&folder);
    // The process id in its name tells others whether somebody still works in it.
    let prefix = format!("{UNFINISHED}{}-", std::process::id());
    let workshop = tempfile::Builder::new().prefix(&prefix).tempdir_in(&folder).map_err(folder_error)?;

    run_npm(&npm, request, workshop.path(), &progress).await?;
    let node_modules =
        [workshop.path().join("node_modules"), workshop.path().join("node_modules/opencode-ai/node_modules")];
    let native = native_in(&node_modules).ok_or(InstallError::DoesNotWork { reason: Rejection::Missing })?;
    let _ = progress.try_send("Trying the installed opencode".to_owned());
    let version = version_of(&native, &request.environment, FIRST_RUN)
        .await
        .map_err(|reason| InstallError::DoesNotWork { reason })?;

    let inside = native.strip_prefix(workshop.path()).expect("the program was looked for inside the folder").to_owned();
    let target = folder.join(&request.version);
    put_in_place(workshop, &target, &folder).map_err(folder_error)?;
    Ok(Binary { path: target.join(inside), version, source: Source::OwnFolder })
}

/// The newest version that npm knows of, asked with the person's own npm settings. It takes at most half a minute.
pub async fn latest(environment: &Environment) -> Result<String, InstallError> {
    let _coming = environment;
    Err(InstallError::NoNpm)
}

/// The versions that lie in our own folder, newest first, each with its program.
pub fn installed(data_folder: &Path) -> Vec<(String, PathBuf)> {
    let _coming = data_folder;
    Vec::new()
}

/// Takes a version out of our own folder. One that is not there is well.
pub fn remove(data_folder: &Path, version: &str) -> Result<(), InstallError> {
    let _coming = (data_folder, version);
    Ok(())
}

const UNFINISHED: &str = ".installing-";
/// A program of this size that was never read before may take a while on a slow disk.
const FIRST_RUN: Duration = Duration::from_mins(1);
/// What of npm's output is kept for an error.
const LAST_LINES: usize = 60;
/// What of it is shown.
const SHOWN_LINES: usize = 8;

fn find_npm(request: &Install) -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) { &["npm.cmd"] } else { &["npm"] };
    on_path(&request.environment.path(), names).or_else(|| {
        let home = request.environment.get("HOME").map(PathBuf::from)?;
        on_path(&usual_folders(&request.environment, &home), names)
    })
}

/// Takes away what installations left that were killed.
fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED)?.split('-').next()?.parse().ok());
        if owner.is_some_and(|pid| ProcessIdentity::observe(pid).is_none()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

async fn run_npm(
    npm: &Path,
    request: &Install,
    folder: &Path,
    progress: &mpsc::Sender<String>,
) -> Result<(), InstallError> {
    let npm_error = |source| InstallError::CannotRunNpm { npm: npm.to_owned(), source };
    let mut command = CommandWrap::with_new(npm, |command| {
        command
            .arg("install")
            .arg(format!("opencode-ai@{}", request.version))
            .arg("--prefix")
            .arg(folder)
            // Whatever the user's npm is set to: into this folder, with the platform's package, without running anything of it (which that package does not need).
            .args([
                "--global=false",
                "--include=optional",
                "--ignore-scripts",
                "--no-package-lock",
                "--no-audit",
                "--no-fund",
                "--no-update-notifier",
                "--loglevel=http",
                // Without these it takes minutes to say that there is no network.
                "--fetch-retry-mintimeout=500",
                "--fetch-retry-maxtimeout=3000",
            ])
            .current_dir(folder)
            .env_clear()
            .envs(child_environment(&request.environment).iter())
            .env("PATH", path_with(npm, &request.environment))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    });
    own_session(&mut command);
    // A dropped future ends npm, and what npm has started.
    let mut child = GroupKilledOnDrop(Some(command.spawn().map_err(npm_error)?));
    let running = child.0.as_mut().expect("it is taken out only on drop");
    let last = Mutex::new(VecDeque::new());
    let (stdout, stderr) = (running.stdout().take(), running.stderr().take());
    tokio::join!(pass_on(stdout, progress, &last), pass_on(stderr, progress, &last));
    let status = running.wait().await.map_err(npm_error)?;
    child.0 = None;
    if status.success() {
        return Ok(());
    }
    let last = last.into_inner().expect("nobody panics while holding it");
    Err(InstallError::Npm { last_lines: complaint(&Vec::from(last)) })
}

/// What npm complains of, without the stack and the hints that follow it; where it complains of nothing, its last lines.
fn complaint(lines: &[String]) -> Vec<String> {
    let is_detail = |text: &str| text.is_empty() || text.starts_with("at ") || text.starts_with("A complete log");
    let complaints: Vec<String> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("npm error").or_else(|| line.strip_prefix("npm ERR!")))
        .map(|text| text.trim().to_owned())
        .filter(|text| !is_detail(text))
        .take(SHOWN_LINES)
        .collect();
    if complaints.is_empty() { lines[lines.len().saturating_sub(SHOWN_LINES)..].to_vec() } else { complaints }
}

/// npm is a script that needs the node beside it.
fn path_with(npm: &Path, environment: &Environment) -> OsString {
    let folders = npm.parent().map(Path::to_owned).into_iter().chain(environment.path());
    env::join_paths(folders).unwrap_or_else(|_| environment.get("PATH").unwrap_or_default().to_owned())
}

async fn pass_on(
    pipe: Option<impl AsyncRead + Unpin>,
    progress: &mpsc::Sender<String>,
    last: &Mutex<VecDeque<String>>,
) {
    let Some(pipe) = pipe else { return };
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while pipe.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        line.clear();
        if text.is_empty() {
            continue;
        }
        let mut last = last.lock().expect("nobody panics while holding it");
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(text.clone());
        drop(last);
        let _ = progress.try_send(text);
    }
}

/// Moves the finished folder to its place. One of the same version that is there (broken, or why would it be installed) makes room.
fn put_in_place(workshop: TempDir, target: &Path, folder: &Path) -> io::Result<()> {
    let old = tempfile::Builder::new().prefix(&format!("{UNFINISHED}{}-", std::process::id())).tempdir_in(folder)?;
    if target.exists() {
        fs::rename(target, old.path().join("old"))?;
    }
    fs::rename(workshop.path(), target)?;
    // It has moved: there is nothing left to remove.
    let _ = workshop.keep();
    Ok(())
}

/// npm with all that it started; the group is killed unless npm was waited for.
struct GroupKilledOnDrop(Option<Box<dyn ChildWrapper>>);

impl Drop for GroupKilledOnDrop {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.start_kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::complaint;

    #[test]
    fn the_complaint_is_told_without_its_stack() {
        let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
        let output = "npm http fetch GET https://r/x attempt 1 failed with ENOSPC
            npm error code ENOSPC
            npm error nospc No space left on device
            npm error     at emitErrorEvent (node:_http_client:101:11)
            npm error
            npm error A complete log of this run can be found in: /x";
        assert_eq!(complaint(&lines(output)), ["code ENOSPC", "nospc No space left on device"]);
        let without: String = (0..50).map(|number| number.to_string()).collect::<Vec<_>>().join("\n");
        assert_eq!(complaint(&lines(&without)).len(), 8);
        assert_eq!(complaint(&lines(&without)).last().map(String::as_str), Some("49"));
        assert!(complaint(&[]).is_empty());
    }
}
