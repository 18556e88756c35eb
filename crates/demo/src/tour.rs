//! The tour: what the demo model says and does when a person talks to it.

use serde_json::json;

use crate::conversation::Request;
use crate::project::GREETING_FILE;
use crate::reply::Reply;

const HELLO: &str = "Hello, I am the **demo model**. I follow a script, so there is no account, no network and no cost behind me. \
Everything else here is real: the opencode server, the commands, the files.\n\n\
First I would like to look around in this sample project. Running a command needs your permission, so opencode asks you now. \
You can allow it once, allow all commands like it, or reject it.";

const EDIT: &str = "Thank you. I see the sample project and its greeting.\n\n\
Next comes a change to a file. opencode shows you the difference before anything is written: allow it, or reject it with a message \
that says what you would rather have.";

const EDIT_AFTER_REJECTION: &str = "All right, I will not run that.\n\n\
Then let me offer a change to a file instead. opencode shows you the difference before anything is written: \
allow it, or reject it with a message that says what you would rather have.";

const CLOSING: &str = "That was the whole round:\n\n\
1. an answer that streams,\n\
2. a command that you judged,\n\
3. an edit that you judged.\n\n\
The **Review** tab shows what changed, in this turn and in the work tree. \
With a real model it goes on like this for as long as the task takes. \
To use one, connect a provider in opencode and start an instance for your own project.";

const CLOSING_AFTER_REJECTION: &str = "Understood, the file stays as it was.\n\n\
A real model would read your message and try again. I only follow a script, so the tour ends here: you have seen an answer that streams, \
a command and an edit, and both waited for you.";

const NO_TOUR: &str = "I am the demo model and only follow a script, so I cannot help with that. \
Write *Show me what you can do* to see the tour again.";

/// Words in a later prompt that ask for the tour again.
const ASKS: [&str; 8] = ["show", "tour", "demo", "again", "what can", "example", "try", "start"];

/// The reply that comes next.
pub(crate) fn reply(request: &Request) -> Reply {
    let results = request.results();
    let file = match request.directory() {
        Some(directory) => format!("{directory}/{GREETING_FILE}"),
        None => GREETING_FILE.to_owned(),
    };
    match results.as_slice() {
        [] if !request.offers("bash")
            || !request.offers("edit")
            || (request.has_played() && !asks(&request.prompt())) =>
        {
            Reply::say(NO_TOUR)
        }
        [] => Reply::say_and_call(
            HELLO,
            "bash",
            json!({ "command": format!("ls -la && cat {GREETING_FILE}"), "description": "Look at the sample project" }),
        ),
        [looked] => {
            let (text, old, new) = match is_rejection(looked) {
                true => (EDIT_AFTER_REJECTION, "Hello, world", "Hello, OpenCode Portal"),
                // The second tour in the same project turns the greeting back.
                false if looked.contains("Hello, OpenCode Portal") => (EDIT, "Hello, OpenCode Portal", "Hello, world"),
                false => (EDIT, "Hello, world", "Hello, OpenCode Portal"),
            };
            Reply::say_and_call(text, "edit", json!({ "filePath": file, "oldString": old, "newString": new }))
        }
        [.., edited] if is_rejection(edited) => Reply::say(CLOSING_AFTER_REJECTION),
        _ => Reply::say(CLOSING),
    }
}

fn asks(prompt: &str) -> bool {
    let prompt = prompt.to_lowercase();
    ASKS.iter().any(|word| prompt.contains(word))
}

fn is_rejection(result: &str) -> bool {
    result.contains("rejected permission")
}
