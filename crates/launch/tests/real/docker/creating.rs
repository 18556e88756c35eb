//! A real Docker engine: what a plan asks for is what `docker inspect` shows and what the container can do.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

use launch::{
    LaunchError,
    docker::{
        CheckedMount, ContainerState, MountRequest, NetworkChoice, PlannedVolume, Protected, checked_mounts,
        exec_command,
    },
};
use serde_json::json;
use testkit::World;

use super::Surroundings;

/// The project and a folder beside it, as a person would mount them.
fn mounts(world: &World, beside: &Path) -> Vec<CheckedMount> {
    let protected = Protected {
        home: world.home(),
        secrets: Vec::new(),
        programs: Vec::new(),
        sockets: Vec::new(),
        places: Vec::new(),
    };
    let request = |path: &Path, is_writable| MountRequest { path: path.to_owned(), target: None, is_writable };
    let requests = [request(world.project(), true), request(beside, false)];
    checked_mounts(&requests, &protected, |path| fs::canonicalize(path)).unwrap()
}

#[tokio::test]
async fn a_plan_is_carried_out_to_the_letter_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    let world = World::with_project("my: project, \"quoted\"");
    let beside = world.root().join("work/beside");
    fs::create_dir(&beside).unwrap();
    // The person of this test is not root.
    for path in [world.project(), &beside] {
        std::os::unix::fs::chown(path, Some(12345), Some(23456)).unwrap();
    }
    fs::set_permissions(world.root(), fs::Permissions::from_mode(0o755)).unwrap();
    let volume = format!("launch-test-{}", surroundings.mark);
    let script = "id -u; id -g; pwd; grep -E 'CapEff|NoNewPrivs' /proc/self/status; \
        echo written >by-the-agent; echo kept >>$HOME/state/sessions; cat $HOME/state/sessions; \
        echo no >../beside/forbidden; echo $?; cat /proc/1/comm; grep 12345 /etc/passwd; git config --global user.name x; echo $?";
    let mut plan = surroundings.plan(script);
    plan.working_directory = world.project().to_owned();
    plan.mounts = mounts(&world, &beside);
    plan.volumes = vec![
        PlannedVolume { name: volume.clone(), target: "/home/person".into() },
        PlannedVolume { name: format!("{volume}-state"), target: "/home/person/state".into() },
    ];
    plan.user = Some("12345:23456".to_owned());
    plan.environment.set("HOME", "/home/person");
    plan.limits.nano_cpus = Some(500_000_000);
    let id = engine.create(&plan).await.unwrap();

    let shown = surroundings.plain.inspect(&id).await;
    let host = &shown["HostConfig"];
    assert_eq!(host["Init"], true);
    assert_eq!(host["CapDrop"], json!(["ALL"]));
    assert_eq!(host["SecurityOpt"], json!(["no-new-privileges"]));
    assert_eq!(host["Privileged"], false);
    assert_eq!((&host["Memory"], &host["MemorySwap"]), (&json!(256 << 20), &json!(256 << 20)));
    assert_eq!((&host["NanoCpus"], &host["PidsLimit"]), (&json!(500_000_000), &json!(64)));
    assert_eq!(host["LogConfig"]["Config"]["max-size"], "16m");
    let config = &shown["Config"];
    assert_eq!((&config["StopSignal"], &config["StopTimeout"]), (&json!("SIGTERM"), &json!(20)));
    assert_eq!((&config["User"], &config["WorkingDir"]), (&json!("12345:23456"), &json!(world.project())));
    assert_eq!(config["Labels"][super::LABEL], json!(surroundings.mark));
    assert_eq!(shown["Name"], json!(format!("/{}", plan.name)));

    engine.start(&id).await.unwrap();
    assert!(
        matches!(surroundings.ended(&id).await, ContainerState::Exited { code: 0, .. }),
        "{}",
        surroundings.output(&id).await
    );
    let output = surroundings.output(&id).await;
    let lines: Vec<&str> =
        output.lines().filter(|line| !line.contains("Read-only") && !line.contains("can't create")).collect();
    let project = world.project().display().to_string();
    assert_eq!(
        lines,
        [
            "12345",
            "23456",
            project.as_str(),
            "CapEff:\t0000000000000000",
            "NoNewPrivs:\t1",
            "kept",
            "2",
            "docker-init",
            "opencode:x:12345:23456::/home/person:/bin/sh",
            "0",
        ],
        "{output}"
    );
    let written = world.project().join("by-the-agent").metadata().unwrap();
    assert_eq!((written.uid(), written.gid()), (12345, 23456), "the person owns what the agent wrote");
    assert!(!beside.join("forbidden").exists());

    let details = engine.inspect(&id).await.unwrap();
    assert_eq!((details.working_directory.as_path(), details.memory_limit), (world.project(), Some(256 << 20)));
    assert_eq!(
        (&details.limits, &details.network, &details.user),
        (&plan.limits, &plan.network, &"12345:23456".to_owned())
    );
    let seen = |target: &Path| details.mounts.iter().find(|mount| mount.target == target).cloned().unwrap();
    assert_eq!(seen(world.project()).source.as_deref(), Some(world.project()));
    assert!(seen(world.project()).is_writable && !seen(&beside).is_writable);
    assert_eq!(seen(Path::new("/home/person")).volume.as_deref(), Some(volume.as_str()));

    // A new container finds what the old one has kept.
    assert!(matches!(engine.remove_volume(&volume).await, Err(LaunchError::VolumeInUse { .. })));
    engine.remove(&id).await.unwrap();
    let again = engine.create(&plan).await.unwrap();
    engine.start(&again).await.unwrap();
    surroundings.ended(&again).await;
    assert!(surroundings.output(&again).await.contains("kept\nkept\n"), "{}", surroundings.output(&again).await);
    engine.remove(&again).await.unwrap();
    for name in [volume.clone(), format!("{volume}-state")] {
        engine.remove_volume(&name).await.unwrap();
        engine.remove_volume(&name).await.expect("removing twice is well");
        let (status, _) = surroundings.plain.ask("GET", &format!("/volumes/{name}"), None).await.unwrap();
        assert_eq!(status, 404, "{name}");
    }
}

#[tokio::test]
async fn an_image_without_accounts_gets_one_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let mut plan = surroundings.plan("while read line; do echo $line; done </etc/passwd");
    plan.image = surroundings.image_with("accounts", b"").await;
    plan.user = Some("12345:23456".to_owned());
    let id = surroundings.engine.create(&plan).await.unwrap();
    surroundings.engine.start(&id).await.unwrap();
    surroundings.ended(&id).await;
    assert_eq!(surroundings.output(&id).await, "opencode:x:12345:23456::/:/bin/sh\n");
    surroundings.engine.remove(&id).await.unwrap();
    surroundings.engine.remove_image(&plan.image).await.unwrap();
}

#[tokio::test]
async fn limits_hold_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let mut plan = surroundings.plan("for n in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 600 & done; echo all started");
    plan.limits.pids = Some(8);
    let id = surroundings.engine.create(&plan).await.unwrap();
    surroundings.engine.start(&id).await.unwrap();
    assert!(matches!(surroundings.ended(&id).await, ContainerState::Exited { code: 1.., .. }));
    assert!(!surroundings.output(&id).await.contains("all started"));
}

#[tokio::test]
async fn a_list_of_accounts_without_end_is_refused_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let mut plan = surroundings.plan("true");
    let accounts = vec![b'#'; 2 << 20];
    plan.image = surroundings.image_of("endless", &[("etc/passwd", &accounts)]).await;
    plan.user = Some("12345:23456".to_owned());
    let error = surroundings.engine.create(&plan).await.unwrap_err();
    assert!(matches!(&error, LaunchError::ImageAccounts { image, .. } if *image == plan.image), "{error:?}");
    let label = format!("{}={}", super::LABEL, surroundings.mark);
    testkit::until("nothing is left", crate::PATIENCE, async || {
        surroundings.plain.containers_with(&label).await.is_empty()
    })
    .await;
    surroundings.engine.remove_image(&plan.image).await.unwrap();
}

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_is_left_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    let mut plan = surroundings.plan("true");
    plan.image = "no-such-image:1".to_owned();
    let error = engine.create(&plan).await.unwrap_err();
    assert!(matches!(&error, LaunchError::ImageMissing { image } if image == "no-such-image:1"), "{error:?}");

    let mut plan = surroundings.plan("true");
    plan.network = NetworkChoice::Named("no-such-network".to_owned());
    let missing = match engine.create(&plan).await {
        // Some engines look for it only when the container starts.
        Ok(id) => {
            let error = engine.start(&id).await.unwrap_err();
            engine.remove(&id).await.unwrap();
            error
        }
        Err(error) => error,
    };
    assert!(matches!(&missing, LaunchError::NetworkMissing { network } if network == "no-such-network"), "{missing:?}");

    let mut plan = surroundings.plan("true");
    plan.mounts = vec![CheckedMount::of_ours("/no/such/folder".into(), "/x".into())];
    let error = engine.create(&plan).await.unwrap_err();
    assert!(
        matches!(&error, LaunchError::DirectoryNotShared { message } if message.contains("/no/such/folder")),
        "{error:?}"
    );

    let label = format!("{}={}", super::LABEL, surroundings.mark);
    assert_eq!(surroundings.plain.containers_with(&label).await, [""; 0]);
}

#[tokio::test]
async fn the_command_for_a_terminal_opens_a_shell_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let id = surroundings.run("sleep 600").await;
    let version = surroundings.engine.version().await.unwrap();
    let words = exec_command(&surroundings.engine, &version, &id);
    assert_eq!(words[..5], ["docker", "--host", &surroundings.plain.address(), "exec", "-it"].map(str::to_owned));
    // A test has no terminal: the same words without asking for one, and a line for the shell.
    let words: Vec<&str> = words.iter().map(|word| if word == "-it" { "-i" } else { word.as_str() }).collect();
    let world = World::new();
    let program = world.write("line", "echo I am $(id -u) in $0; exit 7\n");
    let done = std::process::Command::new(words[0])
        .args(&words[1..])
        .env("HOME", world.home())
        .stdin(fs::File::open(program).unwrap())
        .output()
        .unwrap();
    assert_eq!(
        (done.status.code(), String::from_utf8_lossy(&done.stdout).trim()),
        (Some(7), "I am 0 in bash"),
        "{done:?}"
    );
}
