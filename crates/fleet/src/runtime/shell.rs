//! The environment of the login shell: asked for once, in the background, and waited for by whoever needs it.

use std::sync::Arc;
use std::time::Duration;

use launch::Environment;
use tokio::sync::watch;

/// How long the shell may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The environment of the login shell. Clones are the same.
#[derive(Clone)]
pub(crate) struct Shell(watch::Receiver<Option<Arc<Environment>>>);

impl Shell {
    /// Begins to ask.
    pub(crate) fn ask() -> Self {
        let (told, environment) = watch::channel(None);
        tokio::spawn(async move {
            let own = Environment::of_this_process();
            let shell = launch::login_shell::shell_of(&own);
            let (environment, origin) = launch::login_shell::environment(shell.as_deref(), &own, PATIENCE).await;
            if let launch::login_shell::Origin::Own(reason) = origin {
                tracing::info!(%reason, "The login shell was not asked; our own environment is used");
            }
            told.send_replace(Some(Arc::new(environment)));
        });
        Self(environment)
    }

    /// What it answered.
    pub(crate) async fn environment(&self) -> Arc<Environment> {
        let mut told = self.0.clone();
        match told.wait_for(Option::is_some).await {
            Ok(environment) => environment.clone().unwrap_or_default(),
            // The task that asks is gone only with the whole runtime.
            Err(_) => Arc::new(Environment::of_this_process()),
        }
    }
}
