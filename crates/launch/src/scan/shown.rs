//! An argument list in one line for a person, as a shell would take it, without its secrets. Pure.
//!
//! What a secret is, it does not know: that is [`crate::secrets`].

use std::ffi::OsString;

use crate::{secrets::masked, shell_words::quoted_text};

/// A line is for reading; a prompt of a page is not.
const LONGEST: usize = 2_000;

/// The line. Longer ones end in `…`.
pub(super) fn line(arguments: &[OsString]) -> String {
    let mut line = String::new();
    // A process that has overwritten its arguments leaves empty ones behind.
    let end = arguments.iter().rposition(|word| !word.is_empty()).map_or(0, |last| last + 1);
    for word in masked(arguments[..end].iter().map(|word| word.to_string_lossy())) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&quoted(&word));
        if line.len() > LONGEST {
            line.truncate(line.floor_char_boundary(LONGEST));
            line.push('…');
            break;
        }
    }
    line
}

/// As a shell takes it for one word, as short as can be read.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/' | ':' | '=' | ',' | '@' | '%' | '+' | '*')
    };
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if word.chars().any(char::is_control) {
        // Written out, or they would break the line.
        let inner: String = word
            .chars()
            .map(|letter| match letter {
                '\'' | '\\' => format!("\\{letter}"),
                letter if letter.is_control() => letter.escape_default().to_string(),
                letter => letter.to_string(),
            })
            .collect();
        return format!("$'{inner}'");
    }
    quoted_text(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], expected: &str) {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        assert_eq!(line(&arguments), expected);
    }

    #[test]
    fn a_shell_would_take_it() {
        check(&["opencode", "serve", "--port=1"], "opencode serve --port=1");
        check(&["opencode", "/a folder", "it's", ""], "opencode '/a folder' \"it's\"");
        check(&["a", "", "b", "", ""], "a '' b");
        check(&["a", "$HOME;ü"], "a '$HOME;ü'");
        check(&["a", "one\ntwo's"], "a $'one\\ntwo\\'s'");
        check(&[], "");
        let long = line(&["ü".repeat(5_000).into()]);
        assert!(long.len() <= LONGEST + '…'.len_utf8() && long.ends_with('…'), "{}", long.len());
    }

    #[test]
    fn secrets_are_masked() {
        check(&["opencode", "--password", "hunter2", "serve"], "opencode --password *** serve");
        check(&["opencode", "--api-key=hunter2"], "opencode --api-key=***");
        check(&["opencode", "--token", "--mdns"], "opencode --token --mdns");
        check(&["env", "OPENCODE_SERVER_PASSWORD=hunter2", "opencode"], "env OPENCODE_SERVER_PASSWORD=*** opencode");
        check(
            &["sh", "-c", "OPENCODE_SERVER_PASSWORD=hunter2 opencode serve --secret hunter2 -x"],
            "sh -c 'OPENCODE_SERVER_PASSWORD=*** opencode serve --secret *** -x'",
        );
        check(&["opencode", "attach", "http://user:hunter2@host:1/a?b=c"], "opencode attach 'http://***@host:1/a?b=c'");
        check(&["opencode", "--url=http://a:hunter2@b"], "opencode --url=http://***@b");
        check(&["opencode", "http://host/a?auth_token=hunter2&x=1"], "opencode 'http://host/a?auth_token=***&x=1'");
        check(&["opencode", "--prompt", "mind the token parser"], "opencode --prompt 'mind the token parser'");
    }
}
