//! Watches the clocks, and has them jump: `clocks NAMESPACE` looks, moves into the time namespace, and looks again until nothing
//! has happened any more. A process of one thread may do that, and its clocks are then those of the namespace.
#![allow(clippy::print_stdout, reason = "it is there to print")]

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::{env, fs::File, os::fd::AsFd};

    use launch::clocks::ClockWatch;
    use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

    let namespace = File::open(env::args_os().nth(1).ok_or("usage: clocks NAMESPACE")?)?;
    let mut watch = ClockWatch::new();
    println!("{:?}", watch.look());
    move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Time))?;
    loop {
        let jump = watch.look();
        println!("{jump:?}");
        if jump.is_none() {
            return Ok(());
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {}
