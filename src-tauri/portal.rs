//! What the parts of the app share: the fleet, the bridge, and which pages listen.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bridge::messages::{FleetView, Nothing};
use bridge::{Bridge, Call, Code, Failure, WindowId};
use fleet::Fleet;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tauri::async_runtime::JoinHandle;
use tauri::{App, AppHandle, Manager};

use crate::host::DesktopHost;

/// What the parts of the app share; Tauri keeps it.
pub struct Portal {
    /// What is true.
    pub fleet: Fleet,
    /// How everything here asks for things.
    pub bridge: Bridge,
    /// Set once the app is on its way out.
    pub quitting: AtomicBool,
    /// When the page was last asked to ask the person about quitting.
    pub asked: Mutex<Option<Instant>>,
    /// What pushes to each window's page.
    pages: Mutex<HashMap<String, JoinHandle<()>>>,
}

impl Portal {
    /// Makes it and hands it to Tauri. Must be called within the runtime.
    pub fn install(app: &App, fleet: Fleet) {
        let host = DesktopHost::new(app.handle().clone());
        let bridge = Bridge::new(fleet.clone(), Arc::new(host));
        app.manage(Self {
            fleet,
            bridge,
            quitting: AtomicBool::new(false),
            asked: Mutex::new(None),
            pages: Mutex::default(),
        });
    }

    /// The app's one.
    pub fn of(app: &AppHandle) -> tauri::State<'_, Self> {
        app.state()
    }

    /// Asks the bridge as one of our own parts.
    pub async fn ask<Q: Serialize, R: DeserializeOwned>(&self, operation: &str, request: &Q) -> Result<R, Failure> {
        let payload = serde_json::to_value(request).map_err(|error| wrong(operation, &error))?;
        let call = Call { window: tray_window(), request_id: Some(fresh_id()), name: operation.to_owned(), payload };
        let reply = self.bridge.call(call).await?;
        serde_json::from_slice(&reply).map_err(|error| wrong(operation, &error))
    }

    /// The whole fleet, as windows see it.
    pub async fn view(&self) -> Result<FleetView, Failure> {
        self.ask("fleet", &Nothing {}).await
    }

    /// Notes the task that pushes to a window's page, in place of that of the page before.
    pub fn page_listens(&self, window: &str, pushing: JoinHandle<()>) {
        if let Some(before) = self.pages().insert(window.to_owned(), pushing) {
            before.abort();
        }
    }

    /// Ends the pushes to a window that is gone.
    pub fn page_is_gone(&self, window: &str) {
        if let Some(pushing) = self.pages().remove(window) {
            pushing.abort();
        }
    }

    /// Sends a window's page to a place: now, or as soon as it listens.
    pub fn navigate(&self, window: &str, place: &str) {
        self.bridge.navigate(WindowId::new(window).as_ref(), place);
    }

    /// Whether a page of this window listens.
    pub fn has_page(&self, window: &str) -> bool {
        self.pages().contains_key(window)
    }

    fn pages(&self) -> MutexGuard<'_, HashMap<String, JoinHandle<()>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tray_window() -> WindowId {
    WindowId::new("tray").expect("plain letters")
}

/// Unlike every other of this process: nothing of ours is asked twice.
fn fresh_id() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("tray-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn wrong(operation: &str, error: &serde_json::Error) -> Failure {
    Failure {
        code: Code::Internal,
        message: format!("`{operation}` was asked or answered in another form than declared"),
        hint: None,
        detail: Some(error.to_string()),
    }
}
