//! Servers that announce themselves in the local network. Each test has machines of its own: nobody else is heard there, and what
//! is announced there is heard and reached by nobody else.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::Arc;

use fleet::{Credentials, Instance, InstanceState, Keep, Kind, Overhearing, Source};
use testkit::{Machine, eventually};
use tokio::runtime::Builder;

use super::{Field, is_external, opencode};
use crate::support::PATIENCE;

/// The same port as everybody's opencode: a machine has its own.
const PORT: u16 = 4096;
const PASSWORD: &str = "s3cret";

/// The machine that the fleet is on, and another, with a cable between them.
fn machines() -> Option<(Machine, Machine)> {
    let (here, there) = (Machine::new()?, Machine::new()?);
    here.connect(Ipv4Addr::new(10, 77, 0, 1), &there, Ipv4Addr::new(10, 77, 0, 2));
    Some((here, there))
}

/// Runs a test on a machine, with all of its threads.
fn on(machine: &Machine, test: impl AsyncFnOnce() + Send) {
    machine.run(|| Builder::new_multi_thread().enable_all().build().unwrap().block_on(test()));
}

/// A server that can be reached from outside and says so. Whoever does that gives it a password.
fn announcing(port: u16) -> Command {
    let mut command = opencode(&["serve", "--mdns", "--hostname", "0.0.0.0", "--port", &port.to_string()]);
    command.env("OPENCODE_SERVER_PASSWORD", PASSWORD);
    command
}

fn is_by(instance: &Instance, sources: &[Source]) -> bool {
    instance.sources == sources.iter().copied().collect::<BTreeSet<_>>()
}

/// A password that is kept nowhere.
fn password() -> Credentials {
    Credentials::new(None, PASSWORD)
}

impl Field {
    /// What is shown with that port, wherever it is.
    fn at_port(&self, port: u16) -> Vec<Arc<Instance>> {
        let state = self.fleet().state();
        let is_there = |instance: &&Arc<Instance>| instance.port.map(fleet::Port::get) == Some(port);
        state.instances.values().filter(is_there).cloned().collect()
    }

    async fn has_none_at(&self, port: u16) {
        eventually("it is gone", PATIENCE, async || self.at_port(port).is_empty().then_some(())).await;
    }
}

#[test]
fn a_process_that_announces_itself_is_one_instance_and_gone_from_both_when_it_ends_needs_root() {
    let Some((here, there)) = machines() else { return };
    // It announces itself with two addresses, and both are ours.
    here.connect(Ipv4Addr::new(10, 77, 1, 1), &there, Ipv4Addr::new(10, 77, 1, 2));
    on(&here, async || {
        let field = Field::new().await;
        let mut foreign = field.start("announced", announcing(PORT));
        let is_by_both = |instance: &Instance| is_by(instance, &[Source::Process, Source::Mdns]);
        let is_locked = |instance: &Instance| instance.state == InstanceState::Locked && is_by_both(instance);
        let seen = field.sees(&foreign.directory, is_locked).await;
        is_external(&seen);
        assert_eq!(seen.process().map(|process| process.pid), Some(foreign.pid()));
        assert_eq!((seen.name.as_str(), seen.is_secured), ("announced", Some(true)));
        assert_eq!(field.at_port(PORT).len(), 1, "{:#?}", field.at_port(PORT));

        field.fleet().unlock(&seen.id, password(), Keep::No, Overhearing::Accepted).await.unwrap();
        let is_open = |instance: &Instance| instance.state == InstanceState::Ready && is_by_both(instance);
        assert_eq!(field.sees(&foreign.directory, is_open).await.id, seen.id);
        assert_eq!(field.at_port(PORT).len(), 1, "{:#?}", field.at_port(PORT));

        // It says no goodbye.
        foreign.die();
        field.has_none_at(PORT).await;
        // It is not only hidden until what announces itself is looked at again: with the next one, that is surely done.
        let next = field.start("next", announcing(PORT + 1));
        field.sees(&next.directory, is_by_both).await;
        assert!(field.at_port(PORT).is_empty(), "{:#?}", field.at_port(PORT));
        assert!(field.all_in(&foreign.directory).is_empty());
        field.end(vec![foreign, next]).await;
    });
}

#[test]
fn a_server_of_another_machine_is_known_by_its_announcement_alone_until_it_ends_needs_root() {
    let Some((here, there)) = machines() else { return };
    on(&here, async || {
        let field = Field::new().await;
        let mut foreign = there.run(|| field.start("far", announcing(PORT)));
        let is_locked = |instance: &Arc<Instance>| instance.state == InstanceState::Locked;
        let seen =
            eventually("it is heard of", PATIENCE, async || field.at_port(PORT).into_iter().find(is_locked)).await;
        is_external(&seen);
        assert_eq!((&seen.kind, seen.host.as_str()), (&Kind::Remote, "10.77.0.2"));
        assert!(is_by(&seen, &[Source::Mdns]), "its process is on another machine: {:?}", seen.sources);
        assert_eq!(seen.directory.as_os_str(), "", "it tells nothing before it is unlocked");

        field.fleet().unlock(&seen.id, password(), Keep::No, Overhearing::Accepted).await.unwrap();
        let open = field.sees_ready(&foreign).await;
        assert_eq!(open.id, seen.id);
        assert!(is_by(&open, &[Source::Mdns]), "{:?}", open.sources);
        assert_eq!(field.at_port(PORT).len(), 1, "{:#?}", field.at_port(PORT));

        foreign.die();
        field.has_none_at(PORT).await;
        field.end(vec![foreign]).await;
    });
}
