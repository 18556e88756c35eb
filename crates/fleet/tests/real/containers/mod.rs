//! Instances in containers of a real engine, with the real opencode and the scripted model.

mod adoption;
mod behind;
mod door;
mod engines;
mod images;
mod journey;
mod limits;
mod one_request;
mod others;
mod output;
mod refusals;
mod relay;
mod removing;
#[cfg(target_os = "linux")]
mod restarted;
mod stand_in;
mod starting;

use std::sync::Arc;

use fleet::{AtQuit, DockerPlace, Instance, InstanceId, InstanceState, Place, Profile, Start};
use serde_json::Value;
use testkit::{DockerEngine, World, demo, opencode_image};

use crate::support::{Ground, folders};

/// A world with a fleet in it, an engine, and a scripted model that containers reach.
pub struct Boxes {
    pub ground: Ground,
    pub engine: DockerEngine,
    pub model: demo::Model,
}

impl Boxes {
    /// None after having said that the test is skipped.
    pub async fn new() -> Option<Self> {
        Some(Self::at(DockerEngine::find().await?).await)
    }

    /// With this engine.
    pub async fn at(engine: DockerEngine) -> Self {
        opencode_image(&engine).await;
        let model = demo::Model::serve_at((engine.gateway().await, 0).into()).await.unwrap();
        let ground = Ground::in_world(World::new()).await;
        Self { ground, engine, model }
    }

    /// Of an instance in a container of the tests' engine.
    pub fn place(&self) -> DockerPlace {
        DockerPlace { engine: Some(self.engine.address()), ..DockerPlace::default() }
    }

    /// Of an instance at the engine behind this address.
    pub fn profile_at(engine: String) -> Profile {
        let place = DockerPlace { engine: Some(engine), ..DockerPlace::default() };
        Profile { place: Place::Docker(place), ..Profile::default() }
    }

    pub fn profile(&self) -> Profile {
        Profile { place: Place::Docker(self.place()), ..Profile::default() }
    }

    pub fn start(&self, profile: Profile) -> Start {
        let environment = demo::instance_environment(&self.model.base_url());
        Start { environment, profile: Some(profile), ..self.ground.start() }
    }

    /// One with this profile that is ready.
    pub async fn ready_with(&self, profile: Profile) -> (InstanceId, Arc<Instance>) {
        let id = self.ground.fleet.start(self.start(profile)).await.unwrap();
        let instance = self.ready(&id).await;
        (id, instance)
    }

    pub async fn ready(&self, id: &InstanceId) -> Arc<Instance> {
        let is_settled =
            |instance: &Instance| matches!(instance.state, InstanceState::Ready | InstanceState::Crashed(_));
        let instance = self.ground.wait(id, is_settled).await;
        assert_eq!(instance.state, InstanceState::Ready);
        instance
    }

    /// What the engine says of an instance's container.
    pub async fn inspect(&self, instance: &Instance) -> Value {
        self.engine.inspect(&instance.container().unwrap().id).await
    }

    /// The containers that hosts of this world have made.
    pub async fn containers(&self) -> Vec<String> {
        self.engine.containers_with(&self.label()).await
    }

    fn label(&self) -> String {
        format!("org.opencode-portal.state={}", folders(&self.ground.world).state.display())
    }

    /// Everything is stopped and removed.
    pub async fn end(self) {
        let Self { ground, engine, .. } = self;
        let label = format!("org.opencode-portal.state={}", folders(&ground.world).state.display());
        ground.end().await;
        remove(&engine, &label).await;
    }
}

/// Removes what a test has left at the engine.
pub async fn remove(engine: &DockerEngine, label: &str) {
    for container in engine.containers_with(label).await {
        engine.remove(&container).await;
    }
    let filters = format!("%7B%22label%22%3A%5B%22{}%22%5D%7D", label.replace('=', "%3D").replace('/', "%2F"));
    let listed = engine.get(&format!("/volumes?filters={filters}")).await;
    for volume in listed["Volumes"].as_array().into_iter().flatten() {
        let name = volume["Name"].as_str().unwrap();
        engine.ask("DELETE", &format!("/volumes/{name}"), None).await.unwrap();
    }
}

/// What has the state folder of the world is removed though the test failed half-way.
pub struct Broom(pub DockerEngine, pub String);

impl Drop for Broom {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let (engine, label) = (self.0.clone(), self.1.clone());
        let swept = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(remove(&engine, &label));
        });
        let _failed = swept.join();
    }
}

impl Boxes {
    /// To be kept to the end of a test.
    pub fn broom(&self) -> Broom {
        Broom(self.engine.clone(), self.label())
    }

    /// Stops, and forgets.
    pub async fn stop(&self, id: &InstanceId) {
        self.ground.fleet.stop(id).await.unwrap();
        assert_eq!(self.ground.fleet.instance(id).unwrap().state, InstanceState::Stopped);
    }

    /// Closes the fleet and opens another one.
    pub async fn reopen(&mut self) {
        self.ground.fleet.clone().shut_down(AtQuit::Keep).await;
        self.ground.fleet = crate::support::open(&self.ground.world).await;
    }
}
