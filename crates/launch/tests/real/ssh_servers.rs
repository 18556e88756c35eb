//! A server of ours on another machine: started apart from the connection, known again, looked at, ended.

use std::{ffi::OsString, time::Duration};

use launch::{
    Environment,
    ssh::{Connection, LogPlace, RemoteFailure, RemoteLaunch, RemoteOpencode, RemoteProcess, RemoteStopped},
};
use testkit::{Fake, Sshd, World, eventually, fake_opencode, no_process_left, until};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{PATIENCE, ssh::ssh_of};

const MARK: (&str, &str) = ("PORTAL_INSTANCE", "the-one-of-this-test");
pub(crate) const GRACE: Duration = Duration::from_secs(5);

pub(crate) async fn connect(here: &World, sshd: &Sshd) -> Connection {
    ssh_of(here, sshd.config()).connect(sshd.host()).await.expect("a connection")
}

/// A name for its log, and a mark, that no other test has.
pub(crate) fn name_of(there: &World) -> String {
    let name = there.root().file_name().unwrap_or_default().to_string_lossy().into_owned();
    name.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}

pub(crate) fn shell(there: &World, script: &str) -> RemoteLaunch {
    RemoteLaunch {
        name: name_of(there),
        ticket: "ticket".to_owned(),
        mark: MARK.0,
        program: "/bin/sh".into(),
        directory: there.project().to_owned(),
        arguments: vec!["-c".into(), script.into()],
        environment: secrets(there),
    }
}

fn secrets(there: &World) -> Environment {
    [("OPENCODE_SERVER_PASSWORD", "hunter2 'and' more"), ("PORTAL_INSTANCE", &name_of(there)), ("not a name", "x")]
        .map(|(name, value)| (OsString::from(name), OsString::from(value)))
        .into_iter()
        .collect()
}

pub(crate) fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

pub(crate) async fn output(connection: &Connection, process: &RemoteProcess, name: &str) -> String {
    let sight = connection.look(process, name, Some(LogPlace::default())).await.expect("a look");
    String::from_utf8_lossy(&sight.output).into_owned()
}

#[tokio::test]
async fn it_outlives_the_connection_and_is_known_again() {
    let (here, there) = (World::new(), World::new());
    let mut sshd = Sshd::start(&there).await;
    std::fs::write(there.home().join(".profile"), "export KEY_OF_THE_SHELL=\"it's set\"\n").unwrap();
    let connection = connect(&here, &sshd).await;
    let script = "echo \"$KEY_OF_THE_SHELL|$SSH_CONNECTION|$(pwd)\"; umask; exec tail -f /dev/null";
    let (process, log) = connection.start(&shell(&there, script)).await.expect("it starts");
    assert!(log.starts_with(there.home().join(".local/state/opencode-portal")), "{}", log.display());
    until("its output", PATIENCE, async || output(&connection, &process, &name_of(&there)).await.lines().count() == 2)
        .await;
    let said = output(&connection, &process, &name_of(&there)).await;
    assert_eq!(said.lines().next(), Some(format!("it's set||{}", there.project().display()).as_str()));
    assert_ne!(said.lines().nth(1), Some("0077"), "what it writes is not for us to hide");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&log).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "its output is nobody else's");

    sshd.end();
    connection.lost().await;
    sshd.come_back().await;
    let connection = connect(&here, &sshd).await;
    assert!(connection.is_alive(&process).await.unwrap());
    assert_eq!(connection.password_of(&process).await.unwrap().as_deref(), Some("hunter2 'and' more"));
    for line in ["cmdline", "comm"] {
        let shown = std::fs::read_to_string(format!("/proc/{}/{line}", process.pid)).unwrap();
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    let other = RemoteProcess { started: "another".to_owned(), ..process.clone() };
    assert!(!connection.is_alive(&other).await.unwrap());
    assert_eq!(connection.password_of(&other).await.unwrap(), None);
    let stopped = connection.stop(&other, MARK, GRACE).await.unwrap();
    assert_eq!(stopped, RemoteStopped::AlreadyGone, "it is another process");
    assert!(is_running(process.pid));

    let name = name_of(&there);
    let stopped = connection.stop(&process, ("PORTAL_INSTANCE", &name), GRACE).await.unwrap();
    assert_eq!(stopped, RemoteStopped::Gracefully);
    assert!(!connection.is_alive(&process).await.unwrap());
    connection.forget(&name, Some(&process)).await.unwrap();
    assert!(!there.home().join(".local/state/opencode-portal").exists());
    drop((connection, sshd));
    no_process_left(&there).await;
    no_process_left(&here).await;
}

#[tokio::test]
async fn nothing_of_a_stubborn_tree_is_left() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    // It ignores the polite signal, and has a daemon in a session of its own.
    let daemon = "setsid sh -c 'trap \"\" TERM; echo $$ >daemon; while :; do tail -f /dev/null; done' & ";
    let script = format!("trap '' TERM; {daemon} while :; do tail -f /dev/null; done");
    let (process, _log) = connection.start(&shell(&there, &script)).await.expect("it starts");
    let daemon: u32 = eventually("the daemon", PATIENCE, async || {
        std::fs::read_to_string(there.project().join("daemon")).ok()?.trim().parse().ok()
    })
    .await;
    let name = name_of(&there);
    let stopped = connection.stop(&process, ("PORTAL_INSTANCE", &name), Duration::from_millis(300)).await.unwrap();
    assert_eq!(stopped, RemoteStopped::Killed);
    assert!(!is_running(process.pid) && !is_running(daemon));
    let again = connection.stop(&process, ("PORTAL_INSTANCE", &name), GRACE).await.unwrap();
    assert_eq!(again, RemoteStopped::AlreadyGone);
    drop((connection, sshd));
    no_process_left(&there).await;
}

/// A place in a log that was never begun anew.
fn at(offset: u64) -> LogPlace {
    LogPlace { turn: 0, offset }
}

#[tokio::test]
async fn one_look_tells_how_it_is() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let launch = shell(
        &there,
        "echo one; while [ ! -e go ]; do sleep 0.05; done; echo two; while [ ! -e end ]; do sleep 0.05; done",
    );
    let (process, _log) = connection.start(&launch).await.expect("it starts");
    until("the first line", PATIENCE, async || output(&connection, &process, &name_of(&there)).await == "one\n").await;
    let sight = connection.look(&process, &name_of(&there), Some(at(4))).await.unwrap();
    assert_eq!((sight.is_alive, sight.log_size, sight.from, sight.output.len()), (true, 4, at(4), 0));
    assert!(sight.usage.memory_bytes > 0, "{:?}", sight.usage);
    there.write("go", "");
    let more = eventually("more output", PATIENCE, async || {
        let sight = connection.look(&process, &name_of(&there), Some(at(4))).await.ok()?;
        (!sight.output.is_empty()).then_some(sight)
    })
    .await;
    assert_eq!(more.output, b"two\n");
    let anew = connection.look(&process, &name_of(&there), Some(at(1000))).await.unwrap();
    assert_eq!((anew.from.offset, anew.output.as_slice()), (0, &b"one\ntwo\n"[..]));
    there.write("end", "");
    until("its end", PATIENCE, async || !connection.is_alive(&process).await.unwrap()).await;
    let sight = connection.look(&process, &name_of(&there), Some(at(0))).await.unwrap();
    assert_eq!((sight.is_alive, sight.usage.memory_bytes, sight.output.len()), (false, 0, 8));
    drop((connection, sshd));
    no_process_left(&there).await;
}

#[tokio::test]
async fn what_cannot_be_started_is_told() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let gone = RemoteLaunch { directory: there.root().join("gone"), ..shell(&there, "true") };
    let error = connection.start(&gone).await.unwrap_err();
    assert!(matches!(error, RemoteFailure::Directory { .. }), "{error:?}");
    let none = RemoteLaunch { program: "/no/such/program".into(), ..shell(&there, "true") };
    let error = connection.start(&none).await.unwrap_err();
    assert!(matches!(error, RemoteFailure::Program { .. }), "{error:?}");
    std::fs::create_dir_all(there.home().join(".local")).unwrap();
    std::fs::write(there.home().join(".local/state"), "a file").unwrap();
    let error = connection.start(&shell(&there, "true")).await.unwrap_err();
    assert!(matches!(error, RemoteFailure::Log { .. }), "{error:?}");
}

async fn answers(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(b"GET /global/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = [0; 12];
    tokio::time::timeout(Duration::from_secs(1), stream.read_exact(&mut answer)).await??;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn the_real_opencode_serves_through_a_port() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let program = Sshd::install_opencode(&there);
    let connection = connect(&here, &sshd).await;
    let RemoteOpencode::Found { path, .. } = connection.find_opencode(Some(&program)).await.unwrap() else {
        panic!("it is there");
    };
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let launch = RemoteLaunch { program: path, arguments: launch::serve_arguments(port), ..shell(&there, "") };
    let (process, _log) = connection.start(&launch).await.expect("it starts");
    let forward = connection.forward(port).await.expect("a port");
    until("a server that asks for a password", Duration::from_mins(1), async || {
        answers(forward.local()).await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 401"))
    })
    .await;
    let said = output(&connection, &process, &name_of(&there)).await;
    assert!(said.contains("listening on"), "{said}");
    let stopped = connection.stop(&process, ("PORTAL_INSTANCE", &name_of(&there)), GRACE).await.unwrap();
    assert_ne!(stopped, RemoteStopped::AlreadyGone);
    drop((forward, connection, sshd));
    no_process_left(&there).await;
    no_process_left(&here).await;
}

#[tokio::test]
async fn a_fake_that_ends_at_once_leaves_its_words() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let fake = fake_opencode(&there.root().join("tools"), Fake::ExitsAtOnce);
    let launch = RemoteLaunch { program: fake, arguments: launch::serve_arguments(1), ..shell(&there, "") };
    // It may have ended before it was looked at.
    let said = match connection.start(&launch).await {
        Ok((process, _log)) => {
            until("its end", PATIENCE, async || !connection.is_alive(&process).await.unwrap()).await;
            output(&connection, &process, &name_of(&there)).await
        }
        Err(RemoteFailure::Ended { output, .. }) => String::from_utf8(output).unwrap(),
        Err(error) => panic!("{error:?}"),
    };
    assert!(said.contains("the database is on fire"), "{said}");
}
