//! Questions to the session bus: whether it answers, whether somebody shows tray icons, and a word to the person.

use std::time::Duration;

/// A bus that is there answers at once; one that hangs must not hang us.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether there is a session bus that answers.
pub async fn answers() -> bool {
    #[cfg(target_os = "linux")]
    return within(linux::answers()).await;
    #[cfg(not(target_os = "linux"))]
    true
}

/// Whether somebody shows tray icons now.
pub async fn has_tray_host() -> bool {
    #[cfg(target_os = "linux")]
    return within(linux::has_tray_host()).await;
    // The menu bar and the taskbar always do.
    #[cfg(not(target_os = "linux"))]
    true
}

/// Shows a notification; false: nobody shows notifications.
pub async fn notify(summary: &str, body: &str) -> bool {
    #[cfg(target_os = "linux")]
    return within(linux::notify(summary, body)).await;
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (summary, body);
        false
    }
}

#[cfg(target_os = "linux")]
async fn within(question: impl Future<Output = zbus::Result<bool>>) -> bool {
    match tokio::time::timeout(PATIENCE, question).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::debug!(%error, "The session bus did not answer");
            false
        }
        Err(_) => {
            tracing::warn!("The session bus did not answer in time");
            false
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;

    use zbus::zvariant::{OwnedValue, Value};

    pub(super) async fn answers() -> zbus::Result<bool> {
        let bus = zbus::Connection::session().await?;
        bus.call_method(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            Some("org.freedesktop.DBus.Peer"),
            "Ping",
            &(),
        )
        .await?;
        Ok(true)
    }

    pub(super) async fn has_tray_host() -> zbus::Result<bool> {
        const WATCHER: &str = "org.kde.StatusNotifierWatcher";
        let bus = zbus::Connection::session().await?;
        let reply = bus
            .call_method(
                Some(WATCHER),
                "/StatusNotifierWatcher",
                Some("org.freedesktop.DBus.Properties"),
                "Get",
                &(WATCHER, "IsStatusNotifierHostRegistered"),
            )
            .await?;
        let value: OwnedValue = reply.body().deserialize()?;
        Ok(bool::try_from(value)?)
    }

    pub(super) async fn notify(summary: &str, body: &str) -> zbus::Result<bool> {
        const SERVICE: &str = "org.freedesktop.Notifications";
        let bus = zbus::Connection::session().await?;
        let hints: HashMap<&str, Value<'_>> = HashMap::from([("desktop-entry", Value::from("opencode-portal"))]);
        let actions: &[&str] = &[];
        bus.call_method(
            Some(SERVICE),
            "/org/freedesktop/Notifications",
            Some(SERVICE),
            "Notify",
            &("OpenCode Portal", 0_u32, "opencode-portal", summary, body, actions, hints, -1_i32),
        )
        .await?;
        Ok(true)
    }
}
