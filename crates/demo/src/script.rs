//! The directives of a prompt, and the replies that they make.

use std::time::Duration;

use crate::reply::{Passage, Reply, Step, Times};
use crate::script_tools::tool_call;

/// Words for text of a given length.
const FILLER: [&str; 16] = [
    "the", "agent", "reads", "a", "file", "and", "then", "writes", "one", "line", "of", "code", "while", "you", "look",
    "on",
];

const MARKDOWN: &str = include_str!("markdown.md");

/// The replies that a prompt asks for; none if it has no directives.
pub(crate) fn replies(prompt: &str, directory: Option<&str>) -> Option<Vec<Reply>> {
    let directives = directives(prompt);
    if directives.is_empty() {
        return None;
    }
    let mut replies: Vec<Reply> = Vec::new();
    let mut open = Reply::default();
    for Directive { word, argument } in directives {
        if word == "also" {
            let (tool, argument) = split_word(&argument);
            if let (Some(call), Some(reply)) = (tool_call(tool, argument, directory), replies.last_mut()) {
                reply.calls.push(call);
            }
        } else if let Some(call) = tool_call(&word, &argument, directory) {
            open.calls.push(call);
            replies.push(std::mem::take(&mut open));
        } else if let Some(step) = step(&word, &argument) {
            open.steps.push(step);
        }
    }
    if open.steps.is_empty() {
        open.steps.push(Step::Say(Passage::words("Done.", None)));
    }
    replies.push(open);
    Some(replies)
}

#[derive(Debug, PartialEq, Eq)]
struct Directive {
    word: String,
    argument: String,
}

fn directives(prompt: &str) -> Vec<Directive> {
    let mut found: Vec<Directive> = Vec::new();
    let mut is_open = false;
    for line in prompt.lines() {
        if let Some(more) = line.strip_prefix("  ").or_else(|| line.strip_prefix('\t')) {
            if let (true, Some(directive)) = (is_open, found.last_mut()) {
                if !directive.argument.is_empty() {
                    directive.argument.push('\n');
                }
                directive.argument.push_str(more);
            }
            continue;
        }
        is_open = false;
        if let Some(directive) = line.strip_prefix('@') {
            let (word, argument) = split_word(directive);
            if is_known(word) {
                found.push(Directive { word: word.to_owned(), argument: unescape(argument) });
                is_open = true;
            }
        }
    }
    found
}

fn is_known(word: &str) -> bool {
    matches!(word, "also" | "text" | "reason" | "markdown" | "deltas" | "count" | "error" | "stall" | "cut")
        || crate::script_tools::is_tool(word)
}

fn step(word: &str, argument: &str) -> Option<Step> {
    Some(match word {
        "text" => Step::Say(passage(argument)),
        "reason" => Step::Think(passage(argument)),
        "markdown" => Step::Say(Passage::words(MARKDOWN, rate_and_rest(argument).1)),
        "deltas" => Step::Say(deltas(argument)),
        "count" => Step::Say(count(argument)),
        "error" => Step::Fail {
            status: split_word(argument).0.parse().ok().filter(|status| (400..600).contains(status)).unwrap_or(500),
            times: times(argument),
            retry_after: number_before(argument, "ms").map(|ms| Duration::from_millis(ms.into())),
        },
        "stall" => Step::Stall,
        "cut" => Step::Cut { times: times(argument) },
        _ => return None,
    })
}

fn passage(argument: &str) -> Passage {
    let (rest, per_second) = rate_and_rest(argument);
    let count = rest.strip_suffix("words").and_then(|count| count.trim().parse::<usize>().ok());
    match count {
        Some(count) => {
            let words = FILLER.iter().cycle().take(count);
            Passage { pieces: words.map(|word| format!("{word} ")).collect(), per_second }
        }
        None => Passage::words(rest, per_second),
    }
}

fn deltas(argument: &str) -> Passage {
    let bytes = number_before(argument, "bytes").unwrap_or(6).max(1) as usize;
    let count = split_word(argument).0.parse().unwrap_or(1);
    let (_, per_second) = rate_and_rest(argument.split(" of ").next().unwrap_or_default());
    let piece = format!("{:x>width$} ", "", width = bytes - 1);
    Passage { pieces: vec![piece; count], per_second }
}

fn count(argument: &str) -> Passage {
    let (rest, per_second) = rate_and_rest(argument);
    let last: u32 = rest.trim().parse().unwrap_or(1);
    Passage { pieces: (1..=last).map(|number| format!("#{number} ")).collect(), per_second }
}

/// Takes `at 100/s` from the end.
fn rate_and_rest(argument: &str) -> (&str, Option<u32>) {
    let rate =
        |rest: &str| rest.trim().strip_suffix("/s").and_then(|rate| rate.parse::<u32>().ok()).filter(|rate| *rate > 0);
    if let Some(rate) = argument.strip_prefix("at ").and_then(rate) {
        return ("", Some(rate));
    }
    match argument.rsplit_once(" at ").and_then(|(rest, end)| Some((rest, rate(end)?))) {
        Some((rest, rate)) => (rest, Some(rate)),
        None => (argument, None),
    }
}

fn times(argument: &str) -> Times {
    if argument.split_whitespace().any(|word| word == "always") {
        Times::Always
    } else {
        Times::Few(number_before(argument, "times").unwrap_or(1))
    }
}

fn number_before(argument: &str, unit: &str) -> Option<u32> {
    let words: Vec<&str> = argument.split_whitespace().collect();
    words.windows(2).find(|pair| pair[1] == unit).and_then(|pair| pair[0].parse().ok())
}

/// The first word, and what comes behind it.
pub(crate) fn split_word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start_matches(' ')),
        None => (text, ""),
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('\\') | None => plain.push('\\'),
            Some(other) => plain.extend(['\\', other]),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::replies;
    use crate::reply::{Passage, Reply, Step, Times, ToolCall};

    fn call(tool: &str, arguments: serde_json::Value) -> ToolCall {
        ToolCall { tool: tool.to_owned(), arguments }
    }

    fn only_step(prompt: &str) -> Step {
        let replies = replies(prompt, None).expect("a script");
        assert_eq!(replies.len(), 1, "{prompt}");
        replies[0].steps[0].clone()
    }

    #[test]
    fn prose_is_no_script() {
        for prose in ["", "Show me what you can do", "@src/main.rs looks wrong", "mail me@text hi", "  @text indented"]
        {
            assert_eq!(replies(prose, None), None, "{prose}");
        }
    }

    #[test]
    fn a_tool_ends_a_reply() {
        let script = "Please:\n@text One\n@bash echo 1\n@also bash echo 2\n@reason Hm\n@read a.txt";
        assert_eq!(
            replies(script, Some("/p")).expect("a script"),
            [
                Reply {
                    steps: vec![Step::Say(Passage { pieces: vec!["One".to_owned()], per_second: None })],
                    calls: vec![call("bash", json!({"command": "echo 1"})), call("bash", json!({"command": "echo 2"}))],
                },
                Reply {
                    steps: vec![Step::Think(Passage { pieces: vec!["Hm".to_owned()], per_second: None })],
                    calls: vec![call("read", json!({"filePath": "/p/a.txt"}))],
                },
                Reply {
                    steps: vec![Step::Say(Passage { pieces: vec!["Done.".to_owned()], per_second: None })],
                    calls: vec![],
                },
            ]
        );
    }

    #[test]
    fn text_has_a_length_and_a_rate() {
        let Step::Say(words) = only_step("@text 200 words at 100/s") else { panic!("text") };
        assert_eq!((words.pieces.len(), words.per_second), (200, Some(100)));
        let Step::Say(words) = only_step("@text Meet me at noon") else { panic!("text") };
        assert_eq!((words.pieces.concat(), words.per_second), ("Meet me at noon".to_owned(), None));
        let Step::Say(words) = only_step("@deltas 5000 at 1000/s of 20 bytes") else { panic!("text") };
        assert_eq!((words.pieces.len(), words.pieces[0].len(), words.per_second), (5000, 20, Some(1000)));
        let Step::Say(words) = only_step("@text a\n  b\\nc") else { panic!("text") };
        assert_eq!(words.pieces.concat(), "a\nb\\nc");
    }

    #[test]
    fn failures_have_a_number() {
        let cases = [
            ("@error 429", Step::Fail { status: 429, times: Times::Few(1), retry_after: None }),
            (
                "@error 500 3 times after 300 ms",
                Step::Fail { status: 500, times: Times::Few(3), retry_after: Some(Duration::from_millis(300)) },
            ),
            ("@error 400 always", Step::Fail { status: 400, times: Times::Always, retry_after: None }),
            ("@cut", Step::Cut { times: Times::Few(1) }),
            ("@stall", Step::Stall),
        ];
        for (prompt, step) in cases {
            assert_eq!(only_step(prompt), step, "{prompt}");
        }
    }
}
