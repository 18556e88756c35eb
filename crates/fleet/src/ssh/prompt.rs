//! What `ssh` asks a person while it connects: it waits in the state until somebody answers, or until `ssh` asks no more.

use std::fmt;

use opencode_api::Secret;

use crate::event::CallId;

/// Names a question of `ssh`. Never given twice, so that no answer reaches another question.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PromptId(String);

/// A question of `ssh` that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Tells questions apart.
    pub id: PromptId,
    /// The host that is being connected to, as it was given.
    pub host: String,
    /// What it wants.
    pub kind: PromptKind,
    /// Its words.
    pub words: String,
    /// Whether it asked the same a moment before: that answer was not the right one.
    pub is_again: bool,
}

/// What kind of answer a question wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptKind {
    /// A text that must not be shown: a password, a passphrase.
    Secret,
    /// A text: a code that counts once.
    Text,
    /// Yes or no.
    YesNo,
    /// None: something is to be done elsewhere, as touching a key.
    Note,
}

/// What can happen to questions.
#[derive(Debug)]
pub(crate) enum PromptEvent {
    /// `ssh` asks.
    Asked(Prompt),
    /// It asks no more: it has its answer, or the connection has ended.
    Over { id: PromptId },
    /// Somebody answers. None: they do not want to, and the connection is given up.
    Answer { call: CallId, id: PromptId, answer: Option<Secret> },
}

/// What we do about questions.
#[derive(Debug)]
pub(crate) enum PromptEffect {
    /// Give the answer to `ssh`; none: give the connection up.
    HandOver { id: PromptId, answer: Option<Secret> },
}

impl PromptId {
    /// A new id.
    pub(crate) fn random() -> Self {
        let mut bytes = [0_u8; 8];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        Self(format!("{:016x}", u64::from_le_bytes(bytes)))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for PromptId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for PromptId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
