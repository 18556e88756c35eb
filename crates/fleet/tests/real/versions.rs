//! Updating opencode: one instance at a time, never a busy one, and everything back if it does not work.

use std::path::PathBuf;

use fleet::{AtQuit, Fleet, InstanceState, PermissionReply, Update};
use serde_json::{Value, json};
use testkit::{eventually, opencode_binary, processes_in, shell_script};

use crate::support::{Ground, PATIENCE, folders, open};

/// A version in our own folder, as an installation leaves it: a program that says that version, and then does as the script says.
fn install(ground: &Ground, version: &str, script: &str) -> PathBuf {
    let real = opencode_binary();
    let package = real.ancestors().nth(2).unwrap().file_name().unwrap();
    let modules = folders(&ground.world).data.join("opencode").join(version).join("node_modules");
    let path = modules.join(package).join("bin/opencode");
    let says = format!("[ \"$1\" = --version ] && {{ echo {version}; exit 0; }}");
    shell_script(&path, &format!("{says}\n{script}"));
    path
}

fn runs_the_real_one() -> String {
    format!("exec '{}' \"$@\"", opencode_binary().display())
}

async fn ended(fleet: &Fleet) -> Update {
    let update = eventually("the update is over", PATIENCE * 3, async || {
        let update = fleet.state().versions.update.clone();
        matches!(update, Update::Done { .. } | Update::RolledBack { .. }).then_some(update)
    });
    update.await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_waits_for_what_is_busy_and_ends_with_all_on_it() {
    let ground = Ground::new().await;
    let path = install(&ground, "9.9.1", &runs_the_real_one());
    let unused = install(&ground, "9.9.0", &runs_the_real_one());
    let busy = ground.ready().await;
    let other = ground.world.root().join("work/other");
    std::fs::create_dir_all(&other).unwrap();
    let idle = ground.fleet.start(ground.start_in(&other)).await.unwrap();
    ground.wait_for(&idle, &InstanceState::Ready).await;
    ground.prompt(&busy, "@bash echo hello").await;
    let request = ground.request(&busy).await;
    let pid = |id| ground.fleet.instance(id).unwrap().process().map(|process| process.pid);
    let (busy_pid, idle_pid) = (pid(&busy), pid(&idle));

    ground.fleet.update_opencode(Some("9.9.1".to_owned())).await.unwrap();
    eventually("the busy one is waited for", PATIENCE * 2, async || match &ground.fleet.state().versions.update {
        Update::RollingOut { instance: Some(instance), is_waiting: true, done: 1, total: 2, .. } => {
            (*instance == busy).then_some(())
        }
        _ => None,
    })
    .await;
    assert_eq!(pid(&busy), busy_pid, "it was not touched");
    assert_ne!(pid(&idle), idle_pid, "it runs the new one");
    let again = ground.fleet.update_opencode(None).await.unwrap_err();
    assert!(matches!(again, fleet::FleetError::UpdateUnderWay { .. }), "{again}");

    ground.fleet.reply_permission(&busy, &request, PermissionReply::Once, None).await.unwrap();
    assert_eq!(ended(&ground.fleet).await, Update::Done { version: "9.9.1".to_owned() });
    assert_ne!(pid(&busy), busy_pid);
    assert_eq!(ground.fleet.state().settings.opencode_binary.as_deref(), Some(path.as_path()));
    eventually("what nothing uses makes room", PATIENCE, async || (!unused.exists()).then_some(())).await;
    assert!(path.exists());
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_works_only_on_its_own_is_taken_back() {
    let ground = Ground::new().await;
    // It passes the trial in folders of its own, and fails where the person's are.
    let script = format!(
        "case \"$HOME\" in */portal-check-*) {} ;; esac\necho 'Error: the database is too old' >&2\nexit 3",
        runs_the_real_one()
    );
    install(&ground, "9.9.2", &script);
    let id = ground.ready().await;
    let chosen = ground.fleet.state().settings.opencode_binary.clone();
    ground.fleet.update_opencode(Some("9.9.2".to_owned())).await.unwrap();
    let Update::RolledBack { version, reason } = ended(&ground.fleet).await else { panic!("it was not taken back") };
    assert_eq!(version, "9.9.2");
    assert!(reason.contains("the database is too old") && reason.contains("what it ran before"), "{reason}");
    let back = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(back.version.as_deref(), Some("1.18.33"));
    assert_eq!(ground.fleet.state().settings.opencode_binary, chosen);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_work_at_all_changes_nothing() {
    let ground = Ground::new().await;
    let path = install(&ground, "9.9.3", "echo 'Error: no' >&2\nexit 4");
    let id = ground.ready().await;
    let before = ground.fleet.instance(&id).unwrap();
    ground.fleet.update_opencode(Some("9.9.3".to_owned())).await.unwrap();
    let Update::RolledBack { reason, .. } = ended(&ground.fleet).await else { panic!("it was not refused") };
    assert!(reason.contains("exit code 4") && reason.contains("Error: no"), "{reason}");
    assert_eq!(ground.fleet.instance(&id).unwrap().process(), before.process());
    eventually("what does not work is not kept", PATIENCE, async || (!path.exists()).then_some(())).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_host_was_trying_is_ended_by_the_next() {
    let ground = Ground::new().await;
    // It never answers.
    install(&ground, "9.9.4", "sleep 600\nexit 0");
    ground.fleet.update_opencode(Some("9.9.4".to_owned())).await.unwrap();
    let trials = folders(&ground.world).trials();
    let (folder, mut trial) = eventually("it is tried", PATIENCE, async || {
        let folder = std::fs::read_dir(&trials).ok()?.next()?.ok()?.path();
        let trial: Value = serde_json::from_slice(&std::fs::read(folder.join("trial.json")).ok()?).ok()?;
        trial["process"]["pid"].is_u64().then_some((folder, trial))
    })
    .await;
    let pid = u32::try_from(trial["process"]["pid"].as_u64().unwrap()).unwrap();
    let lives = || processes_in(&ground.world).iter().any(|(process, _)| *process == pid);
    assert!(lives());
    // While its host lives it is that one's affair.
    let beside = open(&ground.world).await;
    assert!(lives() && folder.exists());
    beside.shut_down(AtQuit::Keep).await;
    // To those who come later a host that was killed is one that is not there.
    trial["host"]["started_at"] = json!(1);
    std::fs::write(folder.join("trial.json"), trial.to_string()).unwrap();
    let next = open(&ground.world).await;
    eventually("it is ended", PATIENCE, async || (!lives() && !folder.exists()).then_some(())).await;
    next.shut_down(AtQuit::Keep).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_comes_from_npm_and_is_run() {
    const OTHER: &str = "1.18.32";
    let ground = Ground::new().await;
    ground.fleet.look_for_versions().await.unwrap();
    eventually("npm was asked", PATIENCE, async || ground.fleet.state().versions.looked_at).await;
    let versions = ground.fleet.state().versions.clone();
    let Some(latest) = &versions.latest else {
        assert!(std::env::var_os("PORTAL_FORBID_SKIPS").is_none(), "npm was not reached: {:?}", versions.look_error);
        println!("skipped: npm does not say what there is: {:?}", versions.look_error);
        return ground.end().await;
    };
    assert!(latest.split('.').count() >= 3, "{latest}");
    let id = ground.ready().await;
    ground.fleet.update_opencode(Some(OTHER.to_owned())).await.unwrap();
    assert_eq!(ended(&ground.fleet).await, Update::Done { version: OTHER.to_owned() });
    let instance = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(instance.version.as_deref(), Some(OTHER));
    assert!(folders(&ground.world).data.join("opencode").join(OTHER).is_dir());
    ground.end().await;
}
