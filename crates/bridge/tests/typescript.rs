//! The generated TypeScript agrees with the Rust that it is made of.

#[test]
fn typescript_is_up_to_date() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/wire");
    for (name, text) in bridge::typescript::files() {
        let path = folder.join(name);
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "{} is not what the messages say; run `cargo run -p bridge --example wire`",
            path.display()
        );
    }
}
