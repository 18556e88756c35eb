//! The real clocks of the kernel: they agree while a process is held up, and jump when it comes into another time namespace.

use std::{
    env, fs,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use launch::clocks::ClockWatch;
use testkit::{World, no_process_left, until};

use crate::{PATIENCE, example};

/// A process in a time namespace of its own. Killed when dropped.
struct Holder(Child);

impl Drop for Holder {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

impl Holder {
    /// The namespace that its children would be in; on older kernels it is not in it itself.
    fn namespace(&self) -> String {
        format!("/proc/{}/ns/time_for_children", self.0.id())
    }
}

/// A namespace whose clocks run ahead of ours; `None` after having said that the test is skipped.
async fn ahead(world: &World, offsets: &[&str]) -> Option<Holder> {
    let child = Command::new("unshare")
        .arg("--time")
        .args(offsets)
        .args(["sleep", "1000"])
        .current_dir(world.project())
        .env_clear()
        .envs(world.environment())
        .stderr(Stdio::null())
        .spawn();
    let made = match child {
        Ok(child) => {
            let mut holder = Holder(child);
            let mine = fs::read_link("/proc/self/ns/time").ok();
            let mut ended = false;
            until("the namespace is there, or cannot be", PATIENCE, async || {
                ended = holder.0.try_wait().unwrap().is_some();
                ended || fs::read_link(holder.namespace()).ok() != mine
            })
            .await;
            (!ended).then_some(holder)
        }
        Err(_) => None,
    };
    if made.is_none() {
        assert!(env::var_os("PORTAL_FORBID_SKIPS").is_none(), "a time namespace is needed and skips are forbidden");
        println!("Skipped: no time namespace can be made");
    }
    made
}

async fn check(offsets: &[&str], expected: &[&str]) {
    let world = World::new();
    let Some(holder) = ahead(&world, offsets).await else { return };
    let output = Command::new(example("clocks"))
        .arg(holder.namespace())
        .current_dir(world.project())
        .env_clear()
        .envs(world.environment())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    // The clocks are not read at exactly one moment.
    let seconds: Vec<String> = said.lines().map(in_seconds).collect();
    assert_eq!(seconds, expected, "{said}");
    drop(holder);
    no_process_left(&world).await;
}

/// `Some(Slept { ms: 3599999 })` as `Some(Slept { 3600 s })`.
fn in_seconds(line: &str) -> String {
    let Some((before, rest)) = line.split_once("ms: ") else { return line.to_owned() };
    let (number, after) = rest.split_once(' ').unwrap();
    let ms: f64 = number.parse().unwrap();
    format!("{}{:.0} s {after}", before.trim_end_matches("by_"), ms / 1_000.0)
}

#[tokio::test]
async fn boot_time_that_runs_ahead_is_sleep_needs_root() {
    // The time of day stands still in it, which is what a clock that was set back in a sleep looks like.
    check(&["--boottime", "3600"], &["None", "Some(Slept { 3600 s })", "Some(Set { -3600 s })", "None"]).await;
}

#[tokio::test]
async fn a_time_of_day_that_is_behind_the_others_was_set_needs_root() {
    check(&["--boottime", "3600", "--monotonic", "3600"], &["None", "Some(Set { -3600 s })", "None"]).await;
}

#[test]
fn a_machine_that_only_works_hard_has_no_jump() {
    let mut watch = ClockWatch::new();
    let end = Instant::now() + Duration::from_secs(1);
    thread::scope(|scope| {
        // More threads than processors: the reader is held up between two clocks.
        for _ in 0..8 {
            scope.spawn(move || while Instant::now() < end {});
        }
        while Instant::now() < end {
            assert_eq!(watch.look(), None);
        }
    });
    assert_eq!(watch.look(), None);
}
