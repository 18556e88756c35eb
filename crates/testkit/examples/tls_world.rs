//! What tests that are not in Rust need for a server elsewhere: a real opencode with a password behind a front with TLS,
//! below a path, that shows a certificate that nobody but itself has signed.
//!
//! Prints what it is as a line of JSON. Then it takes words, a line each: `change` shows the other certificate from then
//! on. It stays until its input ends.

mod words;

use serde_json::json;
use testkit::{RealServer, TlsFront, TlsIdentity, World, demo};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let world = World::with_project("elsewhere");
    let model = demo::Model::serve(0).await.expect("a free port");
    let server = RealServer::start(&world, &model).await;
    let [first, other] = [(); 2].map(|()| TlsIdentity::self_signed(&["localhost", "127.0.0.1"]));
    let front = TlsFront::start(server.address(), "/opencode", &first).await;
    words::say(&json!({
        "url": front.url("127.0.0.1"),
        "password": server.password(),
        "certificate": first.pem(),
        "other": other.pem(),
    }));
    while let Some(word) = words::hear().await {
        match word.as_str() {
            "change" => front.show(&other),
            other => panic!("`{other}` is not a word of this program"),
        }
    }
}
