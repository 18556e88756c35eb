//! What we have started ourselves and lost sight of is ended; what only looks like it is left alone.

use fleet::Owner;
use launch::ProcessIdentity;
use serde_json::json;

use super::{Field, free_port, serve};
use crate::support::{PATIENCE, folders};

#[tokio::test(flavor = "multi_thread")]
async fn an_orphan_of_ours_is_ended_and_one_that_lacks_a_mark_is_not() {
    let field = Field::new().await;
    let state = folders(&field.world).state;
    let marked = |instance: Option<&str>, state: Option<&std::path::Path>| {
        let mut command = serve(free_port());
        if let Some(instance) = instance {
            command.env("PORTAL_INSTANCE", instance);
        }
        if let Some(state) = state {
            command.env("PORTAL_STATE", state);
        }
        command
    };
    let mut without_state = field.start("stateless", marked(Some("lost0001"), None));
    let elsewhere = field.folder("elsewhere");
    let mut of_another = field.start("another", marked(Some("lost0002"), Some(&elsewhere)));
    // A person who starts one in the terminal of an instance of ours: our marks are only inherited.
    let mut by_hand = marked(Some("lost0003"), Some(&state));
    by_hand.env("OPENCODE_PID", "1");
    let mut by_hand = field.start("inherited", by_hand);
    // Its host lives: the record may be on its way for long, when the disk is full.
    let mut of_the_living = marked(Some("lost0005"), Some(&state));
    let us = ProcessIdentity::observe(std::process::id()).unwrap();
    of_the_living.env("PORTAL_HOST", format!("{}/{}", us.pid, us.started_at));
    let mut of_the_living = field.start("of-the-living", of_the_living);
    // The number is somebody else's by now.
    let mut of_the_dead = marked(Some("lost0006"), Some(&state));
    of_the_dead.env("PORTAL_HOST", format!("{}/{}", us.pid, us.started_at + 1));
    let mut of_the_dead = field.start("of-the-dead", of_the_dead);
    let mut orphan = field.start("orphan", marked(Some("lost0004"), Some(&state)));
    testkit::until("the orphans are ended", PATIENCE, async || !orphan.is_alive() && !of_the_dead.is_alive()).await;
    for left in [&mut without_state, &mut of_another, &mut by_hand, &mut of_the_living] {
        let seen = field.sees_ready(left).await;
        assert_eq!(seen.owner, Owner::External);
        assert!(left.is_alive());
    }
    field.end(vec![without_state, of_another, by_hand, of_the_living, of_the_dead, orphan]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_number_that_is_another_program_by_now_is_left_alone() {
    let mut field = Field::new().await;
    field.close().await;
    let mut command = std::process::Command::new("tail");
    command.args(["-f", "/dev/null"]);
    let mut bystander = field.start("bystander", command);
    let records = folders(&field.world).records();
    std::fs::create_dir_all(&records).unwrap();
    let record = json!({
        "version": 1, "id": "aaaaaaaa", "name": "Ours", "directory": field.folder("ours"), "life": "runs",
        "process": {
            "pid": bystander.pid(), "started_at": 1, "executable": testkit::opencode_binary(), "port": free_port(), "since_ms": 1,
        },
    });
    std::fs::write(records.join("aaaaaaaa.json"), record.to_string()).unwrap();
    field.reopen().await;
    let seen = field.sees(&field.folder("ours"), |instance| instance.state.is_ended()).await;
    assert!(seen.last_end.is_some() && seen.process().is_none());
    field.fleet().stop(&seen.id).await.unwrap();
    field.fleet().remove(&seen.id).await.unwrap();
    field.close().await;
    assert!(bystander.is_alive());
    field.end(vec![bystander]).await;
}
