//! Getting the image of a start: built or pulled if the engine does not have it, and tried once.

use std::time::Duration;

use launch::PINNED_VERSION;
use launch::docker::{Build, Engine, Image, ImageError, ImageName, Pull, RegistryCredentials, own_image};
use tokio::time::Instant;

use super::super::context::Context;
use super::versions_seen;
use crate::containers::GetImage;
use crate::event::{Event, RunId};
use crate::{DockerPlace, Failure, Step};

/// Progress is told so often at the most: nobody reads faster.
const TELL: Duration = Duration::from_millis(250);

/// An image that can be used.
#[derive(Clone, Debug)]
pub(super) struct Usable {
    /// Its id.
    pub(super) id: String,
    /// As the person named it.
    pub(super) name: String,
    /// The opencode in it.
    pub(super) version: String,
}

/// Gets the image that a profile names. Dropping this ends whatever is under way.
pub(super) async fn prepare(
    context: &Context,
    at: &RunId,
    engine: &Engine,
    place: &DockerPlace,
    how: GetImage,
) -> Result<Usable, Failure> {
    get(context, at, engine, place, how).await.map_err(|error| failed(&error))
}

async fn get(
    context: &Context,
    at: &RunId,
    engine: &Engine,
    place: &DockerPlace,
    how: GetImage,
) -> Result<Usable, ImageError> {
    let name = match &place.image {
        Some(image) => ImageName::parse(image)?,
        None => own_image(PINNED_VERSION)?,
    };
    let at_hand = match how {
        GetImage::IfMissing => engine.image(name.as_str()).await?,
        GetImage::Again => None,
    };
    let image = match at_hand {
        Some(image) => image,
        None => fetch(context, at, engine, place, (&name, how)).await?,
    };
    let state = context.folders.state.clone();
    let id = image.id.clone();
    let known = tokio::task::spawn_blocking(move || versions_seen::version_of(&state, &id)).await.ok().flatten();
    let version = if let Some(version) = known {
        version
    } else {
        tell(context, at, format!("Trying the image {name}"));
        let checked = engine.check_image(name.as_str()).await?;
        let (state, id, version) = (context.folders.state.clone(), image.id.clone(), checked.version.clone());
        let _kept = tokio::task::spawn_blocking(move || versions_seen::remember(&state, &id, &version)).await;
        checked.version
    };
    Ok(Usable { id: image.id, name: name.to_string(), version })
}

async fn fetch(
    context: &Context,
    at: &RunId,
    engine: &Engine,
    place: &DockerPlace,
    (name, how): (&ImageName, GetImage),
) -> Result<Image, ImageError> {
    if place.image.is_none() {
        let build_of_ours = match how {
            GetImage::IfMissing => {
                tell(context, at, format!("Building the image {name}, once for this version of opencode"));
                engine.build_own(PINNED_VERSION)?
            }
            GetImage::Again => {
                tell(context, at, format!("Building the image {name} anew"));
                engine.build_own_anew(PINNED_VERSION)?
            }
        };
        build(context, at, build_of_ours).await?;
    } else {
        tell(context, at, format!("Pulling the image {name}"));
        let environment = context.shell.environment().await;
        let credentials = RegistryCredentials::find(name, &environment, &context.folders.home).await;
        pull(context, at, name, engine.pull(name, &credentials)).await?;
    }
    let missing = || ImageError::Missing { image: name.to_string() };
    engine.image(name.as_str()).await?.ok_or_else(missing)
}

async fn build(context: &Context, at: &RunId, mut build: Build) -> Result<(), ImageError> {
    let mut pace = Pace::default();
    while let Some(progress) = build.next().await {
        let progress = progress?;
        if pace.is_due() && progress.steps > 0 {
            let what = if progress.line.is_empty() { &progress.instruction } else { &progress.line };
            tell(
                context,
                at,
                format!("Building the image, step {} of {}: {}", progress.step, progress.steps, short(what)),
            );
        }
    }
    Ok(())
}

async fn pull(context: &Context, at: &RunId, name: &ImageName, mut pull: Pull) -> Result<(), ImageError> {
    const MIB: u64 = 1 << 20;
    let mut pace = Pace::default();
    while let Some(progress) = pull.next().await {
        let progress = progress?;
        if pace.is_due() {
            let size = match progress.bytes_total / MIB {
                0 => String::new(),
                total => format!(", {} of {total} MiB", progress.bytes_done / MIB),
            };
            tell(context, at, format!("Pulling {name}: {} of {} layers{size}", progress.layers_done, progress.layers));
        }
    }
    Ok(())
}

fn tell(context: &Context, at: &RunId, progress: String) {
    context.report(Event::Stepped { at: at.clone(), step: Step::PreparingImage { progress } });
}

fn short(text: &str) -> String {
    const LONGEST: usize = 100;
    text.chars().take(LONGEST).collect()
}

#[derive(Default)]
struct Pace {
    told: Option<Instant>,
}

impl Pace {
    fn is_due(&mut self) -> bool {
        let is_due = self.told.is_none_or(|told| told.elapsed() >= TELL);
        if is_due {
            self.told = Some(Instant::now());
        }
        is_due
    }
}

/// Why there is no image, with what to do about it.
fn failed(error: &ImageError) -> Failure {
    if let ImageError::Engine(error) = error {
        return super::failed(error);
    }
    let cause =
        std::error::Error::source(error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
    let hint = match error {
        ImageError::NoSpace { .. } => "Make room where the engine keeps its images, then start again",
        ImageError::Cut { .. } | ImageError::Stalled { .. } | ImageError::Registry { .. } => {
            "Check the network, then start again: what is there already is kept"
        }
        ImageError::Build { .. } => {
            "Start again when the cause is gone, or choose an image in the profile that has opencode already"
        }
        _ => "Choose another image in the profile, or none for ours",
    };
    Failure { cause, hint: Some(hint.to_owned()), last_lines: Vec::new() }
}
