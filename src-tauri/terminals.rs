//! The terminals that we know: how each is opened in a folder, and how it is told what to run.
//!
//! A command comes from the core, never from the page. It is one of a closed list of programs, and its arguments reach it one by one: no shell reads them, but on macOS, whose terminal takes nothing else; there each is quoted.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::machine::{Machine, preferred};
use crate::opening::{Opening, OpeningError, Takes};

/// What may be run in a terminal: what opens a shell elsewhere.
const COMMANDS: &[&str] = &["docker", "podman", "ssh"];

/// A terminal that we know.
#[derive(Clone, Copy, Debug)]
struct Terminal {
    /// How it takes the folder to start in.
    folder: Takes,
    /// How it takes a command; none: we do not know a way that keeps arguments apart.
    command: Option<Runs>,
}

/// How a terminal takes a command.
#[derive(Clone, Copy, Debug)]
enum Runs {
    /// Its words after these.
    After(&'static [&'static str]),
    /// The same, but a `;` would begin another command, unless there is a backslash before it.
    AfterParted(&'static [&'static str]),
    /// After these, as one text that is typed into a shell.
    Typed(&'static [&'static str]),
}

const fn terminal(folder: Takes, before: &'static [&'static str]) -> Terminal {
    Terminal { folder, command: Some(Runs::After(before)) }
}

/// The ones with a name of their own first.
const TERMINALS: &[(&str, Terminal)] = &[
    ("ghostty", terminal(Takes::Joined("--working-directory="), &["-e"])),
    ("kitty", terminal(Takes::After(&["--directory"]), &[])),
    ("alacritty", terminal(Takes::After(&["--working-directory"]), &["-e"])),
    ("wezterm", terminal(Takes::After(&["start", "--cwd"]), &["start", "--"])),
    ("foot", terminal(Takes::Joined("--working-directory="), &[])),
    ("ptyxis", terminal(Takes::After(&["--new-window", "--working-directory"]), &["--new-window", "--"])),
    ("kgx", terminal(Takes::Joined("--working-directory="), &["--"])),
    ("gnome-terminal", terminal(Takes::Joined("--working-directory="), &["--"])),
    ("konsole", terminal(Takes::After(&["--workdir"]), &["-e"])),
    ("xfce4-terminal", terminal(Takes::Joined("--working-directory="), &["-x"])),
    ("mate-terminal", terminal(Takes::Joined("--working-directory="), &["-x"])),
    ("tilix", Terminal { folder: Takes::Joined("--working-directory="), command: None }),
    ("x-terminal-emulator", terminal(Takes::Folder, &["-e"])),
    ("xterm", terminal(Takes::Folder, &["-e"])),
    ("wt", Terminal { folder: Takes::After(&["-d"]), command: Some(Runs::AfterParted(&["new-tab", "--"])) }),
];

/// On macOS the terminal takes a command from a script.
const TERMINAL_OF_MACOS: (&str, Runs) = (
    "osascript",
    Runs::Typed(&[
        "-e",
        "on run words",
        "-e",
        "tell application \"Terminal\" to do script (item 1 of words)",
        "-e",
        "tell application \"Terminal\" to activate",
        "-e",
        "end run",
    ]),
);

/// How each terminal takes a folder, the person's own choice first.
pub fn in_folder(chosen: &[String]) -> Vec<(&'static str, Takes)> {
    preferred(TERMINALS, chosen).into_iter().map(|(name, terminal)| (name, terminal.folder)).collect()
}

/// What is to be started to run this command in a terminal of this machine: the program, then its arguments.
pub fn running(command: &[String], machine: &Machine<'_>) -> Result<Opening, OpeningError> {
    let refused = || OpeningError::NotACommand { command: command.join(" ") };
    let (program, arguments) = command.split_first().ok_or_else(refused)?;
    let name = Path::new(program).file_name().and_then(|name| name.to_str()).ok_or_else(refused)?;
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let known = COMMANDS.iter().find(|known| **known == name).ok_or_else(refused)?;
    if command.iter().any(|word| word.chars().any(char::is_control)) {
        return Err(refused());
    }
    let program = if Path::new(program).is_absolute() {
        Some(PathBuf::from(program)).filter(|path| path.exists())
    } else {
        (machine.find)(known)
    };
    let program = program.ok_or_else(|| OpeningError::NotInstalled { program: (*known).to_owned() })?;
    let words: Vec<OsString> =
        std::iter::once(program.into_os_string()).chain(arguments.iter().map(OsString::from)).collect();

    let terminals = preferred(TERMINALS, machine.chosen);
    let runs = terminals.iter().filter_map(|(name, terminal)| Some((*name, terminal.command?)));
    for (name, runs) in runs.chain([TERMINAL_OF_MACOS]) {
        let Some(program) = (machine.find)(name) else {
            continue;
        };
        return Ok(Opening { program, arguments: runs.arguments(&words), folder: None });
    }
    let known = terminals.iter().filter(|(_, terminal)| terminal.command.is_some()).map(|(name, _)| *name);
    Err(OpeningError::NoProgram { what: "terminal", known: known.collect::<Vec<_>>().join(", ") })
}

impl Runs {
    fn arguments(self, words: &[OsString]) -> Vec<OsString> {
        let after = |before: &[&str], words: Vec<OsString>| before.iter().map(OsString::from).chain(words).collect();
        match self {
            Self::After(before) => after(before, words.to_vec()),
            Self::AfterParted(before) => {
                let kept = |word: &OsString| word.to_string_lossy().replace(';', "\\;").into();
                after(before, words.iter().map(kept).collect())
            }
            Self::Typed(before) => {
                let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
                after(before, vec![fleet::line_of(words.iter().map(AsRef::as_ref)).into()])
            }
        }
    }
}

#[cfg(test)]
#[path = "terminals_tests.rs"]
mod tests;
