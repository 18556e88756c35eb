//! The main window: made when it is wanted, shown when its page is there, found again by a second start.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use fleet::Theme;
use tauri::plugin::TauriPlugin;
use tauri::webview::PageLoadEvent;
use tauri::window::Color;
use tauri::{
    AppHandle, DragDropEvent, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent, Wry,
};
use tauri_plugin_window_state::{AppHandleExt, StateFlags};

use crate::arguments::Arguments;
use crate::closing;
use crate::platform::session_bus;
use crate::portal::Portal;

/// The main window's label, and its id for the bridge.
pub const MAIN: &str = "main";

/// The canvas of `ui/src/styles/tokens.css`, so that nothing flashes before the page is painted.
const LIGHT: Color = Color(0xff, 0xff, 0xff, 0xff);
const DARK: Color = Color(0x14, 0x16, 0x1a, 0xff);

/// A position cannot be read or set on Wayland.
const REMEMBERED: StateFlags = StateFlags::SIZE.union(StateFlags::MAXIMIZED);

/// A reload would abort calls that are on their way and send them again; what is in the fields would be lost.
const NO_RELOAD: &str = r#"
addEventListener("keydown", (event) => {
  const reload = event.key === "F5" || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "r");
  if (reload) event.preventDefault();
}, true);
addEventListener("contextmenu", (event) => {
  const field = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]");
  if (!field && String(getSelection()) === "") event.preventDefault();
});
"#;

/// The plugin that remembers the window's size.
pub fn remembered_size() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new().with_state_flags(REMEMBERED).with_filename("window.json").build()
}

/// Writes the window's size, before whatever the window is told after this: the plugin does so only at the very end.
///
/// On the window's own thread: elsewhere the plugin holds its lock while it asks that thread for the size, and a second click on the
/// close button waits for the lock there, so that both wait for ever.
pub fn remember_size(app: &AppHandle) {
    let of = app.clone();
    let asked = app.run_on_main_thread(move || {
        if let Err(error) = of.save_window_state(REMEMBERED) {
            tracing::warn!(%error, "The window's size was not saved");
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "The window's size was not saved");
    }
}

/// The plugin by which a second start of the app on the same state folder reaches the first one.
pub fn single_instance(state: &Path) -> TauriPlugin<Wry> {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(format!("dev.opencode_portal.state{:016x}", hasher.finish()))
        .callback(|app, arguments, folder| {
            let arguments = arguments.into_iter().skip(1).map(Into::into);
            match Arguments::parse(arguments, Path::new(&folder)) {
                Arguments::Start { directory, .. } => show(app, place_of(directory).as_deref()),
                _ => show(app, None),
            }
        })
        .build()
}

/// What the app shows when it starts.
pub fn start(app: &AppHandle, hidden: bool, directory: Option<PathBuf>) {
    let place = place_of(directory);
    if !hidden {
        return show(app, place.as_deref());
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if !session_bus::has_tray_host().await {
            tracing::warn!("Nobody shows tray icons, so the window is shown");
            show(&app, place.as_deref());
        }
    });
}

/// Shows the main window, in front, at this place. From any thread.
pub fn show(app: &AppHandle, place: Option<&str>) {
    if let Some(place) = place {
        Portal::of(app).navigate(MAIN, place);
    }
    let on_main = app.clone();
    let shown = app.run_on_main_thread(move || {
        let result = match on_main.get_webview_window(MAIN) {
            Some(window) => bring_forward(&window),
            None => create(&on_main),
        };
        if let Err(error) = result {
            tracing::error!(%error, "The window could not be shown");
        }
    });
    if let Err(error) = shown {
        tracing::warn!(%error, "The window could not be shown: the app is ending");
    }
}

/// What happens to the window.
pub fn on_event(window: &Window, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            tauri::async_runtime::spawn(closing::close_window(window.app_handle().clone()));
        }
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => {
            if let Some(folder) = paths.iter().find(|path| path.is_dir()) {
                show(window.app_handle(), place_of(Some(folder.clone())).as_deref());
            }
        }
        WindowEvent::Destroyed => Portal::of(window.app_handle()).page_is_gone(window.label()),
        WindowEvent::ThemeChanged(theme) => {
            if let Err(error) = window.set_background_color(Some(canvas(*theme))) {
                tracing::debug!(%error, "The window's background was not set");
            }
        }
        _ => {}
    }
}

fn place_of(directory: Option<PathBuf>) -> Option<String> {
    directory.map(|directory| format!("new-instance/{}", directory.display()))
}

fn bring_forward(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

fn create(app: &AppHandle) -> tauri::Result<()> {
    let portal = Portal::of(app);
    let state = portal.fleet.state();
    let theme = match state.settings.theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    };
    let mut builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("OpenCode Portal")
        .inner_size(1280.0, 760.0)
        .min_inner_size(720.0, 480.0)
        .theme(theme)
        .background_color(canvas(theme.unwrap_or(tauri::Theme::Dark)))
        .data_directory(portal.fleet.folders().data.join("webview"))
        .visible(false)
        .on_navigation(is_ours)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .on_page_load(|window, page| {
            // Not before: an empty window for a moment looks broken. The page is some 100 ms away.
            if page.event() == PageLoadEvent::Finished
                && let Err(error) = window.show()
            {
                tracing::error!(%error, "The window could not be shown");
            }
        });
    if !cfg!(debug_assertions) {
        builder = builder.initialization_script(NO_RELOAD);
    }
    let window = builder.build()?;
    if theme.is_none() {
        window.set_background_color(Some(canvas(window.theme()?)))?;
    }
    Ok(())
}

/// Only the app's own page is ever shown; links go to the person's browser by an operation.
fn is_ours(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ours = match url.scheme() {
        "tauri" => host == "localhost",
        "http" | "https" => host == "tauri.localhost",
        "about" => url.path() == "blank",
        _ => false,
    };
    if !ours {
        tracing::warn!(scheme = url.scheme(), "The page wanted to leave the app");
    }
    ours
}

fn canvas(theme: tauri::Theme) -> Color {
    if theme == tauri::Theme::Light { LIGHT } else { DARK }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_app_is_navigated_to() {
        for (url, expected) in [
            ("tauri://localhost/", true),
            ("tauri://localhost/index.html#x", true),
            ("http://tauri.localhost/", true),
            ("about:blank", true),
            ("https://opencode.ai/", false),
            ("http://127.0.0.1:4096/", false),
            ("http://localhost/", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("tauri://elsewhere/", false),
        ] {
            assert_eq!(is_ours(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
