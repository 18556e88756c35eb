//! A disk that is full while the settings are saved or an instance starts: said, nothing lost, and over when there is room again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use fleet::{InstanceState, SettingsPatch, Theme};
use testkit::{World, eventually};

use crate::support::{Ground, PATIENCE, folders, open};

/// A file system of 64 kB, mounted for one test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Only root may mount; elsewhere the test says so.
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(at).status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(at.to_path_buf()))
    }

    fn fill(&self) -> PathBuf {
        let filler = self.0.join("filler");
        let mut file = fs::File::create(&filler).unwrap();
        while file.write_all(&[0; 512]).is_ok() {}
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_survive_a_full_disk_needs_root() {
    let world = World::new();
    let config = folders(&world).config;
    let Some(disk) = SmallDisk::mount(&config) else {
        assert!(std::env::var_os("PORTAL_FORBID_SKIPS").is_none(), "a small disk could not be mounted");
        println!("skipped: mounting a small disk needs root");
        return;
    };
    let fleet = open(&world).await;
    let theme = |theme| SettingsPatch { theme: Some(theme), ..SettingsPatch::default() };
    fleet.update_settings(theme(Theme::Light)).await.unwrap();
    let file = config.join("settings.json");
    let saved = eventually("the settings are saved", PATIENCE, async || {
        fs::read_to_string(&file).ok().filter(|text| text.contains("light"))
    })
    .await;

    let filler = disk.fill();
    fleet.update_settings(theme(Theme::Dark)).await.unwrap();
    eventually("the full disk is told", PATIENCE, async || {
        fleet.state().notices.values().any(|notice| notice.message.contains("settings.json")).then_some(())
    })
    .await;
    assert_eq!(fs::read_to_string(&file).unwrap(), saved, "the settings before are whole");
    assert_eq!(fleet.state().settings.theme, Theme::Dark, "what was chosen holds while the app runs");

    fs::remove_file(filler).unwrap();
    fleet.update_settings(theme(Theme::System)).await.unwrap();
    eventually("the trouble is over", PATIENCE, async || fleet.state().notices.is_empty().then_some(())).await;
    assert!(fs::read_to_string(&file).unwrap().contains("system"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_had_no_room_is_written_when_there_is_some_needs_root() {
    let world = World::new();
    let records = folders(&world).records();
    let Some(disk) = SmallDisk::mount(&records) else {
        assert!(std::env::var_os("PORTAL_FORBID_SKIPS").is_none(), "a small disk could not be mounted");
        println!("skipped: mounting a small disk needs root");
        return;
    };
    let filler = disk.fill();
    let mut ground = Ground::in_world(world).await;
    let id = ground.ready().await;
    let tells = |ground: &Ground| {
        let folder = records.to_string_lossy().into_owned();
        ground.fleet.state().notices.values().any(|notice| notice.message.contains(&folder))
    };
    eventually("the full disk is told", PATIENCE, async || tells(&ground).then_some(())).await;
    let record = records.join(format!("{id}.json"));
    assert!(!record.exists());
    // Nothing else happens, and yet it is written.
    fs::remove_file(filler).unwrap();
    eventually("the record is written", PATIENCE, async || record.exists().then_some(())).await;
    eventually("the trouble is over", PATIENCE, async || (!tells(&ground)).then_some(())).await;
    // So the next host knows whose the server is.
    let process = ground.fleet.instance(&id).unwrap().process().cloned();
    ground.fleet.clone().shut_down(fleet::AtQuit::Keep).await;
    ground.fleet = open(&ground.world).await;
    let adopted = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(adopted.process().cloned(), process);
    ground.end().await;
    drop(disk);
}
