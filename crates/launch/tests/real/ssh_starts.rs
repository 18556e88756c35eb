//! Starting a server on another machine once and only once: when the answer is lost, when an earlier one was left, when it ends at once; and its log,
//! which stays short though nobody reads it.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use launch::ssh::{LogPlace, RemoteFailure, RemoteLaunch, RemoteStopped, SshError};
use testkit::{Fault, FaultProxy, Sshd, World, no_process_left, shell_script, until};

use crate::PATIENCE;
use crate::ssh::ssh_of;
use crate::ssh_servers::{GRACE, connect, is_running, name_of, output, shell};

/// A start that waits in the files of the login shell while the line is lost.
struct Lost {
    here: World,
    there: World,
    sshd: Sshd,
    launch: RemoteLaunch,
}

impl Lost {
    async fn new() -> Self {
        let (here, there) = (World::new(), World::new());
        let sshd = Sshd::start(&there).await;
        let gate = "touch ~/entered; until [ -e ~/go ]; do sleep 0.05; done\n";
        std::fs::write(there.home().join(".profile"), gate).unwrap();
        let proxy = FaultProxy::start(sshd.address()).await;
        let connection =
            ssh_of(&here, sshd.config_through(proxy.port())).connect(sshd.host()).await.expect("a connection");
        let launch = shell(&there, "touch ran; exec tail -f /dev/null");
        let (of, entered) = (launch.clone(), there.home().join("entered"));
        let starting = tokio::spawn(async move { connection.start(&of).await });
        until("the start is under way", PATIENCE, async || entered.exists()).await;
        proxy.set(Fault::Cut);
        let error = starting.await.unwrap().unwrap_err();
        assert!(matches!(error, RemoteFailure::Ssh(SshError::LineLost { .. })), "{error:?}");
        Self { here, there, sshd, launch }
    }

    fn go_on(&self) {
        std::fs::write(self.there.home().join("go"), "").unwrap();
    }

    fn ran(&self) -> PathBuf {
        self.there.project().join("ran")
    }
}

#[tokio::test]
async fn a_start_whose_answer_was_lost_is_known_again() {
    let lost = Lost::new().await;
    lost.go_on();
    until("it runs", PATIENCE, async || lost.ran().exists()).await;
    let connection = connect(&lost.here, &lost.sshd).await;
    let (process, _log) = connection.unheard(&lost.launch).await.unwrap().expect("it was started");
    assert!(is_running(process.pid) && connection.is_alive(&process).await.unwrap());
    let mark = ("PORTAL_INSTANCE", lost.launch.name.as_str());
    assert_eq!(connection.stop(&process, mark, GRACE).await.unwrap(), RemoteStopped::Gracefully);
    connection.forget(&lost.launch.name, Some(&process)).await.unwrap();
    drop((connection, lost.sshd));
    no_process_left(&lost.there).await;
}

#[tokio::test]
async fn a_start_that_was_given_up_never_happens() {
    let lost = Lost::new().await;
    let connection = connect(&lost.here, &lost.sshd).await;
    assert_eq!(connection.unheard(&lost.launch).await.unwrap(), None);
    lost.go_on();
    let ran = lost.ran();
    drop((connection, lost.sshd));
    no_process_left(&lost.there).await;
    assert!(!ran.exists());
}

#[tokio::test]
async fn a_start_ends_what_an_earlier_one_has_left() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let launch = |number: u32| RemoteLaunch {
        ticket: format!("ticket-{number}"),
        ..shell(&there, "trap '' TERM; while :; do tail -f /dev/null; done")
    };
    let (first, _log) = connection.start(&launch(1)).await.unwrap();
    let (second, log) = connection.start(&launch(2)).await.unwrap();
    assert!(!is_running(first.pid) && is_running(second.pid));
    // Also one that was not written down.
    std::fs::remove_file(log.with_extension("run")).unwrap();
    let (third, _log) = connection.start(&launch(3)).await.unwrap();
    assert!(!is_running(second.pid) && is_running(third.pid));
    let name = name_of(&there);
    // What is known of an earlier one takes nothing away from it.
    connection.forget(&name, Some(&second)).await.unwrap();
    assert!(log.exists());
    connection.stop(&third, ("PORTAL_INSTANCE", &name), GRACE).await.unwrap();
    connection.forget(&name, Some(&third)).await.unwrap();
    assert!(!there.home().join(".local/state/opencode-portal").exists());
    drop((connection, sshd));
    no_process_left(&there).await;
}

#[tokio::test]
async fn one_that_ends_before_it_is_known_is_told_with_its_words() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    // Whoever looks at a process there sees it when it has ended.
    let tools = there.root().join("tools");
    let late = "case $1 in /proc/[1-9]*/stat) i=0; until grep -q ') [ZX]' \"$1\" || [ $i -ge 200 ]; do i=$((i + 1)); sleep 0.05; done ;; esac\n\
        exec /bin/cat \"$@\"";
    shell_script(&tools.join("cat"), late);
    std::fs::write(there.home().join(".profile"), format!("PATH={}:$PATH\n", tools.display())).unwrap();
    let error = connection.start(&shell(&there, "echo on fire; exit 3")).await.unwrap_err();
    let RemoteFailure::Ended { output, .. } = error else { panic!("{error:?}") };
    assert_eq!(output, b"on fire\n");
    connection.forget(&name_of(&there), None).await.unwrap();
    assert!(!there.home().join(".local/state/opencode-portal").exists());
}

#[tokio::test]
async fn a_log_that_nobody_reads_stays_short() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let script = "head -c 20000000 /dev/zero | tr '\\0' x; until [ -e go ]; do sleep 0.05; done; echo after; exec tail -f /dev/null";
    let (process, log) = connection.start(&shell(&there, script)).await.unwrap();
    assert_eq!(std::fs::metadata(&log).unwrap().permissions().mode() & 0o077, 0);
    until("much was written", PATIENCE, async || size(&log) >= 20_000_000).await;
    until("it was begun anew", PATIENCE, async || size(&log) == 0).await;
    there.write("go", "");
    until("it goes on", PATIENCE, async || output(&connection, &process, &name_of(&there)).await == "after\n").await;
    // Who had read less than is there now does not go on in the middle of something else.
    let sight = connection.look(&process, &name_of(&there), Some(LogPlace { turn: 0, offset: 3 })).await.unwrap();
    assert_eq!((sight.from, sight.output.as_slice()), (LogPlace { turn: 1, offset: 0 }, &b"after\n"[..]));
    let nothing = connection.look(&process, &name_of(&there), None).await.unwrap();
    assert_eq!((nothing.is_alive, nothing.output.len(), nothing.has_more()), (true, 0, false));
    connection.stop(&process, ("PORTAL_INSTANCE", &name_of(&there)), GRACE).await.unwrap();
    assert!(!has_marked(&there), "what kept it short has ended, too");
    drop((connection, sshd));
    no_process_left(&there).await;
}

#[tokio::test]
async fn a_log_that_is_begun_anew_is_empty_before_that_is_told() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let script =
        "until [ -e go ]; do sleep 0.05; done; head -c 20000000 /dev/zero | tr '\\0' x; exec tail -f /dev/null";
    let (process, log) = connection.start(&shell(&there, script)).await.unwrap();
    // A number that cannot be written before somebody takes it: so the moment between the two is as long as we want.
    let turn = log.with_extension("turn");
    assert!(std::process::Command::new("mkfifo").arg(&turn).status().unwrap().success());
    there.write("go", "");
    let number = turn.clone();
    let had = tokio::task::spawn_blocking(move || std::fs::write(number, "3\n"));
    until("much was written", PATIENCE, async || size(&log) >= 20_000_000).await;
    had.await.unwrap().unwrap();
    until("it is empty, and nobody was told yet", PATIENCE, async || size(&log) == 0).await;
    let told = tokio::task::spawn_blocking(move || std::fs::read_to_string(turn)).await.unwrap().unwrap();
    assert_eq!(told, "4\n");
    connection.stop(&process, ("PORTAL_INSTANCE", &name_of(&there)), GRACE).await.unwrap();
    drop((connection, sshd));
    no_process_left(&there).await;
}

#[tokio::test]
async fn what_nobody_knows_of_is_ended_by_its_name() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let (name, traces) = (name_of(&there), there.home().join(".local/state/opencode-portal"));
    let end = async || connection.end_left(&name, ("PORTAL_INSTANCE", &name), GRACE).await.unwrap();
    assert_eq!(end().await, RemoteStopped::AlreadyGone);
    let (process, _log) = connection.start(&shell(&there, "exec tail -f /dev/null")).await.unwrap();
    assert_eq!(end().await, RemoteStopped::Gracefully);
    assert!(!is_running(process.pid) && !has_marked(&there) && !traces.exists());
    // Also where the mark is not seen, as on systems that show no environment: what was written down names it.
    let (process, _log) = connection.start(&shell(&there, "exec tail -f /dev/null")).await.unwrap();
    let without_mark = connection.end_left(&name, ("PORTAL_INSTANCE", "another"), GRACE).await.unwrap();
    assert!(without_mark == RemoteStopped::Gracefully && !is_running(process.pid));
    until("what kept its log short has ended", PATIENCE, async || !has_marked(&there)).await;
    drop((connection, sshd));
    no_process_left(&there).await;
}

#[tokio::test]
async fn a_start_on_its_way_gives_up_when_what_is_left_is_ended() {
    let lost = Lost::new().await;
    let connection = connect(&lost.here, &lost.sshd).await;
    let mark = ("PORTAL_INSTANCE", lost.launch.name.as_str());
    connection.end_left(&lost.launch.name, mark, GRACE).await.unwrap();
    lost.go_on();
    let ran = lost.ran();
    drop((connection, lost.sshd));
    no_process_left(&lost.there).await;
    assert!(!ran.exists());
}

#[tokio::test]
async fn a_start_that_cannot_give_up_any_more_is_waited_for_when_what_is_left_is_ended() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    // It stands where it has nothing left to be known by: before it takes away what an earlier one has written.
    let tools = there.root().join("tools");
    let late =
        "case $* in *.run*) touch ~/entered; until [ -e ~/go ]; do sleep 0.05; done ;; esac\nexec /bin/rm \"$@\"";
    shell_script(&tools.join("rm"), late);
    std::fs::write(there.home().join(".profile"), format!("PATH={}:$PATH\n", tools.display())).unwrap();
    let (launch, traces) = (shell(&there, "exec tail -f /dev/null"), there.home().join(".local/state/opencode-portal"));
    let (through, of) = (connection.clone(), launch.clone());
    let starting = tokio::spawn(async move { through.start(&of).await });
    until("it is past its ticket", PATIENCE, async || there.home().join("entered").exists()).await;
    let other = traces.join(format!("{}.ticket-other", launch.name));
    std::fs::create_dir(&other).unwrap();
    let (through, name) = (connection.clone(), launch.name.clone());
    let ending = tokio::spawn(async move { through.end_left(&name, ("PORTAL_INSTANCE", &name), GRACE).await });
    until("what is left is being ended", PATIENCE, async || !other.exists()).await;
    std::fs::write(there.home().join("go"), "").unwrap();
    let (process, _log) = starting.await.unwrap().unwrap();
    assert_ne!(ending.await.unwrap().unwrap(), RemoteStopped::AlreadyGone);
    assert!(!is_running(process.pid) && !traces.exists());
    until("what kept its log short has ended", PATIENCE, async || !has_marked(&there)).await;
    drop((connection, sshd));
    no_process_left(&there).await;
}

fn size(log: &std::path::Path) -> u64 {
    std::fs::metadata(log).map_or(0, |metadata| metadata.len())
}

/// Whether anything runs there that has the mark of what was started.
fn has_marked(there: &World) -> bool {
    let mark = format!("PORTAL_INSTANCE={}", name_of(there));
    let is_marked = |pid: u32| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    };
    testkit::processes_in(there).iter().any(|(pid, _)| is_marked(*pid))
}
