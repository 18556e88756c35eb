//! Closing the window, and quitting: two different things.
//!
//! Closing hides to the tray if somebody shows the tray; else it quits. Quitting asks what becomes of running instances, in the page if there is one, in a native dialog if not.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bridge::messages::OnQuit;
use fleet::AtQuit;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind, MessageDialogResult};
use tokio::sync::oneshot;

use crate::platform::session_bus;
use crate::portal::Portal;
use crate::tray_menu::is_ours_running;
use crate::windows::{self, MAIN};

/// Who closes again this soon has had no answer from the page.
const IMPATIENCE: Duration = Duration::from_secs(4);

/// The person closes the window.
pub async fn close_window(app: AppHandle) {
    if !session_bus::has_tray_host().await {
        return ask_to_quit(app).await;
    }
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.hide()
    {
        tracing::warn!(%error, "The window could not be hidden");
    }
    tell_once_about_the_tray(&app).await;
}

/// The person wants to quit: does so, or asks about the instances that run.
pub async fn ask_to_quit(app: AppHandle) {
    let portal = Portal::of(&app);
    let view = match portal.view().await {
        Ok(view) => view,
        Err(error) => {
            tracing::error!(%error, "The fleet did not tell what runs; instances are kept");
            return quit(app.clone(), AtQuit::Keep);
        }
    };
    let runs = view.instances.iter().filter(|instance| is_ours_running(instance) && !instance.demo).count();
    match view.settings.on_quit {
        OnQuit::Keep => quit(app.clone(), AtQuit::Keep),
        OnQuit::Stop => quit(app.clone(), AtQuit::Stop),
        // Nothing to ask about.
        OnQuit::Ask if runs == 0 => quit(app.clone(), AtQuit::Keep),
        OnQuit::Ask if page_can_ask(&app) => portal.navigate(MAIN, "quit"),
        OnQuit::Ask => ask_in_dialog(&app, runs).await,
    }
}

/// The page has asked the person, or carries out a setting.
pub fn quit_as_asked(app: &AppHandle, instances: OnQuit) {
    match instances {
        OnQuit::Keep => quit(app.clone(), AtQuit::Keep),
        OnQuit::Stop => quit(app.clone(), AtQuit::Stop),
        OnQuit::Ask => {
            tauri::async_runtime::spawn(ask_to_quit(app.clone()));
        }
    }
}

/// Ends the app. The second call does nothing.
pub fn quit(app: AppHandle, instances: AtQuit) {
    if Portal::of(&app).quitting.swap(true, Ordering::SeqCst) {
        return;
    }
    // A task of its own: the caller may be a call of the page, which ends with the page.
    tauri::async_runtime::spawn(async move {
        windows::remember_size(&app);
        if let Some(window) = app.get_webview_window(MAIN) {
            let _already_gone = window.hide();
        }
        let fleet = Portal::of(&app).fleet.clone();
        fleet.shut_down(instances).await;
        tracing::info!(?instances, "Quit");
        app.exit(0);
    });
}

/// Ends the app when the system asks for it; instances are kept.
pub fn on_signals(app: AppHandle) {
    #[cfg(unix)]
    tauri::async_runtime::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let streams = signal(SignalKind::terminate())
            .and_then(|terminate| Ok((terminate, signal(SignalKind::interrupt())?, signal(SignalKind::hangup())?)));
        let Ok((mut terminate, mut interrupt, mut hangup)) = streams else {
            tracing::warn!("Signals cannot be watched; they end the app at once");
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        quit(app, AtQuit::Keep);
    });
    #[cfg(not(unix))]
    tauri::async_runtime::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            quit(app, AtQuit::Keep);
        }
    });
}

/// Whether the page is on screen and answers. A page that has just been asked and did nothing gets no second chance.
fn page_can_ask(app: &AppHandle) -> bool {
    let portal = Portal::of(app);
    let visible = app.get_webview_window(MAIN).is_some_and(|window| window.is_visible().unwrap_or(false));
    if !visible || !portal.has_page(MAIN) {
        return false;
    }
    let now = Instant::now();
    let before = portal.asked.lock().unwrap_or_else(PoisonError::into_inner).replace(now);
    before.is_none_or(|before| now.duration_since(before) > IMPATIENCE)
}

async fn ask_in_dialog(app: &AppHandle, runs: usize) {
    const KEEP: &str = "Keep running";
    const STOP: &str = "Stop";
    const CANCEL: &str = "Cancel";
    let what = if runs == 1 { "1 instance is running.".to_owned() } else { format!("{runs} instances are running.") };
    let (clicked, answer) = oneshot::channel();
    app.dialog()
        .message(format!("{what} Those that keep running are found again at the next start."))
        .title("Quit OpenCode Portal")
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::YesNoCancelCustom(KEEP.into(), STOP.into(), CANCEL.into()))
        .show_with_result(move |result| {
            let _nobody_waits_any_more = clicked.send(result);
        });
    match answer.await {
        Ok(MessageDialogResult::Yes) => quit(app.clone(), AtQuit::Keep),
        Ok(MessageDialogResult::No) => quit(app.clone(), AtQuit::Stop),
        Ok(MessageDialogResult::Custom(label)) if label == KEEP => quit(app.clone(), AtQuit::Keep),
        Ok(MessageDialogResult::Custom(label)) if label == STOP => quit(app.clone(), AtQuit::Stop),
        _ => {}
    }
}

/// The first time that closing hides the window, says where the app went.
async fn tell_once_about_the_tray(app: &AppHandle) {
    let marker = Portal::of(app).fleet.folders().state.join("tray-explained");
    if marker.exists() {
        return;
    }
    let (title, text) = ("OpenCode Portal is still here", "It goes on in the tray. Quit it from the tray's menu.");
    if !session_bus::notify(title, text).await {
        app.dialog().message(text).title(title).kind(MessageDialogKind::Info).show(|_| {});
    }
    if let Err(error) = std::fs::write(&marker, "") {
        tracing::warn!(%error, path = %marker.display(), "Could not write that the tray was explained");
    }
}
