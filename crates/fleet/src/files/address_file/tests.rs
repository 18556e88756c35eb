//! The list of added addresses in a file of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use opencode_api::{BasePath, Scheme, Trust};
use serde_json::{Value, json};

use super::{AddressList, change, read};
use crate::discovery::Endpoint;
use crate::{InstanceId, Port};

fn at(port: u16) -> Endpoint {
    Endpoint::new("build.example", Port::new(port).unwrap())
}

fn add(path: &Path, id: &str, endpoint: &Endpoint, name: Option<&str>) -> String {
    let name = name.map(str::to_owned);
    change(path, 0, |list| list.add(InstanceId::from(id), endpoint, name, None)).unwrap().to_string()
}

#[test]
fn an_address_is_on_the_list_once_and_others_fields_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("addresses.json");
    assert_eq!(read(&path).unwrap(), AddressList::default());
    std::fs::write(&path, r#"{"version":1,"colour":"red"}"#).unwrap();
    assert_eq!(add(&path, "aaaaaaaa", &at(1), None), "aaaaaaaa");
    assert_eq!(add(&path, "bbbbbbbb", &at(1), Some("n")), "aaaaaaaa");
    change(&path, 0, |list| list.keep_account("me@build.example:1")).unwrap();
    let list = read(&path).unwrap();
    assert_eq!(list.addresses.len(), 1);
    assert_eq!((&list.addresses[0].endpoint, list.addresses[0].name.as_deref()), (&at(1), Some("n")));
    assert_eq!(list.users_at(&list.addresses[0].endpoint), ["me"]);
    assert!(std::fs::read_to_string(&path).unwrap().contains("colour"));
    let fresh = folder.path().join("fresh.json");
    add(&fresh, "cccccccc", &at(2), None);
    assert_eq!(fresh.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn hosts_that_add_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("addresses.json");
    std::thread::scope(|scope| {
        for port in 1..=6 {
            let path = &path;
            scope.spawn(move || add(path, &format!("id{port}"), &at(port), None));
        }
    });
    assert_eq!(read(&path).unwrap().addresses.len(), 6);
}

#[test]
fn nonsense_is_kept_aside_and_a_newer_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("addresses.json");
    std::fs::write(&path, "{").unwrap();
    change(&path, 7, |list| list.keep_account("me@build:1")).unwrap();
    assert_eq!(std::fs::read_to_string(folder.path().join("addresses.json.corrupt-7")).unwrap(), "{");
    std::fs::write(&path, r#"{"version":99}"#).unwrap();
    assert!(change(&path, 8, |list| list.keep_account("me@build:1")).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), r#"{"version":99}"#);
}

#[test]
fn what_is_trusted_is_kept_and_what_is_not_understood_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("addresses.json");
    let written = || serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()).unwrap();
    add(&path, "aaaaaaaa", &at(443), None);
    assert_eq!(written()["version"], 1, "nothing in it that an older Portal would misunderstand");
    let secure = at(443).behind(Scheme::Https, "build.example", BasePath::parse("/opencode").unwrap());
    add(&path, "bbbbbbbb", &secure, None);
    assert_eq!(written()["version"], 2, "an older one would send its password there unencrypted");
    let fingerprint = opencode_api::Fingerprint::of(b"certificate");
    for trust in [Trust::Pinned(fingerprint), Trust::Ca("/etc/ours.pem".into()), Trust::System] {
        assert!(change(&path, 0, |list| list.trust(&secure, trust.clone())).unwrap());
        let list = read(&path).unwrap();
        assert_eq!((&list.addresses[0].endpoint, &list.addresses[0].trust), (&at(443), &Trust::System));
        assert_eq!((&list.addresses[1].endpoint, &list.addresses[1].trust), (&secure, &trust));
    }
    assert!(!change(&path, 0, |list| list.trust(&at(1), Trust::System)).unwrap());

    let mut file = written();
    file["addresses"][1]["colour"] = json!("red");
    for strange in [
        json!({"id": "cccccccc", "host": "build", "port": 1, "scheme": "quic"}),
        json!({"id": "dddddddd", "host": "build", "port": 2, "scheme": "https", "certificate": "?"}),
        json!("build:1"),
    ] {
        file["addresses"].as_array_mut().unwrap().push(strange);
    }
    std::fs::write(&path, file.to_string()).unwrap();
    assert_eq!(read(&path).unwrap().addresses.len(), 2, "what it would be trusted with is not known");
    change(&path, 0, |list| list.keep_account("me@x")).unwrap();
    file["accounts"] = json!(["me@x"]);
    assert_eq!(written(), file);
}
