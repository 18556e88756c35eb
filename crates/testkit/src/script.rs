//! Shell scripts that stand in for programs.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes an executable shell script; its folder is made if need be.
///
/// A process of its own writes it. If this one did, a test that starts a program at the same moment would hand the
/// file, still open for writing, to its child, and the script could not be executed: "Text file busy".
///
/// # Panics
/// If it cannot be written.
pub fn shell_script(path: &Path, body: &str) {
    shell_script_with_mode(path, body, "755");
}

pub(crate) fn shell_script_with_mode(path: &Path, body: &str, mode: &str) {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).expect("the folder of the script");
    }
    let mut writer = Command::new("sh")
        .args(["-c", "cat >\"$1\" && chmod \"$2\" \"$1\"", "sh"])
        .arg(path)
        .arg(mode)
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut input = writer.stdin.take().expect("its input");
    write!(input, "#!/bin/sh\n{body}\n").expect("the script");
    drop(input);
    assert!(writer.wait().is_ok_and(|status| status.success()), "{} could not be written", path.display());
}
