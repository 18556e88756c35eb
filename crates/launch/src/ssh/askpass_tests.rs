//! Tests of the asking, without any `ssh`.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

#[test]
fn what_ssh_wants_is_told_by_its_words() {
    let host_key = "The authenticity of host 'box (10.0.0.1)' can't be established.\n\
        ED25519 key fingerprint is SHA256:abc.\nAre you sure you want to continue connecting (yes/no/[fingerprint])?";
    for (hint, words, kind) in [
        ("", "me@box's password: ", PromptKind::Secret),
        ("", "Enter passphrase for key '/h/.ssh/id_ed25519': ", PromptKind::Secret),
        ("", "Enter PIN for ED25519-SK key /h/.ssh/id_sk: ", PromptKind::Secret),
        ("", "(me@box) Verification code: ", PromptKind::Text),
        ("", "(me@box) One-time password (OATH) for `me': ", PromptKind::Secret),
        ("", "(me@box) Anything else: ", PromptKind::Secret),
        ("", host_key, PromptKind::YesNo),
        ("confirm", "Allow shared connection to box?", PromptKind::YesNo),
        ("none", "Confirm user presence for key ED25519-SK SHA256:abc", PromptKind::Note),
    ] {
        assert_eq!(kind_of(hint, words), kind, "{words}");
    }
    let question = "Are you sure you want to continue connecting (yes/no/[fingerprint])?";
    assert_eq!(last_question(host_key), question);
}

/// A person who takes longer than a connection may.
#[derive(Default)]
struct Slow(AtomicBool);

impl Asker for Slow {
    fn ask(&self, _: Prompt) -> Asked<'_> {
        Box::pin(async {
            sleep(Duration::from_secs(100)).await;
            self.0.store(true, Ordering::Relaxed);
            Some(Reply::new("at last"))
        })
    }
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn the_limit_does_not_run_while_a_person_is_asked() {
    let (folder, slow) = (tempfile::tempdir().unwrap(), Slow::default());
    let mut asking = Asking::begin(folder.path(), "box", &slow).await.unwrap();
    let words = format!("{}\n\nme@box's password: \n", std::process::id());
    fs::write(folder.path().join(WORDS), words).unwrap();
    let answered = async {
        while !slow.0.load(Ordering::Relaxed) {
            sleep(LOOK).await;
        }
    };
    assert_eq!(asking.until(Duration::from_secs(45), answered).await, Ok(()));
    fs::remove_file(folder.path().join(WORDS)).unwrap();
    let late = asking.until(Duration::from_secs(45), std::future::pending::<()>()).await;
    assert_eq!(late, Err(SshError::TimedOut { host: "box".to_owned() }));
    drop(asking);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Runs the helper as `ssh` does, for a Portal of that process id.
#[cfg(unix)]
fn helper(folder: &Path, portal: u32) -> std::process::Child {
    let path = folder.join("of-another");
    fs::write(&path, format!("portal={portal}\n{SCRIPT}")).unwrap();
    let mut command = std::process::Command::new("sh");
    command.arg(path).arg("me@box's password: ").env("SSH_ASKPASS_PROMPT", "");
    command.stdout(std::process::Stdio::piped()).spawn().unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn a_helper_that_nobody_hears_gives_no_answer() {
    let (folder, slow) = (tempfile::tempdir().unwrap(), Slow::default());
    let mut gone = std::process::Command::new("true").spawn().unwrap();
    gone.wait().unwrap();
    let asking = Asking::begin(folder.path(), "box", &slow).await.unwrap();
    let orphan = helper(folder.path(), gone.id()).wait_with_output().unwrap();
    assert_eq!((orphan.status.code(), orphan.stdout.as_slice()), (Some(1), b"".as_slice()));
    fs::remove_dir(folder.path().join(TURN)).unwrap();
    let mut waits = helper(folder.path(), std::process::id());
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while !folder.path().join(WORDS).exists() {
        assert!(std::time::Instant::now() < deadline, "it never asks");
        std::thread::yield_now();
    }
    assert_eq!(waits.try_wait().unwrap(), None);
    drop(asking);
    let left = waits.wait_with_output().unwrap();
    assert_eq!((left.status.code(), left.stdout.as_slice()), (Some(1), b"".as_slice()));
}

#[test]
fn an_answer_prints_as_stars() {
    assert_eq!(format!("{:?}", Reply::new("hunter2")), "***");
}
