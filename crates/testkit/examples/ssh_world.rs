//! What tests that are not in Rust need for another machine: a real ssh server with a home of its own, the pinned
//! opencode and a project there, the scripted model, and a line between that can be cut.
//!
//! Prints what it is as a line of JSON. Then it takes words, a line each: `cut` breaks the line and what is begun anew,
//! `mend` lets everything through again; `protect` gives the key of clients the passphrase `open sesame`, `forget` makes its own unknown to them.
//! It stays until its input ends.

mod words;

use std::fs;

use serde_json::json;
use testkit::{Fault, FaultProxy, Sshd, World, demo};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let there = World::new();
    let sshd = Sshd::start(&there).await;
    Sshd::install_opencode(&there);
    let project = there.home().join("projects/shop");
    fs::create_dir_all(&project).expect("a project there");
    fs::write(project.join("greeting.txt"), "Hello\n").expect("a file of the project");
    let model = demo::Model::serve(0).await.expect("a free port");
    let line = FaultProxy::start(sshd.address()).await;
    let config = fs::read_to_string(sshd.config_through(line.port())).expect("it was just written");
    words::say(&json!({
        "host": sshd.host(),
        "sshConfig": config,
        "home": there.home(),
        "project": project,
        "config": demo::opencode_config(&model.base_url()),
        "environment": demo::environment(),
    }));
    while let Some(word) = words::hear().await {
        match word.as_str() {
            "cut" => line.set(Fault::Cut),
            "mend" => line.set(Fault::None),
            "protect" => sshd.protect_key("open sesame"),
            "forget" => sshd.forget_host(),
            other => panic!("`{other}` is not a word of this program"),
        }
    }
}
