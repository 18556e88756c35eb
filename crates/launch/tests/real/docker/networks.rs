//! A real Docker engine: the networks that containers are in, and what they reach.

use launch::{
    LaunchError,
    docker::{NetworkChoice, Reached},
};
use serde_json::json;
use testkit::World;

use super::Surroundings;

/// What a container in such a network says of a name beyond this machine. Addresses cannot be tried: what keeps them back are the
/// engine's rules in the machine's firewall, and an engine of the tests makes none.
async fn name_beyond(surroundings: &Surroundings, network: NetworkChoice) -> (serde_json::Value, String) {
    let script = "bash -c 'exec 3<>/dev/tcp/portal-test.example/80' 2>&1 | grep -o 'name resolution'";
    let mut plan = surroundings.plan(script);
    plan.network = network;
    // That nobody answers is not waited for long.
    plan.environment.set("RES_OPTIONS", "timeout:1 attempts:1");
    let id = surroundings.engine.create(&plan).await.unwrap();
    let dns = surroundings.plain.inspect(&id).await["HostConfig"]["Dns"].clone();
    surroundings.engine.start(&id).await.unwrap();
    surroundings.ended(&id).await;
    let said = surroundings.output(&id).await;
    surroundings.engine.remove(&id).await.unwrap();
    (dns, said)
}

#[tokio::test]
async fn without_network_a_container_reaches_nothing_beyond_this_machine_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let mut plan = surroundings.plan("exec opencode serve --hostname 0.0.0.0 --port 4096");
    plan.network = NetworkChoice::Off;
    plan.environment.set("HOME", "/tmp");
    plan.limits.memory_bytes = Some(1 << 30);
    plan.limits.pids = Some(256);
    plan.port = Some(launch::docker::PlannedPort { inside: 4096, outside: None });
    let id = surroundings.engine.create(&plan).await.unwrap();
    surroundings.engine.start(&id).await.unwrap();
    let details = surroundings.engine.inspect(&id).await.unwrap();
    let Some(Reached::Inside(address)) = details.reached(4096) else { panic!("{details:?}") };
    testkit::until("it is reached from this machine all the same", crate::PATIENCE, async || {
        tokio::net::TcpStream::connect(address).await.is_ok()
    })
    .await;
    let networks = surroundings.engine.networks().await.unwrap();
    let own: Vec<_> = networks.iter().filter(|network| details.networks.contains_key(&network.name)).collect();
    assert!(own.len() == 1 && own[0].is_internal, "the engine itself lets nothing out of such a network: {own:?}");
    assert_eq!((&details.network, details.ports.len()), (&NetworkChoice::Off, 0));
    let shown = surroundings.plain.get("/networks/opencode-portal-off").await;
    assert_eq!(shown["Options"]["com.docker.network.bridge.enable_icc"], "false", "{shown}");
    assert_eq!(shown["Labels"]["org.opencode-portal"], "network", "{shown}");

    let (dns, said) = name_beyond(&surroundings, NetworkChoice::Off).await;
    assert_eq!(
        (dns, said.trim()),
        (json!(["127.0.0.1"]), "name resolution"),
        "it asks itself alone, and nobody answers"
    );

    // Whoever tidies up removes it while nothing runs in it.
    surroundings.engine.kill(&id).await.unwrap();
    surroundings.ended(&id).await;
    let network = shown["Id"].as_str().unwrap();
    let (status, _) = surroundings.plain.ask("DELETE", &format!("/networks/{network}"), None).await.unwrap();
    assert_eq!(status, 204, "nothing else of these tests is in it");
    surroundings.engine.start(&id).await.unwrap();
    let details = surroundings.engine.inspect(&id).await.unwrap();
    let Some(Reached::Inside(address)) = details.reached(4096) else { panic!("{details:?}") };
    testkit::until("it is reached again", crate::PATIENCE, async || {
        tokio::net::TcpStream::connect(address).await.is_ok()
    })
    .await;
    let again = surroundings.plain.get("/networks/opencode-portal-off").await;
    assert!(again["Internal"] == true && again["Id"] != shown["Id"], "{again}");

    // Older engines let another host make a second one at the same moment; then the name alone means none of both.
    let world = World::new();
    let twin = json!({"Name": again["Name"], "Internal": true, "Labels": again["Labels"], "Options": again["Options"]});
    let twin = world.write("twin.json", &twin.to_string());
    let (status, answer) = surroundings.plain.ask("POST", "/networks/create", Some(&twin)).await.unwrap();
    assert!(matches!(status, 201 | 409), "{status}: {}", String::from_utf8_lossy(&answer));
    plan.name = launch::docker::ContainerName::from_text(&format!("{}-twin", plan.name));
    let other = surroundings.engine.create(&plan).await.unwrap();
    surroundings.engine.start(&other).await.unwrap();
    let networks = surroundings.engine.networks().await.unwrap();
    assert_eq!(networks.iter().filter(|network| network.name == "opencode-portal-off").count(), 1, "{networks:?}");
    assert_eq!(surroundings.plain.get("/networks/opencode-portal-off").await["Id"], again["Id"], "the older one stays");
}

#[tokio::test]
async fn a_container_is_put_into_a_network_of_the_persons_and_never_into_the_machines_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    for network in ["host", "none", "opencode-portal-off"] {
        // Where it is there, it is for none of ours; the last one is made when it is first needed.
        let mut plan = surroundings.plan("true");
        plan.network = NetworkChoice::Named(network.to_owned());
        let error = engine.create(&plan).await.unwrap_err();
        let is_right = match &error {
            LaunchError::NetworkNotForUs { network: named, .. } => named == network,
            LaunchError::NetworkMissing { network: named } => named == network && network == "opencode-portal-off",
            _ => false,
        };
        assert!(is_right, "{error:?}");
    }
    let label = format!("{}={}", super::LABEL, surroundings.mark);
    assert_eq!(surroundings.plain.containers_with(&label).await, [""; 0]);

    let world = World::new();
    let name = format!("launch-test-{}", surroundings.mark);
    let network = world.write("network.json", &json!({"Name": name, "Driver": "bridge"}).to_string());
    let (status, answer) = surroundings.plain.ask("POST", "/networks/create", Some(&network)).await.unwrap();
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let id = serde_json::from_slice::<serde_json::Value>(&answer).unwrap()["Id"].as_str().unwrap().to_owned();
    let mut plan = surroundings.plan("sleep 600");
    plan.network = NetworkChoice::Named(id.clone());
    let error = engine.create(&plan).await.unwrap_err();
    assert!(matches!(&error, LaunchError::NetworkMissing { .. }), "only names are names: {error:?}");
    plan.network = NetworkChoice::Named(name.clone());
    let container = engine.create(&plan).await.unwrap();
    engine.start(&container).await.unwrap();
    let details = engine.inspect(&container).await.unwrap();
    assert_eq!(details.network, NetworkChoice::Named(name.clone()));
    assert!(details.networks.contains_key(&name), "{details:?}");
    engine.remove(&container).await.unwrap();
    let (status, _) = surroundings.plain.ask("DELETE", &format!("/networks/{id}"), None).await.unwrap();
    assert_eq!(status, 204);
}
