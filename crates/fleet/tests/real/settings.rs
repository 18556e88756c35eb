//! Settings that several hosts of one user change.

use std::path::{Path, PathBuf};

use fleet::{AtQuit, Fleet, OnQuit, Opencode, Settings, SettingsPatch, Theme};
use testkit::{World, eventually, opencode_binary, shell_script};

use crate::support::{Ground, PATIENCE, choose_binary, folders, open};

async fn sees(fleet: &Fleet, what: &str, predicate: impl Fn(&Settings) -> bool) {
    eventually(what, PATIENCE, async || predicate(&fleet.state().settings).then_some(())).await;
}

fn theme(theme: Theme) -> SettingsPatch {
    SettingsPatch { theme: Some(theme), ..SettingsPatch::default() }
}

fn file(world: &World) -> PathBuf {
    folders(world).config.join("settings.json")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_one_host_is_seen_by_the_other_and_survives_its_next_write() {
    let ground = Ground::new().await;
    let other = open(&ground.world).await;
    other.update_settings(theme(Theme::Dark)).await.unwrap();
    // Neither waits for what the other has done.
    let keep = SettingsPatch { on_quit: Some(OnQuit::Keep), ..SettingsPatch::default() };
    ground.fleet.update_settings(keep).await.unwrap();
    // Its directory becomes a recent one.
    ground.ready().await;
    let has_all = |settings: &Settings| {
        settings.theme == Theme::Dark
            && settings.on_quit == OnQuit::Keep
            && settings.recent_directories == [ground.world.project()]
            && settings.opencode_binary.as_deref() == Some(opencode_binary().as_path())
    };
    sees(&ground.fleet, "the host that wrote last has all", has_all).await;
    sees(&other, "the other one has all", has_all).await;
    other.shut_down(AtQuit::Keep).await;
    // And so has who opens next.
    let next = open(&ground.world).await;
    assert!(has_all(&next.state().settings), "{:?}", next.state().settings);
    next.shut_down(AtQuit::Keep).await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_opencode_that_one_host_chooses_is_found_by_the_other() {
    let world = World::new();
    choose_binary(&world, &opencode_binary());
    let (one, other) = (open(&world).await, open(&world).await);
    let chosen = world.root().join("bin/opencode");
    shell_script(&chosen, "echo 9.9.9");
    let patch = SettingsPatch { opencode_binary: Some(chosen.clone()), ..SettingsPatch::default() };
    one.update_settings(patch).await.unwrap();
    for fleet in [&one, &other] {
        eventually("the chosen one is found", PATIENCE, async || match &fleet.state().opencode {
            Opencode::Found { path, version, .. } => (*path == chosen && version == "9.9.9").then_some(()),
            _ => None,
        })
        .await;
    }
    one.shut_down(AtQuit::Keep).await;
    other.shut_down(AtQuit::Keep).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_make_no_sense_meanwhile_stay_what_they_were() {
    let world = World::new();
    choose_binary(&world, &opencode_binary());
    let fleet = open(&world).await;
    fleet.update_settings(theme(Theme::Dark)).await.unwrap();
    sees_on_disk(&world, "dark").await;
    let before = fleet.state().settings.clone();
    std::fs::write(file(&world), "{ nonsense").unwrap();
    let has_notice = || fleet.state().notices.values().any(|notice| notice.message.contains("settings.json"));
    eventually("it is noticed", PATIENCE, async || has_notice().then_some(())).await;
    assert_eq!(fleet.state().settings, before);
    assert_eq!(std::fs::read_to_string(file(&world)).unwrap(), "{ nonsense", "the person may be writing it just now");
    std::fs::write(file(&world), r#"{"version":1,"theme":"light"}"#).unwrap();
    sees(&fleet, "what makes sense again counts", |settings| settings.theme == Theme::Light).await;
    eventually("the trouble is over", PATIENCE, async || (!has_notice()).then_some(())).await;
    // One who changes something meanwhile loses nothing, and what made no sense is kept.
    std::fs::write(file(&world), "{ nonsense").unwrap();
    fleet.update_settings(SettingsPatch { tour_offered: Some(true), ..SettingsPatch::default() }).await.unwrap();
    sees_on_disk(&world, "light").await;
    assert!(is_kept_aside(file(&world).parent().unwrap()));
    assert_eq!((fleet.state().settings.theme, fleet.state().settings.tour_offered), (Theme::Light, true));
    fleet.shut_down(AtQuit::Keep).await;
}

async fn sees_on_disk(world: &World, text: &str) {
    eventually("it is saved", PATIENCE, async || {
        std::fs::read_to_string(file(world)).ok().filter(|saved| saved.contains(text)).map(drop)
    })
    .await;
}

fn is_kept_aside(folder: &Path) -> bool {
    let mut names = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    names.any(|name| name.to_string_lossy().starts_with("settings.json.corrupt-"))
}
