//! Other machines as a window sees them: a real ssh server, asked by the operations that a window calls.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::sync::Arc;

use bridge::fleet::{AtQuit, Fleet, Folders, Options};
use bridge::{Bridge, Call, Code, Failure, Host, HostAbilities, WindowId};
use serde_json::{Value, json};
use testkit::{Sshd, World, no_process_left};

/// A host that can do nothing.
struct Nothing;

impl Host for Nothing {
    fn view(&self) -> HostAbilities {
        HostAbilities {
            name: "browser",
            version: "0".to_owned(),
            picks_directories: false,
            opens_programs: false,
            quits: false,
        }
    }
}

async fn call(bridge: &Bridge, name: &str, payload: Value) -> Result<Value, Failure> {
    let window = WindowId::new("w").unwrap();
    let answer = bridge.call(Call { window, request_id: None, name: name.to_owned(), payload }).await?;
    Ok(serde_json::from_slice(&answer).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_looks_through_another_machine() {
    let (here, there) = (World::new(), World::new());
    let sshd = Sshd::start(&there).await;
    sshd.be_known_to(&here);
    Sshd::install_opencode(&there);
    for name in ["b", "a", ".hidden"] {
        std::fs::create_dir(there.project().join(name)).unwrap();
    }
    std::fs::write(there.project().join("file"), "").unwrap();
    let folders = Folders {
        home: here.home(),
        config: here.config(),
        data: here.data(),
        state: here.state(),
        pinned_opencode: None,
    };
    let fleet = Fleet::open(folders, Options::passing()).await.unwrap();
    let bridge = Bridge::new(fleet.clone(), Arc::new(Nothing));
    let list =
        async |host: &str, path: &str| call(&bridge, "list_ssh_directory", json!({ "host": host, "path": path })).await;

    assert_eq!(call(&bridge, "ssh_hosts", json!({})).await.unwrap(), json!({ "hosts": ["elsewhere"] }));
    let project = there.project().to_str().unwrap();
    // As it was typed.
    let listed = list(" elsewhere ", &format!(" {project} ")).await.unwrap();
    let version = launch::PINNED_VERSION;
    assert_eq!(listed, json!({ "path": project, "directories": ["a", "b"], "is_cut": false, "opencode": version }));
    for path in ["", "~"] {
        assert_eq!(list("elsewhere", path).await.unwrap()["path"], json!(there.home()), "{path}");
    }
    for (host, path, code, says) in [
        ("elsewhere", "/no/such/folder", Code::Invalid, "`/no/such/folder`"),
        ("elsewhere", &format!("{project}/file"), Code::Invalid, "choose the folder that it is in"),
        ("-oProxyCommand=x", "", Code::Invalid, "~/.ssh/config, or user@host"),
        ("no-such-host.invalid", "", Code::Unavailable, "not known by that name"),
    ] {
        let failure = list(host, path).await.unwrap_err();
        let told = format!("{} {}", failure.message, failure.hint.unwrap_or_default());
        assert!(failure.code == code && told.contains(says), "{host} {path}: {told}");
    }
    fleet.shut_down(AtQuit::Stop).await;
    drop((bridge, sshd));
    no_process_left(&here).await;
    no_process_left(&there).await;
}
