//! A request that waits for a person.

use std::path::PathBuf;

use opencode_api::{RequestId, SessionId};

use crate::Timestamp;

/// A permission request or a question of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// opencode's id.
    pub id: RequestId,
    /// The session that asks; a sub-agent's own.
    pub session: SessionId,
    /// Directory that a reply must name.
    pub directory: PathBuf,
    /// When we first saw it.
    pub asked_at: Timestamp,
    /// The message whose tool call asks, if told.
    pub message: Option<String>,
    /// The tool call that asks, if told.
    pub call: Option<String>,
    /// What is asked.
    pub body: RequestBody,
    /// True while an answer of ours is on its way.
    pub answering: bool,
}

/// What a request asks.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        questions: Vec<Question>,
    },
}

/// One question of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub question: String,
    /// A short heading.
    pub header: String,
    /// The answers offered.
    pub options: Vec<QuestionOption>,
    /// Whether several may be chosen.
    pub multiple: bool,
    /// Whether free text is taken.
    pub custom: bool,
}

/// One answer offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionOption {
    /// What is sent back.
    pub label: String,
    /// What it means.
    pub description: String,
}
