//! What is looked at on disk each second, when the disk is not as it should be.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;

use fleet::{AtQuit, SettingsPatch, Start, Theme};
use serde_json::json;
use testkit::{World, eventually, opencode_binary};

use crate::profiles::profile;
use crate::support::{Ground, PATIENCE, folders, open};

/// A folder that is a link: it can be turned elsewhere in one step, so that it is never gone.
struct Linked {
    link: PathBuf,
    folder: PathBuf,
}

impl Linked {
    fn new(link: PathBuf, folder: PathBuf) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        let linked = Self { link, folder };
        linked.point_to(&linked.folder);
        linked
    }

    fn point_to(&self, target: &Path) {
        let new = self.folder.with_extension("link");
        std::os::unix::fs::symlink(target, &new).unwrap();
        std::fs::rename(new, &self.link).unwrap();
    }
}

/// Waits until the whole disk was looked at after this was called.
async fn looked_at(ground: &Ground) {
    // The settings come last. The look that sees the first of these may have begun before.
    for (word, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
        let text = json!({ "version": 1, "theme": word, "opencode_binary": opencode_binary() }).to_string();
        // In one step: half of it would make no sense.
        let new = ground.world.root().join("new-settings");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, folders(&ground.world).settings()).unwrap();
        eventually("the settings are seen", PATIENCE, async || {
            (ground.fleet.state().settings.theme == theme).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_that_cannot_be_listed_for_a_moment_lose_nothing() {
    let world = World::new();
    let (folders, root) = (folders(&world), world.root().to_path_buf());
    let records = Linked::new(folders.records(), root.join("linked-records"));
    let profiles = Linked::new(folders.profiles(), root.join("linked-profiles"));
    let ground = Ground::in_world(world).await;
    let mut profile = profile(&ground);
    profile.group = Some("work".to_owned());
    let id = ground.fleet.start(Start { profile: Some(profile), ..ground.start() }).await.unwrap();
    ground.fleet.stop(&id).await.unwrap();
    looked_at(&ground).await;
    let before = ground.fleet.instance(&id).unwrap();
    assert_eq!(before.profile.group.as_deref(), Some("work"));

    let file = ground.world.write("file", "");
    for linked in [&records, &profiles] {
        linked.point_to(&file);
    }
    looked_at(&ground).await;
    assert_eq!(ground.fleet.instance(&id).unwrap().profile, before.profile);
    for linked in [&records, &profiles] {
        linked.point_to(&linked.folder);
    }
    looked_at(&ground).await;
    assert_eq!(ground.fleet.instance(&id).unwrap().profile, before.profile);

    // What is really gone is forgotten.
    std::fs::remove_file(records.folder.join(format!("{id}.json"))).unwrap();
    looked_at(&ground).await;
    assert!(ground.fleet.instance(&id).is_err());
    ground.end().await;
}

/// With one thread for everything, as on a small machine.
#[tokio::test]
async fn a_disk_that_does_not_answer_holds_up_nothing_else() {
    let world = World::new();
    let fleet = open(&world).await;
    // Whoever reads this record waits for who writes it, as for a disk that is far away.
    let record = folders(&world).records().join("aaaaaaaa.json");
    let new = world.root().join("pipe");
    assert!(Command::new("mkfifo").arg(&new).status().unwrap().success());
    std::fs::rename(&new, &record).unwrap();
    let (opened, is_opened) = tokio::sync::oneshot::channel();
    let (release, released) = mpsc::channel();
    let disk = std::thread::spawn(move || {
        // It can be opened once somebody reads it.
        let pipe = OpenOptions::new().write(true).open(&record).unwrap();
        opened.send(()).unwrap();
        let is_released = released.recv_timeout(PATIENCE).is_ok();
        std::fs::remove_file(&record).unwrap();
        drop(pipe);
        is_released
    });
    is_opened.await.unwrap();
    let patch = SettingsPatch { theme: Some(Theme::Dark), ..SettingsPatch::default() };
    let settings = fleet.update_settings(patch).await.unwrap();
    assert_eq!(settings.theme, Theme::Dark);
    // If everything had waited, the disk would have been the first to give up.
    let _gave_up = release.send(());
    assert!(disk.join().unwrap(), "the fleet answered while the disk did not");
    fleet.shut_down(AtQuit::Stop).await;
}
