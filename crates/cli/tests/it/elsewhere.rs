//! Instances on another machine, from the command line, with a real ssh server.

use serde_json::Value;
use testkit::{Sshd, World, no_process_left};

use crate::program::Desk;

async fn named(desk: &Desk, name: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(&desk.ok(&["list", "--json"]).await).unwrap();
    all.iter().find(|instance| instance["name"] == name).unwrap_or_else(|| panic!("no {name} in {all:#?}")).clone()
}

#[tokio::test]
async fn an_instance_on_another_machine_is_started_entered_and_stopped() {
    let (desk, there) = (Desk::new().await, World::with_project("far ü"));
    let sshd = Sshd::start(&there).await;
    Sshd::install_opencode(&there);
    sshd.be_known_to(&desk.world);
    let directory = there.project().to_str().unwrap();

    let refused = desk.run(&["start", "relative", "--ssh", sshd.host()]).await;
    assert!(refused.code == 2 && refused.err.contains("from the root on"), "{refused:?}");
    let started = desk.ok(&["start", directory, "--ssh", sshd.host(), "--name", "far"]).await;
    assert!(started.starts_with("Started far ("), "{started}");
    let far = named(&desk, "far").await;
    assert_eq!((&far["kind"], &far["ssh_host"]), (&"ssh".into(), &sshd.host().into()));
    let place = format!("{}:{directory}", sshd.host());
    let table = desk.ok(&["list"]).await;
    assert!(table.lines().any(|line| line.contains(" ssh ") && line.ends_with(&place)), "{table}");

    // It runs there, so it is there again for the next command, by its place as well.
    let again = desk.ok(&["start", directory, "--ssh", sshd.host()]).await;
    assert!(again.starts_with("Already running: far ("), "{again}");
    // Below the home folder there, which that machine knows, and without losing what is known of it.
    desk.ok(&["start", directory, "--ssh", sshd.host(), "--group", "away"]).await;
    let below_home = format!("~/../work/{}", there.project().file_name().unwrap().to_str().unwrap());
    let again = desk.ok(&["start", &below_home, "--ssh", sshd.host(), "--pin"]).await;
    assert!(again.starts_with("Already running: far ("), "{again}");
    let profile = named(&desk, "far").await["profile"].clone();
    assert_eq!((&profile["group"], &profile["is_pinned"]), (&"away".into(), &true.into()), "{profile}");
    // The same path of this machine is another directory.
    let near = desk.ok(&["start", directory, "--name", "near"]).await;
    assert!(near.starts_with("Started near ("), "{near}");
    assert_eq!(named(&desk, "near").await["kind"], "process");
    desk.ok(&["stop", "near"]).await;
    desk.ok(&["remove", "near"]).await;
    let said = desk.in_terminal(&["shell", &place], "echo in-$((40+2)) $(pwd) > shell.txt; exit\n").await;
    let written = std::fs::read_to_string(there.project().join("shell.txt")).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(written, format!("in-42 {directory}\n"));

    assert!(desk.ok(&["stop", "far"]).await.starts_with("Stopped far ("));
    assert_eq!(named(&desk, "far").await["state"]["state"], "stopped");
    desk.ok(&["remove", "far"]).await;
    drop(sshd);
    no_process_left(&there).await;
    desk.leave().await;
}

#[tokio::test]
async fn a_machine_that_cannot_be_reached_is_named() {
    let (desk, there) = (Desk::new().await, World::new());
    let mut sshd = Sshd::start(&there).await;
    sshd.be_known_to(&desk.world);
    let directory = there.project().to_str().unwrap();
    let refused = desk.run(&["start", directory, "--ssh", sshd.host()]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("opencode") && refused.err.contains(sshd.host()), "there is none: {refused:?}");
    sshd.end();
    let refused = desk.run(&["start", directory, "--ssh", sshd.host()]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains(sshd.host()), "{refused:?}");
    desk.leave().await;
}
