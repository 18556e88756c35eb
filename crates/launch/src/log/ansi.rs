//! Text without the sequences that colour it and move the cursor.

/// Where in a sequence we are.
#[derive(Clone, Copy)]
enum Within {
    Text,
    /// Behind the escape character.
    Escape,
    /// `ESC [` up to a letter.
    Control,
    /// `ESC ]` and its like, up to BEL or `ESC \`.
    Words,
    /// At the escape character that may end those.
    WordsEscape,
}

/// Appends the bytes without ANSI sequences. One that is cut off at the end is left out, too.
pub(super) fn strip(bytes: &[u8], into: &mut Vec<u8>) {
    let mut within = Within::Text;
    for byte in bytes.iter().copied() {
        within = match (within, byte) {
            // Behind the escape character, these have one more to come: `ESC ( B`.
            (Within::Text | Within::Escape | Within::Control, 0x1b) | (Within::Escape, 0x20..=0x2f) => Within::Escape,
            (Within::Text, _) => {
                into.push(byte);
                Within::Text
            }
            (Within::Escape, b'[') | (Within::Control, 0x20..=0x3f) => Within::Control,
            (Within::Escape, b']' | b'P' | b'X' | b'^' | b'_') => Within::Words,
            (Within::Words | Within::WordsEscape, 0x1b) => Within::WordsEscape,
            (Within::WordsEscape, b'\\') | (Within::Words, 0x07) | (Within::Escape | Within::Control, _) => {
                Within::Text
            }
            (Within::Words | Within::WordsEscape, _) => Within::Words,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn sequences_are_left_out() {
        for (text, expected) in [
            ("plain ü", "plain ü"),
            ("\u{1b}[31mred\u{1b}[0m ü", "red ü"),
            ("\u{1b}[1;38;5;12mx\u{1b}[K", "x"),
            ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}]8;;http://a\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{1b}(Bx\u{1b}=y\u{1b}7z", "xyz"),
            ("a\u{1b}[31", "a"),
            ("a\u{1b}\u{1b}[1mb", "ab"),
            ("tab\there", "tab\there"),
        ] {
            let mut stripped = Vec::new();
            strip(text.as_bytes(), &mut stripped);
            assert_eq!(String::from_utf8(stripped).unwrap(), expected, "{text:?}");
        }
    }
}
