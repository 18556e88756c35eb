//! What is printed, and how a command ends.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use bridge::messages::{InstanceView, KindView, OwnerView, SourceView};
use bridge::{Failure, risks};

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
    const TYPED_WRONG: u8 = 2;
    const NO_SUCH_INSTANCE: u8 = 3;

    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, lines: Vec::new(), code: Self::FAILED }
    }

    /// What was typed makes no sense together.
    pub(crate) fn typed_wrong(message: impl Into<String>) -> Self {
        Self { code: Self::TYPED_WRONG, ..Self::new(message) }
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

/// Prints what a person should know though the command goes on.
pub(crate) fn warn(line: &str) {
    let _ = writeln!(io::stderr().lock(), "portal: {line}");
}

/// Prints a line, and says whether there is still a reader.
pub(crate) fn try_say(line: &str) -> bool {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
}

/// A duration in one word and a unit.
pub(crate) fn age(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Instances as a table.
pub(crate) fn table(instances: &[InstanceView]) -> Vec<String> {
    let cells = |instance: &InstanceView| {
        [
            instance.state.word().to_owned(),
            instance.name.clone(),
            whose(instance),
            kind_word(instance.kind).to_owned(),
            instance.port.map_or_else(|| "-".to_owned(), |port| port.to_string()),
            instance.id.clone(),
            place(instance),
        ]
    };
    let head = ["STATE", "NAME", "WHOSE", "KIND", "PORT", "ID", "DIRECTORY"].map(ToOwned::to_owned);
    columns(&std::iter::once(head).chain(instances.iter().map(cells)).collect::<Vec<_>>())
}

/// Rows with their cells below each other.
pub(crate) fn columns<const COUNT: usize>(rows: &[[String; COUNT]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; COUNT] = std::array::from_fn(width);
    let line = |row: &[String; COUNT]| {
        let padded: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Its directory; with its host where that is another machine.
pub(crate) fn place(instance: &InstanceView) -> String {
    match &instance.ssh_host {
        Some(host) => format!("{host}:{}", instance.directory),
        None => instance.directory.clone(),
    }
}

fn kind_word(kind: KindView) -> &'static str {
    match kind {
        KindView::Process => "process",
        KindView::Docker => "container",
        KindView::Ssh => "ssh",
        KindView::Remote => "remote",
    }
}

/// `ours`, or by what one of others is known; and what is not safe about it.
fn whose(instance: &InstanceView) -> String {
    let words: Vec<&str> = instance.sources.iter().map(|source| source_word(*source)).collect();
    let whose = match instance.owner {
        OwnerView::Portal => "ours".to_owned(),
        OwnerView::External if words.is_empty() => "found".to_owned(),
        OwnerView::External => format!("found: {}", words.join(", ")),
    };
    std::iter::once(whose).chain(risks(instance).iter().map(ToString::to_string)).collect::<Vec<_>>().join("; ")
}

fn source_word(source: SourceView) -> &'static str {
    match source {
        SourceView::Started => "started",
        SourceView::Process => "process",
        SourceView::Registry => "registry",
        SourceView::ServiceFile => "service file",
        SourceView::Added => "added",
        SourceView::Mdns => "network",
        SourceView::Container => "container",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bridge::messages::{Activity, InstanceView, KindView, OwnerView, SourceView, StateView, WayView};

    use super::{age, table};

    #[test]
    fn the_table_tells_ours_from_what_was_found_and_where_it_runs() {
        let ours = InstanceView::stopped("aaaa0001", "web", "/work/web");
        let found = InstanceView {
            owner: OwnerView::External,
            sources: vec![SourceView::Process, SourceView::Mdns],
            port: Some(4096),
            ..InstanceView::stopped("bbbb0002", "api ü", "/work/api")
        };
        let boxed = InstanceView { kind: KindView::Docker, ..InstanceView::stopped("cccc0003", "web", "/work/web") };
        let there = InstanceView {
            kind: KindView::Ssh,
            ssh_host: Some("me@build".to_owned()),
            ..InstanceView::stopped("dddd0004", "far", "/srv/far")
        };
        let expected = [
            "STATE    NAME   WHOSE                    KIND       PORT  ID        DIRECTORY",
            "stopped  web    ours                     process    -     aaaa0001  /work/web",
            "stopped  api ü  found: process, network  process    4096  bbbb0002  /work/api",
            "stopped  web    ours                     container  -     cccc0003  /work/web",
            "stopped  far    ours                     ssh        -     dddd0004  me@build:/srv/far",
        ];
        assert_eq!(table(&[ours, found, boxed, there]), expected);
    }

    #[test]
    fn what_is_not_safe_stands_in_the_table() {
        let open = InstanceView {
            owner: OwnerView::External,
            sources: vec![SourceView::Added],
            kind: KindView::Remote,
            is_secured: Some(false),
            version: Some("1.0.100".to_owned()),
            state: StateView::Ready { activity: Activity::Idle },
            way: WayView { is_overheard: true, ..WayView::default() },
            ..InstanceView::stopped("aaaa0001", "far", "/srv")
        };
        let lines = table(&[open]);
        assert!(lines[1].contains("found: added; unsafe version; no password; not encrypted  remote"), "{lines:?}");
    }

    #[test]
    fn ages_are_short() {
        for (seconds, expected) in [(5, "5 s"), (130, "2 min"), (10_800, "3 h"), (200_000, "2 days")] {
            assert_eq!(age(Duration::from_secs(seconds)), expected);
        }
    }
}
