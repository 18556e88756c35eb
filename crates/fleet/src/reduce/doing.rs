//! What a running session is doing: the running tool, or the last sentence it wrote.
//!
//! Cheap, because it follows every delta: the end of the text is kept behind the state, and a new sentence is shown at most twice a second.

use opencode_api::{MessageId, PartId, SessionId};
use serde_json::Value;

use super::turn::Turn;
use crate::{InstanceId, SessionStatus, Timestamp};

/// How much of the end of a text is kept, in bytes.
const KEPT: usize = 320;
/// How long what a session is doing may be, in characters.
const LONGEST: usize = 120;
/// How often a session shows a new sentence.
const SHOWN_EVERY_MS: u64 = 500;

/// A message is new or has changed: the parts of a person's message are not what the agent does.
pub(super) fn message(turn: &mut Turn, id: &InstanceId, session: &SessionId, info: &Value) {
    let is_prompt = info.get("role").and_then(Value::as_str) == Some("user");
    if let Some(message) = info.get("id").and_then(Value::as_str).filter(|_| is_prompt) {
        turn.behind(id).tails.entry(session.clone()).or_default().prompt = Some(MessageId::from(message));
    }
}

/// A part is new or has changed.
pub(super) fn part(
    turn: &mut Turn,
    id: &InstanceId,
    session: &SessionId,
    message: &MessageId,
    part: &PartId,
    value: &Value,
) {
    if !runs(turn, id, session) {
        return;
    }
    let tail = turn.behind(id).tails.entry(session.clone()).or_default();
    if tail.prompt.as_ref() == Some(message) {
        return;
    }
    match value.get("type").and_then(Value::as_str) {
        Some("tool") => {
            if let Some(step) = tool_step(value) {
                tail.part = None;
                show(turn, id, session, &step);
            }
        }
        Some("text") => {
            let text = value.get("text").and_then(Value::as_str).unwrap_or_default();
            tail.part = Some(part.clone());
            tail.text.clear();
            tail.text.push_str(end_of(text, KEPT));
            show_sentence(turn, id, session);
        }
        Some("reasoning") => {
            tail.part = None;
            show(turn, id, session, "Thinking");
        }
        _ => {}
    }
}

/// Text was added to a part.
pub(super) fn delta(turn: &mut Turn, id: &InstanceId, session: &SessionId, part: &PartId, delta: &str) {
    let Some(tail) = turn.behind(id).tails.get_mut(session) else { return };
    if tail.part.as_ref() != Some(part) {
        return;
    }
    tail.text.push_str(delta);
    if tail.text.len() > 2 * KEPT {
        tail.text = end_of(&tail.text, KEPT).to_owned();
    }
    show_sentence(turn, id, session);
}

fn runs(turn: &Turn, id: &InstanceId, session: &SessionId) -> bool {
    let known = turn.instance(id).and_then(|instance| instance.sessions.get(session));
    known.is_some_and(|session| session.status != SessionStatus::Idle)
}

fn show_sentence(turn: &mut Turn, id: &InstanceId, session: &SessionId) {
    let now = turn.now;
    if !runs(turn, id, session) {
        return;
    }
    let tail = turn.behind(id).tails.entry(session.clone()).or_default();
    if tail.shown_at != Timestamp::default() && now.ms_since(tail.shown_at) < SHOWN_EVERY_MS {
        return;
    }
    let sentence = last_sentence(&tail.text).to_owned();
    if !sentence.is_empty() {
        tail.shown_at = now;
        show(turn, id, session, &sentence);
    }
}

fn show(turn: &mut Turn, id: &InstanceId, session: &SessionId, doing: &str) {
    let doing = shortened(doing);
    turn.change_session(id, session, |session| session.doing = Some(doing));
}

/// What a running tool does, in a few words; none when it does not run.
fn tool_step(part: &Value) -> Option<String> {
    let state = part.get("state")?;
    if !matches!(state.get("status").and_then(Value::as_str), Some("pending" | "running")) {
        return None;
    }
    let tool = part.get("tool").and_then(Value::as_str).unwrap_or("tool");
    let input = |name: &str| state.pointer(&format!("/input/{name}")).and_then(Value::as_str);
    let what = ["command", "filePath", "pattern", "url", "description", "path"].into_iter().find_map(input);
    let what = what.or_else(|| state.get("title").and_then(Value::as_str)).unwrap_or_default();
    let first_line = what.lines().next().unwrap_or_default();
    Some(if first_line.is_empty() { tool.to_owned() } else { format!("{tool}: {first_line}") })
}

/// The last `bytes` bytes of a text, or a little less, so that no character is cut.
fn end_of(text: &str, bytes: usize) -> &str {
    let mut from = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

/// The sentence that is being written, or the last whole one.
fn last_sentence(text: &str) -> &str {
    let text = text.trim_end();
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let body = line.trim_end_matches(['.', '!', '?']);
    let from = body.rfind(". ").map_or(0, |at| at + 2);
    line[from..].trim_start_matches(['#', '-', '*', '>', ' '])
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{end_of, last_sentence, tool_step};

    #[test]
    fn finds_the_last_sentence() {
        for (text, sentence) in [
            ("", ""),
            ("I look", "I look"),
            ("I look. Now I write", "Now I write"),
            ("I look. Now I write.", "Now I write."),
            ("One.\n\n## Two\n", "Two"),
            ("- a\n- b", "b"),
        ] {
            assert_eq!(last_sentence(text), sentence, "{text:?}");
        }
    }

    #[test]
    fn cuts_no_character() {
        assert_eq!(end_of("aüb", 2), "b");
        assert_eq!(end_of("aüb", 3), "üb");
        assert_eq!(end_of("a", 10), "a");
    }

    #[test]
    fn names_the_running_tool() {
        let running =
            serde_json::json!({"tool": "bash", "state": {"status": "running", "input": {"command": "ls\npwd"}}});
        assert_eq!(tool_step(&running).as_deref(), Some("bash: ls"));
        let done = serde_json::json!({"tool": "bash", "state": {"status": "completed", "input": {"command": "ls"}}});
        assert_eq!(tool_step(&done), None);
    }
}
