//! What a start is doing, while it is waited for: on a terminal one line that is renewed, else one line for each step.

use std::io::{self, IsTerminal as _, Write as _};

/// The widest line that is renewed: one that wraps could not be.
const WIDTH: usize = 78;
/// Back to the beginning of the line, with nothing in it.
const RENEWED: &str = "\r\x1b[K";

/// Tells the steps of a start on stderr.
pub(crate) struct Progress {
    is_terminal: bool,
    told: String,
}

impl Progress {
    /// Nothing is told yet.
    pub(crate) fn begin() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), told: String::new() }
    }

    /// Tells what is being done now, if that is news. A start that is over in a moment is told on a terminal only.
    pub(crate) fn tell(&mut self, step: &str, is_quick: bool) {
        if !self.is_terminal && is_quick {
            return;
        }
        if let Some(text) = self.news(step) {
            let _ = io::stderr().lock().write_all(text.as_bytes());
        }
    }

    /// Clears the line that was renewed.
    pub(crate) fn end(self) {
        if self.is_terminal && !self.told.is_empty() {
            let _ = io::stderr().lock().write_all(RENEWED.as_bytes());
        }
    }

    /// What is written for this step; none if that was said.
    fn news(&mut self, step: &str) -> Option<String> {
        let step: String = step.split_whitespace().collect::<Vec<_>>().join(" ");
        // In a file of lines, how far a step has come is no news.
        let essence = if self.is_terminal { step.clone() } else { without_numbers(&step) };
        if essence == self.told {
            return None;
        }
        self.told = essence;
        if self.is_terminal {
            let is_cut = step.chars().count() > WIDTH;
            let line: String = step.chars().take(if is_cut { WIDTH - 1 } else { WIDTH }).collect();
            return Some(format!("{RENEWED}{line}{}", if is_cut { "…" } else { "" }));
        }
        Some(format!("{step}\n"))
    }
}

fn without_numbers(step: &str) -> String {
    step.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Progress, RENEWED, WIDTH};

    fn told(is_terminal: bool, steps: &[&str]) -> Vec<String> {
        let mut progress = Progress { is_terminal, told: String::new() };
        steps.iter().filter_map(|step| progress.news(step)).collect()
    }

    #[test]
    fn a_file_gets_a_line_for_each_step_and_a_terminal_all_news_on_one() {
        let steps =
            ["Connecting", "Fetching: 1 of 20 MB", "Fetching: 19 of 20 MB", "Fetching: 19 of 20 MB", "Starting"];
        assert_eq!(told(false, &steps), ["Connecting\n", "Fetching: 1 of 20 MB\n", "Starting\n"]);
        let expected = ["Connecting", "Fetching: 1 of 20 MB", "Fetching: 19 of 20 MB", "Starting"];
        assert_eq!(told(true, &steps), expected.map(|step| format!("{RENEWED}{step}")));
    }

    #[test]
    fn no_line_wraps() {
        let [line] = told(true, &[&"wide ".repeat(40)]).try_into().unwrap();
        assert_eq!(line.strip_prefix(RENEWED).unwrap().chars().count(), WIDTH);
        assert!(line.ends_with('…'));
        assert_eq!(told(true, &["one\ntwo"]), [format!("{RENEWED}one two")]);
    }
}
