//! Servers elsewhere, added from the command line: what answers is looked at before anything is sent there.

use serde_json::Value;
use testkit::{RealServer, TlsAuthority, TlsFront, TlsIdentity, World, eventually, no_process_left};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::program::{Desk, Done, PATIENCE, hinted, run_hinted};

/// The instance that a command has added.
async fn added(desk: &Desk, done: &Done) -> Value {
    assert_eq!(done.code, 0, "{done:?}");
    let id = done.out.split(['(', ')']).nth(1).unwrap_or_else(|| panic!("{done:?}")).to_owned();
    // A command that is over before the server has said what it serves says so.
    let seen = eventually("it is reached", PATIENCE, async || {
        let all: Vec<Value> = serde_json::from_str(&desk.ok(&["list", "--json"]).await).unwrap();
        let is_it = |instance: &Value| instance["id"] == id.as_str() && instance["state"]["state"] != "starting";
        all.into_iter().find(is_it)
    });
    seen.await
}

#[tokio::test]
async fn a_certificate_is_shown_and_trusted_by_its_fingerprint() {
    let (mut desk, elsewhere) = (Desk::new().await, World::with_project("elsewhere"));
    desk.discovers();
    let server = RealServer::start(&elsewhere, &desk.model).await;
    let front = TlsFront::start(server.address(), "/opencode", &TlsIdentity::self_signed(&["build.example"])).await;
    let url = front.url("127.0.0.1");
    let password = format!("{}\n", server.password());
    let keeping = ["--password-stdin", "--keep", "file"];
    let add =
        |more: &[&str]| [&["add", &url], &keeping[..], more].concat().iter().map(|word| (*word).to_owned()).collect();
    let run = async |arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        desk.run_with_input(&arguments, &password).await
    };

    let refused = run(add(&[])).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    for said in ["nobody but itself", "CN=build.example", "SHA-256", "--ca FILE"] {
        assert!(refused.err.contains(said), "{said}: {}", refused.err);
    }
    assert!(front.seen().is_empty(), "nothing was sent there");
    assert!(!desk.world.config().join("opencode-portal/addresses.json").exists(), "nothing was added");
    let trust = hinted(&refused).pop().unwrap();
    let wrong = run(add(&["--trust", &trust.replace(&trust[..2], "00")])).await;
    assert!(wrong.code == 1 && wrong.err.contains("has changed") && wrong.err.contains("trusted is"), "{wrong:?}");
    let nonsense = run(add(&["--trust", "12"])).await;
    assert!(nonsense.code == 1 && nonsense.err.contains("`12` is no SHA-256"), "{nonsense:?}");

    // As it says itself.
    let instance = added(&desk, &run_hinted(&desk, &refused, &password).await).await;
    assert_eq!(instance["way"]["url"], url.as_str());
    assert_eq!(instance["way"]["trust"]["fingerprint"], trust.as_str());
    assert_eq!(instance["directory"], elsewhere.project().to_str().unwrap());
    desk.leave().await;
    drop((front, server));
    no_process_left(&elsewhere).await;
}

#[tokio::test]
async fn an_authority_is_a_file_or_the_systems() {
    let (mut desk, elsewhere) = (Desk::new().await, World::with_project("elsewhere"));
    desk.discovers();
    let server = RealServer::start(&elsewhere, &desk.model).await;
    let authority = TlsAuthority::new("Test authority");
    let front = TlsFront::start(server.address(), "", &authority.signs(&["localhost"])).await;
    let file = authority.file(&elsewhere, "authority.pem");
    let url = front.url("localhost");
    // The system trusts others.
    let another = TlsAuthority::new("Another").file(&elsewhere, "another.pem");
    desk.set("SSL_CERT_FILE", another.to_str().unwrap());
    let refused = desk.run(&["add", &url]).await;
    assert!(refused.code == 1 && refused.err.contains("CN=Test authority"), "{refused:?}");
    let refused = desk.run(&["add", &url, "--ca", "/does/not/exist.pem"]).await;
    assert!(refused.code == 1 && refused.err.contains("/does/not/exist.pem"), "{refused:?}");
    let instance = added(&desk, &desk.run(&["add", &url, "--ca", file.to_str().unwrap()]).await).await;
    assert_eq!(instance["way"]["trust"]["trust"], "ca");
    assert_eq!(instance["state"]["state"], "locked", "no password was given");
    desk.ok(&["remove", instance["id"].as_str().unwrap()]).await;

    // And now this one, with the other name of the same command.
    desk.set("SSL_CERT_FILE", file.to_str().unwrap());
    let instance = added(&desk, &desk.run(&["start", "--remote", &url, "--name", "far"]).await).await;
    assert_eq!(instance["name"], "far");
    assert_eq!(instance["way"]["trust"]["trust"], "system");
    assert_eq!(instance["state"]["state"], "locked");
    desk.leave().await;
    drop((front, server));
    no_process_left(&elsewhere).await;
}

#[tokio::test]
async fn no_password_is_sent_where_it_can_be_read_without_saying_so() {
    let mut desk = Desk::new().await;
    desk.discovers();
    let arguments = ["add", "http://build.invalid:4096", "--password-stdin", "--keep", "file"];
    let refused = desk.run_with_input(&arguments, "s3cret\n").await;
    assert!(refused.code == 1 && refused.err.contains("not encrypted"), "{refused:?}");
    assert!(refused.err.contains("--unencrypted"), "{refused:?}");
    let instance =
        added(&desk, &desk.run_with_input(&[&arguments[..], &["--unencrypted"]].concat(), "s3cret\n").await).await;
    assert_eq!(instance["way"]["is_overheard"], true);
    desk.leave().await;
}

/// An opencode from before web pages were kept out: it says how it is to whoever asks, and knows nothing else.
async fn old_opencode() -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer_as_old(stream));
        }
    });
    (url, serving)
}

/// Whoever asks may go away at any time.
async fn answer_as_old(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut request, mut line) = (String::new(), String::new());
    stream.read_line(&mut request).await?;
    while stream.read_line(&mut line).await? > 2 {
        line.clear();
    }
    let (status, body) = match request.split(' ').nth(1) {
        Some("/global/health") => ("200 OK", r#"{"healthy":true,"version":"1.0.215"}"#),
        _ => ("404 Not Found", "{}"),
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
    stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()).await?;
    stream.shutdown().await
}

#[tokio::test]
async fn an_old_and_open_one_is_warned_of_and_marked() {
    let mut desk = Desk::new().await;
    desk.discovers();
    let (url, serving) = old_opencode().await;
    let done = desk.run(&["start", "--remote", &url, "--name", "attic"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    for said in ["lets in whoever asks", "opencode 1.0.215", "CVE-2026-22812", "1.0.216"] {
        assert!(done.err.contains(said), "{said}: {}", done.err);
    }
    for command in ["list", "status"] {
        let marked = eventually("it is marked", PATIENCE, async || {
            let said = desk.ok(&[command]).await;
            said.lines().find(|line| line.contains("attic") && line.contains("unsafe version")).map(ToOwned::to_owned)
        });
        let line = marked.await;
        assert!(line.contains("added; unsafe version; no password"), "{line}");
        assert!(!line.contains("not encrypted"), "nobody listens in on this machine: {line}");
    }
    serving.abort();
    desk.leave().await;
}

#[tokio::test]
async fn an_address_that_was_added_is_changed() {
    let (mut desk, elsewhere) = (Desk::new().await, World::with_project("elsewhere"));
    desk.discovers();
    let server = RealServer::start(&elsewhere, &desk.model).await;
    let identity = TlsIdentity::self_signed(&["build.example"]);
    let front = TlsFront::start(server.address(), "/opencode", &identity).await;
    let url = front.url("127.0.0.1");
    let plain = format!("http://127.0.0.1:{}", server.port());
    let done = desk.run(&["add", &plain, "--name", "My box"]).await;
    let instance = added(&desk, &done).await;
    assert_eq!(instance["state"]["state"], "locked", "no password was given");
    let id = instance["id"].as_str().unwrap().to_owned();

    let nothing = desk.run(&["change", "My box"]).await;
    assert!(nothing.code == 2 && nothing.err.contains("--url"), "{nothing:?}");
    let alone = desk.run(&["change", "My box", "--user", "bob"]).await;
    assert!(alone.code == 1 && alone.err.contains("give the password, too"), "{alone:?}");
    let alone = desk.run(&["add", "http://127.0.0.1:9", "--user", "bob"]).await;
    assert!(alone.code == 1 && alone.err.contains("give the password, too"), "{alone:?}");
    let arguments = ["change", "My box", "--url", &url, "--password-stdin", "--keep", "file"];
    let password = format!("{}\n", server.password());
    let refused = desk.run_with_input(&arguments, &password).await;
    assert!(refused.code == 1 && refused.err.contains("nobody but itself"), "{refused:?}");
    // As it says itself, which nobody else's name comes between.
    assert_eq!(hinted(&refused)[..2], ["change".to_owned(), id.clone()]);
    let done = run_hinted(&desk, &refused, &password).await;
    let changed = added(&desk, &done).await;
    assert!(done.out.starts_with("Changed My box ("), "{done:?}");
    assert_eq!((&changed["name"], &changed["way"]["url"]), (&Value::from("My box"), &Value::from(url.as_str())));
    assert_eq!(changed["state"]["state"], "ready");
    assert_eq!(changed["directory"], elsewhere.project().to_str().unwrap());

    // Its password goes where it can be read only if that is said.
    let refused = desk.run(&["change", "My box", "--url", "http://build.invalid:4096"]).await;
    assert!(refused.code == 1 && refused.err.contains("--unencrypted"), "{refused:?}");
    desk.leave().await;
    drop((front, server));
    no_process_left(&elsewhere).await;
}
