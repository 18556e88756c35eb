//! The simple commands in a shell's text, understood just enough to see which programs it names. Pure.
//!
//! Nothing is expanded: a variable stays what is written, and what a substitution runs counts as a command of its own.

use std::{ffi::OsString, iter::Peekable, str::Chars};

use super::starters::is_assignment;

/// Words that stand before a command without being one.
const KEYWORDS: [&str; 9] = ["if", "then", "else", "elif", "while", "until", "do", "!", "{"];

/// Every simple command, as words without their quotes, without assignments and redirections.
pub(super) fn commands(text: &str) -> Vec<Vec<OsString>> {
    let mut reader =
        Reader { rest: text.chars().peekable(), commands: Vec::new(), words: Vec::new(), word: None, skip: false };
    reader.read();
    reader.commands
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    commands: Vec<Vec<OsString>>,
    words: Vec<String>,
    /// The word that is being read; an empty one in quotes is a word, too.
    word: Option<String>,
    /// The next word is the target of a redirection.
    skip: bool,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(letter) = self.rest.next() {
            match letter {
                ' ' | '\t' => self.end_word(),
                '\'' => self.single_quoted(),
                '"' => self.double_quoted(),
                '\\' => {
                    if let Some(next) = self.rest.next().filter(|next| *next != '\n') {
                        self.push(next);
                    }
                }
                '#' if self.word.is_none() => while self.rest.next_if(|next| *next != '\n').is_some() {},
                '>' | '<' => self.redirection(),
                ';' | '|' | '\n' | '(' | ')' | '`' | '&' => self.end_command(),
                _ => self.push(letter),
            }
        }
        self.end_command();
    }

    fn push(&mut self, letter: char) {
        self.word.get_or_insert_default().push(letter);
    }

    fn single_quoted(&mut self) {
        let word = self.word.get_or_insert_default();
        word.extend(self.rest.by_ref().take_while(|letter| *letter != '\''));
    }

    fn double_quoted(&mut self) {
        let word = self.word.get_or_insert_default();
        while let Some(letter) = self.rest.next().filter(|letter| *letter != '"') {
            let letter = match letter {
                '\\' => self.rest.next_if(|next| matches!(next, '"' | '\\' | '$' | '`')).unwrap_or('\\'),
                letter => letter,
            };
            word.push(letter);
        }
    }

    fn redirection(&mut self) {
        // `2>`: the number is no word.
        if self.word.as_ref().is_some_and(|word| word.chars().all(|letter| letter.is_ascii_digit())) {
            self.word = None;
        }
        self.end_word();
        while self.rest.next_if(|next| matches!(next, '>' | '<' | '&' | '|')).is_some() {}
        self.skip = true;
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if std::mem::take(&mut self.skip) {
            return;
        }
        let is_first = self.words.is_empty();
        if !(is_first && (is_assignment(&word) || KEYWORDS.contains(&word.as_str()))) {
            self.words.push(word);
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        self.skip = false;
        let words = std::mem::take(&mut self.words);
        if !words.is_empty() {
            self.commands.push(words.into_iter().map(OsString::from).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&[&str]]) {
        let found = commands(text);
        let found: Vec<Vec<&str>> =
            found.iter().map(|words| words.iter().filter_map(|word| word.to_str()).collect()).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn commands_are_told_apart() {
        check("a b; c && d || e | f & g\nh", &[&["a", "b"], &["c"], &["d"], &["e"], &["f"], &["g"], &["h"]]);
        check("(a; b) > c 2>&1 < d e", &[&["a"], &["b"], &["e"]]);
        check("A=1 B='2 3' a C=4", &[&["a", "C=4"]]);
        check("if a; then b; else c; fi", &[&["a"], &["b"], &["c"], &["fi"]]);
        check("a $(b c) d", &[&["a", "$"], &["b", "c"], &["d"]]);
        check("a>b c", &[&["a", "c"]]);
        check("", &[]);
    }

    #[test]
    fn quotes_hold_words_together() {
        check(r#"'a b' "c; \"d" e\ f '' g'h'"i""#, &[&["a b", "c; \"d", "e f", "", "ghi"]]);
        check("a # b\nc#d", &[&["a"], &["c#d"]]);
        check("'never closed", &[&["never closed"]]);
        check("a \\\nb", &[&["a", "b"]]);
    }
}
