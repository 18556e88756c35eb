//! The file alone, on a real disk.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{KeyringError, PasswordFile};

fn in_folder(folder: &TempDir) -> (PasswordFile, PathBuf) {
    let path = folder.path().join("config/passwords.json");
    (PasswordFile::new(path.clone()), path)
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path().join("config")).expect("the folder of the file");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn nothing_is_made_before_something_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (file, path) = in_folder(&folder);
    assert_eq!(file.get("a").await.unwrap(), None);
    file.forget("a").await.unwrap();
    assert!(!path.parent().unwrap().exists());

    file.set("a", "1").await.unwrap();
    assert_eq!(file.get("a").await.unwrap().as_deref(), Some("1"));
    assert_eq!(file.get("b").await.unwrap(), None);
    assert_eq!(names(&folder), ["passwords.json", "passwords.json.lock"], "no temporary file is left");
}

#[tokio::test]
async fn only_the_user_may_read_it_whoever_could_before() {
    let folder = tempfile::tempdir().unwrap();
    let (file, path) = in_folder(&folder);
    let mode = || path.metadata().unwrap().permissions().mode() & 0o777;
    file.set("a", "1").await.unwrap();
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    file.set("b", "2").await.unwrap();
    assert_eq!(mode(), 0o600);
}

#[tokio::test]
async fn what_is_not_ours_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (file, path) = in_folder(&folder);
    fs::create_dir(path.parent().unwrap()).unwrap();
    fs::write(&path, json!({ "version": 9, "later": [1], "passwords": { "a": "1" } }).to_string()).unwrap();
    file.set("b", "2").await.unwrap();
    file.forget("a").await.unwrap();
    let content: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(content, json!({ "version": 9, "later": [1], "passwords": { "b": "2" } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_at_the_same_time_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = in_folder(&folder);
    let writers: Vec<_> = (0..6)
        .map(|writer| {
            // Each opens the lock for itself, as another program would.
            let file = PasswordFile::new(path.clone());
            tokio::spawn(async move {
                for turn in 0..5 {
                    file.set(&format!("{writer}-{turn}"), "kept").await.unwrap();
                    file.set("shared", &writer.to_string()).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let file = PasswordFile::new(path);
    for writer in 0..6 {
        for turn in 0..5 {
            assert_eq!(file.get(&format!("{writer}-{turn}")).await.unwrap().as_deref(), Some("kept"));
        }
    }
    assert!(file.get("shared").await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_not_understood_is_kept_aside_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let (file, path) = in_folder(&folder);
    fs::create_dir(path.parent().unwrap()).unwrap();
    for (number, text) in ["{\"passwords\": {\"a\": \"s3cret\"", "[]", "{\"passwords\": []}", ""].iter().enumerate() {
        fs::write(&path, text).unwrap();
        let error = match number % 3 {
            0 => file.get("a").await.map(drop),
            1 => file.set("a", "1").await,
            _ => file.forget("a").await,
        }
        .unwrap_err();
        let KeyringError::Corrupt { kept, .. } = &error else { panic!("{error:?}") };
        assert_eq!(fs::read_to_string(kept).unwrap(), *text);
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        assert!(!path.exists(), "the next attempt begins a new one");
    }
    file.set("a", "1").await.unwrap();
    assert_eq!(file.get("a").await.unwrap().as_deref(), Some("1"));
    assert_eq!(names(&folder).len(), 6, "four copies, the file and its lock: {:?}", names(&folder));
}

#[tokio::test]
async fn what_cannot_be_written_is_said_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config"), "a file where the folder should be").unwrap();
    let (file, path) = in_folder(&folder);
    let error = file.set("a", "s3cret").await.unwrap_err();
    assert!(matches!(&error, KeyringError::File { path: named, .. } if *named == path), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
}
