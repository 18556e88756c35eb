//! Passwords in a real keyring on a session bus of the test's own, and where there is none. Each question is asked by a process
//! of the world, because a process has one session bus.

use std::{
    env, fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use testkit::{World, eventually, no_process_left, until};

use crate::{PATIENCE, example, read};

/// A world with a place for sockets and, when there is one, a session bus.
struct Session {
    world: World,
    /// Ended in this order.
    daemons: Vec<Daemon>,
    patience_ms: u32,
}

/// Killed when dropped.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

impl Session {
    fn without_bus() -> Self {
        let world = World::new();
        let session = Self { world, daemons: Vec::new(), patience_ms: 20_000 };
        fs::create_dir(session.runtime()).unwrap();
        fs::set_permissions(session.runtime(), fs::Permissions::from_mode(0o700)).unwrap();
        session
    }

    /// A bus on which no keyring is and none can be called up.
    async fn with_bus() -> Self {
        let mut session = Self::without_bus();
        let socket = session.runtime().join("bus");
        let configuration = session.world.root().join("bus.conf");
        let text = format!(
            "<busconfig><type>session</type><listen>unix:path={}</listen>\
             <policy context=\"default\"><allow send_destination=\"*\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy>\
             </busconfig>",
            socket.display()
        );
        fs::write(&configuration, text).unwrap();
        session.start("dbus-daemon", |command| {
            command.arg("--nofork").arg(format!("--config-file={}", configuration.display()));
        });
        until("the bus listens", PATIENCE, async || socket.exists()).await;
        session
    }

    /// A bus with GNOME's keyring, which keeps its files in the world. `None` after having said that the test is skipped.
    async fn with_keyring() -> Option<Self> {
        let is_there = |program| Command::new(program).arg("--version").output().is_ok();
        if !is_there("gnome-keyring-daemon") || !is_there("dbus-daemon") {
            assert!(
                env::var_os("PORTAL_FORBID_SKIPS").is_none(),
                "gnome-keyring and dbus-daemon are needed and skips are forbidden"
            );
            println!("Skipped: gnome-keyring or dbus-daemon is not installed");
            return None;
        }
        let mut session = Self::with_bus().await;
        session.unlock().await;
        Some(session)
    }

    /// Starts the keyring with its password, as a login does.
    async fn unlock(&mut self) {
        let daemon = self.start("gnome-keyring-daemon", |command| {
            command.args(["--foreground", "--unlock", "--components=secrets"]);
        });
        daemon.0.stdin.take().unwrap().write_all(b"of the keyring itself").unwrap();
        self.keyring_is_there().await;
    }

    /// Starts the keyring without its password.
    async fn start_locked(&mut self) {
        self.start("gnome-keyring-daemon", |command| {
            command.args(["--foreground", "--components=secrets"]);
        });
        self.keyring_is_there().await;
    }

    async fn keyring_is_there(&self) {
        until("the keyring is on the bus", PATIENCE, async || {
            let mut command = Command::new("dbus-send");
            self.place(&mut command).args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ]);
            String::from_utf8(command.output().unwrap().stdout).unwrap().contains("boolean true")
        })
        .await;
    }

    fn start(&mut self, program: &str, arguments: impl FnOnce(&mut Command)) -> &mut Daemon {
        let mut command = Command::new(program);
        arguments(self.place(&mut command));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
        // The keyring goes before its bus.
        self.daemons.insert(0, Daemon(child));
        &mut self.daemons[0]
    }

    fn place<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let address = format!("unix:path={}", self.runtime().join("bus").display());
        command
            .current_dir(self.world.project())
            .env_clear()
            .envs(self.world.environment())
            // Without it, the bus of the person who runs the test would be found.
            .env("XDG_RUNTIME_DIR", self.runtime())
            .env("DBUS_SESSION_BUS_ADDRESS", address)
    }

    fn runtime(&self) -> PathBuf {
        self.world.root().join("run")
    }

    fn file(&self) -> PathBuf {
        self.world.config().join("passwords.json")
    }

    /// Asks in a process of the world, with a password for standard input.
    async fn ask(&self, question: &str, account: &str, password: &str) -> String {
        let mut command = Command::new(example("keyring"));
        self.place(&mut command).arg(self.file()).args([&self.patience_ms.to_string(), question, account]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{question} {account}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    async fn end(mut self) {
        self.daemons.drain(..).for_each(drop);
        no_process_left(&self.world).await;
    }
}

#[tokio::test]
async fn a_password_is_kept_replaced_found_and_forgotten_in_a_keyring() {
    let Some(session) = Session::with_keyring().await else { return };
    assert_eq!(session.ask("get", "a", "").await, "none");
    assert_eq!(session.ask("set", "a", "first pässword").await, "kept in Keyring");
    assert_eq!(session.ask("get", "a", "").await, "found first pässword");
    assert_eq!(session.ask("set", "a", "second").await, "kept in Keyring");
    assert_eq!(
        session.ask("set-with-file", "b", "of b").await,
        "kept in Keyring",
        "the file is only for where there is none"
    );
    assert_eq!(session.ask("get", "a", "").await, "found second");
    assert_eq!(session.ask("forget", "a", "").await, "forgotten");
    assert_eq!(session.ask("forget", "a", "").await, "forgotten", "it was not there any more");
    assert_eq!(session.ask("get", "a", "").await, "none");
    assert_eq!(session.ask("get", "b", "").await, "found of b");
    assert!(!session.file().exists(), "no file where there is a keyring");
    session.end().await;
}

#[tokio::test]
async fn without_a_keyring_the_file_is_used_once_agreed_and_left_when_there_is_one() {
    let Some(mut session) = Session::with_keyring().await else { return };
    // The keyring goes, the bus stays.
    session.daemons.remove(0);
    let refused = session.ask("set", "a", "s3cret").await;
    assert!(refused.starts_with("NoKeyring: There is no keyring on this machine: "), "{refused}");
    assert!(!refused.contains("s3cret") && !session.file().exists(), "{refused}");
    assert_eq!(session.ask("set-with-file", "a", "s3cret").await, "kept in File");
    assert_eq!(session.ask("get", "a", "").await, "found s3cret");

    session.unlock().await;
    assert_eq!(session.ask("get", "a", "").await, "found s3cret");
    assert_eq!(session.ask("set", "a", "s3cret too").await, "kept in Keyring");
    assert!(!read(&session.file()).contains("s3cret"), "{}", read(&session.file()));
    assert_eq!(session.ask("get", "a", "").await, "found s3cret too");
    session.end().await;
}

#[tokio::test]
async fn without_a_session_bus_there_is_no_keyring() {
    let session = Session::without_bus();
    assert_eq!(session.ask("get", "a", "").await, "none");
    assert!(session.ask("set", "a", "s3cret").await.starts_with("NoKeyring: "));
    assert_eq!(session.ask("set-with-file", "a", "s3cret").await, "kept in File");
    assert_eq!(session.file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(session.ask("get", "a", "").await, "found s3cret");
    assert_eq!(session.ask("forget", "a", "").await, "forgotten");
    assert_eq!(session.ask("get", "a", "").await, "none");

    fs::write(session.file(), "{\"passwords\": s3cret").unwrap();
    let corrupt = session.ask("get", "a", "").await;
    assert!(corrupt.starts_with("Corrupt: ") && corrupt.contains("passwords.json.corrupt-1"), "{corrupt}");
    assert!(!corrupt.contains("s3cret"), "{corrupt}");
    assert_eq!(session.ask("set-with-file", "a", "new").await, "kept in File");
    session.end().await;
}

#[tokio::test]
async fn a_locked_keyring_is_said_to_be_locked() {
    let Some(mut session) = Session::with_keyring().await else { return };
    assert_eq!(session.ask("set", "a", "s3cret").await, "kept in Keyring");
    let kept = session.world.data().join("keyrings");
    eventually("the keyring is on the disk", PATIENCE, async || {
        let files = fs::read_dir(&kept).ok()?;
        files.flatten().any(|file| file.path().extension().is_some_and(|end| end == "keyring")).then_some(())
    })
    .await;
    session.daemons.remove(0);
    session.start_locked().await;
    // Nobody is there to answer its window.
    for (question, account) in [("get", "a"), ("set", "a"), ("set", "b"), ("forget", "a")] {
        let answer = session.ask(question, account, "other").await;
        assert!(answer.starts_with("Locked: The keyring is locked: "), "{question} {account}: {answer}");
    }
    assert_eq!(session.ask("set-with-file", "a", "other").await, "kept in File");
    assert_eq!(session.ask("get", "a", "").await, "found other", "the newer one");
    session.end().await;
}

#[tokio::test]
async fn a_keyring_that_does_not_answer_is_given_up_on() {
    let Some(mut session) = Session::with_keyring().await else { return };
    let keyring = session.daemons[0].0.id().to_string();
    assert!(Command::new("kill").args(["-s", "STOP", &keyring]).status().unwrap().success());
    session.patience_ms = 1_000;
    for question in ["get", "set", "forget"] {
        let answer = session.ask(question, "a", "s3cret").await;
        assert!(answer.starts_with("NoAnswer: The keyring did not answer within 1 s"), "{question}: {answer}");
    }
    assert_eq!(session.ask("set-with-file", "a", "s3cret").await, "kept in File");
    assert!(Command::new("kill").args(["-s", "CONT", &keyring]).status().unwrap().success());
    session.patience_ms = 20_000;
    assert_eq!(session.ask("get", "a", "").await, "found s3cret");
    assert_eq!(session.ask("forget", "a", "").await, "forgotten");
    session.end().await;
}
