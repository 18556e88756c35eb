//! What `ssh` asks: on the terminal that a command runs in, in the windows of `portal serve`, and nowhere without either.

use serde_json::{Value, json};
use testkit::{Sshd, World, no_process_left};

use crate::program::Desk;

#[tokio::test]
async fn a_terminal_is_asked_for_a_passphrase_that_nobody_sees() {
    let (desk, there) = (Desk::new().await, World::new());
    let sshd = Sshd::start(&there).await;
    Sshd::install_opencode(&there);
    sshd.be_known_to(&desk.world);
    sshd.protect_key("hunter2");
    let directory = there.project().to_str().unwrap();
    let refused = desk.run(&["start", directory, "--ssh", sshd.host()]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("wants a password or a passphrase"), "{refused:?}");
    let said = desk.in_terminal(&["start", directory, "--ssh", sshd.host(), "--name", "far"], "hunter2\n").await;
    assert!(said.contains("Enter passphrase for key"), "{said}");
    assert!(said.contains("Started far (") && !said.contains("hunter2"), "{said}");
    let declined = desk.in_terminal(&["stop", "far"], "\n").await;
    assert!(declined.contains("had no answer"), "{declined}");
    let stopped = desk.in_terminal(&["stop", "far"], "hunter2\n").await;
    assert!(stopped.contains("Stopped far (") && !stopped.contains("hunter2"), "{stopped}");
    drop(sshd);
    no_process_left(&there).await;
    desk.leave().await;
}

#[tokio::test]
async fn a_window_is_asked_whether_a_host_is_known() {
    let (desk, there) = (Desk::new().await, World::new());
    let sshd = Sshd::start(&there).await;
    sshd.be_known_to(&desk.world);
    sshd.forget_host();
    let listing = json!({ "host": sshd.host(), "path": there.home() });
    let serving = desk.serve(&[]).await;
    let (status, refused) = serving.http.call("list_ssh_directory", listing.clone()).await;
    assert_ne!(status, 200, "no window is open");
    let refused = String::from_utf8_lossy(&refused).into_owned();
    assert!(refused.contains("is not known yet"), "{refused}");
    let mut pushes = serving.http.pushes().await;
    pushes.find("a snapshot", |item| item["type"] == "snapshot").await;
    let http = serving.http.clone();
    let listed = tokio::spawn(async move { http.ok("list_ssh_directory", listing).await });
    let asked = |item: &Value| item["type"] == "prompts" && item["prompts"][0]["kind"] == "yes_no";
    let prompt = pushes.find("a question", asked).await["prompts"][0].clone();
    assert_eq!((&prompt["host"], &prompt["is_again"]), (&json!(sshd.host()), &json!(false)));
    assert!(prompt["words"].as_str().unwrap().contains(&sshd.fingerprint()), "{prompt}");
    serving.http.ok("answer_prompt", json!({ "prompt": prompt["id"], "answer": "yes" })).await;
    pushes.find("that it is over", |item| item["type"] == "prompts" && item["prompts"] == json!([])).await;
    assert_eq!(listed.await.unwrap()["path"], json!(there.home()));
    let (status, late) = serving.http.call("answer_prompt", json!({ "prompt": prompt["id"], "answer": "yes" })).await;
    assert_eq!(status, 404, "{}", String::from_utf8_lossy(&late));
    assert!(sshd.known_hosts().starts_with("elsewhere "));
    assert_eq!(serving.end("TERM").await, Some(0));
    drop(sshd);
    no_process_left(&there).await;
    desk.leave().await;
}
