//! Builds anew when the UI was built anew: it is compiled in.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Debug builds read it from disk.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:rerun-if-changed=../../ui/dist");
    }
}
