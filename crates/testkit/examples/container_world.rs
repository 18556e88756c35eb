//! What tests that are not in Rust need for containers: an engine that has the image of the pinned opencode, and the
//! scripted model where containers reach it. Prints both as a line of JSON, and stays until its input ends.

use std::net::SocketAddr;

use serde_json::json;
use testkit::{DockerEngine, demo, opencode_image};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // Without an engine it has said so, or failed.
    let Some(engine) = DockerEngine::find().await else { return };
    let image = opencode_image(&engine).await;
    let at = SocketAddr::from((engine.gateway().await, 0));
    let model = demo::Model::serve_at(at).await.expect("the gateway is an address of this machine");
    say(&json!({
        "engine": engine.address(),
        "socket": engine.socket(),
        "image": image,
        "config": demo::opencode_config(&model.base_url()),
        "environment": demo::environment(),
    }));
    let until_its_end = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    let read = tokio::task::spawn_blocking(until_its_end).await.expect("reading does not panic");
    read.expect("the input can be read");
}

#[expect(clippy::print_stdout, reason = "this is what the other program reads")]
fn say(what: &serde_json::Value) {
    println!("{what}");
}
