//! A request that waits, and the answers to it.

use std::sync::Arc;

use fleet::{Instance, Question, QuestionOption, Request, RequestBody};

use super::path_text;
use crate::messages::{self, QuestionOptionView, QuestionView, RequestView};

/// The requests of an instance that wait for a person. One whose answer is on its way does not.
pub(crate) fn waiting(instance: &Instance) -> impl Iterator<Item = &Arc<Request>> {
    instance.requests.values().filter(|request| !request.answering)
}

pub(crate) fn request_view(instance: &Instance, request: &Request) -> RequestView {
    RequestView {
        id: request.id.to_string(),
        instance: instance.id.to_string(),
        session: request.session.to_string(),
        session_path: instance.path_of(&request.session),
        directory: path_text(&request.directory),
        asked_at_ms: request.asked_at.as_ms(),
        message: request.message.clone(),
        call: request.call.clone(),
        body: body_view(&request.body),
    }
}

fn body_view(body: &RequestBody) -> messages::RequestBody {
    match body {
        RequestBody::Permission { permission, patterns, always, command, file, diff } => {
            messages::RequestBody::Permission {
                permission: permission.clone(),
                patterns: patterns.clone(),
                always: always.clone(),
                command: command.clone(),
                file: file.clone(),
                diff: diff.clone(),
            }
        }
        RequestBody::Question { questions } => {
            messages::RequestBody::Question { questions: questions.iter().map(question_view).collect() }
        }
    }
}

fn question_view(question: &Question) -> QuestionView {
    QuestionView {
        question: question.question.clone(),
        header: question.header.clone(),
        options: question.options.iter().map(option_view).collect(),
        multiple: question.multiple,
        custom: question.custom,
    }
}

fn option_view(option: &QuestionOption) -> QuestionOptionView {
    QuestionOptionView { label: option.label.clone(), description: option.description.clone() }
}

impl From<messages::PermissionReply> for fleet::PermissionReply {
    fn from(reply: messages::PermissionReply) -> Self {
        match reply {
            messages::PermissionReply::Once => Self::Once,
            messages::PermissionReply::Always => Self::Always,
            messages::PermissionReply::Reject => Self::Reject,
        }
    }
}
