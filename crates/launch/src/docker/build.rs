//! Building images: our own one, which has the version of opencode that we want.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use bollard::{body_full, errors::Error, models::BuildInfo, query_parameters::BuildImageOptionsBuilder};
use futures_util::StreamExt;
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    Engine, ImageError, ImageName,
    archive::{Archive, Owned},
    engine::is_disk_full,
};
use crate::LaunchError;

/// The name of our own image; its tag is the version of opencode in it.
pub const OWN_IMAGE: &str = "opencode-portal";
/// The label that tells the version of opencode in an image of ours.
const VERSION_LABEL: &str = "org.opencode-portal.version";
/// How our own image is made.
const DOCKERFILE: &str = include_str!("Dockerfile");
/// A step may be silent for long: it fetches packages.
const SILENCE: Duration = Duration::from_mins(15);
/// So many lines of a failed step are told.
const TOLD: usize = 12;

/// How far a build is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildProgress {
    /// The step that is being carried out, from 1 on.
    pub step: usize,
    /// How many there are.
    pub steps: usize,
    /// The instruction of that step.
    pub instruction: String,
    /// The last line that it wrote.
    pub line: String,
}

/// A build under way. Dropping it ends the build; the steps that are complete stay with the engine.
pub struct Build {
    engine: Engine,
    image: String,
    news: mpsc::Receiver<Result<BuildInfo, Error>>,
    task: JoinHandle<()>,
    progress: BuildProgress,
    last: VecDeque<String>,
    rest: String,
    has_ended: bool,
}

/// What a build does with the steps and bases that the engine has of an earlier one.
#[derive(Debug, Clone, Copy)]
enum Steps {
    /// They are taken.
    Kept,
    /// They are made again.
    Anew,
}

/// The name of our own image with that version of opencode.
pub fn own_image(version: &str) -> Result<ImageName, ImageError> {
    let name = format!("{OWN_IMAGE}:{version}");
    // With a slash it would be another name: a registry's.
    if version.contains('/') {
        return Err(ImageError::Name { name });
    }
    ImageName::parse(&name)
}

impl Engine {
    /// Begins to build our own image with that version of opencode.
    pub fn build_own(&self, version: &str) -> Result<Build, ImageError> {
        self.build(&own_image(version)?, DOCKERFILE, version)
    }

    /// The same from the beginning, with what its bases are today: nothing of an earlier build is taken.
    pub fn build_own_anew(&self, version: &str) -> Result<Build, ImageError> {
        Ok(self.build_with(&own_image(version)?, DOCKERFILE, version, Steps::Anew))
    }

    /// Begins to build an image with opencode from the text of a Dockerfile, which gets `OPENCODE_VERSION` as an argument.
    pub fn build(&self, image: &ImageName, dockerfile: &str, version: &str) -> Result<Build, ImageError> {
        Ok(self.build_with(image, dockerfile, version, Steps::Kept))
    }

    fn build_with(&self, image: &ImageName, dockerfile: &str, version: &str, steps: Steps) -> Build {
        let owned = Owned { uid: 0, gid: 0, mode: 0o644 };
        let mut context = Archive::new();
        let context = context.file("Dockerfile", owned, dockerfile.as_bytes()).and_then(|()| context.finish());
        let context = context.expect("memory takes every archive, and the name is a plain one");
        let options = BuildImageOptionsBuilder::new()
            .dockerfile("Dockerfile")
            .t(image.as_str())
            .rm(true)
            .forcerm(true)
            .buildargs(&HashMap::from([("OPENCODE_VERSION", version)]))
            .labels(&HashMap::from([(VERSION_LABEL, version)]));
        let options = match steps {
            Steps::Kept => options.build(),
            Steps::Anew => options.nocache(true).pull("1").build(),
        };
        let docker = self.docker.clone().with_timeout(SILENCE);
        let (send, news) = mpsc::channel(1);
        // The library's stream borrows its client, so a task has both. The engine ends the build when the connection ends.
        let task = tokio::spawn(async move {
            let mut stream = Box::pin(docker.build_image(options, None, Some(body_full(context.into()))));
            while let Some(news) = stream.next().await {
                if send.send(news).await.is_err() {
                    break;
                }
            }
        });
        Build {
            engine: self.clone(),
            image: image.to_string(),
            news,
            task,
            progress: BuildProgress::default(),
            last: VecDeque::new(),
            rest: String::new(),
            has_ended: false,
        }
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Build {
    /// The next progress; none when the image is there.
    pub async fn next(&mut self) -> Option<Result<BuildProgress, ImageError>> {
        if self.has_ended {
            return None;
        }
        let failed = match tokio::time::timeout(SILENCE, self.news.recv()).await {
            Ok(Some(Ok(news))) => {
                self.take(news.stream.as_deref().or(news.status.as_deref()).unwrap_or_default());
                return Some(Ok(self.progress.clone()));
            }
            Ok(Some(Err(error))) => Some(self.understood(error)),
            Ok(None) => None,
            Err(_) => Some(self.stalled()),
        };
        self.has_ended = true;
        if let Some(failed) = failed {
            return Some(Err(failed));
        }
        match self.engine.image(&self.image).await {
            Ok(Some(_)) => None,
            Ok(None) => Some(Err(ImageError::Cut {
                image: self.image.clone(),
                source: "the engine ended its answer without the image".into(),
            })),
            Err(error) => Some(Err(error)),
        }
    }

    /// Builds to the end, without looking at the progress.
    pub async fn finish(mut self) -> Result<(), ImageError> {
        while let Some(progress) = self.next().await {
            progress?;
        }
        Ok(())
    }

    fn take(&mut self, text: &str) {
        self.rest.push_str(text);
        while let Some(end) = self.rest.find(['\n', '\r']) {
            let line: String = self.rest.drain(..=end).collect();
            let line = plain(&line);
            let line = line.trim();
            // What the engine says of its own containers and layers helps nobody.
            if line.is_empty() || line.starts_with("--->") || line.starts_with("Removing intermediate container") {
                continue;
            }
            if let Some((step, steps, instruction)) = step(line) {
                self.progress = BuildProgress { step, steps, instruction, line: String::new() };
                self.last.clear();
                continue;
            }
            line.clone_into(&mut self.progress.line);
            self.last.push_back(line.to_owned());
            if self.last.len() > TOLD {
                self.last.pop_front();
            }
        }
    }

    fn understood(&self, error: Error) -> ImageError {
        let image = self.image.clone();
        match self.engine.understood(error, SILENCE) {
            LaunchError::EngineRefused { message, .. } => {
                let said = self.last.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
                if is_disk_full(&message) || is_disk_full(&said) {
                    return ImageError::NoSpace { image };
                }
                let message = if said.is_empty() { message } else { format!("{said}\n{message}") };
                ImageError::Build { image, step: self.progress.instruction.clone(), message }
            }
            LaunchError::EngineDiskFull { .. } => ImageError::NoSpace { image },
            LaunchError::EngineTimeout { .. } => self.stalled(),
            LaunchError::EngineUnreachable { source, .. } => ImageError::Cut { image, source },
            other => other.into(),
        }
    }

    fn stalled(&self) -> ImageError {
        ImageError::Stalled { image: self.image.clone(), seconds: SILENCE.as_secs() }
    }
}

/// A line without the colours that engines give to errors.
fn plain(line: &str) -> String {
    let mut rest = line;
    let mut plain = String::with_capacity(line.len());
    while let Some(start) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..start]);
        let code = &rest[start + 2..];
        rest = code.find(|letter: char| letter.is_ascii_alphabetic()).map_or("", |end| &code[end + 1..]);
    }
    plain + rest
}

/// `Step 2/7 : RUN npm install` of Docker, `STEP 2/7: RUN npm install` of Podman.
fn step(line: &str) -> Option<(usize, usize, String)> {
    let rest = line.strip_prefix("Step ").or_else(|| line.strip_prefix("STEP "))?;
    let (numbers, instruction) = rest.split_once(':')?;
    let (step, steps) = numbers.trim().split_once('/')?;
    Some((step.parse().ok()?, steps.parse().ok()?, instruction.trim().to_owned()))
}
