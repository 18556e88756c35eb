//! The tools of tests do what they say.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use testkit::{Fake, Fault, FaultProxy, World, fake_opencode, no_process_left, processes_in, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const PATIENCE: Duration = Duration::from_secs(20);

fn start(world: &World, fake: Fake, argument: &str) -> std::io::Result<Child> {
    Command::new(fake_opencode(&world.root().join("bin"), fake))
        .arg(argument)
        .env_clear()
        .envs(world.environment())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

fn signal(name: &str, target: &str) {
    let sent = Command::new("sh").args(["-c", "kill -s \"$1\" -- \"$2\"", "sh", name, target]).status();
    assert!(sent.is_ok_and(|status| status.success()));
}

#[tokio::test]
async fn fakes_misbehave_as_told() {
    let world = World::new();
    for fake in [Fake::ExitsAtOnce, Fake::NeverReady, Fake::IgnoresSigterm] {
        let told = start(&world, fake, "--version").and_then(Child::wait_with_output).expect("a version");
        assert_eq!(told.stdout, b"1.18.33\n", "{fake:?}");
    }
    let garbage = start(&world, Fake::PrintsGarbage, "--version").and_then(Child::wait_with_output).expect("garbage");
    assert!(String::from_utf8(garbage.stdout).is_err());
    let exit = start(&world, Fake::ExitsAtOnce, "serve").and_then(Child::wait_with_output).expect("an exit");
    assert_eq!((exit.status.code(), exit.stderr.is_empty()), (Some(3), false));
    assert!(start(&world, Fake::NotExecutable, "serve").is_err());

    for fake in [Fake::PrintsGarbage, Fake::NeverReady, Fake::Hangs] {
        let mut child = start(&world, fake, "serve").expect("a start");
        assert!(child.try_wait().expect("a state").is_none(), "{fake:?} stays");
        // Its environment, by which it is found, can be read only a moment after `exec` has returned here.
        until("the fake to be found", PATIENCE, async || processes_in(&world).len() == 1).await;
        signal("KILL", &format!("-{}", child.id()));
        child.wait().expect("its end");
        no_process_left(&world).await;
    }
}

#[tokio::test]
async fn a_process_that_is_left_is_found() {
    let world = World::new();
    let mut child = start(&world, Fake::IgnoresSigterm, "serve").expect("a start");
    until("its child", PATIENCE, async || processes_in(&world).len() >= 3).await;
    signal("TERM", &format!("-{}", child.id()));
    assert!(child.try_wait().expect("a state").is_none());
    signal("KILL", &format!("-{}", child.id()));
    child.wait().expect("its end");
    no_process_left(&world).await;
}

#[tokio::test]
async fn the_proxy_changes_while_it_runs() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let proxy = FaultProxy::start(upstream.local_addr().expect("its address")).await;
    let connect = async || TcpStream::connect(proxy.address()).await.expect("a connection");

    let mut client = connect().await;
    let (mut server, _) = upstream.accept().await.expect("the other end");
    let mut answer = [0; 3];
    server.write_all(b"one").await.expect("sent");
    client.read_exact(&mut answer).await.expect("passed");
    assert_eq!(&answer, b"one");

    proxy.set(Fault::Stall);
    server.write_all(b"two").await.expect("sent");
    let stalled = tokio::time::timeout(Duration::from_millis(200), client.read_exact(&mut answer)).await;
    assert!(stalled.is_err(), "nothing comes through");
    proxy.set(Fault::Slow(Duration::from_millis(50)));
    client.read_exact(&mut answer).await.expect("passed late");
    assert_eq!(&answer, b"two", "nothing is lost");

    proxy.set(Fault::Cut);
    let mut rest = Vec::new();
    let _ = client.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
    let refused = connect().await.read(&mut answer).await;
    assert!(matches!(refused, Ok(0) | Err(_)), "{refused:?}");

    proxy.set(Fault::Unauthorized);
    let mut stranger = connect().await;
    stranger.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("asked");
    let mut said = String::new();
    stranger.read_to_string(&mut said).await.expect("answered");
    assert!(said.starts_with("HTTP/1.1 401 ") && said.contains("Secure Area"), "{said}");
}

/// An event stream through the proxy: the end that hears, and the end that tells. It is open on both.
async fn stream(proxy: &FaultProxy, upstream: &TcpListener) -> (TcpStream, TcpStream) {
    let mut client = TcpStream::connect(proxy.address()).await.expect("a connection");
    let (mut server, _) = upstream.accept().await.expect("the other end");
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    server.write_all(head).await.expect("sent");
    client.read_exact(&mut vec![0; head.len()]).await.expect("passed");
    (client, server)
}

/// An event as one chunk.
const EVENT: &[u8] = b"9\r\ndata: x\n\n\r\n";

async fn hears(client: &mut TcpStream) -> std::io::Result<usize> {
    let mut event = [0; EVENT.len()];
    let heard = client.read_exact(&mut event).await;
    assert!(heard.is_err() || event == EVENT, "{event:?}");
    heard
}

#[tokio::test]
async fn the_proxy_silences_the_streams_that_are_open_and_nothing_else() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let proxy = FaultProxy::start(upstream.local_addr().expect("its address")).await;
    let (mut early, mut tells_early) = stream(&proxy, &upstream).await;
    let mut plain = TcpStream::connect(proxy.address()).await.expect("a connection");
    let (mut answers, _) = upstream.accept().await.expect("the other end");

    proxy.set(Fault::StallStreams);
    tells_early.write_all(EVENT).await.expect("sent");
    // What is no stream goes on, and so does a stream that begins now.
    answers.write_all(EVENT).await.expect("sent");
    hears(&mut plain).await.expect("passed");
    let (mut late, mut tells_late) = stream(&proxy, &upstream).await;
    tells_late.write_all(EVENT).await.expect("sent");
    hears(&mut late).await.expect("passed");
    let silent = tokio::time::timeout(Duration::from_millis(200), hears(&mut early)).await;
    assert!(silent.is_err(), "nothing comes through, not even an end: {silent:?}");

    // Told once more, it is about the second stream, too.
    proxy.set(Fault::StallStreams);
    tells_late.write_all(EVENT).await.expect("sent");
    let silent = tokio::time::timeout(Duration::from_millis(200), hears(&mut late)).await;
    assert!(silent.is_err(), "{silent:?}");

    proxy.set(Fault::None);
    for client in [&mut early, &mut late] {
        hears(client).await.expect("nothing is lost");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_machine_has_a_network_of_its_own_needs_root() {
    use std::net::{Ipv4Addr, TcpListener, TcpStream};

    use testkit::Machine;

    let (Some(one), Some(two)) = (Machine::new(), Machine::new()) else { return };
    let (of_one, of_two) = (Ipv4Addr::new(10, 77, 0, 1), Ipv4Addr::new(10, 77, 0, 2));
    let _listens = one.run(|| TcpListener::bind((Ipv4Addr::UNSPECIFIED, 4096)).expect("each has its own ports"));
    let _listens_too = two.run(|| TcpListener::bind((Ipv4Addr::UNSPECIFIED, 4096)).expect("each has its own ports"));
    let is_reached = |address: Ipv4Addr| TcpStream::connect_timeout(&(address, 4096).into(), PATIENCE).is_ok();
    assert!(one.run(|| is_reached(Ipv4Addr::LOCALHOST)));
    assert!(!two.run(|| is_reached(of_one)), "there is no cable");
    one.connect(of_one, &two, of_two);
    assert!(two.run(|| is_reached(of_one)) && one.run(|| is_reached(of_two)));
    // A process that begins there is there.
    let shown = two.run(|| Command::new("ip").args(["-o", "address"]).output().expect("its addresses").stdout);
    assert!(String::from_utf8_lossy(&shown).contains("10.77.0.2/24"));
}
