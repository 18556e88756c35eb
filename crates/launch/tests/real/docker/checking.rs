//! A real Docker engine: which images can be used.

use launch::docker::ImageError;

use super::Surroundings;

impl Surroundings {
    /// An image with something else in the place of opencode; nothing if the script is empty.
    pub(super) async fn image_with(&self, name: &str, opencode: &[u8]) -> String {
        let opencode = [("usr/local/bin/opencode", opencode)];
        self.image_of(name, if opencode[0].1.is_empty() { &[] } else { &opencode }).await
    }

    /// An image with a shell and these files.
    pub(super) async fn image_of(&self, name: &str, files: &[(&str, &[u8])]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("image.tar");
        for (name, content) in files {
            let path = folder.path().join("root").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        std::fs::create_dir_all(folder.path().join("root/bin")).unwrap();
        for file in programs() {
            let copy = folder.path().join("root").join(file.strip_prefix('/').unwrap());
            std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
            std::fs::copy(&file, copy).unwrap();
        }
        let tar = std::process::Command::new("tar")
            .args(["--mode=755", "-C"])
            .arg(folder.path().join("root"))
            .arg("-cf")
            .arg(&archive)
            .arg(".")
            .status();
        assert!(tar.unwrap().success());
        let name = format!("launch-test-{name}-{}", self.mark);
        let path = format!("/images/create?fromSrc=-&repo={name}&tag=latest");
        let (status, answer) = self.plain.ask("POST", &path, Some(&archive)).await.unwrap();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
        name
    }
}

/// The shell with the libraries that it needs.
fn programs() -> Vec<String> {
    let libraries = std::process::Command::new("ldd").arg("/bin/sh").output().unwrap().stdout;
    let libraries = String::from_utf8(libraries).unwrap();
    let files = libraries.split_whitespace().filter(|word| word.starts_with('/')).chain(["/bin/sh", "/bin/sleep"]);
    files.map(str::to_owned).collect()
}

/// A program for a processor that no engine of ours has.
fn foreign_program() -> Vec<u8> {
    let own = std::fs::read("/bin/sh").unwrap();
    let mut foreign = own[..4096].to_vec();
    // The field of the machine: 8 is MIPS.
    foreign[18] = 8;
    foreign[19] = 0;
    foreign
}

#[tokio::test]
async fn an_image_with_opencode_tells_its_version_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    let checked = engine.check_image(&surroundings.image).await.unwrap();
    assert_eq!(checked.version, launch::PINNED_VERSION);
    assert_eq!(checked.image.names.join(" "), surroundings.image);
    assert_eq!(checked.image.architecture, engine.version().await.unwrap().architecture);
    assert_eq!((checked.image.os.as_str(), checked.image.entrypoint.join(" ")), ("linux", "opencode".to_owned()));
    assert!(checked.image.size_bytes > 50 << 20, "{:?}", checked.image);
    let by_id = engine.check_image(&checked.image.id).await.unwrap();
    assert_eq!(by_id.image, checked.image);
    let left = surroundings.plain.containers_with(&format!("org.opencode-portal.check={}", surroundings.image)).await;
    let left_by_id =
        surroundings.plain.containers_with(&format!("org.opencode-portal.check={}", checked.image.id)).await;
    assert!(left_by_id.is_empty(), "what was tried out is removed: {left:?} {left_by_id:?}");
}

#[tokio::test]
async fn an_image_that_cannot_be_used_says_why_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let engine = &surroundings.engine;
    let bare = surroundings.image_with("bare", b"").await;
    let foreign = surroundings.image_with("foreign", &foreign_program()).await;
    let ends = surroundings.image_with("ends", b"#!/bin/sh\necho library missing >&2\nexit 41\n").await;
    let talks = surroundings.image_with("talks", b"#!/bin/sh\necho hello\n").await;

    let error = engine.check_image(&bare).await.unwrap_err();
    assert!(matches!(&error, ImageError::NoOpencode { image } if *image == bare), "{error:?}");
    let error = engine.check_image(&foreign).await.unwrap_err();
    let own = engine.version().await.unwrap().architecture;
    assert!(
        matches!(&error, ImageError::WrongArchitecture { engine_architecture, .. } if *engine_architecture == own),
        "{error:?}"
    );
    let error = engine.check_image(&ends).await.unwrap_err();
    assert!(matches!(&error, ImageError::Ended { code: 41, output, .. } if output == "library missing"), "{error:?}");
    let error = engine.check_image(&talks).await.unwrap_err();
    assert!(matches!(&error, ImageError::NoVersion { output, .. } if output == "hello"), "{error:?}");
    for image in [bare, foreign, ends, talks] {
        let left = surroundings.plain.containers_with(&format!("org.opencode-portal.check={image}")).await;
        assert!(left.is_empty(), "what was tried out is removed: {left:?}");
        engine.remove_image(&image).await.unwrap();
        engine.remove_image(&image).await.expect("removing twice is well");
        assert_eq!(engine.image(&image).await.unwrap(), None);
        assert!(matches!(engine.check_image(&image).await, Err(ImageError::Missing { .. })));
    }
    for name in ["no image", "../x", "a?b", ""] {
        assert!(matches!(engine.image(name).await, Err(ImageError::Name { .. })), "{name}");
    }
}

#[tokio::test]
async fn what_nobody_waits_for_any_longer_is_removed_needs_docker() {
    let Some(surroundings) = Surroundings::new().await else { return };
    let hangs = surroundings.image_with("hangs", b"#!/bin/sh\nexec sleep 600\n").await;
    let label = format!("org.opencode-portal.check={hangs}");
    let running = async {
        testkit::until("it is being tried out", crate::PATIENCE, async || {
            let tried = surroundings.plain.containers_with(&label).await;
            let Some(id) = tried.first() else { return false };
            // An engine lists a container a moment before it knows it by its id.
            if surroundings.engine.state(id).await.unwrap() != launch::docker::ContainerState::Running {
                return false;
            }
            let shown = surroundings.plain.inspect(id).await;
            assert_eq!(shown["HostConfig"]["LogConfig"]["Config"]["max-size"], "1m", "it may write without end");
            true
        })
        .await;
    };
    tokio::select! {
        checked = surroundings.engine.check_image(&hangs) => panic!("it ended: {checked:?}"),
        () = running => {}
    }
    testkit::until("it is removed", crate::PATIENCE, async || {
        surroundings.plain.containers_with(&label).await.is_empty()
    })
    .await;
    surroundings.engine.remove_image(&hangs).await.unwrap();
}
