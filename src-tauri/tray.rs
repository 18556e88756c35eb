//! The tray icon: applies the model of `tray_menu` to Tauri's tray, and carries out what is clicked.
//!
//! Works with no window: it reads the fleet and asks the bridge, nothing else.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bridge::Failure;
use bridge::messages::{AnswerPermission, FleetScope, InstanceRef, Nothing, StartInstance};
use fleet::{Change, Seen};
use tauri::menu::{
    Menu, MenuBuilder, MenuEvent, MenuItem, MenuItemBuilder, PredefinedMenuItem, Submenu, SubmenuBuilder,
};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};
use tokio::sync::oneshot;

use crate::portal::Portal;
use crate::tray_icon::{Panel, picture};
use crate::tray_instance::question;
use crate::tray_menu::{Action, Item, TrayModel, model};
use crate::{closing, host, windows};

const ID: &str = "portal";

/// Changes come in bursts; a menu that is rebuilt while the person reads it helps nobody.
const BURST: Duration = Duration::from_millis(100);

/// What the tray shows now.
struct Shown(Mutex<TrayModel>);

/// Shows the tray icon and keeps it true.
pub fn start(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let mut changes = Portal::of(&app).fleet.changes();
        refresh(&app).await;
        while let Some(seen) = changes.next().await {
            if matters(&seen) {
                let burst_ends = tokio::time::Instant::now() + BURST;
                while let Ok(Some(_same_burst)) = tokio::time::timeout_at(burst_ends, changes.next()).await {}
                refresh(&app).await;
            }
        }
    });
}

/// Takes the icon off the panel, and its picture off the disk.
pub fn remove(app: &AppHandle) {
    drop(app.remove_tray_by_id(ID));
}

/// Whether a change can change what the tray shows.
fn matters(seen: &Seen) -> bool {
    match seen {
        Seen::Lagged => true,
        Seen::Change(change) => match **change {
            Change::Instance(_)
            | Change::InstanceGone(_)
            | Change::Session { .. }
            | Change::SessionGone { .. }
            | Change::Request { .. }
            | Change::RequestGone { .. }
            | Change::Settings
            | Change::Resynced { .. } => true,
            Change::Transcript { .. }
            | Change::Opencode
            | Change::Versions
            | Change::Notice(_)
            | Change::NoticeGone(_)
            | Change::Prompts => false,
        },
    }
}

async fn refresh(app: &AppHandle) {
    let wanted = match Portal::of(app).view().await {
        Ok(view) => model(&view),
        Err(error) => {
            tracing::warn!(%error, "The tray could not read the fleet");
            return;
        }
    };
    let on_main = app.clone();
    // Menus belong to the main thread.
    let applied = app.run_on_main_thread(move || {
        if let Err(error) = apply(&on_main, wanted) {
            tracing::warn!(%error, "The tray could not be shown");
        }
    });
    if let Err(error) = applied {
        tracing::debug!(%error, "The tray could not be shown: the app is ending");
    }
}

fn apply(app: &AppHandle, wanted: TrayModel) -> tauri::Result<()> {
    let panel = panel_of(app);
    let Some(shown) = app.try_state::<Shown>() else {
        // The default would be a folder that all users of the machine share.
        let pictures = Portal::of(app).fleet.folders().state.join("tray");
        TrayIconBuilder::with_id(ID)
            .icon(picture(wanted.mood, panel))
            .temp_dir_path(pictures)
            .tooltip(tooltip(&wanted))
            .menu(&menu_of(app, &wanted.items)?)
            .on_menu_event(on_click)
            .build(app)?;
        app.manage(Shown(Mutex::new(wanted)));
        return Ok(());
    };
    let Some(tray) = app.tray_by_id(ID) else { return Ok(()) };
    let mut before = shown.0.lock().unwrap_or_else(PoisonError::into_inner);
    if before.items != wanted.items {
        tray.set_menu(Some(menu_of(app, &wanted.items)?))?;
    }
    if before.mood != wanted.mood {
        tray.set_icon(Some(picture(wanted.mood, panel)))?;
    }
    if before.waiting != wanted.waiting {
        tray.set_title(Some(title(&wanted)))?;
        tray.set_tooltip(Some(tooltip(&wanted)))?;
    }
    *before = wanted;
    Ok(())
}

fn panel_of(app: &AppHandle) -> Panel {
    let theme = app.get_webview_window(windows::MAIN).and_then(|window| window.theme().ok());
    Panel::of(&std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default(), theme.unwrap_or(tauri::Theme::Dark))
}

/// The count beside the icon, where panels show one.
fn title(model: &TrayModel) -> String {
    if model.waiting == 0 { String::new() } else { model.waiting.to_string() }
}

fn tooltip(model: &TrayModel) -> String {
    match model.waiting {
        0 => "OpenCode Portal".to_owned(),
        1 => "OpenCode Portal: 1 request waits for you".to_owned(),
        waiting => format!("OpenCode Portal: {waiting} requests wait for you"),
    }
}

fn menu_of(app: &AppHandle, items: &[Item]) -> tauri::Result<Menu<Wry>> {
    let mut menu = MenuBuilder::new(app);
    for item in items {
        menu = match item {
            Item::Action { label, action } => menu.item(&line(app, label, Some(action))?),
            Item::Text { label } => menu.item(&line(app, label, None)?),
            Item::Submenu { label, items } => menu.item(&submenu(app, label, items)?),
            Item::Separator => menu.item(&PredefinedMenuItem::separator(app)?),
        };
    }
    menu.build()
}

fn submenu(app: &AppHandle, label: &str, items: &[Item]) -> tauri::Result<Submenu<Wry>> {
    let mut menu = SubmenuBuilder::new(app, plain(label));
    for item in items {
        menu = match item {
            Item::Action { label, action } => menu.item(&line(app, label, Some(action))?),
            Item::Text { label } => menu.item(&line(app, label, None)?),
            Item::Submenu { label, items } => menu.item(&submenu(app, label, items)?),
            Item::Separator => menu.item(&PredefinedMenuItem::separator(app)?),
        };
    }
    menu.build()
}

fn line(app: &AppHandle, label: &str, action: Option<&Action>) -> tauri::Result<MenuItem<Wry>> {
    let builder = match action {
        Some(action) => MenuItemBuilder::with_id(serde_json::to_string(action)?, plain(label)),
        None => MenuItemBuilder::new(plain(label)).enabled(false),
    };
    builder.build(app)
}

/// Without the marks that a menu would read as a shortcut's letter.
fn plain(label: &str) -> String {
    label.replace('&', "&&")
}

#[expect(clippy::needless_pass_by_value, reason = "the tray hands events over by value")]
fn on_click(app: &AppHandle, event: MenuEvent) {
    let Ok(action) = serde_json::from_str::<Action>(event.id().as_ref()) else {
        tracing::warn!(id = event.id().as_ref(), "A menu item that is not ours was clicked");
        return;
    };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(failure) = carry_out(&app, action).await {
            tell(&app, &failure);
        }
    });
}

async fn carry_out(app: &AppHandle, action: Action) -> Result<(), Failure> {
    let portal = Portal::of(app);
    match action {
        Action::Open => windows::show(app, None),
        Action::Show { place } => windows::show(app, Some(&place)),
        Action::Answer { instance, request, reply } => {
            let answer = AnswerPermission { instance, request, reply, message: None };
            let Nothing {} = portal.ask("answer_permission", &answer).await?;
        }
        Action::Start { directory } => {
            let InstanceRef { .. } =
                portal.ask("start_instance", &StartInstance { directory, ..StartInstance::default() }).await?;
        }
        Action::Stop { instance } if !is_wanted(app, &instance, "Stop").await? => {}
        Action::Restart { instance } if !is_wanted(app, &instance, "Restart").await? => {}
        Action::Stop { instance } => {
            let Nothing {} = portal.ask("stop_instance", &InstanceRef { instance }).await?;
        }
        Action::Wake { instance } => {
            let Nothing {} = portal.ask("wake_instance", &InstanceRef { instance }).await?;
        }
        Action::Connect { instance } => {
            let Nothing {} = portal.ask("connect_instance", &InstanceRef { instance }).await?;
        }
        Action::Restart { instance } => {
            let Nothing {} = portal.ask("restart_instance", &InstanceRef { instance }).await?;
        }
        Action::Choose => {
            if let Some(directory) = host::pick_directory(app).await? {
                let directory = directory.display().to_string();
                let InstanceRef { .. } =
                    portal.ask("start_instance", &StartInstance { directory, ..StartInstance::default() }).await?;
            }
        }
        Action::StopAll => {
            let Nothing {} = portal.ask("stop_all", &FleetScope::default()).await?;
        }
        Action::Quit => closing::ask_to_quit(app.clone()).await,
    }
    Ok(())
}

/// Whether an instance is to be stopped, or stopped and started again. Somebody else's container only after a question that names it.
async fn is_wanted(app: &AppHandle, id: &str, verb: &str) -> Result<bool, Failure> {
    let view = Portal::of(app).view().await?;
    let instance = view.instances.iter().find(|instance| instance.id == id);
    let Some(question) = instance.and_then(question) else { return Ok(true) };
    let (clicked, answer) = oneshot::channel();
    app.dialog()
        .message(question)
        .title(format!("{verb} a container that another program made?"))
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom(verb.to_owned(), "Cancel".to_owned()))
        .show(move |is_wanted| {
            let _nobody_waits_any_more = clicked.send(is_wanted);
        });
    Ok(answer.await.unwrap_or(false))
}

/// With no window to show it, a failure needs a dialog: nothing that was clicked fails in silence.
fn tell(app: &AppHandle, failure: &Failure) {
    tracing::warn!(error = %failure, detail = failure.detail.as_deref(), "What was clicked in the tray failed");
    let text = match &failure.hint {
        Some(hint) => format!("{}\n\n{hint}", failure.message),
        None => failure.message.clone(),
    };
    app.dialog().message(text).title("OpenCode Portal").kind(MessageDialogKind::Error).show(|_| {});
}
