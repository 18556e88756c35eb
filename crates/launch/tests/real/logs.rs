//! Reading the end of logs, and rotating them under their writers.

use std::fs;

use launch::{LogTail, ProcessIdentity, log, stop};
use testkit::{World, until};

use crate::{PATIENCE, log_of, read, shell};

#[test]
fn the_tail_is_whole_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    assert_eq!(log::tail(&path, 5).unwrap(), LogTail::default(), "not there yet");
    let long = "x".repeat(40_000);
    let big: String = (0..100_000).map(|number| number.to_string()).collect::<Vec<_>>().join("\n");
    for (content, wanted, expected, has_more) in [
        (b"".to_vec(), 3, vec![], false),
        (b"one".to_vec(), 3, vec!["one".to_owned()], false),
        (b"one\ntwo\n".to_vec(), 3, vec!["one".to_owned(), "two".to_owned()], false),
        (b"one\r\ntwo\nthree\n".to_vec(), 2, vec!["two".to_owned(), "three".to_owned()], true),
        (b"one\n\n\n".to_vec(), 2, vec![String::new(), String::new()], true),
        (b"a\xffb\n".to_vec(), 1, vec!["a\u{fffd}b".to_owned()], false),
        (format!("{long}\n{long}\nend\n").into_bytes(), 2, vec![long.clone(), "end".to_owned()], true),
        (big.into_bytes(), 3, vec!["99997".to_owned(), "99998".to_owned(), "99999".to_owned()], true),
        (b"one\ntwo\n".to_vec(), 0, vec![], true),
    ] {
        fs::write(&path, &content).unwrap();
        assert_eq!(
            log::tail(&path, wanted).unwrap(),
            LogTail { lines: expected, has_more },
            "{wanted} of {} bytes",
            content.len()
        );
    }
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    fs::write(&path, vec![b'x'; 5 * 1024 * 1024]).unwrap();
    let tail = log::tail(&path, 10).unwrap();
    assert!(
        tail.has_more && tail.lines.len() == 1 && tail.lines[0].len() <= 1024 * 1024 + 16 * 1024,
        "{} lines",
        tail.lines.len()
    );
}

#[test]
fn old_logs_move_up_and_the_oldest_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    assert!(!log::rotate(&path, 3, 2).unwrap(), "not there yet");
    fs::write(&path, "abc").unwrap();
    assert!(!log::rotate(&path, 3, 2).unwrap(), "not too long");
    for round in ["first", "second", "third"] {
        fs::write(&path, round).unwrap();
        assert!(log::rotate(&path, 3, 2).unwrap());
        assert_eq!(read(&path), "");
    }
    assert_eq!(
        (read(&folder.path().join("log.1")), read(&folder.path().join("log.2"))),
        ("third".to_owned(), "second".to_owned())
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "the oldest is gone and nothing else is left");
    fs::write(&path, "long enough").unwrap();
    assert!(log::rotate(&path, 3, 0).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "keeping none only empties it");
}

#[tokio::test]
async fn a_writer_goes_on_at_the_start_after_a_rotation() {
    let world = World::new();
    let running = shell(&world, "n=0; while :; do echo line $n; n=$((n+1)); [ $((n % 100)) = 0 ] && sleep 0.01; done");
    let path = log_of(&world);
    let identity: ProcessIdentity = running.identity.clone();
    for _ in 0..3 {
        until("it is long enough", PATIENCE, async || log::rotate(&path, 5_000, 1).unwrap()).await;
    }
    until("it writes on", PATIENCE, async || !read(&path).is_empty()).await;
    stop(&identity, PATIENCE).await.unwrap();
    let content = fs::read(&path).unwrap();
    assert!(!content.contains(&0), "no hole: the writer appends");
    let older = read(&path.with_file_name("test.log.1"));
    assert!(older.len() > 5_000 && older.starts_with("line "), "{}", older.len());
}

#[test]
fn a_copy_that_fails_loses_no_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    fs::write(&path, "precious").unwrap();
    fs::create_dir(folder.path().join("log.0")).unwrap();
    assert!(log::rotate(&path, 3, 1).is_err(), "the copy cannot be written");
    assert_eq!(read(&path), "precious");
}
