//! What tests that are not in Rust need for containers: an engine that has the image of the pinned opencode, and the
//! scripted model where containers reach it. Prints both as a line of JSON, and stays until its input ends.

mod words;

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
    words::say(&json!({
        "engine": engine.address(),
        "socket": engine.socket(),
        "image": image,
        "config": demo::opencode_config(&model.base_url()),
        "environment": demo::environment(),
    }));
    while words::hear().await.is_some() {}
}
