//! A command as it is shown: short, on one line, without secrets.

/// No command is shown longer than this, in letters.
const LONGEST: usize = 160;
/// What stands for a secret.
const MASK: &str = "***";
/// Names of variables and options whose values are secrets.
const SECRET_NAMES: &[&str] = &[
    "apikey",
    "api-key",
    "api_key",
    "auth",
    "bearer",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "pat",
    "pwd",
    "secret",
    "token",
];
/// How well-known kinds of keys begin.
const KEY_PREFIXES: &[&str] = &[
    "AIza",
    "AKIA",
    "ATATT",
    "eyJ",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "hf_",
    "npm_",
    "pk-lf-",
    "rk_live_",
    "sk-",
    "sk_live_",
    "sk_test_",
    "xoxa-",
    "xoxb-",
    "xoxp-",
];
/// Shorter ones are no keys.
const SHORTEST_KEY: usize = 16;

/// The command on one line: the program without its folder, its arguments, secrets masked. `name` is what the system calls a process without a command.
pub(super) fn shown(command: &[String], name: &str) -> String {
    let Some((program, arguments)) = command.split_first().filter(|(program, _)| !program.is_empty()) else {
        return one_line(&format!("({name})"));
    };
    let mut words = vec![masked_text(program_name(program))];
    let mut is_secret = false;
    for argument in arguments {
        let name = option_name(argument);
        words.push(if is_secret && name.is_none() { MASK.to_owned() } else { masked_text(argument) });
        is_secret = name.is_some_and(is_secret_name);
    }
    one_line(&words.join(" "))
}

/// Some programs write a whole sentence into their name; only a path is shortened.
fn program_name(program: &str) -> &str {
    match program.split_once(' ') {
        None => program.rsplit(['/', '\\']).next().unwrap_or(program),
        Some(_) => program,
    }
}

/// The option whose value is the next argument.
fn option_name(argument: &str) -> Option<&str> {
    argument.strip_prefix("--").or_else(|| argument.strip_prefix('-')).filter(|name| !name.contains(['=', ' ']))
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let parts = || name.split(|letter: char| !letter.is_ascii_alphanumeric());
    SECRET_NAMES.iter().any(|secret| match *secret {
        // Too short to be looked for within other words.
        "pat" | "auth" | "pwd" => parts().any(|part| part == *secret),
        _ => name.contains(secret),
    }) || parts().next_back() == Some("key")
}

/// A word, or a text of several, with the secrets in it masked.
fn masked_text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut is_secret = false;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let space = &word[bare.len()..];
        if is_secret && !bare.is_empty() {
            shown.push_str(MASK);
        } else {
            shown.push_str(&masked_word(bare));
        }
        shown.push_str(space);
        if !bare.is_empty() {
            is_secret = announces_secret(bare);
        }
    }
    shown
}

/// Whether the next word is a secret: `Authorization: Bearer …`, `--token …` inside a text.
fn announces_secret(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'']);
    let is_header =
        word.strip_suffix(':').is_some_and(|name| is_secret_name(name) && !name.eq_ignore_ascii_case("authorization"));
    word.eq_ignore_ascii_case("bearer")
        || word.eq_ignore_ascii_case("basic")
        || is_header
        || (word.starts_with('-') && option_name(word).is_some_and(is_secret_name))
}

fn masked_word(word: &str) -> String {
    if let Some((name, value)) = word.split_once(['=', ':'])
        && !value.is_empty()
        && !value.starts_with("//")
        && is_secret_name(name.trim_start_matches('-'))
    {
        let sign = &word[name.len()..=name.len()];
        return format!("{name}{sign}{MASK}");
    }
    if let Some((name, value)) = word.split_once('=')
        && is_key(value)
    {
        return format!("{name}={MASK}");
    }
    if is_key(word) {
        return MASK.to_owned();
    }
    without_credentials(word)
}

fn is_key(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'']);
    word.len() >= SHORTEST_KEY && KEY_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
}

/// An address without the password in it, and without the values of its secret parameters.
fn without_credentials(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = host.rsplit_once('@').map_or_else(|| host.to_owned(), |(_, host)| format!("{MASK}@{host}"));
    let path = match path.split_once('?') {
        None => path.to_owned(),
        Some((path, query)) => {
            let parameters: Vec<String> = query.split('&').map(masked_word).collect();
            format!("{path}?{}", parameters.join("&"))
        }
    };
    format!("{scheme}://{host}{path}")
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
