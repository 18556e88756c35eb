//! A desk: one X server, one session bus and one home folder, for one test alone.
//!
//! Everything that it starts it ends, by the handles that it holds; nothing else is ever signalled.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use testkit::World;

use super::screen::Screen;
use super::tray_host::TrayHost;

/// How long anything on a slow machine may take before a test says that it does not happen.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// A child that ends with its owner.
pub struct Owned {
    child: Child,
    name: &'static str,
}

impl Owned {
    /// Starts `command`; `name` is for messages.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Owned> {
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("`{name}` could not be started"))?;
        Ok(Owned { child, name })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its exit status, once it has ended.
    pub fn ended(&mut self) -> Result<Option<std::process::ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    fn first_line(&mut self) -> Result<String> {
        let output = self.child.stdout.take().with_context(|| format!("`{}` has no output", self.name))?;
        let mut line = String::new();
        BufReader::new(output.take(512)).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("`{}` ended before it was ready", self.name);
        }
        Ok(line.trim().to_owned())
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A desk for one test.
pub struct Desk {
    /// Home and project folders.
    pub world: World,
    /// Its X server.
    pub screen: Screen,
    display: String,
    bus_address: String,
    _bus: Owned,
    _x_server: Owned,
}

impl Desk {
    /// Sets up a desk: Xvfb, a session bus, a home.
    pub fn set_up() -> Result<Desk> {
        Desk::with_screen("1280x800x24")
    }

    /// The same with a screen of another size, `WIDTHxHEIGHTxDEPTH`.
    pub fn with_screen(size: &str) -> Result<Desk> {
        let world = World::new();
        let mut x_server = Owned::start(
            "Xvfb",
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp", "-noreset"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let display = format!(":{}", x_server.first_line()?);
        let mut bus = Owned::start(
            "dbus-daemon",
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let bus_address = bus.first_line()?;
        let screen = Screen::connect(&display)?;
        Ok(Desk { world, screen, display, bus_address, _bus: bus, _x_server: x_server })
    }

    /// A panel with a tray on this desk's bus.
    pub async fn tray_host(&self) -> Result<TrayHost> {
        TrayHost::on_bus(&self.bus_address).await
    }

    /// The environment of every program on this desk.
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        let mut all: Vec<(OsString, OsString)> =
            self.world.environment().into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let mut put = |name: &str, value: OsString| all.push((name.into(), value));
        put("DISPLAY", self.display.clone().into());
        put("DBUS_SESSION_BUS_ADDRESS", self.bus_address.clone().into());
        put("NO_AT_BRIDGE", "1".into());
        put("GDK_BACKEND", "x11".into());
        put("LIBGL_ALWAYS_SOFTWARE", "1".into());
        put("SHELL", "/bin/sh".into());
        put("PATH", path());
        all
    }

    /// A command whose environment is this desk's and nothing else.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().envs(self.environment()).current_dir(self.world.home());
        command
    }

    /// Starts the app without a driver.
    pub fn start_app(&self, arguments: &[&str]) -> Result<Owned> {
        Owned::start("opencode-portal", self.command(app_binary()).args(arguments))
    }
}

/// The usual folders, with the pinned opencode before them.
fn path() -> OsString {
    let mut folders = vec![testkit::opencode_binary().parent().map(PathBuf::from).unwrap_or_default()];
    folders.extend(["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"].map(PathBuf::from));
    std::env::join_paths(folders).expect("none of these folders has a colon in its name")
}

/// The app that this test run built.
pub fn app_binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_opencode-portal"))
}

/// The `portal` command, which cargo puts beside the app.
pub fn portal_binary() -> PathBuf {
    app_binary().with_file_name("portal")
}
