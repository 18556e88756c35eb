//! The tour: a sample project, the built-in scripted model, and the real opencode between them.
//!
//! Nothing of it mixes with the person's own: opencode gets folders of its own, and its configuration comes in its environment.
//! The model lives in this process, on the port that the instance's configuration names. So whoever adopts the instance serves the model again.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use demo::Model;
use fleet::{Fleet, FleetError, Instance, InstanceId, Port, Start};
use tokio::sync::Mutex;

use crate::convert::{internal, path_text};
use crate::{Code, Failure};

/// What the person calls the tour's instance.
const NAME: &str = "Tour";
/// How often a missing model is looked for: another host may have served it and ended.
const CHECK_EVERY: Duration = Duration::from_secs(2);

/// The tour of this process.
#[derive(Clone, Default)]
pub(crate) struct Tour {
    /// The model, while this process serves it.
    model: Arc<Mutex<Option<Model>>>,
}

impl Tour {
    /// Starts the tour, or gives the one that runs.
    pub(crate) async fn start(&self, fleet: &Fleet) -> Result<InstanceId, Failure> {
        let folder = fleet.folders().data.join("tour");
        let project = folder.join("project");
        let mut model = self.model.lock().await;
        if let Some(running) = running(fleet) {
            return Ok(running.id.clone());
        }
        let (made, at) = (project.clone(), project.clone());
        tokio::task::spawn_blocking(move || demo::tour_project(&made))
            .await
            .map_err(io::Error::other)
            .flatten()
            .map_err(|error| not_written(&at, &error))?;
        let served = match model.take() {
            Some(model) => model,
            None => serve(0).await?,
        };
        let port = Port::new(served.port()).expect("a bound port is not 0");
        let start = Start {
            directory: path_text(&project),
            name: Some(NAME.to_owned()),
            environment: environment(&folder, &served.base_url()),
            demo: Some(port),
            profile: None,
            another: false,
        };
        *model = Some(served);
        Ok(fleet.start(start).await?)
    }

    /// Stops the tour's instance and starts it again; its environment must be given anew.
    pub(crate) async fn restart(&self, fleet: &Fleet, id: &InstanceId) -> Result<(), Failure> {
        match fleet.stop(id).await {
            Ok(()) | Err(FleetError::NotNow { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.start(fleet).await.map(drop)
    }

    /// Serves the model of a tour that runs without one: adopted, or left by another host. Ends with the process.
    pub(crate) async fn keep_served(self, fleet: Fleet) {
        loop {
            if let Some(port) = running(&fleet).and_then(|instance| instance.demo) {
                let mut model = self.model.lock().await;
                let is_served = model.as_ref().is_some_and(|model| model.port() == port.get());
                if !is_served {
                    match Model::serve(port.get()).await {
                        Ok(served) => *model = Some(served),
                        // As a rule another host serves it.
                        Err(error) => tracing::debug!(%port, %error, "the tour's model is not served from here"),
                    }
                }
            }
            tokio::time::sleep(CHECK_EVERY).await;
        }
    }
}

/// The tour's instance, if it runs.
fn running(fleet: &Fleet) -> Option<Arc<Instance>> {
    let state = fleet.state();
    state.instances.values().find(|instance| instance.demo.is_some() && instance.state.is_live()).cloned()
}

async fn serve(port: u16) -> Result<Model, Failure> {
    Model::serve(port).await.map_err(|error| internal("The demo model could not be served", &error))
}

/// The variables that keep the tour apart from everything of the person's.
fn environment(folder: &Path, base_url: &str) -> Vec<(String, String)> {
    let mut variables = demo::instance_environment(base_url);
    for (name, part) in [
        ("XDG_DATA_HOME", "share"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
    ] {
        variables.push((name.to_owned(), path_text(&folder.join(part))));
    }
    variables
}

fn not_written(folder: &Path, error: &io::Error) -> Failure {
    Failure {
        code: Code::Unavailable,
        message: format!("Could not write the sample project `{}`", folder.display()),
        hint: Some("Check that the disk is not full and that the folder is yours".to_owned()),
        detail: Some(error.to_string()),
    }
}
