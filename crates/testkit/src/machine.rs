//! Machines of their own, as far as the network goes: network namespaces with cables between them. Linux, and only for root.

use std::net::Ipv4Addr;
use std::os::fd::AsFd;
use std::panic::resume_unwind;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::eventually::PAUSE;

/// A machine without a network, until a cable is put in. Nothing of it can be reached from the machine that runs the test.
#[derive(Debug)]
pub struct Machine {
    name: String,
}

impl Machine {
    /// A new one; none after having said that the test is skipped, where none can be made.
    ///
    /// # Panics
    /// If none can be made and skips are forbidden, by `PORTAL_FORBID_SKIPS`.
    pub fn new() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("portal-machine-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        if let Err(reason) = ip(&["netns", "add", &name]) {
            assert!(
                env::var_os("PORTAL_FORBID_SKIPS").is_none(),
                "network namespaces are needed and skips are forbidden: {reason}"
            );
            skipped(&reason);
            return None;
        }
        let machine = Self { name };
        machine.ip(&["link", "set", "lo", "up"]);
        Some(machine)
    }

    /// Puts a cable between this machine and another, and gives its name. Each end has its address, in a network of 256.
    ///
    /// # Panics
    /// If that cannot be done.
    pub fn connect(&self, own: Ipv4Addr, other: &Self, others: Ipv4Addr) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let cable = format!("cable{number}");
        let metric = (100 + number).to_string();
        self.ip(&["link", "add", &cable, "type", "veth", "peer", "name", &cable, "netns", &other.name]);
        let ends = [(self, own), (other, others)];
        for (machine, address) in ends {
            machine.ip(&["address", "add", &format!("{address}/24"), "dev", &cable]);
            machine.ip(&["link", "set", &cable, "up"]);
            // What is said to everybody goes out by the first cable.
            machine.ip(&["route", "add", "224.0.0.0/4", "dev", &cable, "metric", &metric]);
        }
        let end = Instant::now() + Duration::from_secs(20);
        while !ends.iter().all(|(machine, _)| machine.ip(&["link", "show", &cable]).contains(" state UP ")) {
            assert!(Instant::now() < end, "`{cable}` carries nothing");
            thread::sleep(PAUSE);
        }
        cable
    }

    /// Pulls a cable out of this machine.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn pull(&self, cable: &str) {
        self.ip(&["link", "set", cable, "down"]);
    }

    /// Puts a cable in again that was pulled.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn put_in(&self, cable: &str) {
        self.ip(&["link", "set", cable, "up"]);
    }

    /// Does something on it. Threads and processes that begin in there stay there.
    ///
    /// # Panics
    /// If the work does, or the machine is gone.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let namespace = fs::File::open(format!("/run/netns/{}", self.name)).expect("the machine is there");
        thread::scope(|scope| {
            let there = scope.spawn(move || {
                move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
                    .expect("whoever makes a machine may enter it");
                work()
            });
            there.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    fn ip(&self, arguments: &[&str]) -> String {
        let done = ip(&[&["-n", &self.name], arguments].concat());
        done.unwrap_or_else(|reason| panic!("`ip {}` on {}: {reason}", arguments.join(" "), self.name))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Its name goes; what still runs on it keeps it.
        let _gone = ip(&["netns", "delete", &self.name]);
    }
}

#[expect(clippy::print_stdout, reason = "whoever runs the tests is to know what was not tested")]
fn skipped(reason: &str) {
    println!("Skipped: no network namespace can be made ({reason})");
}

/// Runs `ip`, and gives what it says; the reason when it does not do it.
fn ip(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("ip").args(arguments).output().map_err(|error| format!("ip: {error}"))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(said(&output.stdout)) } else { Err(said(&output.stderr)) }
}
