//! A question, and the answers that it offers.

use serde::Deserialize;

use crate::{RequestId, SessionId, ToolCall};

/// An agent asks a person to choose. Answered with one list of labels for each question, in order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct QuestionRequest {
    /// Its id.
    pub id: RequestId,
    /// The session that asks; a sub-agent's own.
    #[serde(rename = "sessionID")]
    pub session: SessionId,
    /// The questions.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// The tool call that asks, if told.
    pub tool: Option<ToolCall>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Question {
    /// The question itself.
    #[serde(default)]
    pub question: String,
    /// A short heading.
    #[serde(default)]
    pub header: String,
    /// The answers offered.
    #[serde(default)]
    pub options: Vec<QuestionOption>,
    /// Whether several may be chosen.
    #[serde(default)]
    pub multiple: bool,
    /// Whether free text is taken; so unless the server says no.
    #[serde(default = "yes")]
    pub custom: bool,
}

/// One answer offered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct QuestionOption {
    /// What is sent back.
    pub label: String,
    /// What it means.
    #[serde(default)]
    pub description: String,
}

fn yes() -> bool {
    true
}
