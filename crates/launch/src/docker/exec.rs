//! The command for a person's terminal that opens a shell in a container.

use super::{Engine, EngineVersion, Product};

/// Bash where the image has one.
const SHELL: &str = "if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi";

/// The words of a command that opens a shell in the container, in a terminal of the person.
pub fn exec_command(engine: &Engine, version: &EngineVersion, container: &str) -> Vec<String> {
    let mut words: Vec<String> = match version.product {
        Product::Docker => ["docker", "--host", &engine.address].map(str::to_owned).into(),
        Product::Podman => ["podman", "--remote", "--url", &engine.address].map(str::to_owned).into(),
    };
    if let Some(tls) = &engine.tls {
        words.push("--tlsverify".to_owned());
        for (option, file) in [("--tlscacert", &tls.ca), ("--tlscert", &tls.certificate), ("--tlskey", &tls.key)] {
            words.extend([option.to_owned(), file.display().to_string()]);
        }
    }
    words.extend(["exec", "-it", container, "sh", "-c", SHELL].map(str::to_owned));
    words
}
