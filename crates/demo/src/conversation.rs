//! What a request tells about the conversation so far.

use serde::Deserialize;
use serde_json::Value;

/// A request for a completion, as far as the script needs it.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    /// Whether the answer is streamed.
    #[serde(default)]
    pub stream: bool,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    tools: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct Message {
    #[serde(default)]
    role: String,
    #[serde(default)]
    content: Value,
    #[serde(default)]
    tool_calls: Vec<Value>,
}

/// What the request is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A title for the conversation.
    Title,
    /// A summary of it.
    Summary,
    /// The next reply of the agent.
    Reply,
}

impl Request {
    /// What it is for. opencode has agents of its own for titles and summaries, and gives them no tools.
    pub fn purpose(&self) -> Purpose {
        if !self.tools.is_empty() {
            return Purpose::Reply;
        }
        let system = self.system();
        if system.contains("title generator") {
            Purpose::Title
        } else if system.contains("summar") || system.contains("compaction") {
            Purpose::Summary
        } else {
            Purpose::Reply
        }
    }

    /// The directory in which the agent works, as its instructions say.
    pub fn directory(&self) -> Option<String> {
        let system = self.system();
        let (_, rest) = system.split_once("Working directory: ")?;
        rest.lines().next().map(|line| line.trim().to_owned())
    }

    /// The person's last words.
    pub fn prompt(&self) -> String {
        self.last_prompt().map_or_else(String::new, |at| self.messages[at].text())
    }

    /// How many times the person has spoken.
    pub fn prompts(&self) -> usize {
        self.messages.iter().filter(|message| message.role == "user").count()
    }

    /// How many replies with tool calls have come since the person's last words.
    pub fn replies(&self) -> usize {
        self.since_prompt().iter().filter(|message| !message.tool_calls.is_empty()).count()
    }

    /// What the tools said since the person's last words.
    pub fn results(&self) -> Vec<String> {
        self.since_prompt().iter().filter(|message| message.role == "tool").map(Message::text).collect()
    }

    /// Whether tools ran before the person's last words.
    pub fn has_played(&self) -> bool {
        let before = self.last_prompt().unwrap_or_default();
        self.messages[..before].iter().any(|message| message.role == "tool")
    }

    /// Whether the agent offers this tool.
    pub fn offers(&self, tool: &str) -> bool {
        self.tools.iter().any(|offered| offered.pointer("/function/name").and_then(Value::as_str) == Some(tool))
    }

    fn system(&self) -> String {
        let system: Vec<String> =
            self.messages.iter().filter(|message| message.role == "system").map(Message::text).collect();
        system.join("\n")
    }

    fn last_prompt(&self) -> Option<usize> {
        self.messages.iter().rposition(|message| message.role == "user")
    }

    fn since_prompt(&self) -> &[Message] {
        self.last_prompt().map_or(&[], |at| &self.messages[at + 1..])
    }
}

impl Message {
    /// The text, whether it came as one string or in parts.
    fn text(&self) -> String {
        match &self.content {
            Value::String(text) => text.clone(),
            Value::Array(parts) => {
                let texts: Vec<&str> =
                    parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect();
                texts.join("\n")
            }
            _ => String::new(),
        }
    }
}
