//! A real Docker engine and a registry of our own: pulling images.

use std::{ffi::OsString, fs, path::Path};

use launch::{
    Environment,
    docker::{Engine, ImageError, ImageName, PullProgress, RegistryCredentials},
};
use testkit::{ImageRegistry, World};

use super::{Surroundings, relay::Relay};
use crate::PATIENCE;

/// `person:` and a password whose encoding has the letters that engines and our library write differently.
const LOGIN: &str = "Basic cGVyc29uOsO/w7/Dv8O/Pj4+Pz8/fn5+w7/Dvw==";
const PASSWORD: &str = "ÿÿÿÿ>>>???~~~ÿÿ";

async fn native(surroundings: &Surroundings) -> String {
    surroundings.engine.version().await.unwrap().architecture
}

fn name_of(registry: &ImageRegistry) -> ImageName {
    ImageName::parse(&registry.image()).unwrap()
}

async fn credentials(image: &ImageName, world: &World, config: &serde_json::Value) -> RegistryCredentials {
    fs::create_dir_all(world.home().join(".docker")).unwrap();
    fs::write(world.home().join(".docker/config.json"), config.to_string()).unwrap();
    let path: OsString = format!("{}:/usr/bin:/bin", world.root().join("bin").display()).into();
    let environment: Environment = [(OsString::from("PATH"), path)].into_iter().collect();
    RegistryCredentials::find(image, &environment, &world.home()).await
}

#[tokio::test]
async fn a_pull_tells_how_far_it_is_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let registry = ImageRegistry::serve(&native(&surroundings).await, None).await;
    registry.hold(true);
    let image = name_of(&registry);
    let mut pull = surroundings.engine.pull(&image, &RegistryCredentials::none());
    let half = async {
        loop {
            let progress = pull.next().await.expect("it goes on").unwrap();
            // An engine tells of a burst once: how much of the first half it was is chance.
            if progress.bytes_done > 0 {
                return progress;
            }
        }
    };
    let half = tokio::time::timeout(PATIENCE, half).await.expect("a part of it comes");
    assert!(half.bytes_done < half.bytes_total && half.bytes_total > 8 << 20, "{half:?}");
    assert_eq!((half.layers_done, half.layers), (0, 1), "{half:?}");
    assert!(half.text.starts_with("Downloading"), "{half:?}");
    registry.hold(false);
    let mut last = PullProgress::default();
    let mut complete = PullProgress::default();
    while let Some(progress) = pull.next().await {
        last = progress.unwrap();
        if last.layers_done == 1 {
            complete = last.clone();
        }
    }
    assert_eq!((complete.bytes_done, complete.layers), (half.bytes_total, 1), "{complete:?}");
    assert!(last.text.starts_with("Status: "), "{last:?}");
    let there = surroundings.engine.image(image.as_str()).await.unwrap().expect("it is there");
    assert_eq!(there.entrypoint, ["opencode"]);
    surroundings.engine.remove_image(image.as_str()).await.unwrap();
}

#[tokio::test]
async fn a_pull_that_is_dropped_ends_and_one_that_is_cut_says_so_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let registry = ImageRegistry::serve(&native(&surroundings).await, None).await;
    registry.hold(true);
    let image = name_of(&registry);
    let begun = async |pull: &mut launch::docker::Pull| {
        while pull.next().await.expect("it goes on").unwrap().bytes_done == 0 {}
    };
    let mut pull = surroundings.engine.pull(&image, &RegistryCredentials::none());
    tokio::time::timeout(PATIENCE, begun(&mut pull)).await.expect("it begins");
    drop(pull);

    let relay = Relay::to(surroundings.plain.socket());
    let engine = Engine::connect(&relay.address(), PATIENCE).await.unwrap();
    let mut pull = engine.pull(&image, &RegistryCredentials::none());
    tokio::time::timeout(PATIENCE, begun(&mut pull)).await.expect("it begins again");
    relay.cut();
    let end = async {
        loop {
            match pull.next().await {
                Some(Ok(_)) => {}
                end => return end,
            }
        }
    };
    let end = tokio::time::timeout(PATIENCE, end).await.expect("it ends");
    assert!(matches!(&end, Some(Err(ImageError::Cut { image: cut, .. })) if *cut == image.as_str()), "{end:?}");
    assert!(pull.next().await.is_none());
    registry.hold(false);
    assert_eq!(surroundings.engine.image(image.as_str()).await.unwrap(), None);
}

#[tokio::test]
async fn a_registry_gets_the_persons_login_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let registry = ImageRegistry::serve(&native(&surroundings).await, Some(LOGIN.to_owned())).await;
    let (image, host, world) = (name_of(&registry), registry.host(), World::new());
    let pulled = async |login: &RegistryCredentials| {
        let pulled = surroundings.engine.pull(&image, login).finish().await;
        surroundings.engine.remove_image(image.as_str()).await.unwrap();
        pulled
    };
    let encoded = LOGIN.strip_prefix("Basic ").unwrap();
    let error = pulled(&RegistryCredentials::none()).await.unwrap_err();
    assert!(matches!(&error, ImageError::Denied { registry, helper: None } if *registry == host), "{error:?}");

    let stored = serde_json::json!({ "auths": { host.as_str(): { "auth": encoded } } });
    let login = credentials(&image, &world, &stored).await;
    assert!(login.is_some() && !format!("{login:?}").contains("ÿ"), "{login:?}");
    pulled(&login).await.expect("with what Docker itself has stored");

    testkit::shell_script(
        &world.root().join("bin/docker-credential-vault"),
        &format!(
            r#"[ "$1" = get ] && [ "$(cat)" = "{host}" ] && echo '{{"ServerURL":"{host}","Username":"person","Secret":"{PASSWORD}"}}'"#
        ),
    );
    for config in
        [serde_json::json!({ "credHelpers": { host.as_str(): "vault" } }), serde_json::json!({ "credsStore": "vault" })]
    {
        let login = credentials(&image, &world, &config).await;
        pulled(&login).await.expect("with what a helper has");
    }
    assert_eq!(registry.refused(), [""; 0], "nothing but the right login was ever sent");

    let wrong = serde_json::json!({ "auths": { host.as_str(): { "username": "person", "password": "wrong" } } });
    let error = pulled(&credentials(&image, &world, &wrong).await).await.unwrap_err();
    assert!(matches!(error, ImageError::Denied { .. }), "{error:?}");

    testkit::shell_script(&world.root().join("bin/docker-credential-broken"), "echo the vault is locked; exit 1");
    for (helper, words) in [("broken", "the vault is locked"), ("missing", "not in the PATH")] {
        let login = credentials(&image, &world, &serde_json::json!({ "credsStore": helper })).await;
        let error = pulled(&login).await.unwrap_err();
        assert!(error.to_string().contains(words) && error.to_string().contains("docker login"), "{error}");
    }
    testkit::shell_script(
        &world.root().join("bin/docker-credential-empty"),
        "echo credentials not found in native keychain; exit 1",
    );
    let login = credentials(&image, &world, &serde_json::json!({ "credsStore": "empty" })).await;
    assert_eq!(login, RegistryCredentials::none());
    fs::write(world.home().join(".docker/config.json"), "{").unwrap();
    let login = RegistryCredentials::find(&image, &Environment::default(), &world.home()).await;
    assert!(!login.is_some() && login.problem().is_some(), "{login:?}");
    let nowhere = RegistryCredentials::find(&image, &Environment::default(), Path::new("/nowhere")).await;
    assert_eq!(nowhere, RegistryCredentials::none());
}

#[tokio::test]
async fn what_a_registry_does_not_have_is_named_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let registry = ImageRegistry::serve(&native(&surroundings).await, None).await;
    let pull = async |name: &str| {
        let name = ImageName::parse(name).unwrap();
        surroundings.engine.pull(&name, &RegistryCredentials::none()).finish().await.unwrap_err()
    };
    let host = registry.host();
    for name in [format!("{host}/team/opencode:2"), format!("{host}/other")] {
        let error = pull(&name).await;
        assert!(matches!(&error, ImageError::NotFound { image, .. } if *image == name), "{error:?}");
    }
    drop(registry);
    let error = pull(&format!("{host}/team/opencode:1")).await;
    assert!(matches!(&error, ImageError::Registry { registry, .. } if *registry == host), "{error:?}");
}
