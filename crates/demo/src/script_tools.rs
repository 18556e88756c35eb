//! Tool directives, and the arguments that opencode's tools want.

use std::path::Path;

use serde_json::{Value, json};

use crate::reply::ToolCall;
use crate::script::split_word;

/// Whether a directive is a tool call.
pub(crate) fn is_tool(word: &str) -> bool {
    matches!(
        word,
        "bash" | "read" | "edit" | "write" | "glob" | "grep" | "webfetch" | "todo" | "question" | "task" | "tool"
    )
}

/// The call that a directive stands for; none if it is no tool directive.
pub(crate) fn tool_call(word: &str, argument: &str, directory: Option<&str>) -> Option<ToolCall> {
    let path = |file: &str| match directory {
        Some(directory) => Path::new(directory).join(file).to_string_lossy().into_owned(),
        None => file.to_owned(),
    };
    let (tool, arguments) = match word {
        "bash" => ("bash", json!({ "command": argument })),
        "read" => ("read", json!({ "filePath": path(file_and_rest(argument).0) })),
        "glob" => ("glob", json!({ "pattern": argument })),
        "grep" => ("grep", json!({ "pattern": argument })),
        "webfetch" => ("webfetch", json!({ "url": argument, "format": "text" })),
        "edit" => {
            let (file, change) = file_and_rest(argument);
            let (old, new) = change.split_once(" => ").unwrap_or((change, ""));
            ("edit", json!({ "filePath": path(file), "oldString": old, "newString": new }))
        }
        "write" => {
            let (file, content) = file_and_rest(argument);
            ("write", json!({ "filePath": path(file), "content": content }))
        }
        "todo" => ("todowrite", json!({ "todos": argument.split('|').map(todo).collect::<Vec<_>>() })),
        "question" => ("question", json!({ "questions": argument.split("||").map(question).collect::<Vec<_>>() })),
        "task" => ("task", task(argument)),
        "tool" => {
            let (tool, arguments) = split_word(argument);
            (tool, serde_json::from_str(arguments).unwrap_or_else(|_| json!({})))
        }
        _ => return None,
    };
    Some(ToolCall { tool: tool.to_owned(), arguments })
}

/// A file's name, perhaps in quotes, and what comes behind it: a space or a newline parts them.
fn file_and_rest(argument: &str) -> (&str, &str) {
    match argument.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
        Some((file, rest)) => (file, rest.strip_prefix([' ', '\n']).unwrap_or(rest)),
        None => split_word(argument),
    }
}

fn todo(text: &str) -> Value {
    let text = text.trim();
    let (status, content) = if let Some(done) = text.strip_prefix("x ") {
        ("completed", done)
    } else if let Some(doing) = text.strip_prefix("> ") {
        ("in_progress", doing)
    } else {
        ("pending", text)
    };
    json!({ "content": content, "status": status, "priority": "medium" })
}

fn question(text: &str) -> Value {
    let mut parts = text.split('|').map(str::trim);
    let asked = parts.next().unwrap_or_default();
    let (multiple, asked) = match asked.strip_prefix("multiple ") {
        Some(asked) => (true, asked),
        None => (false, asked),
    };
    let options: Vec<Value> = parts
        .map(|option| {
            let (label, description) = option.split_once(':').unwrap_or((option, option));
            json!({ "label": label.trim(), "description": description.trim() })
        })
        .collect();
    let header: String = asked.chars().take(30).collect();
    json!({ "question": asked, "header": header, "options": options, "multiple": multiple })
}

fn task(argument: &str) -> Value {
    let (title, prompt) = argument.split_once(':').unwrap_or((argument, ""));
    let prompt = prompt.trim_start();
    // A sub-agent without a script would play the tour.
    let prompt = if prompt.starts_with('@') || prompt.contains("\n@") {
        prompt.to_owned()
    } else {
        format!("{prompt}\n@text Finished: {}", title.trim())
    };
    json!({ "description": title.trim(), "prompt": prompt, "subagent_type": "general" })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::tool_call;

    fn check(word: &str, argument: &str, tool: &str, arguments: &Value) {
        let call = tool_call(word, argument, Some("/p")).expect(word);
        assert_eq!((call.tool.as_str(), &call.arguments), (tool, arguments), "@{word} {argument}");
    }

    #[test]
    fn arguments_follow_the_schemas() {
        check(
            "edit",
            "a.txt one => two",
            "edit",
            &json!({"filePath": "/p/a.txt", "oldString": "one", "newString": "two"}),
        );
        check(
            "edit",
            "\"a b.txt\" x => ",
            "edit",
            &json!({"filePath": "/p/a b.txt", "oldString": "x", "newString": ""}),
        );
        check("write", "/tmp/a one\ntwo", "write", &json!({"filePath": "/tmp/a", "content": "one\ntwo"}));
        check("write", "a\none\ntwo", "write", &json!({"filePath": "/p/a", "content": "one\ntwo"}));
        check("tool", "skill {\"name\": \"x\"}", "skill", &json!({"name": "x"}));
        check(
            "todo",
            "x one | > two | three",
            "todowrite",
            &json!({"todos": [
                {"content": "one", "status": "completed", "priority": "medium"},
                {"content": "two", "status": "in_progress", "priority": "medium"},
                {"content": "three", "status": "pending", "priority": "medium"},
            ]}),
        );
        check(
            "question",
            "Which? | Red: a colour | Blue || multiple And? | Yes",
            "question",
            &json!({"questions": [
                {"question": "Which?", "header": "Which?", "multiple": false, "options": [
                    {"label": "Red", "description": "a colour"}, {"label": "Blue", "description": "Blue"}]},
                {"question": "And?", "header": "And?", "multiple": true, "options": [{"label": "Yes", "description": "Yes"}]},
            ]}),
        );
        check(
            "task",
            "Look around: @bash ls\n@text Found",
            "task",
            &json!({"description": "Look around", "prompt": "@bash ls\n@text Found", "subagent_type": "general"}),
        );
    }
}
