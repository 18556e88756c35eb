//! What the model is about to say.

use std::time::Duration;

use serde_json::Value;

/// One answer to one request: some output, then perhaps tool calls, which end it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reply {
    /// Played in order.
    pub steps: Vec<Step>,
    /// Called at the end, all at once.
    pub calls: Vec<ToolCall>,
}

/// Something in a reply.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Text.
    Say(Passage),
    /// Reasoning.
    Think(Passage),
    /// An error of the provider.
    Fail { status: u16, times: Times, retry_after: Option<Duration> },
    /// Silence until released.
    Stall,
    /// A broken connection.
    Cut { times: Times },
}

/// How often a failure is played before the script goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    /// So often.
    Few(u32),
    /// Whenever asked.
    Always,
}

/// Text that comes in pieces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Passage {
    /// One for each delta.
    pub pieces: Vec<String>,
    /// None: at once.
    pub per_second: Option<u32>,
}

impl Passage {
    /// `text`, a word a piece.
    pub fn words(text: &str, per_second: Option<u32>) -> Self {
        Self { pieces: text.split_inclusive(char::is_whitespace).map(str::to_owned).collect(), per_second }
    }
}

/// A call of one of the agent's tools.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ToolCall {
    /// Its name.
    pub tool: String,
    /// Its arguments, as the tool's schema wants them.
    pub arguments: Value,
}

impl Reply {
    /// Only text, at a pace that can be read along.
    pub fn say(text: &str) -> Self {
        Self { steps: vec![Step::Say(Passage::words(text, Some(40)))], calls: Vec::new() }
    }

    /// Only text, as fast as it goes.
    pub fn say_at_once(text: &str) -> Self {
        Self { steps: vec![Step::Say(Passage::words(text, None))], calls: Vec::new() }
    }

    /// Text, then a call.
    pub fn say_and_call(text: &str, tool: &str, arguments: Value) -> Self {
        Self { calls: vec![ToolCall { tool: tool.to_owned(), arguments }], ..Self::say(text) }
    }
}
