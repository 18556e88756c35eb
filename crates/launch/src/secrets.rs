//! Masking the secrets in the arguments of a process. Pure.
//!
//! Owns what is taken for a secret. It does not know how a command is shown, nor of which process it is.
//!
//! What may be a secret or not is masked, but no plain word is.

/// What stands in the place of a secret.
const MASK: &str = "***";
/// A name with one of these in it names a secret.
const SECRET_NAMES: &[&str] = &[
    "accesskey",
    "apikey",
    "api-key",
    "api_key",
    "authkey",
    "bearer",
    "credential",
    "keyfile",
    "passkey",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "sshkey",
    "token",
];
/// A name with one of these as a part of its own names a secret. Within other words they mean nothing: `author`, `monkey`, `path`.
const SECRET_PARTS: &[&str] = &["auth", "key", "keys", "pat", "pwd"];
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

/// The arguments, each with its secrets masked.
pub(crate) fn masked<Word: AsRef<str>>(arguments: impl IntoIterator<Item = Word>) -> impl Iterator<Item = String> {
    let mut is_secret = false;
    arguments.into_iter().map(move |argument| {
        let argument = argument.as_ref();
        let shown = if is_secret && !is_option(argument) { MASK.to_owned() } else { masked_text(argument) };
        is_secret = is_secret_option(argument);
        shown
    })
}

/// An argument may be a text of several words, a command for a shell for one.
fn masked_text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut is_secret = false;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let space = &piece[word.len()..];
        if !word.is_empty() {
            shown.push_str(&if is_secret { MASK.to_owned() } else { masked_word(word) });
            is_secret = announces_secret(word);
        }
        shown.push_str(space);
    }
    shown
}

/// Whether the next word of a text is a secret: `Authorization: Bearer …`, `X-Api-Key: …`, `--token …`.
fn announces_secret(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'']);
    word.eq_ignore_ascii_case("bearer")
        || word.eq_ignore_ascii_case("basic")
        || word.strip_suffix(':').is_some_and(is_secret_name)
        || is_secret_option(word)
}

/// Whether the value of this option is the next argument, if it has one, and a secret.
fn is_secret_option(argument: &str) -> bool {
    is_option(argument.trim_end()) && is_secret_name(argument)
}

/// An option by itself. One with a value in it may as well be the value of the one before.
fn is_option(argument: &str) -> bool {
    argument.starts_with('-') && !argument.contains(|letter: char| letter == '=' || letter.is_whitespace())
}

fn masked_word(word: &str) -> String {
    if is_key(word) {
        return MASK.to_owned();
    }
    // The sign in `://` parts no name from its value.
    let names = &word[..word.find("://").unwrap_or(word.len())];
    for sign in [names.find(['=', ':']), names.find('=')].into_iter().flatten() {
        let (name, value) = (&word[..sign], &word[sign + 1..]);
        if !value.is_empty() && is_secret_name(name) {
            return format!("{}{MASK}", &word[..=sign]);
        }
    }
    let word = without_credentials(word);
    match word.split_once('=') {
        Some((name, value)) if is_key(value) => format!("{name}={MASK}"),
        _ => word,
    }
}

/// Whether what has this name is a secret. The name of an option has its dashes: in such a one, `key` counts wherever it stands.
fn is_secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| lower.contains(secret))
        || (name.starts_with('-') && lower.contains("key"))
        || parts(name).any(|part| SECRET_PARTS.iter().any(|secret| part.eq_ignore_ascii_case(secret.as_bytes())))
}

/// The parts of a name: `KEY` of `SSH_KEY_2`, `Key` of `signingKey`.
fn parts(name: &str) -> impl Iterator<Item = &[u8]> {
    let words = || name.as_bytes().split(|letter| !letter.is_ascii_alphabetic());
    let humps = words().flat_map(|word| word.chunk_by(|_, next| !next.is_ascii_uppercase()));
    words().chain(humps)
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

#[cfg(test)]
mod tests {
    use super::masked;

    #[track_caller]
    fn check(arguments: &[&str], expected: &[&str]) {
        assert_eq!(masked(arguments).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_name_tells_what_is_secret() {
        for name in [
            "password",
            "DB_PASSWD",
            "githubToken",
            "CLIENT_SECRET_V2",
            "aws.credentials",
            "passphrase",
            "GH_PAT",
            "basic-auth",
            "KEY",
            "SSH_KEY_PATH",
            "API_KEYs",
            "key2",
            "DBKey",
            "signingKeyId",
            "ACCESSKEY",
            "--keyfile",
            "-sshkey",
        ] {
            check(&[&format!("{name}=abc")], &[&format!("{name}=***")]);
            check(&[&format!("{name}:abc")], &[&format!("{name}:***")]);
        }
        for name in ["monkey", "KEYBOARD", "Turkey", "author", "path", "pattern", "x", "--port"] {
            check(&[&format!("{name}=abc")], &[&format!("{name}=abc")]);
            check(&[&format!("{name}:abc")], &[&format!("{name}:abc")]);
        }
        check(&["npx", "keyboard", "monkey", "token"], &["npx", "keyboard", "monkey", "token"]);
        check(&["TOKEN=", "--key="], &["TOKEN=", "--key="]);
    }

    #[test]
    fn the_value_of_an_option_is_the_next_argument() {
        check(&["--keyfile", "abc", "abc"], &["--keyfile", "***", "abc"]);
        check(&["--token", "two words"], &["--token", "***"]);
        check(&["--token", "--mdns", "-x"], &["--token", "--mdns", "-x"]);
        check(&["--token", "-abc=="], &["--token", "***"]);
        check(&["--token", ""], &["--token", "***"]);
        check(&["--token=abc", "next"], &["--token=***", "next"]);
        check(&["- mind the token", "next"], &["- mind the token", "next"]);
    }

    #[test]
    fn a_text_is_masked_word_by_word() {
        check(&["run  --token   abc\n now"], &["run  --token   ***\n now"]);
        check(&["run --ssh-key -abc now"], &["run --ssh-key *** now"]);
        check(&["Authorization: basic abc"], &["Authorization: basic ***"]);
        check(&["'X-Auth-Token: abc'"], &["'X-Auth-Token: ***"]);
        check(&["mind the token parser of the author"], &["mind the token parser of the author"]);
    }

    #[test]
    fn a_key_is_known_by_its_beginning() {
        check(&["sk-0123456789abcdef", "'sk-0123456789abcdef'"], &["***", "***"]);
        check(&["sk-0123456789abcdef-key=abc"], &["***"]);
        check(&["X=glpat-0123456789abcdef"], &["X=***"]);
        check(&["sk-short", "task-0123456789abcdef"], &["sk-short", "task-0123456789abcdef"]);
    }

    #[test]
    fn an_address_keeps_no_password() {
        check(&["http://me:abc@host:1/a?b=c"], &["http://***@host:1/a?b=c"]);
        check(&["--url=http://me:abc@host"], &["--url=http://***@host"]);
        check(&["http://host?x=1&key=abc&auth_token=abc"], &["http://host?x=1&key=***&auth_token=***"]);
        check(&["http://host?to=ws://me:abc@host"], &["http://host?to=ws://***@host"]);
        check(&["http://me:abc@host?x=sk-0123456789abcdef&y=1"], &["http://***@host?x=***&y=1"]);
        check(&["http://host#x=sk-0123456789abcdef"], &["http://host#x=***"]);
        check(&["http://key.host:8080/token"], &["http://key.host:8080/token"]);
        check(&["TOKEN=http://host", "host:TOKEN=abc"], &["TOKEN=***", "host:TOKEN=***"]);
    }
}
