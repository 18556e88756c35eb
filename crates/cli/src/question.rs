//! A question with yes or no, asked on the terminal. Where nobody can answer, there is no answer.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

/// Whether the person says yes; none where there is no terminal to ask on.
pub(crate) fn ask(question: &str) -> Option<bool> {
    if !io::stdin().is_terminal() {
        return None;
    }
    let _ = write!(io::stderr(), "{question} [y/N] ");
    let mut answer = String::new();
    let _ = io::stdin().lock().read_line(&mut answer);
    Some(matches!(answer.trim(), "y" | "Y" | "yes"))
}
