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

#[cfg(test)]
mod tests {
    use std::{path::Path, time::Duration};

    use bollard::{API_DEFAULT_VERSION, Docker};

    use super::*;
    use crate::docker::TlsFiles;

    #[test]
    fn the_words_name_the_engine() {
        let address = "tcp://other:2376".to_owned();
        let docker = Docker::connect_with_http(&address, 1, API_DEFAULT_VERSION).unwrap();
        let tls = Some(TlsFiles::in_folder(Path::new("/certs")));
        let engine = Engine { docker, address, tls, timeout: Duration::from_secs(1) };
        let words = |product| {
            let version = EngineVersion {
                product,
                version: String::new(),
                api: String::new(),
                is_rootless: false,
                has_selinux: false,
                os: String::new(),
                architecture: String::new(),
                is_virtual: false,
                machine: String::new(),
            };
            exec_command(&engine, &version, "abc").join(" ")
        };
        let certificates = "--tlsverify --tlscacert /certs/ca.pem --tlscert /certs/cert.pem --tlskey /certs/key.pem";
        assert_eq!(
            words(Product::Docker),
            format!("docker --host tcp://other:2376 {certificates} exec -it abc sh -c {SHELL}")
        );
        assert!(words(Product::Podman).starts_with("podman --remote --url tcp://other:2376 "));
    }
}
