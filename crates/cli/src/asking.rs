//! What `ssh` asks while a command connects, asked on the terminal. Where nobody sits at one, nothing is asked.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use bridge::fleet::{Fleet, Prompt, PromptKind, Secret};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::password::Hidden;

/// Asks as long as it is held.
pub(crate) struct Asking(AbortHandle);

/// Whether what is typed does not show now: somebody has to put that right, however we end.
static IS_HIDDEN: AtomicBool = AtomicBool::new(false);

impl Asking {
    /// Begins, where there is a terminal.
    pub(crate) fn begin(fleet: &Fleet) -> Option<Self> {
        let has_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        has_terminal.then(|| Self(tokio::spawn(ask_all(fleet.clone())).abort_handle()))
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.abort();
        // Nobody waits for what was being typed.
        if IS_HIDDEN.swap(false, Ordering::Relaxed) {
            Hidden::end();
        }
    }
}

async fn ask_all(fleet: Fleet) {
    let _answers = fleet.answerer();
    let mut changes = fleet.changes();
    let mut asked = BTreeSet::new();
    loop {
        let waiting = fleet.state().prompts.iter().find(|prompt| !asked.contains(&prompt.id)).cloned();
        let Some(prompt) = waiting else {
            if changes.next().await.is_none() {
                return;
            }
            continue;
        };
        asked.insert(prompt.id.clone());
        let id = prompt.id.clone();
        if prompt.kind == PromptKind::Note {
            show(&prompt);
            continue;
        }
        let answer = ask(prompt).await;
        if IS_HIDDEN.swap(false, Ordering::Relaxed) {
            Hidden::end();
        }
        // It may be over by now: that shows in what was being done.
        let _over = fleet.answer_prompt(&id, answer).await;
    }
}

/// On a thread of its own, which nobody waits for: a line that is never typed must not hold the command up.
async fn ask(prompt: Prompt) -> Option<Secret> {
    let (give, take) = oneshot::channel();
    std::thread::spawn(move || give.send(read(&prompt)));
    take.await.ok().flatten()
}

fn read(prompt: &Prompt) -> Option<Secret> {
    if prompt.kind == PromptKind::Secret {
        IS_HIDDEN.store(true, Ordering::Relaxed);
        Hidden::start();
    }
    show(prompt);
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    let line = line.trim_end_matches(['\n', '\r']);
    let line = if prompt.kind == PromptKind::YesNo { line.trim() } else { line };
    (read.is_ok_and(|bytes| bytes > 0) && !line.is_empty()).then(|| Secret::new(line))
}

fn show(prompt: &Prompt) {
    let mut terminal = io::stderr();
    if prompt.is_again {
        let _ = writeln!(terminal, "That was not accepted");
    }
    let end = if prompt.kind == PromptKind::Note { "\n" } else { " " };
    let _ = write!(terminal, "{}{end}", prompt.words.trim());
    let _ = terminal.flush();
}
