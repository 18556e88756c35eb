//! Every error of the fleet as a window learns it: a code, what failed, what to do.

use std::error::Error;

use fleet::FleetError;

use super::told::{self, Told};
use crate::{Code, Failure};

impl From<FleetError> for Failure {
    fn from(error: FleetError) -> Self {
        let Told { code, hint } = told(&error);
        if code == Code::Internal {
            tracing::error!(%error, "an operation failed");
        }
        Self { code, message: error.to_string(), hint, detail: causes(&error) }
    }
}

/// What was sent makes no sense.
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    Failure { code: Code::Invalid, message: message.into(), hint: None, detail: None }
}

/// Our own fault.
pub(crate) fn internal(message: &str, error: &dyn Error) -> Failure {
    tracing::error!(%error, message, "an operation failed");
    Failure {
        code: Code::Internal,
        message: message.to_owned(),
        hint: Some("Try again; the app's log tells more".to_owned()),
        detail: Some(error.to_string()),
    }
}

fn told(error: &FleetError) -> Told {
    use Code::{Invalid, NoKeyring, NotFound, OpencodeMissing, Precondition, Unavailable};
    match error {
        FleetError::NoSuchInstance { .. } => Told::with(NotFound, "It may have been removed; choose another one"),
        FleetError::NoSuchPrompt { .. } => Told::with(NotFound, "Connect again to be asked again"),
        FleetError::NoSuchRequest { .. } => Told::with(NotFound, "Somebody else may have answered it"),
        // Their messages say what to do themselves.
        FleetError::Directory(_) | FleetError::Profile(_) | FleetError::Address(_) | FleetError::EmptyName => {
            Told::plain(Invalid)
        }
        FleetError::OpencodeMissing => {
            Told::with(OpencodeMissing, "Install opencode, or choose its binary in the settings")
        }
        FleetError::OpencodeBroken { .. } => {
            Told::with(OpencodeMissing, "Choose another binary in the settings, or install opencode anew")
        }
        FleetError::NotNow { .. } => Told::with(Precondition, "Wait until its state has changed"),
        FleetError::NoImage { .. } => Told::plain(Precondition),
        FleetError::UpdateUnderWay { .. } => Told::with(Precondition, "Wait until that is over"),
        FleetError::WrongPassword { .. } => {
            Told::with(Precondition, "It is what `OPENCODE_SERVER_PASSWORD` says where the server was started")
        }
        FleetError::Overheard { .. } => {
            Told::with(Precondition, "Use `https://` or a tunnel, or say that it may be sent all the same")
        }
        FleetError::NoKeyring { .. } => {
            Told::with(NoKeyring, "Keep it in a file that only you may read, or do not keep it")
        }
        FleetError::NotAnswering { .. } => Told::with(Unavailable, "Start it, or wait until it is ready"),
        FleetError::TooLate { .. } => Told::with(Unavailable, "Look at its log"),
        FleetError::File { .. } | FleetError::Keyring(_) => {
            Told::with(Unavailable, "Check that the disk is not full and that the file is yours")
        }
        FleetError::Closed => Told::plain(Unavailable),
        FleetError::Ssh(error) => told::of_ssh(error),
        FleetError::DirectoryThere(error) => told::of_directory_there(error),
        FleetError::Elsewhere(error) => told::of_elsewhere(error),
        FleetError::Server(error) => told::of_server(error),
        FleetError::Launch(error) => told::of_launch(error),
    }
}

/// The causes of an error, outermost first; none when it has none.
fn causes(error: &dyn Error) -> Option<String> {
    let mut chain = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        chain.push(cause.to_string());
        next = cause.source();
    }
    (!chain.is_empty()).then(|| chain.join(": "))
}

#[cfg(test)]
#[path = "failure_tests.rs"]
mod tests;
