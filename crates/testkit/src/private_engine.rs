//! A Docker engine of a test's own, which the test may stop and start again: nobody else is in it.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::docker_engine::skipped;
use crate::{DockerEngine, eventually};

/// Long enough for a busy machine: an engine waits for its containers when it ends.
const PATIENCE: Duration = Duration::from_mins(2);

/// A Docker engine of a test's own. It ends when dropped, with all that it has.
#[derive(Debug)]
pub struct PrivateEngine {
    engine: DockerEngine,
    folder: PathBuf,
    /// Its program with its arguments: the same data, the same socket.
    command: Vec<String>,
    /// The one that we have started ourselves.
    child: Option<Child>,
}

impl PrivateEngine {
    /// Starts one; none after having said that the test is skipped.
    ///
    /// # Panics
    /// If none can be started and skips are forbidden, by `PORTAL_FORBID_SKIPS`.
    pub async fn start() -> Option<Self> {
        let begun = tokio::task::spawn_blocking(|| script().arg("private").output()).await.expect("a thread");
        let begun = begun.expect("scripts/docker-for-tests runs");
        let said = String::from_utf8_lossy(&begun.stdout).into_owned();
        let socket = said.lines().find_map(|line| line.strip_prefix("export DOCKER_HOST=unix://"));
        let Some(socket) = socket.filter(|_| begun.status.success()).map(PathBuf::from) else {
            skipped(String::from_utf8_lossy(&begun.stderr).trim());
            return None;
        };
        let folder = socket.parent().expect("a socket is in a folder").to_owned();
        let mut engine = Self { engine: DockerEngine::at(socket), folder, command: Vec::new(), child: None };
        let command = fs::read(format!("/proc/{}/cmdline", engine.pid())).expect("the engine runs");
        let words = command.split(|byte| *byte == 0).filter(|word| !word.is_empty());
        engine.command = words.map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        Some(engine)
    }

    /// The engine; it answers while it runs.
    pub fn engine(&self) -> &DockerEngine {
        &self.engine
    }

    /// Where it keeps what it has; only while it is stopped may anybody else write there.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Asks it to end, as a system does, and waits until it has: its containers end with it.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn stop(&mut self) {
        let pid = self.pid();
        signal(&pid);
        eventually("the engine ends", PATIENCE, async || self.has_ended(&pid).then_some(())).await;
        self.child = None;
    }

    /// Starts it again, with what it had.
    ///
    /// # Panics
    /// If it does not answer.
    pub async fn start_again(&mut self) {
        let log = fs::File::options().append(true).open(self.folder.join("log")).expect("its log");
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).stdin(Stdio::null()).stdout(log.try_clone().expect("its log")).stderr(log);
        // As its first start was: what ends the test ends it by its folder.
        self.child = Some(command.process_group(0).spawn().expect("the engine starts"));
        eventually("the engine answers again", PATIENCE, async || self.engine.answers().await.then_some(())).await;
    }

    fn pid(&self) -> String {
        fs::read_to_string(self.folder.join("docker.pid")).expect("the engine wrote its number").trim().to_owned()
    }

    fn has_ended(&mut self, pid: &str) -> bool {
        match &mut self.child {
            // Only who has started it sees that it has ended.
            Some(child) => child.try_wait().expect("our own child").is_some(),
            None => is_gone(pid),
        }
    }
}

impl Drop for PrivateEngine {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            signal(&child.id().to_string());
            // A failure leaves a process that the script tells of below.
            let _ended = child.wait();
        }
        let _ended = script().arg("end").arg(&self.folder).stdout(Stdio::null()).status();
    }
}

fn script() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/docker-for-tests"))
}

fn signal(pid: &str) {
    let sent = Command::new("kill").args(["-TERM", pid]).status();
    assert!(sent.is_ok_and(|status| status.success()), "the engine {pid} can be asked to end");
}

/// Whether the process has ended; whoever has to bury it may take its time.
fn is_gone(pid: &str) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return true };
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}
