//! Processes: each kind of program is found, told apart, let in where it lets in, and never ended by us.

use std::process::Command;

use fleet::{Forward, InstanceState, Method, Role, SettingsPatch, Source};
use serde_json::{Value, json};
use testkit::opencode_binary;

use super::{Field, Foreign, answers, free_port, is_external, opencode, serve};
use crate::support::{PATIENCE, folders};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_others_is_used_like_any_other_and_outlives_us() {
    let mut field = Field::new().await;
    let port = free_port();
    let mut foreign = field.start("bare", serve(port));
    let seen = field.sees_ready(&foreign).await;
    is_external(&seen);
    assert_eq!((seen.role, seen.port.map(fleet::Port::get), seen.name.as_str()), (Role::Serve, Some(port), "bare"));
    assert_eq!(seen.sources.iter().collect::<Vec<_>>(), [&Source::Process]);
    assert_eq!(seen.is_secured, Some(false), "it lets in whoever asks");
    assert_eq!(seen.process().map(|process| process.pid), Some(foreign.pid()));
    assert!(seen.command.as_deref().is_some_and(|command| command.contains("serve")));
    assert!(seen.started_at.is_some() && seen.version.is_some());

    // Its sessions are there, as they come and as they are.
    let make = Forward {
        method: Method::Post,
        path: "/session".to_owned(),
        query: Vec::new(),
        directory: None,
        body: Some(json!({}).to_string().into()),
    };
    let answer = field.fleet().forward(&seen.id, make).await.unwrap();
    let created: Value = serde_json::from_slice(&answer.body).unwrap();
    let session = fleet::SessionId::from(created["id"].as_str().unwrap());
    field.sees(&foreign.directory, |instance| instance.sessions.contains_key(&session)).await;

    // Nothing of what we do to ours is done to it.
    assert!(field.fleet().stop(&seen.id).await.is_err());
    assert!(field.fleet().restart(&seen.id).await.is_err());
    assert!(field.fleet().remove(&seen.id).await.is_err());
    field.reopen().await;
    assert!(foreign.is_alive(), "the end of the fleet is not its end");
    let again = field.sees(&foreign.directory, |instance| instance.sessions.contains_key(&session)).await;
    assert_eq!(again.id, seen.id, "the same process is the same instance, for every host");

    // Whoever does not want to see others does not.
    let patch = |discover| SettingsPatch { discover: Some(discover), ..SettingsPatch::default() };
    field.fleet().update_settings(patch(false)).await.unwrap();
    field.is_rid_of(&foreign.directory).await;
    field.fleet().update_settings(patch(true)).await.unwrap();
    field.sees_ready(&foreign).await;

    foreign.die();
    field.is_rid_of(&foreign.directory).await;
    field.end(vec![foreign]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_tried_is_nobody_s_instance() {
    let field = Field::new().await;
    let tried = folders(&field.world).trials().join("portal-check-1/home");
    std::fs::create_dir_all(&tried).unwrap();
    let port = free_port();
    let mut in_trial = Command::new("sh");
    let text = format!("cd '{}' && exec '{}' serve --port {port}", tried.display(), opencode_binary().display());
    in_trial.args(["-c", &text]);
    let in_trial = field.start("starter", in_trial);
    testkit::until("the one that is tried answers", PATIENCE, async || answers(port)).await;
    // One look sees both.
    let beside = field.start("beside", serve(free_port()));
    field.sees_ready(&beside).await;
    assert!(field.all_in(&tried).is_empty());
    field.end(vec![in_trial, beside]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_behind_wrappers_and_for_editors_and_browsers_are_told_apart() {
    let mut field = Field::new().await;
    let binary = opencode_binary();
    let through_shell = {
        let mut command = Command::new("sh");
        let text = format!("'{}' serve --port {}; exit $?", binary.display(), free_port());
        command.args(["-c", &text]);
        command
    };
    let through_node = {
        // As npm's package does it: a script of that name that starts the program.
        let script = field.world.root().join("bin").join("opencode");
        std::fs::create_dir_all(script.parent().unwrap()).unwrap();
        let text = format!(
            "const child = require('child_process').spawn({:?}, process.argv.slice(2), {{ stdio: 'inherit' }});\nchild.on('exit', () => process.exit());\n",
            binary.display().to_string()
        );
        std::fs::write(&script, text).unwrap();
        let mut command = Command::new("node");
        command.arg(script).args(["serve", "--port", &free_port().to_string()]);
        command
    };
    let web = opencode(&["web", "--port", &free_port().to_string()]);
    let acp = opencode(&["acp", "--port", &free_port().to_string()]);
    let mut foreign: Vec<Foreign> = Vec::new();
    for (folder, command, role, is_wrapped) in [
        ("shell", through_shell, Role::Serve, true),
        ("node", through_node, Role::Serve, true),
        ("web", web, Role::Web, false),
        ("acp", acp, Role::Acp, false),
    ] {
        let started = field.start(folder, command);
        let seen = field.sees_ready(&started).await;
        is_external(&seen);
        assert_eq!(seen.role, role, "{folder}");
        let pid = seen.process().unwrap().pid;
        assert_eq!(pid != started.pid(), is_wrapped, "{folder}: the innermost process is the server");
        foreign.push(started);
    }
    field.close().await;
    for one in &mut foreign {
        assert!(one.is_alive(), "{:?}", one.directory);
    }
    field.end(foreign).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_is_reached_if_it_has_a_port_and_says_how_else() {
    let field = Field::new().await;
    let terminal = |arguments: &str| {
        let mut command = Command::new("script");
        let text = format!("'{}' {arguments}", opencode_binary().display());
        command.args(["-qfc", &text, "/dev/null"]);
        command
    };
    let mut without = field.start("alone", terminal(""));
    let seen = field.sees(&without.directory, |instance| instance.state.word() == "unreachable").await;
    is_external(&seen);
    assert_eq!((seen.role, seen.port), (Role::Tui, None));
    let InstanceState::Unreachable { reason, .. } = &seen.state else { panic!("{:?}", seen.state) };
    assert!(reason.contains("opencode --port 0"), "{reason}");
    // As that says.
    let with = field.start("open", terminal("--port 0"));
    let open = field.sees_ready(&with).await;
    assert_eq!(open.role, Role::Tui);
    assert!(open.port.is_some());
    let pid = seen.process().unwrap().pid;
    super::kill(pid);
    field.is_rid_of(&without.directory).await;
    assert!(!without.is_alive() || without.child.wait().is_ok());
    field.end(vec![without, with]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_of_somebody_else_is_ended_only_when_it_is_named() {
    let field = Field::new().await;
    let mut foreign = field.start("bare", serve(free_port()));
    let seen = field.sees_ready(&foreign).await;
    let fleet = field.fleet();
    let refused = fleet.stop_external(&seen.id, foreign.pid() + 1).await;
    assert!(matches!(refused, Err(fleet::FleetError::NotNow { .. })), "{refused:?}");
    assert!(foreign.is_alive());
    fleet.stop_external(&seen.id, foreign.pid()).await.unwrap();
    // Its first thread has ended; its parent, which is this test, can tell once the last one has.
    testkit::until("it has ended", PATIENCE, async || !foreign.is_alive()).await;
    field.is_rid_of(&foreign.directory).await;
    assert!(fleet.stop_external(&seen.id, foreign.pid()).await.is_err(), "it is no more");
    field.end(vec![foreign]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_fleets_of_one_user_see_the_same_and_ours_is_no_second_instance() {
    let field = Field::new().await;
    let other = super::open_eyes(&field.world).await;
    let foreign = field.start("bare", serve(free_port()));
    let seen = field.sees_ready(&foreign).await;
    let ready = |instance: &fleet::Instance| instance.state == InstanceState::Ready;
    let there = testkit::eventually("the other sees it", PATIENCE, async || {
        other.instance(&seen.id).ok().filter(|instance| ready(instance))
    })
    .await;
    assert_eq!(there.process(), seen.process());

    // One of ours, seen as a process, too, by both.
    let project = field.folder("ours");
    let start = fleet::Start {
        directory: project.to_str().unwrap().to_owned(),
        name: None,
        environment: field.world.environment(),
        demo: None,
        profile: None,
        another: false,
    };
    let id = field.fleet().start(start).await.unwrap();
    let is_seen = |instance: &fleet::Instance| ready(instance) && instance.sources.contains(&Source::Process);
    for fleet in [field.fleet(), &other] {
        let all = testkit::eventually("it is seen as a process", PATIENCE, async || {
            let state = fleet.state();
            let here: Vec<_> =
                state.instances.values().filter(|instance| instance.directory == project).cloned().collect();
            here.iter().any(|instance| is_seen(instance)).then_some(here)
        })
        .await;
        assert_eq!(all.len(), 1, "{all:#?}");
        assert_eq!((&all[0].id, all[0].owner), (&id, fleet::Owner::Portal));
    }
    other.shut_down(fleet::AtQuit::Keep).await;
    field.end(vec![foreign]).await;
}
