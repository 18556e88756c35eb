//! Programs that call themselves opencode and are not.

use std::path::{Path, PathBuf};

use crate::script::shell_script_with_mode;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fake {
    /// Tells its version; `serve` complains on stderr and exits with 3.
    ExitsAtOnce,
    /// Prints bytes that are not UTF-8 and no version, whatever it is asked; `serve` goes on with that for ever.
    PrintsGarbage,
    /// Tells its version; `serve` says that it listens and does not.
    NeverReady,
    /// Does not even tell its version.
    Hangs,
    /// Is a file that must not be executed.
    NotExecutable,
    /// Tells its version; `serve` starts a child that ignores the polite signal, and waits for it.
    IgnoresSigterm,
}

/// Writes `opencode` into `folder`, which is made if need be.
///
/// # Panics
/// If it cannot be written.
pub fn fake_opencode(folder: &Path, fake: Fake) -> PathBuf {
    let version = "if [ \"$1\" = --version ]; then echo 1.18.33; exit 0; fi\n";
    // `tail -f /dev/null` waits for ever without using the processor.
    let body = match fake {
        Fake::ExitsAtOnce => format!("{version}echo 'Error: the database is on fire' >&2\nexit 3\n"),
        Fake::PrintsGarbage => {
            "printf '\\377\\376\\001 not a version\\n'\n[ \"$1\" = --version ] && exit 0\nexec tail -f /dev/null\n"
                .to_owned()
        }
        Fake::NeverReady => {
            format!("{version}echo 'opencode server listening on http://127.0.0.1:1'\nexec tail -f /dev/null\n")
        }
        Fake::Hangs => "exec tail -f /dev/null\n".to_owned(),
        Fake::NotExecutable => version.to_owned(),
        Fake::IgnoresSigterm => {
            format!(
                "{version}trap '' TERM\n(trap '' TERM; while :; do tail -f /dev/null; done) &\nwhile :; do wait; done\n"
            )
        }
    };
    let path = folder.join("opencode");
    shell_script_with_mode(&path, &body, if fake == Fake::NotExecutable { "644" } else { "755" });
    path
}
