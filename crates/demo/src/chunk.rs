//! The shapes of OpenAI's chat completions.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::reply::ToolCall;

/// The model's id.
pub(crate) const MODEL: &str = "scripted";

/// A piece of the streamed answer.
pub(crate) fn delta(delta: &Value) -> Bytes {
    chunk(&json!([{ "index": 0, "delta": delta, "finish_reason": null }]), None)
}

/// A tool call, whole. opencode shows it as soon as its arguments are complete.
pub(crate) fn call(index: usize, id: &str, call: &ToolCall) -> Bytes {
    delta(&json!({ "tool_calls": [tool_call(index, id, call)] }))
}

/// The end of the streamed answer.
pub(crate) fn finish(has_calls: bool, words: usize) -> Bytes {
    chunk(&json!([{ "index": 0, "delta": {}, "finish_reason": reason(has_calls) }]), Some(&usage(words)))
}

/// An error in the middle of the streamed answer.
pub(crate) fn failure(status: u16) -> Bytes {
    frame(&error(status))
}

/// What closes the stream.
pub(crate) fn done() -> Bytes {
    Bytes::from_static(b"data: [DONE]\n\n")
}

/// The body of an error.
pub(crate) fn error(status: u16) -> Value {
    let (kind, message) = match status {
        401 => ("authentication_error", "The demo model was told to refuse the key"),
        429 => ("rate_limit_exceeded", "The demo model was told that there are too many requests"),
        500.. => ("server_error", "The demo model was told to fail"),
        _ => ("invalid_request_error", "The demo model was told to refuse the request"),
    };
    json!({ "error": { "message": message, "type": kind, "code": status } })
}

/// An answer that is not streamed.
pub(crate) fn whole(text: &str, reasoning: &str, calls: &[(String, ToolCall)]) -> Value {
    let mut message = json!({ "role": "assistant", "content": text });
    if !reasoning.is_empty() {
        message["reasoning_content"] = reasoning.into();
    }
    if !calls.is_empty() {
        message["tool_calls"] =
            calls.iter().enumerate().map(|(index, (id, call))| tool_call(index, id, call)).collect();
    }
    let choice = json!({ "index": 0, "message": message, "finish_reason": reason(!calls.is_empty()) });
    json!({
        "id": "demo", "object": "chat.completion", "created": 0, "model": MODEL,
        "choices": [choice], "usage": usage(text.split_whitespace().count()),
    })
}

fn chunk(choices: &Value, usage: Option<&Value>) -> Bytes {
    let mut chunk =
        json!({ "id": "demo", "object": "chat.completion.chunk", "created": 0, "model": MODEL, "choices": choices });
    if let Some(usage) = usage {
        chunk["usage"] = usage.clone();
    }
    frame(&chunk)
}

fn frame(value: &Value) -> Bytes {
    Bytes::from(format!("data: {value}\n\n"))
}

fn tool_call(index: usize, id: &str, call: &ToolCall) -> Value {
    let function = json!({ "name": call.tool, "arguments": call.arguments.to_string() });
    json!({ "index": index, "id": id, "type": "function", "function": function })
}

fn reason(has_calls: bool) -> &'static str {
    if has_calls { "tool_calls" } else { "stop" }
}

fn usage(words: usize) -> Value {
    json!({ "prompt_tokens": 100, "completion_tokens": words, "total_tokens": 100 + words })
}
