//! What can go wrong with images.

use thiserror::Error;

use crate::LaunchError;

/// A failure with an image.
#[derive(Debug, Error)]
pub enum ImageError {
    /// The engine itself failed.
    #[error(transparent)]
    Engine(#[from] LaunchError),
    /// No engine takes that name.
    #[error("`{name}` is no name of an image, which looks like `registry.example/name:tag`")]
    Name {
        /// The name.
        name: String,
    },
    /// The engine does not have it.
    #[error("The image `{image}` is not there: it has to be pulled or built first")]
    Missing {
        /// The image.
        image: String,
    },
    /// The registry does not have it, or not for us.
    #[error("The registry has no image `{image}`, or does not show it without a login: check its name, or `docker login {registry}`{}", .helper.as_ref().map(|reason| format!(" (the stored login could not be read: {reason})")).unwrap_or_default())]
    NotFound {
        /// The image.
        image: String,
        /// Its registry.
        registry: String,
        /// Why the person's login could not be read, if it could not.
        helper: Option<String>,
    },
    /// The registry refuses what the person is logged in with.
    #[error("The registry `{registry}` refuses the login: `docker login {registry}` renews it{}", .helper.as_ref().map(|reason| format!(" (the stored login could not be read: {reason})")).unwrap_or_default())]
    Denied {
        /// The registry.
        registry: String,
        /// Why the person's login could not be read, if it could not.
        helper: Option<String>,
    },
    /// The registry cannot be reached from the engine.
    #[error("The engine cannot reach the registry `{registry}`: {message}")]
    Registry {
        /// The registry.
        registry: String,
        /// The engine's words.
        message: String,
    },
    /// It has no variant for the engine's architecture.
    #[error("The image `{image}` is not made for this engine's architecture: {message}")]
    NoVariant {
        /// The image.
        image: String,
        /// The engine's words.
        message: String,
    },
    /// A pull or build ended in the middle.
    #[error("Getting the image `{image}` was cut in the middle; what is there already is kept, try again")]
    Cut {
        /// The image.
        image: String,
        /// What the connection said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Nothing was heard of a pull or build for long.
    #[error("Nothing was heard of the image `{image}` for {seconds} s: try again")]
    Stalled {
        /// The image.
        image: String,
        /// How long.
        seconds: u64,
    },
    /// The engine has no space left.
    #[error(
        "There is no space left for the image `{image}`: remove images and containers (`docker system df` shows them, `docker system prune` removes what is unused)"
    )]
    NoSpace {
        /// The image.
        image: String,
    },
    /// The engine refused the pull for another reason.
    #[error("The image `{image}` cannot be pulled: {message}")]
    Pull {
        /// The image.
        image: String,
        /// The engine's words.
        message: String,
    },
    /// A step of the build failed.
    #[error("Building `{image}` failed at `{step}`: {message}")]
    Build {
        /// The image.
        image: String,
        /// The instruction.
        step: String,
        /// The last lines of its output.
        message: String,
    },
    /// There is no opencode in it.
    #[error("The image `{image}` has no `opencode` in its PATH: choose another one")]
    NoOpencode {
        /// The image.
        image: String,
    },
    /// It is made for another processor.
    #[error(
        "The image `{image}` is made for {image_architecture}, the engine runs {engine_architecture}: choose another one"
    )]
    WrongArchitecture {
        /// The image.
        image: String,
        /// What it is made for.
        image_architecture: String,
        /// What the engine runs.
        engine_architecture: String,
    },
    /// Its opencode ends at once.
    #[error("`opencode --version` in the image `{image}` ended with code {code}: {output}")]
    Ended {
        /// The image.
        image: String,
        /// The exit code.
        code: i64,
        /// The last lines that it wrote.
        output: String,
    },
    /// Its opencode does not end.
    #[error("`opencode --version` in the image `{image}` did not end within {seconds} s: choose another image")]
    Hangs {
        /// The image.
        image: String,
        /// How long it was given.
        seconds: u64,
    },
    /// Its opencode says something that is no version.
    #[error("`opencode --version` in the image `{image}` gives no version but `{output}`: choose another image")]
    NoVersion {
        /// The image.
        image: String,
        /// What it said.
        output: String,
    },
}
