//! A real Docker engine: building an image. There is no registry, so it is built on one that is there.

use launch::docker::{ImageError, ImageName, own_image};

use super::Surroundings;

impl Surroundings {
    fn built(&self, name: &str) -> ImageName {
        ImageName::parse(&format!("launch-test-built-{name}:{}", self.mark)).unwrap()
    }
}

#[tokio::test]
async fn an_image_is_built_step_by_step_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let name = surroundings.built("well");
    let dockerfile = format!(
        "FROM {}\nARG OPENCODE_VERSION\nRUN echo one; echo \"version $OPENCODE_VERSION\"\nLABEL more=yes\n",
        surroundings.image
    );
    let mut build = surroundings.engine.build(&name, &dockerfile, "1.2.3").unwrap();
    let mut told = Vec::new();
    while let Some(progress) = build.next().await {
        let progress = progress.unwrap();
        if told.last() != Some(&progress) {
            told.push(progress);
        }
    }
    let steps: Vec<usize> = told.iter().map(|progress| progress.step).collect();
    assert!(steps.is_sorted() && told.iter().skip(1).all(|progress| progress.steps == told[1].steps), "{told:?}");
    assert!(
        told.iter().any(|progress| progress.instruction.starts_with("RUN ") && progress.line == "version 1.2.3"),
        "{told:?}"
    );
    let image = surroundings.engine.image(name.as_str()).await.unwrap().expect("it is there");
    assert_eq!((image.labels["org.opencode-portal.version"].as_str(), image.labels["more"].as_str()), ("1.2.3", "yes"));
    // Nothing was ever made of it.
    let names = surroundings.engine.images().await.unwrap();
    assert!(
        [name.as_str(), surroundings.image.as_str()].iter().all(|name| names.iter().any(|one| one == name)),
        "{names:?}"
    );
    surroundings.engine.remove_image(name.as_str()).await.unwrap();
    assert!(!surroundings.engine.images().await.unwrap().iter().any(|one| one == name.as_str()));
}

#[tokio::test]
async fn a_step_that_fails_is_told_with_its_output_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let name = surroundings.built("failing");
    let failing = |script: &str| format!("FROM {}\nRUN {script}\n", surroundings.image);
    let error = surroundings
        .engine
        .build(&name, &failing("echo first; echo E404 not found >&2; exit 9"), "1.2.3")
        .unwrap()
        .finish()
        .await
        .unwrap_err();
    let ImageError::Build { step, message, .. } = &error else { panic!("{error:?}") };
    assert!(step.starts_with("RUN echo first"), "{step}");
    assert!(["first\n", "E404 not found\n", "9"].iter().all(|words| message.contains(words)), "{message}");

    let full = failing("echo 'write /x: no space left on device' >&2; exit 1");
    let error = surroundings.engine.build(&name, &full, "1.2.3").unwrap().finish().await.unwrap_err();
    assert!(matches!(error, ImageError::NoSpace { .. }), "{error:?}");
    assert_eq!(surroundings.engine.image(name.as_str()).await.unwrap(), None);
}

#[tokio::test]
async fn a_build_that_is_dropped_ends_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let name = surroundings.built("dropped");
    let dockerfile = format!("FROM {}\nRUN echo {}; sleep 600\n", surroundings.image, surroundings.mark);
    let mark = format!("echo {}; sleep 600", surroundings.mark);
    let running = async || {
        let all = surroundings.engine.containers().await.unwrap();
        all.iter().any(|container| container.command.contains(&mark))
    };
    let mut build = surroundings.engine.build(&name, &dockerfile, "1.2.3").unwrap();
    loop {
        let progress = build.next().await.expect("it goes on").unwrap();
        if progress.line == surroundings.mark {
            break;
        }
    }
    assert!(running().await);
    drop(build);
    testkit::until("the step is ended and removed", crate::PATIENCE, async || !running().await).await;
    assert_eq!(surroundings.engine.image(name.as_str()).await.unwrap(), None);
}

/// Our own image needs registries, which tests do not have. An engine without them says so at the first step.
#[tokio::test]
async fn our_own_image_is_asked_for_at_its_base_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    assert_eq!(own_image("1.18.33").unwrap().as_str(), surroundings.image, "tests use the name of our own image");
    for version in ["", "1 2", "latest; rm -rf /", "1.2.3/x"] {
        assert!(surroundings.engine.build_own(version).is_err(), "{version}");
    }
    // A version that nobody has, so that nothing of the person's is replaced where there is a registry after all.
    let version = format!("0.0.0-{}", surroundings.mark);
    let error = surroundings.engine.build_own(&version).unwrap().finish().await.unwrap_err();
    let ImageError::Build { step, image, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*image, format!("opencode-portal:{version}"));
    assert!(step.starts_with("FROM ") || step.contains("opencode-ai@"), "{step}");
}

/// There is no registry for its bases here, so an image of the tests stands in for both; it says of itself that it has npm and apt.
#[tokio::test]
async fn our_own_image_has_opencode_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let (base, name) = (surroundings.built("base"), surroundings.built("own"));
    // Another one each time: the engine keeps the steps that were made from it.
    let stand_in = "#!/bin/sh\\necho asked for: $0 \"$@\"\\n";
    let dockerfile = format!(
        "FROM {}\nRUN : {}; for name in npm apt-get; do printf '{stand_in}' >/usr/local/bin/$name; chmod 755 /usr/local/bin/$name; done\n",
        surroundings.image, surroundings.mark
    );
    surroundings.engine.build(&base, &dockerfile, "0").unwrap().finish().await.unwrap();

    let own = include_str!("../../../src/docker/Dockerfile");
    let bases = ["node:22-bookworm-slim", "debian:bookworm-slim"];
    assert!(bases.iter().all(|base| own.contains(&format!("FROM {base}"))));
    let own = bases.iter().fold(own.to_owned(), |text, other| text.replace(other, base.as_str()));
    let mut build = surroundings.engine.build(&name, &own, launch::PINNED_VERSION).unwrap();
    let mut lines = Vec::new();
    while let Some(progress) = build.next().await {
        lines.push(progress.unwrap().line);
    }
    let asked = |words: &str| lines.iter().any(|line| line.starts_with("asked for: ") && line.contains(words));
    assert!(asked(&format!("opencode-ai@{}", launch::PINNED_VERSION)) && asked("ripgrep"), "{lines:?}");
    let checked = surroundings.engine.check_image(name.as_str()).await.unwrap();
    assert_eq!(checked.version, launch::PINNED_VERSION);
    assert_eq!(checked.image.labels["org.opencode-portal.version"], launch::PINNED_VERSION);
    assert_eq!(checked.image.entrypoint, ["opencode"]);
    for image in [&name, &base] {
        surroundings.engine.remove_image(image.as_str()).await.unwrap();
    }
}
