//! The package: installed into an empty root, started from its desktop entry, removed again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use testkit::{eventually, until};

use crate::support::desk::{DEADLINE, Desk, Owned};

const ENTRY: &str = "usr/share/applications/opencode-portal.desktop";

/// Where `make test` has put the package; none: it was not built.
fn package() -> Option<PathBuf> {
    let package = std::env::var_os("PORTAL_TEST_DEB").map(PathBuf::from).filter(|path| path.is_file());
    if package.is_none() {
        let reason = "PORTAL_TEST_DEB names no package: build one with `scripts/package --debug`";
        assert!(std::env::var_os("PORTAL_FORBID_SKIPS").is_none(), "{reason}");
        #[expect(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: {reason}");
        }
    }
    package
}

/// A file system root with a package database of its own and nothing else.
struct Root {
    folder: tempfile::TempDir,
    empty: BTreeSet<PathBuf>,
}

impl Root {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        for part in ["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log"] {
            fs::create_dir_all(folder.path().join(part))?;
        }
        fs::write(folder.path().join("var/lib/dpkg/status"), "")?;
        let mut root = Self { folder, empty: BTreeSet::new() };
        root.empty = root.content()?;
        Ok(root)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the system's own package tool on this root. The libraries that the package needs are the machine's: the root has none.
    fn dpkg(&self, arguments: &[&str]) -> Result<()> {
        let mut command = if is_root() {
            Command::new("dpkg")
        } else {
            // Files of a package belong to root; a namespace of our own lets us say so.
            let mut command = Command::new("unshare");
            command.args(["--map-root-user", "dpkg"]);
            command
        };
        let path = std::env::var("PATH").unwrap_or_default();
        let output = command
            .arg(format!("--root={}", self.path().display()))
            .args(["--force-depends", "--force-not-root", "--force-script-chrootless"])
            .args(arguments)
            .env("PATH", format!("{path}:/usr/sbin:/sbin"))
            .output()
            .context("dpkg could not be started")?;
        ensure!(output.status.success(), "dpkg {arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// Every file and folder outside the package database.
    fn content(&self) -> Result<BTreeSet<PathBuf>> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let inside = path.strip_prefix(self.path())?.to_path_buf();
                if inside.starts_with("var") {
                    continue;
                }
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                }
                found.insert(inside);
            }
        }
        Ok(found)
    }

    /// The command line of the desktop entry, as a desktop would start it with no file: field codes removed, the program looked up in this root.
    fn command_line(&self) -> Result<Vec<String>> {
        let entry = fs::read_to_string(self.path().join(ENTRY))?;
        let line = entry.lines().find_map(|line| line.strip_prefix("Exec=")).context("The entry has no `Exec`")?;
        let mut words: Vec<_> =
            line.split_whitespace().filter(|word| !word.starts_with('%')).map(str::to_owned).collect();
        ensure!(!words.is_empty(), "`Exec={line}` starts nothing");
        words[0] = self.path().join("usr/bin").join(&words[0]).display().to_string();
        Ok(words)
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[tokio::test]
async fn the_package_installs_starts_and_leaves_nothing() -> Result<()> {
    let Some(package) = package() else {
        return Ok(());
    };
    let mut root = Root::new()?;
    root.dpkg(&["--install", &package.display().to_string()])?;

    let has = |path: &str| root.path().join(path).exists();
    for path in [
        ENTRY,
        "usr/bin/opencode-portal",
        "usr/bin/portal",
        "usr/share/doc/opencode-portal/copyright",
        "usr/share/icons/hicolor/32x32/apps/opencode-portal.png",
        "usr/share/icons/hicolor/64x64/apps/opencode-portal.png",
        "usr/share/icons/hicolor/128x128/apps/opencode-portal.png",
        "usr/share/icons/hicolor/256x256/apps/opencode-portal.png",
        "usr/share/icons/hicolor/512x512/apps/opencode-portal.png",
    ] {
        ensure!(has(path), "the package has no `{path}`: {:#?}", root.content()?);
    }
    let valid = Command::new("desktop-file-validate").arg(root.path().join(ENTRY)).output()?;
    ensure!(valid.status.success(), "{}", String::from_utf8_lossy(&valid.stdout));
    let portal = Command::new(root.path().join("usr/bin/portal")).arg("--version").output()?;
    ensure!(portal.status.success(), "`portal --version` failed");

    opens_a_window(&root).await?;

    root.dpkg(&["--purge", "opencode-portal"])?;
    let left: Vec<_> = root.content()?.difference(&root.empty).cloned().collect();
    ensure!(left.is_empty(), "removed, but these are left: {left:?}");
    root.empty.clear();
    Ok(())
}

/// Starts the app by its desktop entry on a desk of its own and waits for its window; then closes it by a signal, as a session's end does.
async fn opens_a_window(root: &Root) -> Result<()> {
    let desk = Desk::set_up()?;
    let words = root.command_line()?;
    let mut app = Owned::start("the installed app", desk.command(&words[0]).args(&words[1..]))?;
    until("the window of the installed app", DEADLINE, async || {
        assert!(app.ended().is_ok_and(|ended| ended.is_none()), "the app ended before its window was there");
        desk.screen.visible_window("OpenCode Portal").is_ok_and(|window| window.is_some())
    })
    .await;
    let signalled = Command::new("kill").args(["-TERM", &app.pid().to_string()]).status()?;
    ensure!(signalled.success(), "the app could not be signalled");
    let status = eventually("the end of the app", DEADLINE, async || app.ended().ok().flatten()).await;
    ensure!(status.success(), "told to end, the app ended with {status}");
    testkit::no_process_left(&desk.world).await;
    Ok(())
}
