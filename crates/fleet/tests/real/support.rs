//! A world with a fleet in it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fleet::{
    AtQuit, Discovery, Fleet, Folders, Forward, Instance, InstanceId, InstanceState, Method, Opencode, Options,
    RequestId, SessionId, Start,
};
use serde_json::{Value, json};
use testkit::{World, demo, eventually, no_process_left, opencode_binary};

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A world with a fleet in it, and a scripted model.
pub struct Ground {
    pub world: World,
    pub fleet: Fleet,
    pub model: demo::Model,
}

pub fn folders(world: &World) -> Folders {
    Folders {
        home: world.home(),
        config: world.config().join("opencode-portal"),
        data: world.data().join("opencode-portal"),
        state: world.state().join("opencode-portal"),
        pinned_opencode: None,
    }
}

/// Sets which opencode the world's fleet runs.
pub fn choose_binary(world: &World, binary: &Path) {
    let folder = folders(world).config;
    std::fs::create_dir_all(&folder).unwrap();
    let settings = json!({ "version": 1, "opencode_binary": binary });
    std::fs::write(folder.join("settings.json"), settings.to_string()).unwrap();
}

/// A fleet that knows its opencode.
pub async fn open(world: &World) -> Fleet {
    let fleet = Fleet::open(folders(world), Options { discovery: Discovery::Off, stays: true }).await.unwrap();
    eventually("opencode is looked for", PATIENCE, async || {
        (fleet.state().opencode != Opencode::Looking).then_some(())
    })
    .await;
    fleet
}

impl Ground {
    pub async fn new() -> Self {
        Self::in_world(World::new()).await
    }

    pub async fn in_world(world: World) -> Self {
        Self::with_binary(world, &opencode_binary()).await
    }

    pub async fn with_binary(world: World, binary: &Path) -> Self {
        choose_binary(&world, binary);
        let model = demo::Model::serve(0).await.unwrap();
        let fleet = open(&world).await;
        Self { world, fleet, model }
    }

    /// What to start in the world's project.
    pub fn start(&self) -> Start {
        self.start_in(self.world.project())
    }

    pub fn start_in(&self, directory: &Path) -> Start {
        let mut environment = self.world.environment();
        environment.extend(demo::instance_environment(&self.model.base_url()));
        Start {
            directory: directory.to_str().unwrap().to_owned(),
            name: None,
            environment,
            demo: None,
            profile: None,
            another: false,
        }
    }

    /// An instance that is ready and was read.
    pub async fn ready(&self) -> InstanceId {
        let id = self.fleet.start(self.start()).await.unwrap();
        self.wait(&id, |instance| instance.state == InstanceState::Ready).await;
        id
    }

    pub async fn wait(&self, id: &InstanceId, predicate: impl Fn(&Instance) -> bool) -> Arc<Instance> {
        match self.fleet.wait_until(id, PATIENCE, predicate).await {
            Ok(instance) => instance,
            Err(error) => panic!("{error}: {:#?}", self.fleet.instance(id)),
        }
    }

    pub async fn wait_for(&self, id: &InstanceId, state: &InstanceState) -> Arc<Instance> {
        self.wait(id, |instance| instance.state == *state).await
    }

    /// Calls the instance's own server.
    pub async fn call(&self, id: &InstanceId, method: Method, path: &str, body: Option<Value>) -> Value {
        let forward = Forward {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            directory: None,
            body: body.map(|body| body.to_string().into()),
        };
        let answer = self.fleet.forward(id, forward).await.unwrap();
        assert!(answer.status < 300, "{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
    }

    /// A new session, prompted.
    pub async fn prompt(&self, id: &InstanceId, text: &str) -> SessionId {
        let session = self.call(id, Method::Post, "/session", Some(json!({}))).await;
        let session = SessionId::from(session["id"].as_str().unwrap());
        let body = json!({ "parts": [{ "type": "text", "text": text }] });
        self.call(id, Method::Post, &format!("/session/{session}/prompt_async"), Some(body)).await;
        session
    }

    /// The request that waits, once there is one.
    pub async fn request(&self, id: &InstanceId) -> RequestId {
        let instance = self.wait(id, |instance| instance.waiting() > 0).await;
        instance.requests.keys().next().unwrap().clone()
    }

    /// Everything is stopped, and nothing is left.
    pub async fn end(self) {
        self.fleet.shut_down(AtQuit::Stop).await;
        no_process_left(&self.world).await;
    }
}
