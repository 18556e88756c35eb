//! What was asked on the command line, of this start or of a second one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// `--version`.
    Version,
    /// `--help`.
    Help,
    /// Start, or show what runs already.
    Start {
        /// `--hidden`: stay in the tray.
        hidden: bool,
        /// A directory to start an instance in.
        directory: Option<PathBuf>,
    },
    /// Something that we do not know.
    Unknown {
        /// What it was.
        argument: String,
    },
}

/// What `--help` prints.
pub const HELP: &str = "\
OpenCode Portal: one desktop app over every opencode server you have

Usage: opencode-portal [--hidden] [DIRECTORY]

  DIRECTORY   Offer to start an instance there
  --hidden    Start in the tray, without a window
  --version   Print the version
  --help      Print this

Without a display use the command `portal`.";

impl Arguments {
    /// Reads the arguments after the program's name. A relative directory starts at `folder`.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>, folder: &Path) -> Self {
        let (mut hidden, mut directory, mut only_paths) = (false, None, false);
        for argument in arguments {
            match argument.to_str() {
                Some("--") if !only_paths => only_paths = true,
                Some("--hidden") if !only_paths => hidden = true,
                Some("--version" | "-V") if !only_paths => return Self::Version,
                Some("--help" | "-h") if !only_paths => return Self::Help,
                // Some desktops hand over an empty argument for a field code without a file.
                Some("") => {}
                Some(text) if text.starts_with('-') && !only_paths => {
                    return Self::Unknown { argument: text.to_owned() };
                }
                _ if directory.is_some() => {
                    return Self::Unknown { argument: argument.to_string_lossy().into_owned() };
                }
                _ => directory = Some(folder.join(argument)),
            }
        }
        Self::Start { hidden, directory }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], expected: &Arguments) {
        let parsed = Arguments::parse(arguments.iter().map(OsString::from), Path::new("/here"));
        assert_eq!(&parsed, expected, "{arguments:?}");
    }

    #[test]
    fn arguments_are_understood() {
        let start =
            |hidden, directory: Option<&str>| Arguments::Start { hidden, directory: directory.map(PathBuf::from) };
        check(&[], &start(false, None));
        check(&[""], &start(false, None));
        check(&["--hidden"], &start(true, None));
        check(&["project"], &start(false, Some("/here/project")));
        check(&["/a b/ü%"], &start(false, Some("/a b/ü%")));
        check(&["--", "--hidden"], &start(false, Some("/here/--hidden")));
        check(&["--version"], &Arguments::Version);
        check(&["--help"], &Arguments::Help);
        check(&["--loud"], &Arguments::Unknown { argument: "--loud".into() });
        check(&["a", "b"], &Arguments::Unknown { argument: "b".into() });
    }
}
