//! Words as a POSIX shell takes them, whatever is in them. The one place where something is quoted for a shell. Pure.

/// As a shell takes it for one word, of any bytes. NUL, which no word can hold, is left out.
pub(crate) fn quoted(word: &[u8]) -> Vec<u8> {
    let word: Vec<u8> = word.iter().copied().filter(|byte| *byte != 0).collect();
    shlex::bytes::try_quote(&word).expect("only NUL cannot be quoted, and there is none").into_owned()
}

/// As a shell takes it for one word. NUL is left out.
pub fn quoted_text(word: &str) -> String {
    shlex::try_quote(&word.replace('\0', "")).expect("only NUL cannot be quoted, and there is none").into_owned()
}

/// These words as one line.
pub fn line_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(quoted_text).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_words_stay_as_they_are() {
        for (word, expected) in [
            ("/home/me/app-1.2_x", "/home/me/app-1.2_x"),
            ("/home/me/my app", "'/home/me/my app'"),
            ("it's", "\"it's\""),
            ("/$(rm)", "'/$(rm)'"),
            ("a\0b", "ab"),
            ("", "''"),
        ] {
            assert_eq!(quoted_text(word), expected);
            assert_eq!(quoted(word.as_bytes()), expected.as_bytes());
        }
        assert_eq!(line_of(["ssh", "-t", "a host", "x"]), "ssh -t 'a host' x");
    }

    /// What a real shell makes of these words.
    #[cfg(unix)]
    fn read_by_a_shell(words: &[Vec<u8>]) -> Vec<u8> {
        use std::io::Write as _;
        use std::process::{Command, Stdio};

        let mut script = b"printf '%s\\0'".to_vec();
        for word in words {
            script.push(b' ');
            script.extend(quoted(word));
        }
        script.push(b'\n');
        let mut shell = Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(&script).unwrap();
        shell.wait_with_output().unwrap().stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[cfg(unix)]
        #[test]
        fn a_shell_reads_each_word_as_it_was(
            bytes in proptest::collection::vec(proptest::collection::vec(1_u8..=255, 0..40), 1..20),
            texts in proptest::collection::vec("[ -~\n\t'\"\\\\$`!^~*?#;&|<>(){}\\[\\]ü…]{0,20}", 1..20),
        ) {
            let words: Vec<Vec<u8>> = bytes.into_iter().chain(texts.into_iter().map(String::into_bytes)).collect();
            let expected: Vec<u8> = words.iter().flat_map(|word| [word.as_slice(), b"\0"].concat()).collect();
            prop_assert_eq!(read_by_a_shell(&words), expected);
        }
    }
}
