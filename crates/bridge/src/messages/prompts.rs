//! What `ssh` asks a person, and the answer.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A question of `ssh` that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PromptView {
    /// Tells questions apart.
    pub id: String,
    /// The host that is being connected to.
    pub host: String,
    /// What it wants.
    pub kind: PromptKindView,
    /// Its words; may have several lines.
    pub words: String,
    /// Whether it asked the same a moment before: that answer was not the right one.
    pub is_again: bool,
}

/// What kind of answer a question wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PromptKindView {
    /// A text that must not be shown: a password, a passphrase.
    Secret,
    /// A text: a code that counts once.
    Text,
    /// `yes`, or no answer.
    YesNo,
    /// None: something is to be done elsewhere, as touching a key.
    Note,
}

/// Answers a question of `ssh`.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct AnswerPrompt {
    /// Which.
    pub prompt: String,
    /// The answer; none: it is declined, and the connection given up.
    pub answer: Option<String>,
}

impl fmt::Debug for AnswerPrompt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The answer may be a password.
        formatter.debug_struct("AnswerPrompt").field("prompt", &self.prompt).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::AnswerPrompt;

    #[test]
    fn an_answer_prints_without_the_secret() {
        let answer = AnswerPrompt { prompt: "p1".to_owned(), answer: Some("hunter2".to_owned()) };
        let printed = format!("{answer:?}");
        assert!(printed.contains("p1") && !printed.contains("hunter2"), "{printed}");
    }
}
