//! A command as it is shown: short, on one line, without secrets.
//!
//! What a secret is, it does not know: that is [`crate::secrets`].

use crate::secrets::masked;

/// No command is shown longer than this, in letters.
const LONGEST: usize = 160;

/// The command on one line: the program without its folder, its arguments, secrets masked. `name` is what the system calls a process without a command.
pub(super) fn shown(command: &[String], name: &str) -> String {
    let Some((program, arguments)) = command.split_first().filter(|(program, _)| !program.is_empty()) else {
        return one_line(&format!("({name})"));
    };
    let words = std::iter::once(program_name(program)).chain(arguments.iter().map(String::as_str));
    one_line(&masked(words).collect::<Vec<_>>().join(" "))
}

/// Some programs write a whole sentence into their name; only a path is shortened.
fn program_name(program: &str) -> &str {
    match program.split_once(' ') {
        None => program.rsplit(['/', '\\']).next().unwrap_or(program),
        Some(_) => program,
    }
}

fn one_line(text: &str) -> String {
    let line = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let line: String = line.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        None => line,
        Some(_) => line.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[track_caller]
    fn check(command: &[&str], expected: &str) {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(shown(&command, "name"), expected);
    }

    #[test]
    fn a_command_is_one_short_line() {
        check(&["/usr/bin/node", "a.js", "x\n  y\tz"], "node a.js x y z");
        check(&["npm exec @acme/weather"], "npm exec @acme/weather");
        check(&[], "(name)");
        check(&[""], "(name)");
        check(&["a\u{1b}[31mb"], "a [31mb");
        let long = "ä".repeat(500);
        let text = shown(&["cat".to_owned(), long], "");
        assert!(text.chars().count() == 160 && text.starts_with("cat ä") && text.ends_with('…'), "{text}");
    }

    #[test]
    fn secrets_are_masked() {
        check(&["x", "--api-key", "abc", "file"], "x --api-key *** file");
        check(&["x", "--token=abc"], "x --token=***");
        check(&["x", "-token", "abc"], "x -token ***");
        check(&["x", "--github-pat", "abc", "--path", "/p"], "x --github-pat *** --path /p");
        check(&["x", "--no-auth", "--port", "1"], "x --no-auth --port 1");
        check(
            &["env", "OPENAI_API_KEY=abc", "DEBUG=1", "ENCRYPTION_KEY=q", "node"],
            "env OPENAI_API_KEY=*** DEBUG=1 ENCRYPTION_KEY=*** node",
        );
        check(&["docker", "run", "-e", "DB_PASSWORD=abc", "img"], "docker run -e DB_PASSWORD=*** img");
        check(&["x", "sk-proj-0123456789abcdef", "sk-short"], "x *** sk-short");
        check(&["x", "K=ghp_0123456789abcdef"], "x K=***");
        check(&["x", "https://me:pw@host/p?a=1&token=abc#f"], "x https://***@host/p?a=1&token=***");
        check(&["curl", "-H", "Authorization: Bearer abc.def", "u"], "curl -H Authorization: Bearer *** u");
        check(&["curl", "-H", "X-Api-Key: abc"], "curl -H X-Api-Key: ***");
        check(&["curl", "-H", "X-Api-Key:abc"], "curl -H X-Api-Key:***");
        check(&["sh", "-c", "TOKEN=abc run --password hunter2 now"], "sh -c TOKEN=*** run --password *** now");
        check(
            &["npx", "keyboard", "author", "monkey=1", "http://localhost:1/x"],
            "npx keyboard author monkey=1 http://localhost:1/x",
        );
    }
}
