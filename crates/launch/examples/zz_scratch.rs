#![allow(missing_docs, clippy::print_stdout)]
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let r = launch::mdns::Browser::start();
    let (_b, mut rx) = match r {
        Ok(x) => x,
        Err(e) => {
            println!("{e:?}");
            return;
        }
    };
    while let Some(a) = rx.recv().await {
        println!("{a:?}");
    }
}
