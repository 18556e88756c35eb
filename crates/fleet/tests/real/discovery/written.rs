//! What other programs have written down: the shared registry, and opencode's own file for its service.

use fleet::{InstanceState, Kind, Source};
use serde_json::json;
use testkit::FaultProxy;

use super::{Field, answers, free_port, serve};
use crate::support::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_and_its_process_are_one_and_dead_entries_are_left_alone() {
    let mut field = Field::new().await;
    let port = free_port();
    let mut foreign = field.start("served", serve(port));
    let proxy = FaultProxy::start(([127, 0, 0, 1], port).into()).await;
    let entry = |id: &str, pid: u32, port: u16| {
        json!({
            "id": id, "name": format!("Entry {id}"), "directory": foreign.directory, "port": null, "opencodePort": port,
            "hostname": "0.0.0.0", "opencodePid": pid, "webPid": null, "startedAt": "2026-03-03T10:00:00.000Z", "colour": "red",
        })
    };
    // One that lives, one whose process is dead, one whose number is another program's by now, one that only answers.
    let registry = json!({ "instances": [
        entry("lives001", foreign.pid(), port),
        entry("dead0001", 999_999_999, free_port()),
        entry("reused01", std::process::id(), free_port()),
    ]});
    let path = field.world.home().join(".portal.json");
    std::fs::write(&path, registry.to_string()).unwrap();
    let both = |instance: &fleet::Instance| {
        instance.state == InstanceState::Ready
            && instance.sources.contains(&Source::Process)
            && instance.sources.contains(&Source::Registry)
    };
    let seen = field.sees(&foreign.directory, both).await;
    assert_eq!(seen.name, "Entry lives001");
    let far = json!({ "instances": [entry("answers1", 999_999_999, proxy.port())] });
    std::fs::write(&path, far.to_string()).unwrap();
    let id = fleet::InstanceId::from("answers1");
    let ready = |instance: &fleet::Instance| instance.state == InstanceState::Ready;
    testkit::until("what answers is shown", PATIENCE, async || {
        field.fleet().instance(&id).is_ok_and(|instance| ready(&instance) && instance.kind == Kind::Remote)
    })
    .await;
    foreign.die();
    field.is_rid_of(&foreign.directory).await;
    // Nobody has touched what is another program's.
    assert_eq!(std::fs::read_to_string(&path).unwrap(), far.to_string());
    field.close().await;
    assert_eq!(std::fs::read_to_string(&path).unwrap(), far.to_string());
    field.end(vec![foreign]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_of_opencode_is_let_in_with_the_password_in_its_file() {
    let field = Field::new().await;
    let port = free_port();
    let mut command = serve(port);
    command.env("OPENCODE_SERVER_PASSWORD", "s3cret");
    let mut foreign = field.start("service", command);
    testkit::until("it listens", PATIENCE, async || answers(port)).await;
    let folder = field.world.state().join("opencode");
    std::fs::create_dir_all(&folder).unwrap();
    let file = json!({ "id": "x", "version": "2.0.0", "url": format!("http://127.0.0.1:{port}"), "pid": foreign.pid(), "password": "s3cret" });
    std::fs::write(folder.join("service.json"), file.to_string()).unwrap();
    let is_known = |instance: &fleet::Instance| {
        instance.state == InstanceState::Ready && instance.sources.contains(&Source::ServiceFile)
    };
    let seen = field.sees(&foreign.directory, is_known).await;
    assert_eq!(seen.is_secured, Some(true));
    foreign.die();
    field.is_rid_of(&foreign.directory).await;
    field.end(vec![foreign]).await;
}
