//! What the processes of a real opencode use: shown by what they are for, held to a budget, ended one by one.

use std::time::Duration;

use fleet::{
    AtQuit, FleetError, InstanceId, InstanceState, LaunchError, Measure, Method, NoticeId, Part, PermissionReply,
    ProcessUsage, Profile,
};
use serde_json::json;
use testkit::{World, demo, until};

use crate::support::{Ground, PATIENCE, open};

const MIB: u64 = 1 << 20;

/// A tool server that answers as the protocol wants it. Beside it a process that takes 300 MB once there is a file `eat`,
/// and one that does not end when asked to.
const EATER: &str = r#"
project=$1
(
    until [ -e "$project/eat" ]; do sleep 0.1; done
    food=$(head -c 300000000 /dev/zero | tr '\0' x)
    sleep 600
    : "$food"
) </dev/null >/dev/null 2>&1 &
(
    trap '' TERM
    exec sleep 601
) </dev/null >/dev/null 2>&1 &
while read -r line; do
    id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
    case $line in
    *'"initialize"'*)
        result='{"protocolVersion":"2025-03-26","capabilities":{"tools":{}},"serverInfo":{"name":"eater","version":"1"}}' ;;
    *'"tools/list"'*) result='{"tools":[]}' ;;
    *) result='{}' ;;
    esac
    [ -n "$id" ] && printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$result"
done
"#;

fn with_eater() -> World {
    let world = World::new();
    let eater = world.root().join("bin/serve-tools.sh");
    testkit::shell_script(&eater, EATER);
    let config = json!({ "mcp": { "eater": { "type": "local", "command": [eater, world.project()] } } });
    world.write("opencode.json", &config.to_string());
    world
}

fn processes(ground: &Ground, id: &InstanceId, part: Part) -> Vec<ProcessUsage> {
    let all = ground.fleet.resources(id).unwrap().processes;
    all.into_iter().filter(|process| process.part == part).collect()
}

async fn shows(ground: &Ground, id: &InstanceId, part: Part, command: &str) -> ProcessUsage {
    testkit::eventually(command, PATIENCE, async || {
        processes(ground, id, part).into_iter().find(|process| process.command.contains(command))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_eats_memory_is_named_and_ended_while_the_server_goes_on() {
    let ground = Ground::in_world(with_eater()).await;
    let id = ground.ready().await;
    let server = ground.fleet.instance(&id).unwrap().process().unwrap().clone();
    ground.call(&id, Method::Get, "/mcp", None).await;
    shows(&ground, &id, Part::Mcp, "serve-tools.sh").await;
    until("memory is counted in shares", PATIENCE, async || {
        ground.fleet.resources(&id).unwrap().measure == Measure::Pss
    })
    .await;
    let before = ground.wait(&id, |instance| instance.usage.is_some()).await.usage.unwrap().memory_bytes;
    let budget = u32::try_from(before / MIB).unwrap() + 150;
    ground.fleet.set_profile(&id, Profile { memory_budget_mib: Some(budget), ..Profile::default() }).await.unwrap();

    ground.world.write("eat", "");
    ground.wait(&id, |instance| instance.is_over_budget).await;
    let notice = NoticeId::from(format!("budget-{id}").as_str());
    assert!(ground.fleet.state().notices.contains_key(&notice));
    let eater = testkit::eventually("the eater shows", PATIENCE, async || {
        processes(&ground, &id, Part::Mcp).into_iter().find(|process| process.memory > 200 * MIB)
    })
    .await;
    assert!(eater.command.contains("serve-tools.sh") && eater.started_at_ms.is_some(), "{eater:?}");
    assert_ne!(eater.parent, server.pid, "it is a child of the tool server");

    let wrong = ground.fleet.end_child(&id, eater.identity.pid, eater.identity.started_at + 1).await;
    assert!(matches!(wrong, Err(FleetError::Launch(LaunchError::NotThatProcess { .. }))), "{wrong:?}");
    let whole = ground.fleet.end_child(&id, server.pid, server.started_at).await;
    assert!(matches!(whole, Err(FleetError::Launch(LaunchError::NotInTree { .. }))), "not the server: {whole:?}");
    assert!(eater.identity.is_alive() && server.is_alive());

    ground.fleet.end_child(&id, eater.identity.pid, eater.identity.started_at).await.unwrap();
    assert!(!eater.identity.is_alive());
    let instance = ground.wait(&id, |instance| !instance.is_over_budget).await;
    assert!(!ground.fleet.state().notices.contains_key(&notice));
    assert_eq!((&instance.state, instance.process()), (&InstanceState::Ready, Some(&server)), "the server goes on");
    ground.call(&id, Method::Get, "/session", None).await;
    let left = shows(&ground, &id, Part::Mcp, "serve-tools.sh").await;
    assert_eq!(left.parent, server.pid, "and its tool server, too");

    let resources = ground.fleet.resources(&id).unwrap();
    let most = resources.recent.iter().map(|sample| sample.memory_bytes).max().unwrap();
    assert!(most > u64::from(budget) * MIB, "the plot shows the peak: {resources:?}");
    assert_eq!(resources.hours.iter().map(|sample| sample.memory_bytes).max(), Some(most));
    ground.fleet.stop(&id).await.unwrap();
    until("nothing is shown of what does not run", PATIENCE, async || {
        ground.fleet.resources(&id).unwrap().processes.is_empty()
    })
    .await;
    assert!(!ground.fleet.resources(&id).unwrap().recent.is_empty(), "but what it used stays");
    let ended = ground.fleet.end_child(&id, left.identity.pid, left.identity.started_at).await;
    assert!(matches!(ended, Err(FleetError::NotNow { .. })), "{ended:?}");
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_left_running_is_ended() {
    let ground = Ground::in_world(with_eater()).await;
    let id = ground.ready().await;
    ground.call(&id, Method::Get, "/mcp", None).await;
    killed_with_its_tools(ground, id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_left_running_is_ended_also_if_it_was_adopted() {
    // In a runtime of its own, as in a program of its own: with it ends the task that stays with the process from its start.
    let before = tokio::task::spawn_blocking(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let ground = Ground::in_world(with_eater()).await;
            let id = ground.ready().await;
            ground.call(&id, Method::Get, "/mcp", None).await;
            ground.fleet.shut_down(AtQuit::Keep).await;
            (ground.world, id)
        })
    });
    let (world, id) = before.await.unwrap();
    let ground = Ground { fleet: open(&world).await, world, model: demo::Model::serve(0).await.unwrap() };
    ground.wait_for(&id, &InstanceState::Ready).await;
    killed_with_its_tools(ground, id).await;
}

/// Kills the server. What stands beside its tool server reads nothing, so it would never learn of that.
async fn killed_with_its_tools(ground: Ground, id: InstanceId) {
    shows(&ground, &id, Part::Mcp, "serve-tools.sh").await;
    shows(&ground, &id, Part::Mcp, "sleep 601").await;
    ground.signal(&id, "-KILL");
    ground.wait(&id, |instance| matches!(instance.state, InstanceState::Crashed(_))).await;
    testkit::no_process_left(&ground.world).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn children_are_told_apart_and_a_command_is_ended_alone() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    ground.call(&id, Method::Post, "/pty", Some(json!({ "command": "/bin/sh", "args": [] }))).await;
    let session = ground.prompt(&id, "@bash sleep 987").await;
    let request = ground.request(&id).await;
    ground.fleet.reply_permission(&id, &request, PermissionReply::Once, None).await.unwrap();
    let command = shows(&ground, &id, Part::Tool, "sleep 987").await;
    let shell = shows(&ground, &id, Part::Terminal, "sh").await;
    let server = &ground.fleet.resources(&id).unwrap().processes[0];
    assert_eq!((server.part, server.identity.pid), (Part::Server, shell.parent));
    assert!(server.memory > 50 * MIB && server.command.starts_with("opencode serve"), "{server:?}");

    ground.fleet.end_child(&id, command.identity.pid, command.identity.started_at).await.unwrap();
    ground.wait(&id, |instance| instance.sessions[&session].status == fleet::SessionStatus::Idle).await;
    assert!(!command.identity.is_alive() && shell.identity.is_alive());
    let again = ground.fleet.end_child(&id, command.identity.pid, command.identity.started_at).await;
    assert!(
        matches!(again, Ok(()) | Err(FleetError::Launch(LaunchError::NotThatProcess { .. }))),
        "it is gone already: {again:?}"
    );
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_come_every_few_seconds() {
    let ground = Ground::new().await;
    let id = ground.ready().await;
    until("three samples", PATIENCE, async || ground.fleet.resources(&id).unwrap().recent.len() >= 3).await;
    let recent = ground.fleet.resources(&id).unwrap().recent;
    for pair in recent.windows(2) {
        let apart = Duration::from_millis(pair[1].at.ms_since(pair[0].at));
        assert!(apart >= Duration::from_secs(2), "{recent:?}");
    }
    assert!(recent.iter().all(|sample| sample.memory_bytes > 10 * MIB), "{recent:?}");
    ground.fleet.stop(&id).await.unwrap();
    ground.fleet.remove(&id).await.unwrap();
    let gone = ground.fleet.resources(&id);
    assert!(matches!(gone, Err(FleetError::NoSuchInstance { .. })), "{gone:?}");
    ground.end().await;
}
