//! How much memory waiting transcripts take, roughly.

use serde_json::Value;

use crate::messages::{PushItem, TranscriptEvent};

/// Roughly the bytes of a transcript's event, as they were counted when it was added.
pub(super) fn weight_of(item: &PushItem) -> usize {
    let PushItem::Transcript { event, .. } = item else { return 0 };
    match event {
        TranscriptEvent::Message { info: value }
        | TranscriptEvent::Part { part: value }
        | TranscriptEvent::Todo { todos: value } => weight(value),
        TranscriptEvent::Delta { delta, .. } => delta.len(),
        TranscriptEvent::MessageGone { .. }
        | TranscriptEvent::PartGone { .. }
        | TranscriptEvent::Running { .. }
        | TranscriptEvent::Error { .. }
        | TranscriptEvent::Resync => 0,
    }
}

/// Roughly the bytes that a value takes as JSON.
pub(super) fn weight(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(values) => values.iter().map(weight).sum::<usize>() + 2,
        Value::Object(fields) => fields.iter().map(|(key, value)| key.len() + 4 + weight(value)).sum::<usize>() + 2,
    }
}
