//! Trying a candidate: does it say its version?

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::{sleep, timeout},
};

use crate::{
    Binary, BinaryQuery, Environment, Exit, Rejected, Rejection, Source, child_environment, launching::own_session,
};

use super::native::native_behind;

/// Nobody needs more to say a version; what says more is not read further.
const OUTPUT_LIMIT: u64 = 16 * 1024;

/// Tries the candidate, or rather the native program behind it.
pub(super) async fn probe(path: &Path, source: Source, query: &BinaryQuery) -> Result<Binary, Rejected> {
    if let Some(native) = native_behind(path)
        && let Ok(version) = version_of(&native, &query.environment, query.timeout).await
    {
        return Ok(Binary { path: native, version, source });
    }
    let path = path.to_owned();
    match version_of(&path, &query.environment, query.timeout).await {
        Ok(version) => Ok(Binary { path, version, source }),
        Err(reason) => Err(Rejected { path, source, reason }),
    }
}

/// The version that the program says.
pub(crate) async fn version_of(
    program: &Path,
    environment: &Environment,
    limit: Duration,
) -> Result<String, Rejection> {
    check_file(program)?;
    let mut command = CommandWrap::with_new(program, |command| {
        command
            .arg("--version")
            .env_clear()
            .envs(child_environment(environment).iter())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
    });
    // Set apart, so that what it starts can be ended with it when it hangs.
    own_session(&mut command);
    let mut child = spawned(&mut command).await.map_err(|error| Rejection::CannotRun { message: error.to_string() })?;
    let answer = timeout(limit, answer_of(&mut *child)).await;
    if let Ok(Ok(answer)) = answer {
        return answer.version();
    }
    // It still runs, or it said too much. It was not waited for, so its group is still its own.
    let _ = child.start_kill();
    let _ = child.wait().await;
    match answer {
        Ok(Err(TooMuch { beginning })) => Err(Rejection::Garbage { output: beginning }),
        _ => Err(Rejection::Hangs { timeout: limit }),
    }
}

/// A file that was written a moment ago may still be held open by a child of somebody's that is about to start; that passes.
async fn spawned(command: &mut CommandWrap) -> io::Result<Box<dyn ChildWrapper>> {
    for _ in 0..50 {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => sleep(Duration::from_millis(20)).await,
            done => return done,
        }
    }
    command.spawn()
}

/// Whether a file is there and may be run.
pub fn check_file(program: &Path) -> Result<(), Rejection> {
    let metadata = match fs::metadata(program) {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Err(Rejection::Missing);
        }
        Err(error) => return Err(Rejection::CannotRun { message: error.to_string() }),
    };
    if !metadata.is_file() {
        return Err(Rejection::NotAFile);
    }
    #[cfg(unix)]
    rustix::fs::access(program, rustix::fs::Access::EXEC_OK).map_err(|_| Rejection::NotExecutable)?;
    Ok(())
}

struct Answer {
    exit: Exit,
    output: Vec<u8>,
    errors: Vec<u8>,
}

struct TooMuch {
    beginning: String,
}

async fn answer_of(child: &mut dyn ChildWrapper) -> Result<Answer, TooMuch> {
    let (stdout, stderr) = (child.stdout().take(), child.stderr().take());
    let (output, errors) = tokio::join!(beginning(stdout), beginning(stderr));
    if output.len() as u64 == OUTPUT_LIMIT || errors.len() as u64 == OUTPUT_LIMIT {
        return Err(TooMuch { beginning: shown(&output, &errors) });
    }
    let exit = child.wait().await.map_or(Exit::Unknown, Exit::from);
    Ok(Answer { exit, output, errors })
}

async fn beginning(pipe: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut read = Vec::new();
    if let Some(pipe) = pipe {
        // What was read before a failure still tells something.
        let _ = pipe.take(OUTPUT_LIMIT).read_to_end(&mut read).await;
    }
    read
}

impl Answer {
    fn version(&self) -> Result<String, Rejection> {
        if self.exit != Exit::Code(0) {
            return Err(Rejection::Failed { exit: self.exit, output: shown(&self.errors, &self.output) });
        }
        version_in(&String::from_utf8_lossy(&self.output))
            .ok_or_else(|| Rejection::Garbage { output: shown(&self.output, &self.errors) })
    }
}

/// The version in the last line that says something: warnings come before it.
fn version_in(output: &str) -> Option<String> {
    let line = output.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    let version = line.strip_prefix('v').unwrap_or(line);
    let (numbers, rest) = match version.find(['-', '+']) {
        Some(at) => version.split_at(at),
        None => (version, ""),
    };
    let is_number = |part: &str| !part.is_empty() && part.len() < 10 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_version = numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && rest.len() < 60
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-+._".contains(&byte));
    is_version.then(|| version.to_owned())
}

/// The beginning of the first that says something, fit to be shown in one line.
fn shown(first: &[u8], second: &[u8]) -> String {
    let bytes = if first.trim_ascii().is_empty() { second } else { first };
    let text: String = String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String =
        text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).take(200).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// Where to look for a program on a `PATH`.
pub(crate) fn on_path(folders: &[PathBuf], names: &[&str]) -> Option<PathBuf> {
    folders
        .iter()
        .filter(|folder| folder.is_absolute())
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| check_file(path).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_from_other_things() {
        for (output, expected) in [
            ("1.18.33\n", Some("1.18.33")),
            ("v1.2.3", Some("1.2.3")),
            ("0.0.0-dev-202610101010", Some("0.0.0-dev-202610101010")),
            ("warning: something\n1.18.33\n\n", Some("1.18.33")),
            ("1.18.33-beta.1+x", Some("1.18.33-beta.1+x")),
            ("", None),
            ("1.18", None),
            ("1.2.x", None),
            ("1.2.3.4", None),
            ("hello 1.2.3", None),
            ("1.2.3 is out\nbye", None),
            ("1.2.3-<b>", None),
        ] {
            assert_eq!(version_in(output).as_deref(), expected, "{output:?}");
        }
    }

    #[test]
    fn what_is_shown_is_short_and_plain() {
        assert_eq!(shown(b" \n", b"a\n\tb\x1b[1m"), "a b\u{fffd}[1m");
        let long = shown(&[b'x'; 1000], b"");
        assert!(long.chars().count() == 201 && long.ends_with('…'), "{long}");
    }
}
