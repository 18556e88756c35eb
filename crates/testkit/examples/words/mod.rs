//! How these programs speak with the test that started them: a line of JSON to it, words from it.

use std::io;

/// Says one thing.
#[expect(clippy::print_stdout, reason = "this is what the other program reads")]
pub fn say(what: &serde_json::Value) {
    println!("{what}");
}

/// The next word; none once the input has ended, and with it the test.
pub async fn hear() -> Option<String> {
    let word = tokio::task::spawn_blocking(|| io::stdin().lines().next()).await.expect("reading does not panic");
    word.transpose().expect("the input can be read")
}
