//! What `ssh` asks a person while it connects: taken from the helper program that it runs, to whoever can answer, and the answer back.
//!
//! The helper is a shell script of ours in the connection's own folder. Answers travel through a named pipe there; they are on no command line and in no file.

use std::{
    collections::HashSet,
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    pin::{Pin, pin},
    time::Duration,
};

use process_wrap::tokio::CommandWrap;
use tokio::time::{Instant, sleep, timeout};

use super::SshError;
use crate::ProcessIdentity;

/// Whoever can answer what `ssh` asks.
pub trait Asker: Send + Sync {
    /// Asks. None: nobody wants to answer, and the connection is given up. Dropped when `ssh` does not ask any more.
    fn ask(&self, prompt: Prompt) -> Asked<'_>;

    /// How long an answer may take.
    fn patience(&self) -> Duration {
        PATIENCE
    }
}

/// The answer of an [`Asker`], which takes as long as a person does.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Option<Reply>> + Send + 'a>>;

/// What `ssh` asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What it wants.
    pub kind: PromptKind,
    /// Its words.
    pub words: String,
    /// Whether it asked the same before in this connection: that answer was not the right one.
    pub is_again: bool,
}

/// What kind of answer `ssh` wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// A text that must not be shown: a password, a passphrase.
    Secret,
    /// A text: a code that counts once.
    Text,
    /// `yes` or no answer.
    YesNo,
    /// None: something is to be done elsewhere, as touching a key. It is over when `ssh` says so.
    Note,
}

/// A person's answer. It prints as `***`.
pub struct Reply(String);

/// How long a person may take. A server ends a connection that waits for longer than two minutes, as a rule.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often the folder is looked into while a connection comes about.
const LOOK: Duration = Duration::from_millis(50);
/// How long the helper may take to hand an answer on.
const HANDS_OVER: Duration = Duration::from_secs(10);
/// `ssh` takes no longer answer.
const LONGEST_REPLY: usize = 1000;
const LONGEST_WORDS: usize = 3000;

const SCRIPT: &str = include_str!("scripts/askpass.sh");
const HELPER: &str = "askpass";
const ANSWER: &str = "answer";
const WORDS: &str = "words";
/// What the helper has in the folder beside it: files, and one folder.
pub(super) const FILES: [&str; 4] = [HELPER, ANSWER, WORDS, "words.new"];
pub(super) const TURN: &str = "turn";

/// The asking for one connection while it comes about. Dropping it ends that: whatever `ssh` asks later has no answer.
pub(super) struct Asking<'a> {
    asker: &'a dyn Asker,
    host: String,
    folder: PathBuf,
    /// Held open at both ends: the helper waits for it as long as we live, and no longer.
    answer: fs::File,
    asked: HashSet<String>,
}

/// A helper that waits for an answer.
struct Question {
    helper: Option<ProcessIdentity>,
    kind: PromptKind,
    words: String,
}

impl<'a> Asking<'a> {
    /// Puts the helper into the folder of a connection.
    pub(super) async fn begin(folder: &Path, host: &str, asker: &'a dyn Asker) -> Result<Self, SshError> {
        let failed = |error: io::Error| SshError::Folder { folder: folder.to_owned(), message: error.to_string() };
        let of = folder.to_owned();
        let answer = off_the_runtime(move || put_helper(&of)).await.map_err(failed)?;
        Ok(Self { asker, host: host.to_owned(), folder: folder.to_owned(), answer, asked: HashSet::new() })
    }

    /// Tells `ssh` of the helper.
    pub(super) fn tell(&self, command: &mut CommandWrap) {
        let command = command.command_mut();
        command.env("SSH_ASKPASS", self.folder.join(HELPER)).env("SSH_ASKPASS_REQUIRE", "force");
        // Before OpenSSH 8.4 it runs the helper only where it believes in a display.
        if !command.as_std().get_envs().any(|(name, value)| name == "DISPLAY" && value.is_some()) {
            command.env("DISPLAY", "none");
        }
    }

    /// Waits for what `ssh` does, and has answered what it asks meanwhile. The limit does not run while a person is asked.
    pub(super) async fn until<T>(&mut self, limit: Duration, work: impl Future<Output = T>) -> Result<T, SshError> {
        let mut work = pin!(work);
        let mut left = limit;
        loop {
            let began = Instant::now();
            let question = tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                question = next(&self.folder) => question,
                () = sleep(left) => return Err(SshError::TimedOut { host: self.host.clone() }),
            };
            left = left.saturating_sub(began.elapsed());
            tokio::select! {
                done = &mut work => return Ok(done),
                settled = self.settle(question) => settled?,
            }
        }
    }

    async fn settle(&mut self, question: Question) -> Result<(), SshError> {
        let Question { helper, kind, words } = question;
        let is_again = kind != PromptKind::Note && !self.asked.insert(words.clone());
        let asked = self.asker.ask(Prompt { kind, words: words.clone(), is_again });
        let reply = tokio::select! {
            reply = timeout(self.asker.patience(), asked) => reply.ok().flatten(),
            () = gone(helper.as_ref()) => return self.is_over(),
        };
        let Some(reply) = reply else {
            return Err(SshError::NotAnswered { host: self.host.clone(), asked: last_question(&words) });
        };
        if kind != PromptKind::Note {
            self.hand_over(&reply)?;
        }
        // A note that was read goes on to be true.
        let limit = if kind == PromptKind::Note { self.asker.patience() } else { HANDS_OVER };
        let _stays = timeout(limit, gone(helper.as_ref())).await;
        self.is_over()
    }

    fn hand_over(&mut self, reply: &Reply) -> Result<(), SshError> {
        let line = reply.0.lines().next().unwrap_or_default();
        let end =
            line.char_indices().map(|(at, letter)| at + letter.len_utf8()).take_while(|end| *end <= LONGEST_REPLY);
        let line = &line[..end.last().unwrap_or(0)];
        // In one piece, so that nobody else's comes in between.
        self.answer.write_all(format!("answer\n{line}\n").as_bytes()).map_err(|error| SshError::cannot_run(&error))
    }

    /// Makes room for the next question.
    fn is_over(&mut self) -> Result<(), SshError> {
        // What nobody took must not answer the next one.
        empty(&mut self.answer).map_err(|error| SshError::cannot_run(&error))?;
        let _gone = fs::remove_file(self.folder.join(WORDS));
        let _gone = fs::remove_dir(self.folder.join(TURN));
        Ok(())
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        for name in FILES {
            let _gone = fs::remove_file(self.folder.join(name));
        }
        let _gone = fs::remove_dir(self.folder.join(TURN));
    }
}

/// Does what reads or writes files: the folder may be on another machine, which takes its time, and no thread of the runtime waits for it.
pub(super) async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Puts the helper into a folder, and the pipe of its answers beside it.
fn put_helper(folder: &Path) -> io::Result<fs::File> {
    let helper = folder.join(HELPER);
    fs::write(&helper, format!("#!/bin/sh\nportal={}\n{SCRIPT}", std::process::id()))?;
    make_private(&helper, &folder.join(ANSWER))
}

/// Waits until the helper has been asked something.
async fn next(folder: &Path) -> Question {
    loop {
        let words = folder.join(WORDS);
        let look = move || Ok(question_of(&String::from_utf8_lossy(&fs::read(words)?)));
        if let Ok(question) = off_the_runtime(look).await {
            return question;
        }
        sleep(LOOK).await;
    }
}

fn question_of(text: &str) -> Question {
    let (pid, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (hint, words) = rest.split_once('\n').unwrap_or((rest, ""));
    let is_shown = |letter: &char| *letter == '\n' || !letter.is_control();
    let words: String = words.trim().chars().filter(is_shown).take(LONGEST_WORDS).collect();
    Question { helper: pid.parse().ok().and_then(ProcessIdentity::observe), kind: kind_of(hint, &words), words }
}

/// Waits until the helper does not wait any more: `ssh` has its answer, or asks no more.
async fn gone(helper: Option<&ProcessIdentity>) {
    let is_there = |helper: &ProcessIdentity| {
        ProcessIdentity::observe(helper.pid).is_some_and(|seen| seen.started_at == helper.started_at)
    };
    while helper.is_some_and(is_there) {
        sleep(LOOK).await;
    }
}

/// What `ssh` wants to hear. It tells its helper too little, so its words count.
fn kind_of(hint: &str, words: &str) -> PromptKind {
    let says = |part: &str| words.to_lowercase().contains(part);
    if hint == "none" {
        PromptKind::Note
    } else if hint == "confirm" || says("(yes/no") {
        PromptKind::YesNo
    } else if !says("password") && !says("passphrase") && ["code", "token", "otp"].into_iter().any(says) {
        PromptKind::Text
    } else {
        PromptKind::Secret
    }
}

/// The end of its words, which is the question.
fn last_question(words: &str) -> String {
    words.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

/// Makes the helper one that can be run, by us alone, and the pipe of its answers.
#[cfg(unix)]
fn make_private(helper: &Path, answer: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

    use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};

    fs::set_permissions(helper, fs::Permissions::from_mode(0o700))?;
    mknodat(CWD, answer, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).map_err(|_| io::ErrorKind::Unsupported)?;
    fs::OpenOptions::new().read(true).write(true).custom_flags(flags).open(answer)
}

#[cfg(not(unix))]
fn make_private(_: &Path, _: &Path) -> io::Result<fs::File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Takes out of a pipe what nobody has read.
fn empty(pipe: &mut fs::File) -> io::Result<()> {
    let mut rest = [0; 256];
    loop {
        match io::Read::read(pipe, &mut rest) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Reply {
    /// An answer; only its first line counts.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
#[path = "askpass_tests.rs"]
mod tests;
