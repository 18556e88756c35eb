//! Which ports are free, and who listens.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use launch::{LaunchError, ProcessIdentity, listens, next_free_port};

#[test]
fn a_taken_port_is_passed_over_however_it_is_bound() {
    let listeners: Vec<(&str, TcpListener)> = [
        Some(("127.0.0.1", TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap())),
        Some(("0.0.0.0", TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap())),
        // A machine may have no IPv6.
        TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).ok().map(|listener| ("::", listener)),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (address, listener) in listeners {
        let port = listener.local_addr().unwrap().port();
        assert!(next_free_port(port, &[]).unwrap() > port, "bound on {address}");
    }
}

#[test]
fn taken_ones_are_passed_over() {
    let first = next_free_port(3100, &[]).unwrap();
    let second = next_free_port(3100, &[first]).unwrap();
    assert!(second > first);
    assert!(matches!(next_free_port(u16::MAX, &[u16::MAX]), Err(LaunchError::NoFreePort { from: u16::MAX })));
}

#[test]
fn the_listener_is_known() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let us = ProcessIdentity::observe(std::process::id()).unwrap();
    assert!(listens(&us, port));
    assert!(
        !listens(&ProcessIdentity { started_at: us.started_at + 1, ..us.clone() }, port),
        "a reused number listens to nothing of ours"
    );
    drop(listener);
    assert!(!listens(&us, port));
}
