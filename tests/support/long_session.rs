//! A long session, made as opencode's own `import` takes it: turns of prose, code, reasoning, commands and edits.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

/// A session of `messages` messages in `directory`, its newest one minutes old.
///
/// Ids follow opencode's scheme: 12 hex digits of time and counter, then 14 letters; a session's are descending.
pub fn long_session(directory: &Path, messages: usize, now_ms: u64) -> Value {
    let start = now_ms - 600_000 - messages as u64 * 1_000;
    let session = identifier("ses", (!(start * 4096)) & TIME_MASK, 0);
    let mut all = Vec::with_capacity(messages);
    let mut question = String::new();
    for number in 0..messages {
        let at = start + number as u64 * 1_000;
        let id = identifier("msg", (at * 4096) & TIME_MASK, number);
        if number % 2 == 0 {
            question.clone_from(&id);
            all.push(user_message(&session, &id, number, at));
        } else {
            all.push(assistant_message(&session, &id, &question, number, at, directory));
        }
    }
    json!({
        "info": {
            "id": session, "slug": "long", "projectID": "global", "directory": directory, "title": "A long session",
            "version": "1.18.33", "time": { "created": start, "updated": start + messages as u64 * 1_000 },
        },
        "messages": all,
    })
}

/// Writes `session` into the database of the opencode that `command` starts.
pub fn import(mut command: Command, session: &Value, file: &Path) -> Result<()> {
    std::fs::write(file, serde_json::to_vec(session)?)?;
    let output = command.arg("import").arg(file).output()?;
    ensure!(output.status.success(), "`opencode import` failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

const TIME_MASK: u64 = (1 << 48) - 1;

fn identifier(prefix: &str, time: u64, number: usize) -> String {
    format!("{prefix}_{time:012x}{number:014}")
}

fn user_message(session: &str, id: &str, number: usize, at: u64) -> Value {
    json!({
        "info": {
            "id": id, "sessionID": session, "role": "user", "time": { "created": at }, "agent": "build",
            "model": { "providerID": "demo", "modelID": "scripted" },
        },
        "parts": [part(session, id, number, 0, json!({ "type": "text", "text": format!("Question {number}: what does part {} do?", number / 2) }))],
    })
}

fn assistant_message(session: &str, id: &str, parent: &str, number: usize, at: u64, directory: &Path) -> Value {
    let mut parts = vec![
        json!({ "type": "reasoning", "text": format!("Looking at part {number} first."), "time": { "start": at, "end": at + 50 } }),
    ];
    if number % 4 == 1 {
        let listing: String = (0..12).fold(String::new(), |listing, line| {
            listing + &format!("-rw-r--r-- 1 me me {line}{number} file-{line}.rs\n")
        });
        parts.push(tool(
            "bash",
            number,
            at,
            &json!({ "command": format!("ls -la part-{number}"), "description": "Lists the part" }),
            &listing,
            &json!({ "exit": 0 }),
        ));
    }
    if number % 6 == 3 {
        let diff = format!(
            "--- a/part.rs\n+++ b/part.rs\n@@ -1,3 +1,3 @@\n fn part() {{\n-    old({number});\n+    new({number});\n }}\n"
        );
        let (old, new) = (format!("old({number});"), format!("new({number});"));
        let input = json!({ "filePath": directory.join("part.rs"), "oldString": old, "newString": new });
        parts.push(tool("edit", number, at, &input, "Edit applied successfully.", &json!({ "diff": diff })));
    }
    parts.push(json!({
        "type": "text", "time": { "start": at, "end": at + 300 },
        "text": format!("Part {number} **does one thing**: it reads the list, keeps what is new, and writes it back.\n\n```rust\nfn part_{number}(input: &[u32]) -> Vec<u32> {{\n    input.iter().copied().filter(|value| value % {} == 0).collect()\n}}\n```\n\n- it never fails\n- it allocates once\n\nSee `src/part.rs` for the rest.", number + 2),
    }));
    let parts: Vec<Value> =
        parts.into_iter().enumerate().map(|(index, body)| part(session, id, number, index, body)).collect();
    json!({
        "info": {
            "id": id, "sessionID": session, "role": "assistant", "parentID": parent, "mode": "build", "agent": "build",
            "path": { "cwd": directory, "root": directory }, "cost": 0, "finish": "stop",
            "tokens": { "input": 100, "output": 80, "reasoning": 10, "cache": { "read": 0, "write": 0 } },
            "modelID": "scripted", "providerID": "demo", "time": { "created": at, "completed": at + 400 },
        },
        "parts": parts,
    })
}

fn tool(name: &str, number: usize, at: u64, input: &Value, output: &str, metadata: &Value) -> Value {
    json!({
        "type": "tool", "callID": format!("call_{name}_{number}"), "tool": name,
        "state": { "status": "completed", "input": input, "output": output, "title": format!("{name} {number}"), "metadata": metadata, "time": { "start": at, "end": at + 120 } },
    })
}

fn part(session: &str, message: &str, number: usize, index: usize, mut body: Value) -> Value {
    body["id"] = identifier("prt", number as u64, index).into();
    body["sessionID"] = session.into();
    body["messageID"] = message.into();
    body
}
