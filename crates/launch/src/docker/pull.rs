//! Pulling images from registries.

use std::{collections::BTreeMap, pin::Pin, time::Duration};

use bollard::{errors::Error, models::CreateImageInfo, query_parameters::CreateImageOptionsBuilder};
use futures_util::{Stream, StreamExt};

use super::{Engine, ImageError, ImageName, RegistryCredentials, engine::is_disk_full};
use crate::LaunchError;

/// An engine tells of a pull every second; after so much silence it hangs.
const SILENCE: Duration = Duration::from_mins(3);

/// How far a pull is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullProgress {
    /// Layers that are there.
    pub layers_done: usize,
    /// Layers that are known of.
    pub layers: usize,
    /// Bytes that have come.
    pub bytes_done: u64,
    /// Bytes that have been announced so far.
    pub bytes_total: u64,
    /// What is being done, for a person.
    pub text: String,
}

/// A pull under way. Dropping it ends the pull; the layers that are complete stay with the engine.
pub struct Pull {
    engine: Engine,
    image: ImageName,
    helper: Option<String>,
    stream: Pin<Box<dyn Stream<Item = Result<CreateImageInfo, Error>> + Send>>,
    layers: BTreeMap<String, Layer>,
    has_ended: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Layer {
    done: u64,
    total: u64,
    is_there: bool,
}

impl Engine {
    /// Begins to pull an image; nothing happens until the progress is asked for.
    pub fn pull(&self, image: &ImageName, credentials: &RegistryCredentials) -> Pull {
        let options =
            CreateImageOptionsBuilder::new().from_image(&image.without_reference()).tag(image.reference()).build();
        // The library encodes the login with `+` and `/`, engines read it with `-` and `_` and take anything else for no login.
        let docker = self.docker.clone().with_timeout(SILENCE).with_request_modifier(|mut request| {
            let login = request.headers().get("x-registry-auth").and_then(|value| value.to_str().ok());
            if let Some(Ok(login)) = login.map(|login| login.replace('+', "-").replace('/', "_").parse()) {
                request.headers_mut().insert("x-registry-auth", login);
            }
            request
        });
        let stream = docker.create_image(Some(options), None, credentials.for_engine(image.registry()));
        Pull {
            engine: self.clone(),
            image: image.clone(),
            helper: credentials.problem().map(str::to_owned),
            stream: Box::pin(stream),
            layers: BTreeMap::new(),
            has_ended: false,
        }
    }
}

impl Pull {
    /// The next progress; none when the image is there.
    pub async fn next(&mut self) -> Option<Result<PullProgress, ImageError>> {
        if self.has_ended {
            return None;
        }
        match tokio::time::timeout(SILENCE, self.stream.next()).await {
            Ok(Some(Ok(news))) => return Some(Ok(self.take(news))),
            Ok(Some(Err(error))) => {
                self.has_ended = true;
                return Some(Err(self.understood(error)));
            }
            Ok(None) => self.has_ended = true,
            Err(_) => {
                self.has_ended = true;
                return Some(Err(self.stalled()));
            }
        }
        // Only the image itself shows that the end was not the middle.
        match self.engine.image(self.image.as_str()).await {
            Ok(Some(_)) => None,
            Ok(None) => Some(Err(self.cut("the engine ended its answer without the image"))),
            Err(error) => Some(Err(error)),
        }
    }

    /// Pulls to the end, without looking at the progress.
    pub async fn finish(mut self) -> Result<(), ImageError> {
        while let Some(progress) = self.next().await {
            progress?;
        }
        Ok(())
    }

    fn take(&mut self, news: CreateImageInfo) -> PullProgress {
        let status = news.status.unwrap_or_default();
        if let Some(id) = news.id.filter(|_| is_of_layer(&status)) {
            let layer = self.layers.entry(id).or_default();
            let number = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
            if status == "Downloading"
                && let Some(detail) = news.progress_detail
            {
                layer.done = number(detail.current).unwrap_or(layer.done);
                layer.total = number(detail.total).unwrap_or(layer.total).max(layer.done);
            }
            let has_come = matches!(status.as_str(), "Download complete" | "Verifying Checksum" | "Extracting");
            layer.is_there = matches!(status.as_str(), "Pull complete" | "Already exists");
            if has_come || layer.is_there {
                layer.done = layer.total;
            }
        }
        let (layers_done, layers) = (self.layers.values().filter(|layer| layer.is_there).count(), self.layers.len());
        let text = match status.as_str() {
            status if layers > 0 && is_of_layer(status) => format!("{status} ({layers_done} of {layers} layers)"),
            status => status.to_owned(),
        };
        PullProgress {
            layers_done,
            layers,
            bytes_done: self.layers.values().map(|layer| layer.done).sum(),
            bytes_total: self.layers.values().map(|layer| layer.total).sum(),
            text,
        }
    }

    fn understood(&self, error: Error) -> ImageError {
        match self.engine.understood(error, SILENCE) {
            LaunchError::EngineRefused { status, message } => self.refused(status, message),
            LaunchError::EngineDiskFull { .. } => ImageError::NoSpace { image: self.image.to_string() },
            LaunchError::EngineTimeout { .. } => self.stalled(),
            LaunchError::EngineUnreachable { source, .. } => ImageError::Cut { image: self.image.to_string(), source },
            other => other.into(),
        }
    }

    /// What the engine means: it only has words for it.
    fn refused(&self, status: u16, message: String) -> ImageError {
        let (image, registry) = (self.image.to_string(), self.image.registry().to_owned());
        let helper = self.helper.clone();
        let lower = message.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|words| lower.contains(words));
        if is_disk_full(&message) {
            return ImageError::NoSpace { image };
        }
        if has(&["no matching manifest", "no image found in manifest list", "does not match the specified platform"]) {
            return ImageError::NoVariant { image, message };
        }
        if has(&["unauthorized", "no basic auth", "incorrect username or password", "authentication required"]) {
            return ImageError::Denied { registry, helper };
        }
        if status == 404 || has(&["manifest unknown", "not found", "pull access denied", "denied", "name unknown"]) {
            return ImageError::NotFound { image, registry, helper };
        }
        if has(&["unexpected eof", "connection reset", "broken pipe", "filesystem layer verification failed"])
            || lower.ends_with("eof") && !self.layers.is_empty()
        {
            return self.cut(&message);
        }
        if has(&["dial tcp", "no such host", "timeout", "tls", "x509", "http response to https", "eof", "proxyconnect"])
        {
            return ImageError::Registry { registry, message };
        }
        ImageError::Pull { image, message }
    }

    fn cut(&self, reason: &str) -> ImageError {
        ImageError::Cut { image: self.image.to_string(), source: reason.into() }
    }

    fn stalled(&self) -> ImageError {
        ImageError::Stalled { image: self.image.to_string(), seconds: SILENCE.as_secs() }
    }
}

/// Whether a line tells of one layer; the others name a tag where this one has its layer.
fn is_of_layer(status: &str) -> bool {
    matches!(
        status,
        "Pulling fs layer"
            | "Waiting"
            | "Downloading"
            | "Verifying Checksum"
            | "Download complete"
            | "Extracting"
            | "Pull complete"
            | "Already exists"
    ) || status.starts_with("Retrying")
}
