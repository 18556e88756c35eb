//! Every error of the fleet as a window learns it: a code, what failed, what to do.

use std::error::Error;

use fleet::{ApiError, DirectoryError, FleetError, LaunchError, RemoteDirectoryError, SshError};

use crate::{Code, Failure};

impl From<FleetError> for Failure {
    fn from(error: FleetError) -> Self {
        let code = code_of(&error);
        let hint = hint_of(&error).map(ToOwned::to_owned);
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

fn code_of(error: &FleetError) -> Code {
    match error {
        FleetError::NoSuchInstance { .. } | FleetError::NoSuchRequest { .. } => Code::NotFound,
        FleetError::Address(_) | FleetError::Directory(_) | FleetError::EmptyName | FleetError::Profile(_) => {
            Code::Invalid
        }
        FleetError::OpencodeMissing | FleetError::OpencodeBroken { .. } => Code::OpencodeMissing,
        FleetError::NotNow { .. }
        | FleetError::UpdateUnderWay { .. }
        | FleetError::WrongPassword { .. }
        | FleetError::Overheard { .. } => Code::Precondition,
        FleetError::NoKeyring { .. } => Code::NoKeyring,
        FleetError::NotAnswering { .. }
        | FleetError::TooLate { .. }
        | FleetError::Closed
        | FleetError::File { .. }
        | FleetError::Keyring(_) => Code::Unavailable,
        FleetError::Ssh(error) => code_of_ssh(error),
        FleetError::DirectoryThere(RemoteDirectoryError::Ssh(error)) => code_of_ssh(error),
        FleetError::DirectoryThere(_) => Code::Invalid,
        FleetError::Elsewhere(_) => Code::Unavailable,
        FleetError::Server(error) => code_of_server(error),
        FleetError::Launch(error) => code_of_launch(error),
    }
}

fn code_of_ssh(error: &SshError) -> Code {
    match error {
        SshError::BadHost { .. } => Code::Invalid,
        _ => Code::Unavailable,
    }
}

fn code_of_server(error: &ApiError) -> Code {
    match error {
        ApiError::NotFound { .. } => Code::NotFound,
        ApiError::Refused { .. } | ApiError::Configuration { .. } => Code::Precondition,
        ApiError::NotForwardable { .. } | ApiError::Authorities { .. } => Code::Invalid,
        // A 401 of a server is not a 401 of ours: it must not send a browser to its own login.
        ApiError::Unauthorized { .. }
        | ApiError::Unreachable { .. }
        | ApiError::Certificate { .. }
        | ApiError::Encryption { .. }
        | ApiError::Moved { .. }
        | ApiError::Timeout { .. }
        | ApiError::Malformed { .. }
        | ApiError::StreamStalled { .. }
        | ApiError::StreamBroken { .. } => Code::Unavailable,
    }
}

fn code_of_launch(error: &LaunchError) -> Code {
    match error {
        LaunchError::ProgramMissing { .. } | LaunchError::CannotRun { .. } => Code::OpencodeMissing,
        LaunchError::DirectoryGone { .. } => Code::Invalid,
        LaunchError::ContainerGone { .. } => Code::NotFound,
        LaunchError::NotInTree { .. } | LaunchError::NotThatProcess { .. } => Code::Precondition,
        _ => Code::Unavailable,
    }
}

fn hint_of(error: &FleetError) -> Option<&'static str> {
    match error {
        FleetError::NoSuchInstance { .. } => Some("It may have been removed; choose another one"),
        FleetError::NoSuchRequest { .. } => Some("Somebody else may have answered it"),
        FleetError::Directory(error) => hint_of_directory(error),
        FleetError::OpencodeMissing => Some("Install opencode, or choose its binary in the settings"),
        FleetError::OpencodeBroken { .. } => Some("Choose another binary in the settings, or install opencode anew"),
        FleetError::NotNow { .. } => Some("Wait until its state has changed"),
        FleetError::UpdateUnderWay { .. } => Some("Wait until that is over"),
        FleetError::NotAnswering { .. } => Some("Start it, or wait until it is ready"),
        FleetError::WrongPassword { .. } => {
            Some("It is what `OPENCODE_SERVER_PASSWORD` says where the server was started")
        }
        FleetError::Overheard { .. } => Some("Use `https://` or a tunnel, or say that it may be sent all the same"),
        FleetError::NoKeyring { .. } => Some("Keep it in a file that only you may read, or do not keep it"),
        FleetError::TooLate { .. } => Some("Look at its log"),
        FleetError::Keyring(_) | FleetError::File { .. } => {
            Some("Check that the disk is not full and that the file is yours")
        }
        FleetError::Server(error) => hint_of_server(error),
        FleetError::Launch(error) => hint_of_launch(error),
        // Its messages say what to do themselves.
        FleetError::Ssh(_) | FleetError::DirectoryThere(_) | FleetError::Elsewhere(_) => None,
        FleetError::Address(_) | FleetError::Profile(_) | FleetError::EmptyName | FleetError::Closed => None,
    }
}

/// Its messages say what to do themselves.
fn hint_of_directory(_: &DirectoryError) -> Option<&'static str> {
    None
}

fn hint_of_server(error: &ApiError) -> Option<&'static str> {
    match error {
        ApiError::Unauthorized { .. } => Some("Restart the instance from here, so that we know its password"),
        ApiError::Unreachable { .. } | ApiError::Timeout { .. } => Some("Try again, or restart the instance"),
        ApiError::Certificate { .. } => {
            Some("Compare its fingerprint with the server's own, and trust it only if they are the same")
        }
        ApiError::Authorities { .. } => Some("Choose a file with certificates in PEM"),
        ApiError::NotFound { .. } => Some("It may be gone already"),
        ApiError::Configuration { .. } => Some("Correct the file; an instance of ours starts again with it by itself"),
        ApiError::Malformed { .. } => Some("Its version of opencode may be newer than this app knows"),
        ApiError::Refused { .. }
        | ApiError::NotForwardable { .. }
        | ApiError::Encryption { .. }
        | ApiError::Moved { .. }
        | ApiError::StreamStalled { .. }
        | ApiError::StreamBroken { .. } => None,
    }
}

fn hint_of_launch(error: &LaunchError) -> Option<&'static str> {
    match error {
        LaunchError::ProgramMissing { .. } | LaunchError::CannotRun { .. } => {
            Some("Install opencode, or choose its binary in the settings")
        }
        LaunchError::EngineUnreachable { .. } | LaunchError::EngineTimeout { .. } => Some("Start the Docker engine"),
        LaunchError::NotInTree { .. } | LaunchError::NotThatProcess { .. } => {
            Some("It may have ended by itself; look at what runs now")
        }
        _ => None,
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
