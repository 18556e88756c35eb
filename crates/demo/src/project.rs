//! The sample project of the tour.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// The file that the tour changes.
pub(crate) const GREETING_FILE: &str = "greeting.txt";

const FILES: [(&str, &str); 3] = [
    (
        "README.md",
        "# Sample project\n\n\
         OpenCode Portal made this folder for the tour.\n\
         The demo model looks around in it and changes the greeting; nothing outside is touched.\n\
         Delete the folder when you are done.\n",
    ),
    (GREETING_FILE, "Hello, world\n"),
    ("greet.sh", "#!/bin/sh\n# Prints the greeting.\ncat \"$(dirname \"$0\")/greeting.txt\"\n"),
];

/// Writes the sample project into `folder`, which is made if need be. Files that are there stay as they are.
/// With git on this machine the project gets a first commit, so that changes can be reviewed. Blocks.
pub fn tour_project(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, content) in FILES {
        let file = folder.join(name);
        if !file.exists() {
            fs::write(file, content)?;
        }
    }
    if !folder.join(".git").exists() {
        let commit =
            ["-c", "user.name=OpenCode Portal", "-c", "user.email=tour@localhost", "-c", "commit.gpgsign=false"];
        let steps: [&[&str]; 3] =
            [&["init", "--quiet"], &["add", "--all"], &["commit", "--quiet", "--no-verify", "--message", "Begin"]];
        for step in steps {
            if !git(folder, &commit, step) {
                break;
            }
        }
    }
    Ok(())
}

/// Whether git is there and did it. Without it the tour only lacks the review of the work tree.
fn git(folder: &Path, options: &[&str], step: &[&str]) -> bool {
    Command::new("git")
        .current_dir(folder)
        .args(options)
        .args(step)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
