//! Tells tauri-build where our capabilities are: the configuration is at the root, the sources are here.

fn main() {
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    tauri_build::try_build(attributes).expect("tauri.conf.json and the capabilities are part of the sources");
}
