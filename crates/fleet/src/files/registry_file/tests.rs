//! Every bad state of the registry file, and what becomes of it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::{RegistryChange, RegistryError, Written, change, docker_entries, is_corrupt, iso8601};
use crate::files::registry_lock::{LockError, Patience};
use crate::registry::Entry;
use crate::{InstanceId, Port, Timestamp};

const PATIENCE: Patience = Patience {
    longest: Duration::from_secs(10),
    first_pause: Duration::from_millis(2),
    last_pause: Duration::from_millis(10),
};

struct World {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn world(text: Option<&str>) -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".portal.json");
    if let Some(text) = text {
        fs::write(&path, text).unwrap();
    }
    World { _folder: folder, path }
}

fn entry(id: &str) -> Entry {
    Entry {
        id: InstanceId::from(id),
        name: "project".to_owned(),
        directory: "/tmp/My Project".into(),
        port: Port::new(3100).unwrap(),
        pid: 4321,
        started_at: Timestamp(1_700_000_000_123),
    }
}

impl World {
    fn put(&self, id: &str) -> Result<Written, RegistryError> {
        change(&self.path, &RegistryChange::Put(Box::new(entry(id))), PATIENCE, 99)
    }

    fn remove(&self, id: &str, pid: u32) -> Result<Written, RegistryError> {
        change(&self.path, &RegistryChange::Remove { id: InstanceId::from(id), pid }, PATIENCE, 99)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&fs::read(&self.path).unwrap()).unwrap()
    }

    fn ids(&self) -> Vec<String> {
        let json = self.json();
        let ids = json["instances"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned());
        ids.collect()
    }
}

#[test]
fn a_missing_or_empty_file_is_made() {
    for text in [None, Some(""), Some("  \n"), Some("{}"), Some(r#"{"instances":[]}"#)] {
        let world = world(text);
        assert_eq!(world.put("aaaaaaaa").unwrap(), Written::Done, "{text:?}");
        assert_eq!(world.ids(), ["aaaaaaaa"]);
    }
}

#[test]
fn our_entry_is_as_the_others_expect_it() {
    let world = world(None);
    world.put("aaaaaaaa").unwrap();
    let expected = json!({
        "id": "aaaaaaaa", "name": "project", "directory": "/tmp/My Project", "port": null, "opencodePort": 3100,
        "hostname": "127.0.0.1", "opencodePid": 4321, "webPid": null, "startedAt": "2023-11-14T22:13:20.123Z",
        "instanceType": "process", "containerId": null,
    });
    assert_eq!(world.json(), json!({ "instances": [expected] }));
    let text = fs::read_to_string(&world.path).unwrap();
    assert!(text.starts_with("{\n  \"instances\": [\n    {\n      \"id\""), "{text}");
    assert!(!text.ends_with('\n'));
}

#[test]
fn a_new_file_is_for_the_user_alone_and_an_old_one_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let fresh = world(None);
    fresh.put("a").unwrap();
    assert_eq!(fs::metadata(&fresh.path).unwrap().permissions().mode() & 0o777, 0o600);
    let old = world(Some("{}"));
    fs::set_permissions(&old.path, fs::Permissions::from_mode(0o644)).unwrap();
    old.put("a").unwrap();
    assert_eq!(fs::metadata(&old.path).unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn what_we_do_not_know_stays_where_it_is() {
    let text = r#"{"zeta":1,"instances":[{"b":2,"id":"other","opencodePid":1},"odd",{"id":"aaaaaaaa","colour":"red","opencodePid":4321}],"alpha":{"x":[]}}"#;
    let world = world(Some(text));
    world.put("aaaaaaaa").unwrap();
    let json = world.json();
    assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["zeta", "instances", "alpha"]);
    assert_eq!(json["instances"][0], json!({"b":2,"id":"other","opencodePid":1}));
    assert_eq!(json["instances"][1], json!("odd"));
    assert_eq!(json["instances"][2]["colour"], "red");
    assert_eq!(json["instances"][2]["name"], "project");
    world.remove("aaaaaaaa", 4321).unwrap();
    let expected = json!({"zeta":1,"instances":[{"b":2,"id":"other","opencodePid":1},"odd"],"alpha":{"x":[]}});
    assert_eq!(world.json(), expected);
}

#[test]
fn an_entry_of_a_later_run_is_not_removed() {
    let world = world(None);
    world.put("aaaaaaaa").unwrap();
    world.remove("aaaaaaaa", 1).unwrap();
    assert_eq!(world.ids(), ["aaaaaaaa"]);
}

#[test]
fn a_corrupt_file_is_kept_under_another_name() {
    for text in ["{", "[]", "nonsense", r#"{"instances":{}}"#, "\u{0}\u{1}"] {
        let world = world(Some(text));
        assert!(is_corrupt(&world.path), "{text}");
        let Written::AfterBackup(copy) = world.put("aaaaaaaa").unwrap() else { panic!("no backup of {text}") };
        assert_eq!(fs::read_to_string(&copy).unwrap(), text);
        assert!(copy.file_name().unwrap().to_str().unwrap().starts_with(".portal.json.corrupt-"));
        assert_eq!(world.ids(), ["aaaaaaaa"]);
    }
}

#[test]
fn a_read_only_file_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = world(Some("{}"));
    fs::set_permissions(&world.path, fs::Permissions::from_mode(0o444)).unwrap();
    assert!(matches!(world.put("a"), Err(RegistryError::ReadOnly { .. })));
    assert_eq!(fs::read_to_string(&world.path).unwrap(), "{}");
    assert!(!world.path.with_file_name(".portal.json.lock").exists());
}

#[test]
fn a_file_locked_by_the_living_is_left_alone() {
    let world = world(Some("{}"));
    let lock = world.path.with_file_name(".portal.json.lock");
    fs::write(&lock, std::os::unix::process::parent_id().to_string()).unwrap();
    let short = Patience { longest: Duration::from_millis(50), ..PATIENCE };
    let put = RegistryChange::Put(Box::new(entry("a")));
    let result = change(&world.path, &put, short, 0);
    assert!(matches!(result, Err(RegistryError::Lock(LockError::Busy { .. }))));
    assert_eq!(fs::read_to_string(&world.path).unwrap(), "{}");
}

#[test]
fn six_starts_at_once_keep_six_entries() {
    let world = world(None);
    std::thread::scope(|scope| {
        for number in 0..6 {
            let world = &world;
            scope.spawn(move || world.put(&format!("entry{number}")).unwrap());
        }
    });
    let mut ids = world.ids();
    ids.sort();
    assert_eq!(ids, ["entry0", "entry1", "entry2", "entry3", "entry4", "entry5"]);
}

/// As the other programs do it: a lock file made anew with their number in it, the whole file written in place, the lock removed.
fn another_program_adds(path: &std::path::Path, number: u32) {
    let lock = path.with_file_name(".portal.json.lock");
    let pid = std::os::unix::process::parent_id().to_string();
    let end = std::time::Instant::now() + Duration::from_secs(20);
    loop {
        match fs::OpenOptions::new().write(true).create_new(true).open(&lock) {
            Ok(mut file) => break std::io::Write::write_all(&mut file, pid.as_bytes()).unwrap(),
            Err(_) => assert!(std::time::Instant::now() < end, "the lock is never free"),
        }
        std::thread::yield_now();
    }
    let mut json: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let theirs = json!({ "id": format!("theirs{number}"), "colour": "red", "opencodePid": 0 });
    json["instances"].as_array_mut().unwrap().push(theirs);
    fs::write(path, json.to_string()).unwrap();
    fs::remove_file(&lock).unwrap();
}

#[test]
fn six_writers_lose_nothing_while_another_program_writes() {
    let world = world(Some(r#"{"theme":"dark","instances":[]}"#));
    std::thread::scope(|scope| {
        for number in 0..6 {
            let world = &world;
            scope.spawn(move || world.put(&format!("entry{number}")).unwrap());
        }
        for number in 0..6 {
            another_program_adds(&world.path, number);
        }
    });
    let json = world.json();
    assert_eq!(json["theme"], "dark");
    let ids = world.ids();
    for number in 0..6 {
        assert!(ids.contains(&format!("entry{number}")) && ids.contains(&format!("theirs{number}")), "{ids:?}");
    }
    let theirs = json["instances"].as_array().unwrap().iter().filter(|entry| entry["colour"] == "red").count();
    assert_eq!(theirs, 6, "what we do not know stays");
}

#[test]
fn processes_of_other_programs_are_found_and_nonsense_is_not() {
    let text = r#"{"instances":[
        {"id":"aaaaaaaa","name":"n","directory":"/a","hostname":"0.0.0.0","opencodePort":4096,"opencodePid":77},
        {"id":"../../x","opencodePort":4097,"opencodePid":-1},
        {"id":"zero","opencodePort":0,"opencodePid":0},
        {"id":"d","opencodePort":4000,"instanceType":"docker","containerId":"abc"}, "odd", null]}"#;
    let world = world(Some(text));
    let entries = super::process_entries(&world.path).unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            (entry.id.as_ref().map(InstanceId::as_str), entry.pid, entry.endpoint.as_ref().map(ToString::to_string))
        })
        .collect();
    let at = |port: u16| Some(format!("127.0.0.1:{port}"));
    assert_eq!(told, [(Some("aaaaaaaa"), Some(77), at(4096)), (None, None, at(4097))]);
}

#[test]
fn containers_of_other_programs_are_found() {
    let text = r#"{"instances":[
        {"id":"p","directory":"/a","opencodePort":1,"opencodePid":0},
        {"id":"d","directory":"/srv/site","opencodePort":4000,"hostname":"0.0.0.0","instanceType":"docker","containerId":"abc","startedAt":"2026-03-03T10:00:00.000Z"},
        {"id":"x","instanceType":"docker"}, null]}"#;
    let world = world(Some(text));
    let entries = docker_entries(&world.path).unwrap();
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!((entry.name.as_str(), entry.host.as_str(), entry.container.as_str()), ("site", "127.0.0.1", "abc"));
    assert_eq!(entry.started_at.map(iso8601).as_deref(), Some("2026-03-03T10:00:00.000Z"));
}
