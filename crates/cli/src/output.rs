//! What is printed, and how a command ends.

use std::io::{self, Write as _};
use std::process::ExitCode;

use bridge::Failure;
use bridge::messages::InstanceView;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Trouble {
    message: String,
    hint: Option<String>,
    /// Further lines: the end of an output, names to choose from.
    lines: Vec<String>,
    code: u8,
}

impl Trouble {
    const FAILED: u8 = 1;
    const NO_SUCH_INSTANCE: u8 = 3;

    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, lines: Vec::new(), code: Self::FAILED }
    }

    /// No instance, or several, that could be meant.
    pub(crate) fn not_found(message: impl Into<String>, lines: Vec<String>) -> Self {
        Self { message: message.into(), hint: None, lines, code: Self::NO_SUCH_INSTANCE }
    }

    pub(crate) fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    pub(crate) fn lines(mut self, lines: Vec<String>) -> Self {
        self.lines = lines;
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        let Failure { code: _, message, hint, detail } = failure;
        let message = match detail {
            Some(detail) => format!("{message} ({detail})"),
            None => message,
        };
        Self::new(message).hint(hint)
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::new(format!("{error:#}"))
    }
}

/// Prints a line. A reader that has gone away (`| head`) is no error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Prints why a command failed.
pub(crate) fn complain(trouble: &Trouble) {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "portal: {}", trouble.message);
    for line in &trouble.lines {
        let _ = writeln!(out, "  {line}");
    }
    if let Some(hint) = &trouble.hint {
        let _ = writeln!(out, "{hint}.");
    }
}

/// Instances as a table.
pub(crate) fn table(instances: &[InstanceView]) -> Vec<String> {
    let rows: Vec<[String; 5]> = instances
        .iter()
        .map(|instance| {
            [
                instance.state.word().to_owned(),
                instance.name.clone(),
                instance.port.map_or_else(|| "-".to_owned(), |port| port.to_string()),
                instance.id.clone(),
                instance.directory.clone(),
            ]
        })
        .collect();
    let head = ["STATE", "NAME", "PORT", "ID", "DIRECTORY"].map(ToOwned::to_owned);
    let all: Vec<_> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..4).map(width).collect();
    all.iter()
        .map(|[state, name, port, id, directory]| {
            format!(
                "{state:<0$}  {name:<1$}  {port:<2$}  {id:<3$}  {directory}",
                widths[0], widths[1], widths[2], widths[3]
            )
        })
        .collect()
}
