//! A connection to another machine: what it needs, what is said when it does not come about, its ports and folders, its loss.

use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::Path, time::Duration};

use launch::ssh::{Connection, RemoteDirectoryError, RemoteOpencode, Script, Ssh, SshError};
use testkit::{Fake, Fault, FaultProxy, Sshd, World, fake_opencode, no_process_left, shell_script, until};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{PATIENCE, environment};

/// Our side of the line: `ssh` with this configuration and the sockets in our own world.
pub(crate) fn ssh_of(here: &World, config: std::path::PathBuf) -> Ssh {
    let mut own = environment(here);
    own.remove("SSH_AUTH_SOCK");
    Ssh::find(&own, &here.home(), here.root().join("run")).expect("there is an ssh").with_config(Some(config))
}

async fn connect(here: &World, sshd: &Sshd) -> Connection {
    ssh_of(here, sshd.config()).connect(sshd.host()).await.expect("a connection")
}

async fn run(connection: &Connection, text: &str) -> String {
    let output = connection.run_well(&Script::new(text), PATIENCE).await.expect("the script runs");
    String::from_utf8(output).unwrap()
}

fn sockets(here: &World) -> usize {
    std::fs::read_dir(here.root().join("run")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn scripts_run_there_and_nothing_is_left() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    // What the files of a login shell print is not for us.
    std::fs::write(there.home().join(".bashrc"), "echo Welcome\n").unwrap();
    let connection = connect(&here, &sshd).await;
    assert_eq!(run(&connection, "printf %s \"$HOME\"").await, there.home().display().to_string());
    let value = OsString::from_vec(b"it's \xff \"$HOME\" \\ \n;".to_vec());
    let script = Script::new("printf %s \"$value\"; exit 3").with("value", &value);
    let output = connection.run(&script, PATIENCE).await.unwrap();
    assert_eq!((output.code, output.stdout), (3, value.into_vec()));
    let failed = connection.run_well(&Script::new("echo no such luck >&2; exit 4"), PATIENCE).await.unwrap_err();
    let expected =
        SshError::CommandFailed { host: sshd.host().to_owned(), code: 4, message: "no such luck".to_owned() };
    assert_eq!(failed, expected);
    let slow = connection.run(&Script::new("exec tail -f /dev/null"), Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(slow, SshError::TooSlow { .. }), "{slow:?}");
    assert!(connection.is_up());
    assert_eq!(sockets(&here), 1);
    let lost = connection.lost();
    drop(connection);
    lost.await;
    no_process_left(&here).await;
    assert_eq!(sockets(&here), 0);
}

#[tokio::test]
async fn many_scripts_run_at_once() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..24 {
        let connection = connection.clone();
        running.spawn(async move { (number, run(&connection, &format!("printf {number}")).await) });
    }
    for (number, said) in running.join_all().await {
        assert_eq!(said, number.to_string());
    }
}

#[tokio::test]
async fn why_there_is_no_connection_is_told_apart() {
    let (here, there) = (World::new(), World::new());
    let mut sshd = Sshd::start(&there).await;
    let name = sshd.host();
    let host = || name.to_owned();
    let ssh = ssh_of(&here, sshd.config());

    let error = ssh.connect("no-such-host.invalid").await.unwrap_err();
    assert_eq!(error, SshError::UnknownHost { host: "no-such-host.invalid".to_owned() });
    let error = ssh.connect("-oProxyCommand=touch x").await.unwrap_err();
    assert!(matches!(error, SshError::BadHost { .. }), "{error:?}");

    sshd.forget_host();
    let once = |error: SshError| error.to_string().contains("run `ssh elsewhere` once in a terminal");
    assert_eq!(ssh.connect(sshd.host()).await.unwrap_err(), SshError::HostKeyUnknown { host: host() });
    assert!(once(SshError::HostKeyUnknown { host: host() }));
    sshd.know_host();
    sshd.refuse_keys();
    assert_eq!(ssh.connect(sshd.host()).await.unwrap_err(), SshError::WantsPassword { host: host() });
    assert!(once(SshError::WantsPassword { host: host() }));
    sshd.take_keys();

    let bad = here.root().join("bad-config");
    std::fs::write(&bad, "Host x\n  NoSuchOption yes\n").unwrap();
    let error = ssh_of(&here, bad).connect("x").await.unwrap_err();
    assert!(matches!(error, SshError::BadConfiguration { .. }), "{error:?}");
    let mut without = environment(&here);
    without.set("PATH", here.root());
    assert_eq!(Ssh::find(&without, &here.home(), here.root().into()).unwrap_err(), SshError::NotInstalled);

    sshd.end();
    assert_eq!(ssh.connect(sshd.host()).await.unwrap_err(), SshError::Refused { host: host() });
    sshd.come_back().await;
    ssh.connect(sshd.host()).await.expect("it is back");
    no_process_left(&here).await;
    assert_eq!(sockets(&here), 0);
}

#[tokio::test]
async fn a_changed_host_key_is_never_taken() {
    let (here, there) = (World::new(), World::new());
    let mut sshd = Sshd::start(&there).await;
    let ssh = ssh_of(&here, sshd.config());
    sshd.change_host_key().await;
    let error = ssh.connect(sshd.host()).await.unwrap_err();
    let SshError::HostKeyChanged { fingerprint: Some(fingerprint), known_in: Some(known_in), remedy, .. } = &error
    else {
        panic!("{error:?}");
    };
    assert!(fingerprint.starts_with("ED25519 SHA256:"), "{fingerprint}");
    assert!(known_in.ends_with("known_hosts:1"), "{known_in}");
    assert!(remedy.starts_with("ssh-keygen "), "{remedy}");
    assert!(error.to_string().contains(fingerprint.as_str()), "{error}");
    assert!(error.to_string().contains("run `ssh elsewhere` once in a terminal"), "{error}");
    sshd.know_host();
    ssh.connect(sshd.host()).await.expect("somebody has compared the fingerprint");
}

#[tokio::test]
async fn another_home_folder_has_its_own_configuration() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    sshd.be_known_to(&here);
    let own = environment(&here);
    let ssh = Ssh::find(&own, &here.home(), here.root().join("run")).unwrap();
    let connection = ssh.connect(sshd.host()).await.expect("a connection");
    assert_eq!(run(&connection, "printf fine").await, "fine");
    let found: Vec<String> = launch::ssh::hosts(&here.home()).into_iter().map(|host| host.name).collect();
    assert_eq!(found, [sshd.host()]);
}

#[tokio::test]
async fn a_host_without_a_shell_says_so() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let config = sshd.config();
    let key = std::fs::read_to_string(there.root().join("sshd/client_key.pub")).unwrap();
    let only = format!("command=\"echo only git here >&2; exit 1\" {key}");
    std::fs::write(there.root().join("sshd/authorized_keys"), only).unwrap();
    let error = ssh_of(&here, config).connect(sshd.host()).await.unwrap_err();
    let expected = SshError::NoShell { host: sshd.host().to_owned(), message: "only git here".to_owned() };
    assert_eq!(error, expected);
}

#[tokio::test]
async fn what_a_terminal_has_set_up_is_not_done_again() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let config = sshd.config();
    let mut text = std::fs::read_to_string(&config).unwrap();
    text.push_str("  RemoteCommand echo hello\n  RequestTTY force\n  LocalForward 1 localhost:1\n  ControlMaster auto\n  ControlPath /nowhere/%C\n");
    std::fs::write(&config, text).unwrap();
    let connection = ssh_of(&here, config).connect(sshd.host()).await.expect("a connection");
    assert_eq!(run(&connection, "printf fine").await, "fine");
}

#[tokio::test]
async fn a_port_leads_there_and_ends() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let server = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = server.local_addr().unwrap().port();
    let forward = connection.forward(port).await.expect("a port");
    assert_eq!(forward.remote(), port);
    let mut client = TcpStream::connect(("127.0.0.1", forward.local())).await.unwrap();
    let (mut accepted, _) = server.accept().await.unwrap();
    accepted.write_all(b"hello").await.unwrap();
    let mut heard = [0; 5];
    client.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"hello");
    drop((client, accepted));
    let local = forward.local();
    drop(forward);
    until("nobody listens any more", PATIENCE, async || TcpStream::connect(("127.0.0.1", local)).await.is_err()).await;
    assert_eq!(run(&connection, "printf fine").await, "fine");
}

#[tokio::test]
async fn a_lost_line_is_told() {
    let (here, there) = (World::new(), World::new());
    let mut sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let forward = connection.forward(1).await.expect("a port");
    sshd.end();
    let reason = connection.lost().await;
    assert!(matches!(reason, SshError::LineLost { .. }), "{reason:?}");
    assert!(!connection.is_up());
    let error = connection.run(&Script::new("true"), PATIENCE).await.unwrap_err();
    assert!(matches!(error, SshError::LineLost { .. }), "{error:?}");
    assert!(error.may_pass());
    drop(forward);
    no_process_left(&here).await;
    assert_eq!(sockets(&here), 0);
    sshd.come_back().await;
    let connection = connect(&here, &sshd).await;
    assert_eq!(run(&connection, "printf back").await, "back");
}

#[tokio::test]
async fn a_line_whose_socket_was_removed_is_lost() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    std::fs::remove_dir_all(here.root().join("run")).unwrap();
    let error = connection.run(&Script::new("true"), PATIENCE).await.unwrap_err();
    assert!(matches!(error, SshError::LineLost { .. }), "{error:?}");
    connection.lost().await;
    assert!(!connection.is_up());
    drop(sshd);
    no_process_left(&there).await;
}

#[tokio::test]
async fn a_silent_line_is_given_up() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let proxy = FaultProxy::start(sshd.address()).await;
    let ssh = ssh_of(&here, sshd.config_through(proxy.port()));
    let connection = ssh.connect(sshd.host()).await.expect("a connection");
    proxy.set(Fault::Stall);
    let reason = tokio::time::timeout(Duration::from_mins(1), connection.lost()).await.expect("it is told");
    assert!(matches!(reason, SshError::LineLost { .. }), "{reason:?}");
    no_process_left(&here).await;
}

#[tokio::test]
async fn folders_are_listed() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let strange = OsString::from_vec(b"two\nlines \xff'".to_vec());
    for name in [".hidden", "b", "a", "..odd"] {
        std::fs::create_dir(there.project().join(name)).unwrap();
    }
    std::fs::create_dir(there.project().join(&strange)).unwrap();
    std::os::unix::fs::symlink("a", there.project().join("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", there.project().join("dangling")).unwrap();
    let file = there.write("file", "x");
    let listing = connection.list(there.project()).await.expect("its folders");
    let expected: Vec<OsString> =
        ["..odd", ".hidden", "a", "b", "link"].map(OsString::from).into_iter().chain([strange.clone()]).collect();
    assert_eq!((listing.folder.as_path(), &listing.names, listing.is_complete), (there.project(), &expected, true));
    let inside = connection.list(&there.project().join(&strange)).await.expect("the strange folder");
    assert_eq!((inside.folder, inside.names.len()), (there.project().join(&strange), 0));
    for home in ["", "~"] {
        assert_eq!(connection.list(Path::new(home)).await.unwrap().folder, there.home());
    }
    assert_eq!(connection.list(Path::new("/")).await.unwrap().folder, Path::new("/"));
    assert_eq!(connection.check_directory(&there.project().join("a")).await.unwrap(), there.project().join("a"));
    let missing = connection.check_directory(&there.project().join("gone")).await.unwrap_err();
    assert!(matches!(missing, RemoteDirectoryError::Missing { .. }), "{missing:?}");
    let not_one = connection.list(&file).await.unwrap_err();
    assert!(matches!(not_one, RemoteDirectoryError::NotAFolder { .. }), "{not_one:?}");

    let many = there.project().join("b");
    for number in 0..2100 {
        std::fs::create_dir(many.join(number.to_string())).unwrap();
    }
    let listing = connection.list(&many).await.unwrap();
    assert_eq!((listing.names.len(), listing.is_complete), (2000, false));
}

#[tokio::test]
async fn opencode_is_found_there() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    let connection = connect(&here, &sshd).await;
    let wanted = there.root().join("tools");
    let missing = connection.find_opencode(Some(&wanted.join("opencode"))).await.unwrap();
    assert_eq!(missing, RemoteOpencode::Missing);
    let broken = fake_opencode(&wanted, Fake::PrintsGarbage);
    let found = connection.find_opencode(Some(&broken)).await.unwrap();
    assert_eq!(found, RemoteOpencode::Broken { path: broken });

    let installed = Sshd::install_opencode(&there);
    let RemoteOpencode::Found { path, version } = connection.find_opencode(Some(&installed)).await.unwrap() else {
        panic!("it is there");
    };
    assert_eq!((path, version.as_str()), (installed, launch::PINNED_VERSION));
    let tilde = connection.find_opencode(Some(Path::new("~/.opencode/bin/opencode"))).await.unwrap();
    assert!(matches!(tilde, RemoteOpencode::Found { .. }), "{tilde:?}");

    // The files of the login shell say where to look first.
    let mine = there.root().join("it's mine");
    shell_script(&mine.join("opencode"), "echo 1.2.3");
    let text = format!("echo noise\nexport PATH=\"{}:$PATH\"\n", mine.display());
    for name in [".bashrc", ".profile", ".bash_profile"] {
        std::fs::write(there.home().join(name), &text).unwrap();
    }
    let found = connection.find_opencode(None).await.unwrap();
    assert_eq!(found, RemoteOpencode::Found { path: mine.join("opencode"), version: "1.2.3".to_owned() });
    drop(connection);
    drop(sshd);
    no_process_left(&there).await;
}
