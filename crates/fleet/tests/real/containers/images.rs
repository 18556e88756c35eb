//! Images from a registry: got, given up in the middle, and got again.

use fleet::{DockerPlace, FleetError, InstanceState, Method, Place, Profile, Step};
use testkit::{ImageRegistry, opencode_layer};

use super::Boxes;
use crate::support::PATIENCE;

impl Boxes {
    /// The engine's kind of processor, as registries call it.
    pub async fn architecture(&self) -> String {
        self.engine.get("/version").await["Arch"].as_str().unwrap().to_owned()
    }

    /// A profile with the image of a registry.
    pub fn profile_of(&self, registry: &ImageRegistry) -> Profile {
        let place = DockerPlace { image: Some(registry.image()), ..self.place() };
        Profile { place: Place::Docker(place), ..Profile::default() }
    }

    pub async fn has_image(&self, image: &str) -> bool {
        let (status, _) = self.engine.ask("GET", &format!("/images/{image}/json"), None).await.unwrap();
        status == 200
    }

    pub async fn remove_image(&self, image: &str) {
        let (status, answer) = self.engine.ask("DELETE", &format!("/images/{image}?force=true"), None).await.unwrap();
        assert!(matches!(status, 200 | 404), "{image}: {}", String::from_utf8_lossy(&answer));
    }
}

/// Whether a layer is on its way.
fn is_pulled(state: &InstanceState) -> bool {
    matches!(state, InstanceState::Starting { step: Step::PreparingImage { progress }, .. }
        if progress.starts_with("Pulling ") && progress.contains(" layers"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_during_a_pull_ends_it_and_leaves_nothing() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let registry = ImageRegistry::serve(&boxes.architecture().await, None).await;
    registry.hold(true);
    let fleet = &boxes.ground.fleet;
    let id = fleet.start(boxes.start(boxes.profile_of(&registry))).await.unwrap();
    boxes.ground.wait(&id, |instance| is_pulled(&instance.state)).await;
    tokio::time::timeout(PATIENCE, fleet.stop(&id)).await.unwrap().unwrap();
    assert_eq!(fleet.instance(&id).unwrap().state, InstanceState::Stopped);
    registry.hold(false);
    assert!(boxes.containers().await.is_empty() && !boxes.has_image(&registry.image()).await);
    fleet.remove_with_data(&id).await.unwrap();
    boxes.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_got_again_makes_the_container_anew_and_keeps_its_sessions() {
    let Some(boxes) = Boxes::new().await else { return };
    let _broom = boxes.broom();
    let fleet = &boxes.ground.fleet;
    let opencode = opencode_layer().await;
    let layers = vec![opencode.clone(), ImageRegistry::layer(&[("first", b"")])];
    let registry = ImageRegistry::of_layers(&boxes.architecture().await, layers).await;
    let (id, first) = boxes.ready_with(boxes.profile_of(&registry)).await;
    let (container, volume) = first.container().map(|one| (one.id.clone(), one.volume.clone())).unwrap();
    let session = boxes.ground.call(&id, Method::Post, "/session", Some(serde_json::json!({}))).await;
    let session = session["id"].as_str().unwrap().to_owned();
    let image = boxes.inspect(&first).await["Image"].as_str().unwrap().to_owned();
    // Nothing that works is ended for it.
    let error = fleet.get_image_again(&id).await.unwrap_err();
    assert!(matches!(&error, FleetError::NotNow { .. }), "{error}");
    assert!(matches!(
        fleet.start_with_image_again(boxes.start(boxes.profile_of(&registry))).await,
        Err(FleetError::NotNow { .. })
    ));
    boxes.stop(&id).await;

    // There is none that is newer: it is the same container.
    fleet.get_image_again(&id).await.unwrap();
    let same = boxes.ready(&id).await;
    assert_eq!(same.container().unwrap().id, container);
    boxes.stop(&id).await;

    // There is one, and a usual start does not ask for it.
    registry.renew(vec![opencode, ImageRegistry::layer(&[("second", &vec![b'x'; 4 << 20])])]);
    fleet.restart(&id).await.unwrap();
    let same = boxes.ready(&id).await;
    assert_eq!(same.container().unwrap().id, container);
    boxes.stop(&id).await;

    // Given up in the middle: it is as before.
    registry.hold(true);
    fleet.get_image_again(&id).await.unwrap();
    boxes.ground.wait(&id, |instance| is_pulled(&instance.state)).await;
    boxes.stop(&id).await;
    assert_eq!(boxes.containers().await, std::slice::from_ref(&container));
    registry.hold(false);

    let again = fleet.start_with_image_again(boxes.start(boxes.profile_of(&registry))).await.unwrap();
    assert_eq!(again, id);
    let anew = boxes.ready(&id).await;
    let now = anew.container().unwrap();
    assert!(now.id != container && now.volume == volume, "{now:?}");
    let renewed = boxes.inspect(&anew).await["Image"].as_str().unwrap().to_owned();
    assert_ne!(renewed, image);
    assert_eq!(boxes.containers().await, std::slice::from_ref(&now.id));
    let sessions = boxes.ground.call(&id, Method::Get, "/session", None).await;
    assert!(sessions.to_string().contains(&session), "{sessions}");

    boxes.stop(&id).await;
    fleet.remove_with_data(&id).await.unwrap();
    for one in [&registry.image(), &image, &renewed] {
        boxes.remove_image(one).await;
    }
    boxes.end().await;
}
