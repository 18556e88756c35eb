//! The person's npm: where it is, how it is started, what it complains of.

use std::{
    collections::VecDeque,
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Mutex,
};

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    sync::mpsc,
};

use super::InstallError;
use crate::{
    Environment,
    binary::{on_path, usual_folders},
    child_environment,
    launching::own_session,
};

/// What of npm's output is kept for an error.
const LAST_LINES: usize = 60;
/// What of it is shown.
const SHOWN_LINES: usize = 8;

pub(super) fn find_npm(environment: &Environment) -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) { &["npm.cmd"] } else { &["npm"] };
    on_path(&environment.path(), names).or_else(|| {
        let home = environment.get("HOME").map(PathBuf::from)?;
        on_path(&usual_folders(environment, &home), names)
    })
}

/// Starts npm in a folder. When what is given back is dropped, it ends, with what it has started.
pub(super) fn start_npm(
    npm: &Path,
    environment: &Environment,
    folder: &Path,
    arguments: impl FnOnce(&mut tokio::process::Command),
) -> Result<GroupKilledOnDrop, InstallError> {
    let mut command = CommandWrap::with_new(npm, |command| {
        arguments(command);
        command
            .current_dir(folder)
            .env_clear()
            .envs(child_environment(environment).iter())
            .env("PATH", path_with(npm, environment))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    });
    own_session(&mut command);
    let child = command.spawn().map_err(|source| InstallError::CannotRunNpm { npm: npm.to_owned(), source })?;
    Ok(GroupKilledOnDrop(Some(child)))
}

/// Without these it takes minutes to say that there is no network.
pub(super) const GIVES_UP_SOON: [&str; 2] = ["--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=3000"];

/// What npm complains of, without the stack and the hints that follow it; where it complains of nothing, its last lines.
pub(super) fn complaint(lines: &[String]) -> Vec<String> {
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

pub(super) async fn pass_on(
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

/// npm with all that it started; the group is killed unless npm was waited for.
pub(super) struct GroupKilledOnDrop(pub(super) Option<Box<dyn ChildWrapper>>);

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
