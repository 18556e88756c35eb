//! Writes `ui/src/wire/` anew. Run it after changing a message or an operation: `cargo run -p bridge --example wire`.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/wire");
    fs::create_dir_all(&folder)?;
    for (name, text) in bridge::typescript::files() {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
