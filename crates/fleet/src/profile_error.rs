//! Why an instance cannot be run with a profile.

use std::path::PathBuf;

/// Why an instance cannot be run with a profile. No message shows a value that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// A text that has to be JSON is not.
    #[error("The {what} is no JSON at line {line}, column {column}: {problem}; correct it there")]
    NotJson {
        /// `configuration`, `permission policy`.
        what: &'static str,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// It is JSON, but not of the kind that opencode takes.
    #[error("The {what} has to be {wanted}, not {found}")]
    OfAnotherKind {
        /// `configuration`, `permission policy`.
        what: &'static str,
        /// What opencode takes.
        wanted: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A hostname that nothing can listen at.
    #[error(
        "`{hostname}` is no address to listen at; give a name or an IP address, like 127.0.0.1, without `http://` and without a port"
    )]
    Hostname {
        /// As given.
        hostname: String,
    },
    /// An argument that we give ourselves.
    #[error("The argument `{argument}` is set by Portal itself; use the profile's {instead}")]
    OwnArgument {
        /// As given, without its value.
        argument: String,
        /// The field of the profile that says the same.
        instead: &'static str,
    },
    /// A variable that we set ourselves.
    #[error("The variable `{name}` is set by Portal itself: {why}; take it out")]
    OwnVariable {
        /// Its name.
        name: String,
        /// Why nobody else may.
        why: &'static str,
    },
    /// A name that no variable can have.
    #[error("`{name}` is no name of a variable; it needs at least one character, and no `=`")]
    VariableName {
        /// As given.
        name: String,
    },
    /// An argument, or the value of a variable, that no program can be given.
    #[error("{what} has a character in it that no program can be given; take it out")]
    Unpassable {
        /// Which.
        what: String,
    },
    /// A variable is there twice.
    #[error("The variable `{name}` is there twice; keep one of the two")]
    VariableTwice {
        /// Its name.
        name: String,
    },
    /// An instance stays where it is.
    #[error(
        "An instance does not move from one place to another: it runs as {is}, not as {wanted}. Start a new one there, and remove this one"
    )]
    PlaceFixed {
        /// The kind of place that it has.
        is: &'static str,
        /// The kind that was given; the same word for another engine or machine.
        wanted: &'static str,
    },
    /// A user that no container can have.
    #[error("`{user}` is no user of a container; give its numbers as UID:GID, like 1000:1000, or nothing for yours")]
    User {
        /// As given.
        user: String,
    },
    /// No engine takes that name of an image.
    #[error("{problem}; take the name of an image that has opencode, or none for ours")]
    Image {
        /// What is wrong with it.
        problem: String,
    },
    /// No engine takes that name of a network.
    #[error("`{network}` is no name of a network; `docker network ls` lists those that there are")]
    Network {
        /// As given.
        network: String,
    },
    /// There is such a network, and no container of ours goes there.
    #[error("A container cannot be in the network `{network}`: {why}; {remedy}")]
    NetworkNotForUs {
        /// Its name.
        network: String,
        /// Why not.
        why: &'static str,
        /// What does what was wanted.
        remedy: &'static str,
    },
    /// A variable that is of the container itself.
    #[error("The variable `{name}` can be neither set for a container nor passed to it: {why}; take it out")]
    ContainersOwnVariable {
        /// Its name.
        name: String,
        /// Why it is not the person's.
        why: &'static str,
    },
    /// Something that no container may see.
    #[error("{problem}")]
    Mount {
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// The binary cannot be run.
    #[error("The binary `{path}` cannot be used: {reason}; choose another one, or none", path = .path.display())]
    Binary {
        /// As given.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}
