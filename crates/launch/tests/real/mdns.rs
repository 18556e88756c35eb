//! Two hosts, as network namespaces with a cable between them: a real opencode announces itself on one and is heard on the other.

use std::{
    fs,
    net::{Ipv4Addr, UdpSocket},
    process::{Child, Command, Stdio},
    time::Duration,
};

use launch::{
    LaunchError,
    mdns::{Announced, Announcement, Browser},
};
use testkit::{Machine, World, eventually, no_process_left, opencode_binary, until};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::PATIENCE;

/// The machine that serves, on the cable.
const SERVING: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
/// The one that listens.
const LISTENING: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);
/// The same port as everybody's opencode: a namespace has its own.
const PORT: u16 = 4096;

/// Two machines. They are gone when this is.
struct Hosts {
    serving: Machine,
    listening: Machine,
}

impl Hosts {
    /// Makes two machines without a cable; `None` after having said that the test is skipped.
    fn new() -> Option<Self> {
        Some(Self { serving: Machine::new()?, listening: Machine::new()? })
    }

    fn connect(&self) -> String {
        self.serving.connect(SERVING, &self.listening, LISTENING)
    }

    fn browse(&self) -> Result<(Browser, UnboundedReceiver<Announcement>), LaunchError> {
        self.listening.run(Browser::start)
    }
}

/// The real opencode on the machine that serves. Killed when dropped.
struct Server(Child);

impl Server {
    fn start(world: &World, hosts: &Hosts) -> Self {
        let log = fs::File::create(world.root().join("server.log")).unwrap();
        let mut command = Command::new(opencode_binary());
        command
            .args(["serve", "--mdns", "--hostname", "0.0.0.0", "--port", &PORT.to_string()])
            .current_dir(world.project())
            .env_clear()
            .envs(world.environment())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        Self(hosts.serving.run(|| command.spawn().unwrap()))
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.0.id().to_string()]).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

/// The packet that takes an announcement back: the record that names the server, with no time left to live.
fn say_goodbye() {
    let name = |labels: &[&str]| {
        let mut encoded = Vec::new();
        for label in labels {
            encoded.push(u8::try_from(label.len()).unwrap());
            encoded.extend(label.as_bytes());
        }
        encoded.push(0);
        encoded
    };
    let (service, instance) = (name(&["_http", "_tcp", "local"]), name(&["opencode-4096", "_http", "_tcp", "local"]));
    // An answer with one record: of the kind PTR, of the class IN, for 0 seconds.
    let mut packet = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    packet.extend(service);
    packet.extend([0, 12, 0, 1, 0, 0, 0, 0, 0, u8::try_from(instance.len()).unwrap()]);
    packet.extend(instance);
    let socket = UdpSocket::bind((SERVING, 5353)).unwrap();
    socket.send_to(&packet, ("224.0.0.251", 5353)).unwrap();
}

async fn next(announcements: &mut UnboundedReceiver<Announcement>, what: &str, world: &World) -> Announcement {
    eventually(what, PATIENCE, async || {
        let server = || crate::read(&world.root().join("server.log"));
        announcements.recv().await.or_else(|| panic!("the browser has ended; the server said: {}", server()))
    })
    .await
}

#[tokio::test]
async fn a_server_of_another_host_is_seen_and_its_end_is_heard_needs_root() {
    let Some(hosts) = Hosts::new() else { return };
    let cable = hosts.connect();
    let world = World::new();
    let (browser, mut announcements) = hosts.browse().unwrap();
    let seen = Announcement::Seen(Announced {
        name: "opencode-4096".to_owned(),
        port: PORT,
        host: "opencode.local".to_owned(),
        addresses: vec![SERVING.into()],
    });
    let gone = Announcement::Gone { name: "opencode-4096".to_owned() };

    let mut server = Server::start(&world, &hosts);
    assert_eq!(next(&mut announcements, "the server", &world).await, seen);

    // The cable is pulled and put in again.
    hosts.listening.pull(&cable);
    assert_eq!(next(&mut announcements, "the loss of the network", &world).await, gone);
    hosts.listening.put_in(&cable);
    assert_eq!(next(&mut announcements, "the server after the network is back", &world).await, seen);

    // It is there: asked for it, it says so, and there is nothing to tell. Only time shows that.
    browser.confirm("opencode-4096").unwrap();
    let told = tokio::time::timeout(Duration::from_secs(7), announcements.recv()).await;
    assert!(told.is_err(), "{told:?}");

    // It ends without a goodbye: asked for it, nobody answers.
    server.signal("TERM");
    server.0.wait().unwrap();
    browser.confirm("opencode-4096").unwrap();
    assert_eq!(next(&mut announcements, "its end", &world).await, gone);

    let again = Server::start(&world, &hosts);
    assert_eq!(next(&mut announcements, "the server that is back", &world).await, seen);
    drop(again);
    // A later opencode, or another program, may say goodbye.
    hosts.serving.run(say_goodbye);
    assert_eq!(next(&mut announcements, "the goodbye", &world).await, gone);

    drop(browser);
    assert_eq!(announcements.recv().await, None, "nothing is told after the browser was dropped");
    no_process_left(&world).await;
}

#[tokio::test]
async fn one_who_comes_later_hears_of_a_server_that_is_there_needs_root() {
    let Some(hosts) = Hosts::new() else { return };
    hosts.connect();
    let world = World::new();
    let server = Server::start(&world, &hosts);
    until("the server listens", PATIENCE, async || {
        crate::read(&world.root().join("server.log")).contains("listening on")
    })
    .await;
    let (_browser, mut announcements) = hosts.browse().unwrap();
    let Announcement::Seen(seen) = next(&mut announcements, "the server", &world).await else {
        panic!("it is there");
    };
    assert_eq!((seen.port, seen.addresses), (PORT, vec![SERVING.into()]));

    // Killed, it says no goodbye: the announcement is no proof that a server is there.
    drop(server);
    no_process_left(&world).await;
}

#[test]
fn without_a_network_it_says_so_needs_root() {
    let Some(hosts) = Hosts::new() else { return };
    assert!(matches!(hosts.browse(), Err(LaunchError::NoNetwork)));
    hosts.connect();
    assert!(hosts.browse().is_ok(), "now there is one");
}

#[test]
fn a_port_that_another_program_keeps_for_itself_is_named_needs_root() {
    let Some(hosts) = Hosts::new() else { return };
    hosts.connect();
    // Of both protocols.
    let held = hosts.listening.run(|| UdpSocket::bind("[::]:5353").unwrap());
    let error = hosts.browse().map(drop).unwrap_err();
    assert!(matches!(error, LaunchError::AnnouncementPort { port: 5353, .. }), "{error}");
    drop(held);
    assert!(hosts.browse().is_ok(), "the port is free again");
}

#[tokio::test]
async fn what_a_browser_started_ends_with_it_needs_root() {
    let Some(hosts) = Hosts::new() else { return };
    hosts.connect();
    let (browser, receiver) = hosts.browse().unwrap();
    drop(receiver);
    drop(browser);
    // The port is shared only while somebody listens: a program that shares it with nobody gets it again.
    until("the port is free", PATIENCE, async || {
        hosts.listening.run(|| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 5353)).is_ok())
    })
    .await;
}
