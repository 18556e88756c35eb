//! Getting opencode from npm into our own data folder.

use std::{
    collections::VecDeque,
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use tempfile::TempDir;
use thiserror::Error;
use tokio::sync::mpsc;

use crate::{
    Binary, Environment, ProcessIdentity, Rejection, Source,
    binary::{native_in, version_of},
};

mod kept;
mod latest;
mod npm;

pub use kept::{installed, remove};
pub use latest::latest;
use npm::{GIVES_UP_SOON, complaint, find_npm, pass_on, start_npm};

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
    /// npm did not answer in time.
    #[error("npm did not answer within {seconds} s; look at the network and try again")]
    TooSlow {
        /// How long it was given.
        seconds: u64,
    },
    /// npm answered with something that is no version.
    #[error("npm gave `{answer}` for the newest version of opencode, which is no version")]
    NoVersion {
        /// What it said.
        answer: String,
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
    let npm = find_npm(&request.environment).ok_or(InstallError::NoNpm)?;
    let folder = request.data_folder.join("opencode");
    let folder_error = |source| InstallError::Folder { folder: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(folder_error)?;
    remove_leftovers(&folder);
    // The process id in its name tells others whether somebody still works in it.
    let prefix = format!("{UNFINISHED}{}-", std::process::id());
    let workshop = tempfile::Builder::new().prefix(&prefix).tempdir_in(&folder).map_err(folder_error)?;

    run_npm(&npm, request, workshop.path(), &progress).await?;
    let native = program_in(workshop.path()).ok_or(InstallError::DoesNotWork { reason: Rejection::Missing })?;
    let _ = progress.try_send("Trying the installed opencode".to_owned());
    let version = version_of(&native, &request.environment, FIRST_RUN)
        .await
        .map_err(|reason| InstallError::DoesNotWork { reason })?;

    let inside = native.strip_prefix(workshop.path()).expect("the program was looked for inside the folder").to_owned();
    let target = folder.join(&request.version);
    put_in_place(workshop, &target, &folder).map_err(folder_error)?;
    Ok(Binary { path: target.join(inside), version, source: Source::OwnFolder })
}

/// The program in a folder that npm has installed into.
fn program_in(folder: &Path) -> Option<PathBuf> {
    native_in(&[folder.join("node_modules"), folder.join("node_modules/opencode-ai/node_modules")])
}

const UNFINISHED: &str = ".installing-";
/// A program of this size that was never read before may take a while on a slow disk.
const FIRST_RUN: Duration = Duration::from_mins(1);

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
    let mut child = start_npm(npm, &request.environment, folder, |command| {
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
            ])
            .args(GIVES_UP_SOON);
    })?;
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
