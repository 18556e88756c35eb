//! Reading logs in pages, searching and saving them, and rotating them under their writers.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use launch::{LogCursor, LogKeeper, LogLevel, LogPage, LogTail, ProcessIdentity, SaveOver, log, stop};
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
    let files = || fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files(), 4, "the oldest is gone and nothing is left but the numbers");
    fs::write(&path, "long enough").unwrap();
    assert!(log::rotate(&path, 3, 0).unwrap());
    assert_eq!(files(), 4, "keeping none only empties it");
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

fn append(path: &Path, text: &str) {
    fs::OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// As if nobody had written for a while.
fn pauses(path: &Path) {
    let file = fs::OpenOptions::new().append(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(10)).unwrap();
}

fn texts(page: &LogPage) -> Vec<&str> {
    page.lines.iter().map(|line| line.text.as_str()).collect()
}

fn in_folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    (folder, path)
}

#[test]
fn a_reader_follows_over_rotations() {
    let (_folder, path) = in_folder();
    let nothing = log::read(&path, None, 10).unwrap();
    assert_eq!((texts(&nothing), nothing.has_more, nothing.skipped), (vec![], false, false), "not there yet");
    let mut at: LogCursor = nothing.next;
    let mut seen = Vec::new();
    let mut expected = Vec::new();
    for round in 0..40 {
        for line in 0..3 {
            append(&path, &format!("{round}.{line}\n"));
            expected.push(format!("{round}.{line}"));
        }
        if round % 3 == 2 {
            assert!(log::rotate(&path, 1, 2).unwrap());
        }
        if round % 4 != 0 {
            continue;
        }
        // The place is written down in between, as a window does.
        let page = log::read(&path, Some(&at.to_string().parse().unwrap()), 1000).unwrap();
        assert!(!page.skipped && !page.has_more);
        seen.extend(page.lines.into_iter().map(|line| line.text));
        at = page.next;
    }
    let page = log::read(&path, Some(&at), 1000).unwrap();
    seen.extend(page.lines.into_iter().map(|line| line.text));
    assert_eq!(seen, expected, "every line once");

    for _ in 0..3 {
        append(&path, "later\n");
        assert!(log::rotate(&path, 1, 2).unwrap());
    }
    append(&path, "now\n");
    let page = log::read(&path, Some(&at), 1000).unwrap();
    assert_eq!((texts(&page), page.skipped), (vec!["later", "later", "now"], true), "what is gone is said to be gone");
}

#[test]
fn pages_forwards_and_backwards_are_the_same_lines() {
    let (_folder, path) = in_folder();
    let all: Vec<String> = (0..3000).map(|number| format!("line {number} {}", "x".repeat(number % 97))).collect();
    let first = log::read(&path, None, 10).unwrap().next;
    for (at, line) in all.iter().enumerate() {
        append(&path, &format!("{line}\n"));
        if at == 1000 || at == 2000 {
            // In the midst of a line.
            append(&path, "half ");
            assert!(log::rotate(&path, 1, 2).unwrap());
            append(&path, "a line\n");
        }
    }
    let mut expected = all.clone();
    expected.insert(1001, "half a line".to_owned());
    expected.insert(2002, "half a line".to_owned());
    for lines in [1, 7, 100, 5000] {
        let mut forwards = Vec::new();
        let mut page = log::read(&path, Some(&first), lines).unwrap();
        loop {
            forwards.extend(page.lines.iter().map(|line| line.text.clone()));
            assert!(page.lines.len() <= lines);
            if !page.has_more {
                break;
            }
            page = log::read(&path, Some(&page.next), lines).unwrap();
        }
        assert_eq!(forwards, expected, "{lines} at a time, forwards");

        let mut backwards = Vec::new();
        let mut page = log::read(&path, None, lines).unwrap();
        loop {
            backwards.extend(page.lines.iter().rev().map(|line| line.text.clone()));
            if !page.has_more {
                break;
            }
            page = log::read_before(&path, &page.start, lines).unwrap();
        }
        backwards.reverse();
        assert_eq!(backwards, expected, "{lines} at a time, backwards");
    }
}

#[test]
fn a_line_waits_until_it_is_complete() {
    let (_folder, path) = in_folder();
    append(&path, "one\ntw");
    let page = log::read(&path, None, 10).unwrap();
    assert_eq!(texts(&page), ["one"]);
    append(&path, "o\nthr");
    let page = log::read(&path, Some(&page.next), 10).unwrap();
    assert_eq!((texts(&page), page.has_more), (vec!["two"], false));
    pauses(&path);
    let page = log::read(&path, Some(&page.next), 10).unwrap();
    assert_eq!(texts(&page), ["thr"], "its writer pauses, or has crashed");
    assert_eq!(texts(&log::read(&path, None, 2).unwrap()), ["two", "thr"]);
    assert_eq!(texts(&log::read(&path, Some(&page.next), 2).unwrap()), [""; 0]);
}

#[test]
fn a_crash_and_the_next_start_share_no_line() {
    let (_folder, path) = in_folder();
    append(&path, "the last words");
    let at = log::read(&path, None, 0).unwrap().start;
    log::begin(&path, 2).unwrap();
    log::begin(&path, 2).unwrap();
    append(&path, "hello\n");
    assert_eq!(texts(&log::read(&path, Some(&at), 10).unwrap()), ["the last words", "hello"]);
    assert_eq!(read(&path.with_file_name("log.1")), "the last words\n", "an empty log is not worth a place");
}

#[test]
fn starts_that_fail_do_not_push_out_why_the_first_one_ended() {
    let (folder, path) = in_folder();
    append(&path, "the cause\n");
    let at = log::read(&path, None, 1).unwrap().start;
    for _ in 0..5 {
        log::begin(&path, 2).unwrap();
        append(&path, "again\n");
    }
    let page = log::read(&path, Some(&at), 100).unwrap();
    assert_eq!((texts(&page), page.skipped), (vec!["the cause", "again", "again", "again", "again", "again"], false));
    for _ in 0..20 {
        log::begin(&path, 2).unwrap();
        append(&path, "again\n");
    }
    let page = log::read(&path, Some(&at), 100).unwrap();
    assert_eq!((page.lines.len(), page.skipped), (10, true), "but not for ever");
    append(&path, &"much\n".repeat(300_000));
    log::begin(&path, 2).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "nor beside a long one");
    let page = log::read(&path, None, 300_003).unwrap();
    assert_eq!(page.lines.last().map(|line| line.text.as_str()), Some("much"));
}

#[test]
fn long_lines_are_cut() {
    let (_folder, path) = in_folder();
    let long = "ü".repeat(20_000);
    append(&path, &format!("{long}\nshort\n"));
    let page = log::read(&path, None, 10).unwrap();
    assert_eq!(page.lines[1].text, "short");
    let cut = &page.lines[0].text;
    assert!(cut.len() <= 16 * 1024 && cut.len() > 16 * 1024 - 8 && cut.ends_with("ü…"), "{}", cut.len());
    fs::write(&path, vec![b'x'; 5 * 1024 * 1024]).unwrap();
    let mut page = log::read(&path, Some(&log::read(&path, Some(&page.start), 0).unwrap().start), 10).unwrap();
    let mut pages = 1;
    while page.has_more {
        assert!(page.lines.len() == 1 && page.lines[0].text.len() <= 16 * 1024);
        page = log::read(&path, Some(&page.next), 10).unwrap();
        pages += 1;
    }
    assert!((5..=6).contains(&pages), "it ends, and no page holds it all: {pages}");
}

#[test]
fn colours_stay_and_levels_are_read() {
    let (_folder, path) = in_folder();
    append(&path, "\u{1b}[31mtimestamp=1 level=ERROR run=x\u{1b}[0m\r\n  at somewhere\nbad \u{fffd}\n");
    let page = log::read(&path, None, 10).unwrap();
    assert_eq!(page.lines[0].text, "\u{1b}[31mtimestamp=1 level=ERROR run=x\u{1b}[0m");
    let levels: Vec<Option<LogLevel>> = page.lines.iter().map(|line| line.level).collect();
    assert_eq!(levels, [Some(LogLevel::Error), None, None]);
}

#[test]
fn a_search_finds_the_newest_first_in_all_that_is_kept() {
    let (_folder, path) = in_folder();
    for part in 0..3 {
        for line in 0..5000 {
            append_many(&path, part, line);
        }
        if part < 2 {
            assert!(log::rotate(&path, 1, 2).unwrap());
        }
    }
    let found = log::search(&path, "NEEDLE ü", 500).unwrap();
    let texts: Vec<&str> = found.lines.iter().map(|found| found.line.text.as_str()).collect();
    assert_eq!((texts.len(), found.has_more), (6, false), "{texts:?}");
    assert!(texts[0].starts_with("2.4999") && texts[5].starts_with("0.0"), "{texts:?}");
    for found in &found.lines {
        let page = log::read(&path, Some(&found.at), 1).unwrap();
        assert_eq!(page.lines, std::slice::from_ref(&found.line), "its place leads to it");
    }
    let few = log::search(&path, "needle", 2).unwrap();
    assert_eq!((few.lines.len(), few.has_more), (2, true));
    for nothing in ["", "not there", "31m"] {
        assert_eq!(log::search(&path, nothing, 9).unwrap().lines, [], "{nothing}");
    }
    assert_eq!(log::search(&path.with_file_name("none"), "needle", 9).unwrap().lines, []);
}

fn append_many(path: &Path, part: usize, line: usize) {
    let word = if line.is_multiple_of(4999) { "Nee\u{1b}[31mdle Ü" } else { "hay" };
    append(path, &format!("{part}.{line} {word}\n"));
}

#[test]
fn everything_is_saved_in_one_file() {
    let (folder, path) = in_folder();
    append(&path, "\u{1b}[1mfirst\u{1b}[0m\n");
    log::rotate(&path, 1, 2).unwrap();
    append(&path, &format!("{}\u{1b}[0m\nlast", "y".repeat(3_000_000)));
    let to = folder.path().join("saved.txt");
    let bytes = log::save(&path, &to, SaveOver::Refuse).unwrap();
    let saved = read(&to);
    assert_eq!(saved.len() as u64, bytes);
    assert!(saved.starts_with("first\nyyy") && saved.ends_with("y\nlast") && !saved.contains('\u{1b}'));
    append(&path, " words\n");
    assert!(log::save(&path, &to, SaveOver::Refuse).is_err(), "what is there stays");
    assert_eq!(read(&to), saved);
    log::save(&path, &to, SaveOver::Replace).unwrap();
    assert!(read(&to).ends_with("last words\n"));
    assert!(log::save(&path, &folder.path().join("nowhere/x"), SaveOver::Refuse).is_err());
    let names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.starts_with(".saving")), "{names:?}");
}

/// What a broken server writes in a moment; nothing may hold more of it than is meant.
#[tokio::test]
async fn a_flood_stays_bounded() {
    const MAX: u64 = 1024 * 1024;
    let world = World::new();
    let running = shell(&world, "exec yes 'a line of a server that has gone mad and writes without an end'");
    let path = log_of(&world);
    let mut keeper = LogKeeper::new(MAX, 2);
    let mut rotations = 0;
    until("it was rotated several times", PATIENCE, async || {
        let before = fs::metadata(&path).map_or(0, |log| log.len());
        let (errors, again) = keeper.look(std::slice::from_ref(&path));
        assert!(errors.is_empty(), "{errors:?}");
        rotations += usize::from(before > MAX && fs::metadata(&path).unwrap().len() < before);
        tokio::time::sleep(again.min(Duration::from_millis(100))).await;
        rotations >= 4
    })
    .await;
    let identity = running.identity.after_exec().expect("it runs");
    stop(&identity, PATIENCE).await.unwrap();
    for number in 1..=2 {
        let length = fs::metadata(path.with_file_name(format!("test.log.{number}"))).unwrap().len();
        assert!(length <= 20 * 1024 * 1024, "{length}");
    }
    assert!(!path.with_file_name("test.log.3").exists());
}

#[test]
fn of_too_much_the_end_is_kept() {
    let (_folder, path) = in_folder();
    let line = format!("{}\n", "z".repeat(99));
    let mut text = line.repeat(300_000);
    text.push_str("the end\n");
    fs::write(&path, &text).unwrap();
    let early = log::read_before(&path, &log::read(&path, None, 1).unwrap().start, 1).unwrap().start;
    assert!(log::rotate(&path, 1024, 2).unwrap());
    let kept = read(&path.with_file_name("log.1"));
    assert!(kept.len() < 9 * 1024 * 1024 && kept.ends_with("z\nthe end\n"), "{}", kept.len());
    let (first, rest) = kept.split_once('\n').unwrap();
    let left_out: usize = first.strip_prefix('[').and_then(|text| text.split(' ').next()?.parse().ok()).expect(first);
    assert_eq!(left_out + rest.len(), text.len(), "what is left out is told: {first}");
    assert!(rest.starts_with(&line));
    assert!(log::read(&path, Some(&early), 1).unwrap().skipped, "its places mean nothing any more");
}
