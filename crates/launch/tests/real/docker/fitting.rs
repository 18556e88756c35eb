//! What is wanted of an engine and it cannot do is told before anything is made: played by a small engine of our own.

use std::collections::BTreeMap;

use launch::{
    LaunchError,
    docker::{ContainerEnvironment, ContainerName, ContainerPlan, ImageError, Limits, NetworkChoice},
};

use super::fake_engine::{Answer, FakeEngine};

type Call = (&'static str, &'static str, Answer);

const VERSION: Call = ("GET", "/version", Answer::Says(200, r#"{"ApiVersion":"1.47","Os":"linux","Arch":"amd64"}"#));

fn info(says: &'static str) -> Call {
    ("GET", "/info", Answer::Says(200, says))
}

fn plan(network: NetworkChoice) -> ContainerPlan {
    ContainerPlan {
        name: ContainerName::from_text("x"),
        image: "x".to_owned(),
        entrypoint: None,
        command: Vec::new(),
        working_directory: "/".into(),
        mounts: Vec::new(),
        volumes: Vec::new(),
        port: None,
        environment: ContainerEnvironment::default(),
        labels: BTreeMap::new(),
        user: None,
        limits: Limits { memory_bytes: None, nano_cpus: None, pids: None },
        network,
        grace: std::time::Duration::ZERO,
    }
}

/// Why a container is not even tried to be made on an engine that says this of itself.
async fn made(calls: &[Call], network: NetworkChoice) -> Result<(), LaunchError> {
    let calls: Vec<Call> = [VERSION].into_iter().chain(calls.iter().copied()).collect();
    let fake = FakeEngine::answering(&calls, Answer::Says(418, r#"{"message":"made"}"#));
    match fake.connect().await.create(&plan(network)).await.unwrap_err() {
        LaunchError::EngineRefused { status: 418, .. } => Ok(()),
        other => Err(other),
    }
}

#[tokio::test]
async fn without_network_only_where_it_is_reached_all_the_same() {
    use NetworkChoice::{Named, Off, On};
    let rootless = info(r#"{"SecurityOptions":["name=seccomp,profile=builtin","name=rootless"]}"#);
    let desktop = info(r#"{"OperatingSystem":"Docker Desktop","Name":"docker-desktop"}"#);
    let colima = info(r#"{"OperatingSystem":"Ubuntu 24.04 LTS","Name":"colima"}"#);
    for (engine, word) in [(rootless, "rootless"), (desktop, "virtual machine"), (colima, "virtual machine")] {
        let error = made(&[engine], Off).await.unwrap_err();
        assert!(matches!(error, LaunchError::NetworkOffImpossible { .. }), "{word}: {error:?}");
        let told = error.to_string();
        assert!(told.contains(word) && told.contains("let its network be on"), "{told}");
        let mine = ("GET", "/networks", Answer::Says(200, r#"[{"Name":"mine","Driver":"bridge"}]"#));
        for network in [On, Named("mine".to_owned())] {
            made(&[engine, mine], network).await.unwrap_or_else(|error| panic!("{word}: {error}"));
        }
    }
}

#[tokio::test]
async fn a_network_that_is_the_machines_own_is_refused_whatever_its_name() {
    let networks = r#"[{"Name":"host","Driver":"host","Id":"abc123"},{"Name":"lan","Driver":"host"},{"Name":"none","Driver":"null"},
        {"Name":"opencode-portal-off","Driver":"bridge","Internal":true},{"Name":"mine","Driver":"bridge"},{"Name":"far","Driver":"overlay"}]"#;
    for (name, expected) in [
        ("host", "the machine's own"),
        ("lan", "the machine's own"),
        ("none", "nothing reaches"),
        ("opencode-portal-off", "only where the network is to be off"),
        // What is no name here may mean anything to the engine.
        ("abc123", "`abc123` is not there"),
        ("container:abc", "`container:abc` is not there"),
        ("mine", ""),
        ("far", ""),
    ] {
        let calls = [info("{}"), ("GET", "/networks", Answer::Says(200, networks))];
        let told = made(&calls, NetworkChoice::Named(name.to_owned())).await.err().map(|error| error.to_string());
        let is_right = told.as_ref().is_some_and(|told| told.contains(name) && told.contains(expected));
        assert!(if expected.is_empty() { told.is_none() } else { is_right }, "{name}: {told:?}");
    }
}

#[tokio::test]
async fn without_network_nobody_is_asked_for_names() {
    let off = r#"[{"Name":"opencode-portal-off","Internal":true,"Labels":{"org.opencode-portal":"network"},
        "Options":{"com.docker.network.bridge.enable_icc":"false"}}]"#;
    for (network, expected) in
        [(NetworkChoice::Off, serde_json::json!(["127.0.0.1"])), (NetworkChoice::On, serde_json::Value::Null)]
    {
        let calls = [VERSION, info("{}"), ("GET", "/networks", Answer::Says(200, off))];
        let fake = FakeEngine::answering(&calls, Answer::Says(418, r#"{"message":"made"}"#));
        fake.connect().await.create(&plan(network)).await.unwrap_err();
        let asked: serde_json::Value = serde_json::from_str(&fake.asked("POST", "/containers/create")).unwrap();
        assert_eq!(asked["HostConfig"]["Dns"], expected);
    }
}

#[tokio::test]
async fn ours_is_built_anew_from_todays_bases() {
    for (is_anew, expected) in [(false, ["nocache=false", ""]), (true, ["nocache=true", "pull=1"])] {
        let fake = FakeEngine::answering(&[VERSION], Answer::Says(500, r#"{"message":"no"}"#));
        let engine = fake.connect().await;
        let build = if is_anew { engine.build_own_anew("1.2.3") } else { engine.build_own("1.2.3") };
        build.unwrap().finish().await.unwrap_err();
        let asked = fake.line("POST", "/build");
        assert!(expected.iter().all(|word| asked.contains(word)), "{asked}");
        assert_eq!(asked.contains("pull="), is_anew, "{asked}");
    }
}

#[tokio::test]
async fn what_is_mounted_can_be_read_where_selinux_keeps_containers_from_it() {
    for (says, expected) in [
        (
            r#"{"SecurityOptions":["name=seccomp,profile=builtin","name=selinux"]}"#,
            &["no-new-privileges", "label=disable"][..],
        ),
        (r#"{"SecurityOptions":["name=rootless","name=selinux"]}"#, &["no-new-privileges", "label=disable"]),
        (r#"{"SecurityOptions":["name=seccomp,profile=builtin","name=apparmor"]}"#, &["no-new-privileges"]),
        ("{}", &["no-new-privileges"]),
    ] {
        let fake = FakeEngine::answering(&[VERSION, info(says)], Answer::Says(418, r#"{"message":"made"}"#));
        let error = fake.connect().await.create(&plan(NetworkChoice::On)).await.unwrap_err();
        assert!(matches!(error, LaunchError::EngineRefused { status: 418, .. }), "{error:?}");
        let asked: serde_json::Value = serde_json::from_str(&fake.asked("POST", "/containers/create")).unwrap();
        assert_eq!(asked["HostConfig"]["SecurityOpt"], serde_json::json!(expected), "{says}");
    }
}

#[tokio::test]
async fn images_are_told_by_all_their_names() {
    let one = |tags: &str| {
        format!(
            r#"{{"Id":"sha256:1","ParentId":"","RepoTags":{tags},"RepoDigests":null,"Created":1,"Size":1,"SharedSize":-1,"Labels":null,"Containers":-1}}"#
        )
    };
    for (images, expected) in [
        (Vec::new(), &[][..]),
        (vec!["null", "[]", r#"["<none>:<none>"]"#], &[]),
        (vec![r#"["b:2","a:1"]"#, r#"["docker.io/library/a:1"]"#], &["a:1", "b:2"]),
        (vec![r#"["127.0.0.1:5000/x/opencode:1"]"#], &["127.0.0.1:5000/x/opencode:1"]),
    ] {
        let listed = format!("[{}]", images.iter().map(|tags| one(tags)).collect::<Vec<_>>().join(","));
        let listed: &'static str = listed.leak();
        let fake = FakeEngine::answering(
            &[VERSION, ("GET", "/images/json", Answer::Says(200, listed))],
            Answer::Says(500, "{}"),
        );
        assert_eq!(fake.connect().await.images().await.unwrap(), expected, "{listed}");
    }
    let fake = FakeEngine::answering(&[VERSION], Answer::Says(500, r#"{"message":"broken"}"#));
    let error = fake.connect().await.images().await.unwrap_err();
    assert!(matches!(error, LaunchError::EngineRefused { status: 500, .. }), "{error:?}");
}

#[tokio::test]
async fn an_engine_of_another_machine_is_told_by_its_name() {
    let error =
        made(&[info(r#"{"OperatingSystem":"Debian","Name":"another-machine"}"#)], NetworkChoice::On).await.unwrap_err();
    assert!(
        matches!(&error, LaunchError::EngineElsewhere { machine, .. } if machine == "another-machine"),
        "{error:?}"
    );
    assert!(error.to_string().contains("over SSH"), "{error}");
    // One that does not tell is believed.
    made(&[info("{}")], NetworkChoice::On).await.unwrap();
}

#[tokio::test]
async fn a_network_of_our_name_that_leads_out_is_not_used() {
    let good = r#"[{"Name":"opencode-portal-off","Internal":true,"Labels":{"org.opencode-portal":"network"},
        "Options":{"com.docker.network.bridge.enable_icc":"false"}},{"Name":"opencode-portal-off-2","Internal":false}]"#;
    let open = r#"[{"Name":"opencode-portal-off","Internal":false,"Labels":{"org.opencode-portal":"network"},
        "Options":{"com.docker.network.bridge.enable_icc":"false"}}]"#;
    let foreign = r#"[{"Name":"opencode-portal-off","Internal":true,
        "Options":{"com.docker.network.bridge.enable_icc":"false"}}]"#;
    let shared = r#"[{"Name":"opencode-portal-off","Internal":true,"Labels":{"org.opencode-portal":"network"}}]"#;
    let two = r#"[{"Name":"opencode-portal-off","Internal":true,"Labels":{"org.opencode-portal":"network"},
        "Options":{"com.docker.network.bridge.enable_icc":"false"}},{"Name":"opencode-portal-off","Internal":false}]"#;
    for (networks, expected) in [
        (good, None),
        (open, Some("it leads to other machines")),
        (foreign, Some("somebody else made it")),
        (shared, Some("its containers reach each other")),
        (two, Some("it leads to other machines")),
    ] {
        let calls = [info("{}"), ("GET", "/networks", Answer::Says(200, networks))];
        let made = made(&calls, NetworkChoice::Off).await;
        let Some(expected) = expected else {
            made.unwrap_or_else(|error| panic!("{networks}: {error}"));
            continue;
        };
        let error = made.unwrap_err();
        assert!(
            matches!(error, LaunchError::NetworkNotOurs { reason, .. } if reason == expected),
            "{networks}: {error:?}"
        );
        assert!(error.to_string().contains("docker network rm opencode-portal-off"), "{error}");

        // A container that is there already is not started in it either.
        let calls = [
            VERSION,
            info("{}"),
            ("GET", "/networks", Answer::Says(200, networks)),
            ("GET", "/json", Answer::Says(200, r#"{"HostConfig":{"NetworkMode":"opencode-portal-off"}}"#)),
        ];
        let fake = FakeEngine::answering(&calls, Answer::Says(204, ""));
        let engine = fake.connect().await;
        for started in [engine.start("abc").await, engine.restart("abc", std::time::Duration::ZERO).await] {
            assert!(matches!(started, Err(LaunchError::NetworkNotOurs { .. })), "{networks}: {started:?}");
        }
    }
}

#[tokio::test]
async fn an_image_that_writes_without_end_is_given_up() {
    let calls = [
        VERSION,
        info("{}"),
        ("GET", "/images/x/json", Answer::Says(200, r#"{"Id":"sha256:1","Os":"linux","Architecture":"amd64"}"#)),
        ("POST", "/containers/create", Answer::Says(201, r#"{"Id":"abc","Warnings":[]}"#)),
        ("GET", "/containers/abc/json", Answer::Says(200, "{}")),
        ("POST", "/containers/abc/wait", Answer::Says(200, r#"{"StatusCode":0}"#)),
        ("GET", "/containers/abc/logs", Answer::Endless),
    ];
    let fake = FakeEngine::answering(&calls, Answer::Says(204, ""));
    let engine = fake.connect().await;
    let checked = tokio::time::timeout(crate::PATIENCE, engine.check_image("x")).await.expect("it is given up");
    assert!(matches!(checked, Err(ImageError::Engine(LaunchError::EngineTimeout { .. }))), "{checked:?}");
}
