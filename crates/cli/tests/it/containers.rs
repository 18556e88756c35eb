//! Instances in containers, from the command line, with a real engine.

use serde_json::Value;
use testkit::{DockerEngine, ImageRegistry, SshAgent, opencode_image, opencode_layer};

use crate::program::{Desk, hinted, run_hinted};

/// A desk with an engine that has the image; none where there is no engine.
async fn with_engine() -> Option<(Desk, DockerEngine)> {
    let engine = DockerEngine::find().await?;
    opencode_image(&engine).await;
    let mut desk = Desk::new().await;
    desk.set("DOCKER_HOST", &engine.address());
    Some((desk, engine))
}

async fn named(desk: &Desk, name: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(&desk.ok(&["list", "--json"]).await).unwrap();
    all.iter().find(|instance| instance["name"] == name).unwrap_or_else(|| panic!("no {name} in {all:#?}")).clone()
}

async fn has_volume(engine: &DockerEngine, name: &str) -> bool {
    let (status, _) = engine.ask("GET", &format!("/volumes/{name}"), None).await.unwrap();
    assert!(matches!(status, 200 | 404), "{status}");
    status == 200
}

async fn remove_volume(engine: &DockerEngine, name: &str) {
    let (status, _) = engine.ask("DELETE", &format!("/volumes/{name}"), None).await.unwrap();
    assert_eq!(status, 204, "{name}");
}

#[tokio::test]
async fn a_container_is_made_as_it_was_typed_and_lives_like_a_process() {
    let Some((mut desk, engine)) = with_engine().await else { return };
    desk.set("LANG", "en_GB.UTF-8");
    let project = desk.project();
    let more = desk.world.root().join("more");
    std::fs::create_dir(&more).unwrap();
    let mount = format!("{}:/more:rw", more.display());
    let typed = "--name app --docker --memory 1g --cpus 1.5 --pids 300 --pass LANG";
    let mut typed: Vec<&str> = ["start", &project].into_iter().chain(typed.split(' ')).collect();
    typed.extend(["--mount", &mount]);
    let started = desk.run(&typed).await;
    assert_eq!(started.code, 0, "{started:?}");
    assert!(started.out.starts_with("Started app (") && started.out.contains("http://127.0.0.1:"), "{started:?}");
    assert!(started.err.contains("container"), "the steps are told: {started:?}");

    let app = named(&desk, "app").await;
    assert_eq!((&app["kind"], &app["owner"]), (&"docker".into(), &"portal".into()));
    let container = app["container"]["id"].as_str().unwrap();
    let inspected = engine.inspect(container).await;
    let host = &inspected["HostConfig"];
    assert_eq!(host["Memory"], 1_u64 << 30);
    assert_eq!((&host["NanoCpus"], &host["PidsLimit"]), (&1_500_000_000_u64.into(), &300.into()));
    let environment = inspected["Config"]["Env"].as_array().unwrap();
    assert!(environment.contains(&"LANG=en_GB.UTF-8".into()), "what was passed is as it is here: {environment:#?}");
    let mounts = inspected["Mounts"].as_array().unwrap();
    let seen = |path: &str| mounts.iter().find(|mount| mount["Destination"] == path).map(|mount| mount["RW"] == true);
    assert_eq!((seen(&project), seen("/more")), (Some(true), Some(true)), "{mounts:#?}");
    let table = desk.ok(&["list"]).await;
    assert!(table.lines().any(|line| line.contains(" container ") && line.ends_with(&project)), "{table}");

    // The same container is meant from now on, whatever is typed about it.
    for again in [vec!["start", &project], vec!["start", &project, "--docker", "--cpus", "1"]] {
        let said = desk.ok(&again).await;
        assert!(said.starts_with("Already running: app ("), "{said}");
    }
    assert!(desk.ok(&["logs", "app"]).await.contains("listening on"));
    assert!(desk.ok(&["restart", "app"]).await.starts_with("Restarted app ("));
    let app = named(&desk, "app").await;
    let again = engine.inspect(app["container"]["id"].as_str().unwrap()).await;
    assert_eq!(again["HostConfig"]["NanoCpus"], 1_000_000_000_u64, "a changed profile makes it anew");

    let id = app["id"].as_str().unwrap();
    desk.ok(&["stop", "app"]).await;
    assert_eq!(named(&desk, "app").await["state"]["state"], "stopped");
    let removed = desk.ok(&["remove", "app", "--data"]).await;
    assert!(removed.starts_with(&format!("Removed app ({id})")), "{removed}");
    assert!(engine.containers_with(&format!("org.opencode-portal.instance={id}")).await.is_empty());
    assert!(!desk.ok(&["list"]).await.contains(id));
    desk.leave().await;
}

#[tokio::test]
async fn an_image_is_got_again_when_that_is_typed() {
    let Some((desk, engine)) = with_engine().await else { return };
    let opencode = opencode_layer().await;
    let architecture = engine.get("/version").await["Arch"].as_str().unwrap().to_owned();
    let layers = vec![opencode.clone(), ImageRegistry::layer(&[("first", b"")])];
    let registry = ImageRegistry::of_layers(&architecture, layers).await;
    let (project, image) = (desk.project(), registry.image());
    let not_there = desk.run(&["start", &project, "--pull"]).await;
    assert!(not_there.code == 2 && not_there.err.contains("give `--docker`, too"), "{not_there:?}");

    desk.ok(&["start", &project, "--docker", "--name", "app", "--image", &image, "--pull"]).await;
    let running = desk.run(&["start", &project, "--pull"]).await;
    assert!(running.code == 1 && running.err.contains("its image is got again"), "{running:?}");
    let app = named(&desk, "app").await;
    let first = app["container"].clone();
    let old = engine.inspect(first["id"].as_str().unwrap()).await["Image"].as_str().unwrap().to_owned();
    assert_eq!(hinted(&running), ["stop", app["id"].as_str().unwrap()]);
    run_hinted(&desk, &running, "").await;
    registry.renew(vec![opencode, ImageRegistry::layer(&[("second", b"")])]);
    desk.ok(&["start", &project]).await;
    assert_eq!(named(&desk, "app").await["container"]["id"], first["id"]);
    desk.ok(&["stop", "app"]).await;
    let started = desk.run(&["start", &project, "--pull"]).await;
    assert!(started.code == 0 && started.err.contains(&format!("Pulling the image {image}")), "{started:?}");
    let anew = named(&desk, "app").await["container"].clone();
    assert!(anew["id"] != first["id"] && anew["volume"] == first["volume"], "{first} {anew}");

    desk.ok(&["stop", "app"]).await;
    desk.ok(&["remove", "app", "--data"]).await;
    for one in [&image, &old] {
        let (status, _) = engine.ask("DELETE", &format!("/images/{one}?force=true"), None).await.unwrap();
        assert!(matches!(status, 200 | 404), "{one}: {status}");
    }
    desk.leave().await;
}

/// Some systems have the engine without its command line.
fn has_docker_command() -> bool {
    let is_there =
        ["/usr/bin/docker", "/usr/local/bin/docker"].iter().any(|program| std::path::Path::new(program).exists());
    assert!(
        is_there || std::env::var_os("PORTAL_FORBID_SKIPS").is_none(),
        "the `docker` command is needed, and skips are forbidden"
    );
    is_there
}

#[tokio::test]
async fn the_ssh_agent_of_today_is_in_the_container_and_makes_no_other() {
    let Some((mut desk, engine)) = with_engine().await else { return };
    if !has_docker_command() {
        return;
    }
    let project = desk.project();
    let keys = async |desk: &Desk| {
        let said = desk.in_terminal(&["shell", "app"], "ssh-add -l > keys.txt 2>&1; exit\n").await;
        std::fs::read_to_string(desk.world.project().join("keys.txt")).unwrap_or_else(|_| panic!("{said}"))
    };
    let before = SshAgent::start(&desk.world.root().join("agent-1"), "before-the-login").await;
    desk.set("SSH_AUTH_SOCK", &before.socket().to_string_lossy());
    desk.ok(&["start", &project, "--docker", "--name", "app", "--pass", "ssh-agent"]).await;
    let container = named(&desk, "app").await["container"]["id"].clone();
    let shown = keys(&desk).await;
    assert!(shown.contains(before.comment()), "{shown}");

    // After another login the agent is elsewhere.
    desk.ok(&["stop", "app"]).await;
    drop(before);
    let after = SshAgent::start(&desk.world.root().join("agent-2"), "after-the-login").await;
    desk.set("SSH_AUTH_SOCK", &after.socket().to_string_lossy());
    desk.ok(&["start", &project]).await;
    assert_eq!(named(&desk, "app").await["container"]["id"], container, "what was installed there is there");
    let shown = keys(&desk).await;
    assert!(shown.contains(after.comment()) && !shown.contains("before-the-login"), "{shown}");

    // Nobody is there any more: that is said before anything is started.
    desk.ok(&["stop", "app"]).await;
    drop(after);
    let refused = desk.run(&["start", &project]).await;
    assert!(refused.code == 1 && refused.err.contains("There is no SSH agent to pass"), "{refused:?}");
    let state = engine.inspect(container.as_str().unwrap()).await["State"]["Status"].clone();
    assert_eq!(state, "exited");
    desk.ok(&["remove", "app", "--data"]).await;
    desk.leave().await;
}

#[tokio::test]
async fn what_is_to_be_passed_and_is_not_there_is_said_before_a_container_is_made() {
    let Some((desk, engine)) = with_engine().await else { return };
    let project = desk.project();
    for (passed, said) in [
        ("ssh-agent", "There is no SSH agent to pass: your login shell does not set `SSH_AUTH_SOCK`"),
        ("auth", "There is nothing in opencode's `auth.json` to pass"),
        ("git", "There is no name for git to pass"),
        ("PORTAL_TEST_TOKEN", "There is no variable `PORTAL_TEST_TOKEN` to pass"),
    ] {
        let refused = desk.run(&["start", &project, "--docker", "--new", "--pass", passed]).await;
        assert!(refused.code == 1 && refused.err.contains(said), "{passed}: {refused:?}");
    }
    let state = desk.world.state().join("opencode-portal");
    let made = engine.containers_with(&format!("org.opencode-portal.state={}", state.display())).await;
    assert!(made.is_empty(), "{made:?}");
    desk.leave().await;
}

#[tokio::test]
async fn a_shell_in_a_container_is_where_the_agent_is() {
    let Some((desk, _engine)) = with_engine().await else { return };
    if !has_docker_command() {
        return;
    }
    let project = desk.project();
    desk.ok(&["start", &project, "--docker", "--name", "app", "--network", "off"]).await;
    let refused = desk.run(&["shell", "app"]).await;
    assert!(refused.code == 1 && refused.err.contains("needs a terminal"), "{refused:?}");
    let said = desk.in_terminal(&["shell", "app"], "echo in-$((40+2)) $(pwd) > shell.txt; exit\n").await;
    let written = std::fs::read_to_string(desk.world.project().join("shell.txt")).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(written, format!("in-42 {project}\n"));
    desk.ok(&["stop", "app"]).await;
    desk.ok(&["remove", "app", "--data"]).await;
    desk.leave().await;
}

#[tokio::test]
async fn a_removal_asks_about_the_sessions() {
    let Some((desk, engine)) = with_engine().await else { return };
    let project = desk.project();
    let stopped = async || {
        let started = desk.ok(&["start", &project, "--docker", "--name", "app"]).await;
        assert!(started.starts_with("Started app ("), "{started}");
        desk.ok(&["stop", "app"]).await;
    };
    let volume_in = |said: &str| said.split('`').nth(1).unwrap_or_else(|| panic!("{said}")).to_owned();

    // Nobody is there to be asked: what cannot be had again is kept.
    stopped().await;
    let kept = desk.ok(&["remove", "app"]).await;
    assert!(kept.contains("Its sessions are kept in the volume `"), "{kept}");
    assert!(has_volume(&engine, &volume_in(&kept)).await);
    remove_volume(&engine, &volume_in(&kept)).await;

    // On a terminal the person says.
    for (answer, is_kept) in [("\n", true), ("y\n", false)] {
        stopped().await;
        let said = desk.in_terminal(&["remove", "app"], answer).await;
        let volume = volume_in(&said);
        assert!(said.contains(&format!("Remove the volume `{volume}` with its sessions, too? [y/N]")), "{said}");
        assert_eq!(said.contains("Its sessions are kept"), is_kept, "{said}");
        assert_eq!(has_volume(&engine, &volume).await, is_kept, "{said}");
        if is_kept {
            remove_volume(&engine, &volume).await;
        }
    }
    desk.leave().await;
}

#[tokio::test]
async fn a_container_and_a_process_of_one_directory_are_two() {
    let Some((desk, _engine)) = with_engine().await else { return };
    let project = desk.project();
    desk.ok(&["start", &project, "--name", "here"]).await;
    let refused = desk.run(&["start", &project, "--image", "x"]).await;
    assert!(refused.code == 2 && refused.err.contains("give `--docker`, too"), "{refused:?}");
    desk.ok(&["start", &project, "--docker", "--name", "boxed"]).await;
    let kinds = [named(&desk, "here").await["kind"].clone(), named(&desk, "boxed").await["kind"].clone()];
    assert_eq!(kinds, ["process", "docker"]);
    let refused = desk.run(&["remove", "here", "--data"]).await;
    assert!(refused.code == 2 && refused.err.contains("is no container"), "{refused:?}");
    let refused = desk.run(&["shell", "here"]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    desk.ok(&["stop", "--all"]).await;
    desk.ok(&["remove", "boxed", "--data"]).await;
    desk.ok(&["remove", "here"]).await;
    assert!(desk.ok(&["list"]).await.contains("No instances"));
    desk.leave().await;
}

#[tokio::test]
async fn engines_are_listed_with_what_is_wrong() {
    let Some((mut desk, engine)) = with_engine().await else { return };
    let listed: Value = serde_json::from_str(&desk.ok(&["engines", "--json"]).await).unwrap();
    let usual = &listed["engines"][0];
    assert_eq!(usual["address"], engine.address().as_str());
    assert!(usual["version"].as_str().unwrap().contains("Docker"), "{usual}");
    assert!(usual["images"].as_array().unwrap().contains(&opencode_image(&engine).await.into()), "{usual}");
    assert!(desk.ok(&["engines"]).await.contains(&engine.address()));

    let nowhere = format!("unix://{}/none.sock", desk.world.root().display());
    desk.set("DOCKER_HOST", &nowhere);
    let listed: Value = serde_json::from_str(&desk.ok(&["engines", "--json"]).await).unwrap();
    assert_eq!(listed["engines"][0]["address"], nowhere.as_str());
    assert!(listed["engines"][0]["problem"].is_string(), "{listed}");
    let refused = desk.run(&["start", &desk.project(), "--docker"]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("none.sock"), "{refused:?}");
    desk.leave().await;
}

#[tokio::test]
async fn what_an_engine_refuses_is_said() {
    let Some((desk, _engine)) = with_engine().await else { return };
    let project = desk.project();
    let home = desk.world.home();
    for (typed, said) in [
        (vec!["--image", "no.such.registry.example/x:1"], "no.such.registry.example/x:1"),
        (vec!["--engine", "no-such-engine"], "There is no Docker engine `no-such-engine`"),
        (vec!["--mount", home.to_str().unwrap()], "home folder"),
        (vec!["--mount", "/etc"], "`/etc` belongs to the system"),
        (vec!["--network", "no-such-network"], "no-such-network"),
        (vec!["--network", "host"], "start opencode as a process"),
        (vec!["--pass", "XDG_DATA_HOME"], "keep its sessions outside of their volume"),
        (vec!["--env", "PATH=/bin"], "are found by the image's own"),
    ] {
        let all: Vec<&str> = ["start", project.as_str(), "--docker", "--new"].into_iter().chain(typed).collect();
        let refused = desk.run(&all).await;
        assert_eq!(refused.code, 1, "{all:?}: {refused:?}");
        assert!(refused.err.contains(said), "{all:?}: {refused:?}");
    }
    desk.leave().await;
}

#[tokio::test]
async fn what_a_start_finds_wrong_is_said_by_it() {
    let Some((desk, _engine)) = with_engine().await else { return };
    let side = desk.world.root().join("main/.git/worktrees/side");
    std::fs::create_dir_all(&side).unwrap();
    std::fs::write(side.join("commondir"), "../..\n").unwrap();
    std::fs::write(desk.world.project().join(".git"), format!("gitdir: {}\n", side.display())).unwrap();
    let started = desk.run(&["start", &desk.project(), "--docker", "--name", "app"]).await;
    assert_eq!(started.code, 0, "{started:?}");
    let folder = desk.world.root().join("main/.git").display().to_string();
    assert!(started.err.contains("git does not work there") && started.err.contains(&folder), "{started:?}");
    desk.ok(&["stop", "app"]).await;
    desk.ok(&["remove", "app", "--data"]).await;
    desk.leave().await;
}
