//! What happened in a transcript.

use fleet::TranscriptEvent;

use crate::messages;

pub(crate) fn transcript_event(event: &TranscriptEvent) -> messages::TranscriptEvent {
    match event {
        TranscriptEvent::Message { info } => messages::TranscriptEvent::Message { info: info.clone() },
        TranscriptEvent::MessageGone { message } => {
            messages::TranscriptEvent::MessageGone { message: message.to_string() }
        }
        TranscriptEvent::Part { part } => messages::TranscriptEvent::Part { part: part.clone() },
        TranscriptEvent::PartGone { message, part } => {
            messages::TranscriptEvent::PartGone { message: message.to_string(), part: part.to_string() }
        }
        TranscriptEvent::Delta { message, part, field, delta } => messages::TranscriptEvent::Delta {
            message: message.to_string(),
            part: part.to_string(),
            field: field.clone(),
            delta: delta.clone(),
        },
        TranscriptEvent::Error { error } => messages::TranscriptEvent::Error { error: error.clone() },
        TranscriptEvent::Todo { todos } => messages::TranscriptEvent::Todo { todos: todos.clone() },
    }
}
