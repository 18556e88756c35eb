//! A request that waits for a person.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A permission request or a question, of any session of any instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RequestView {
    /// opencode's id, `per_…` or `que_…`.
    pub id: String,
    /// The instance whose agent asks.
    pub instance: String,
    /// The session that asks; a sub-agent's own.
    pub session: String,
    /// Titles from the root session down to the one that asks.
    pub session_path: Vec<String>,
    /// Directory that a reply must name.
    pub directory: String,
    /// When we first saw it, in ms since the epoch.
    #[ts(type = "number")]
    pub asked_at_ms: u64,
    /// The message whose tool call asks, if told.
    pub message: Option<String>,
    /// The tool call that asks, if told.
    pub call: Option<String>,
    /// What is asked.
    pub body: RequestBody,
}

/// What a request asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RequestBody {
    /// May the agent do this?
    Permission {
        /// The permission's name: `bash`, `edit`, `webfetch`, …
        permission: String,
        /// What it is asked for: commands or paths.
        patterns: Vec<String>,
        /// Exactly the patterns that "always" will cover.
        always: Vec<String>,
        /// The command, for `bash`.
        command: Option<String>,
        /// The file, for `edit`.
        file: Option<String>,
        /// The unified diff, for `edit`.
        diff: Option<String>,
    },
    /// Which of these?
    Question {
        /// The questions, to be answered in order.
        questions: Vec<QuestionView>,
    },
}

/// One question of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QuestionView {
    /// The question.
    pub question: String,
    /// A short heading, at most 30 characters.
    pub header: String,
    /// The answers offered.
    pub options: Vec<QuestionOptionView>,
    /// Whether several may be chosen.
    pub multiple: bool,
    /// Whether free text is taken.
    pub custom: bool,
}

/// One answer offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QuestionOptionView {
    /// What is sent back.
    pub label: String,
    /// What it means.
    pub description: String,
}
