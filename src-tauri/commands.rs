//! The two commands that a page has. Everything else is an operation of the bridge, reached by `call`.

use bridge::messages::Push;
use bridge::{Call, Code, Failure, WindowId};
use serde_json::Value;
use tauri::ipc::{Channel, Response};
use tauri::{AppHandle, WebviewWindow};

use crate::portal::Portal;

/// Calls an operation of the bridge. The reply's bytes are as the bridge made them.
#[tauri::command]
pub async fn call(
    window: WebviewWindow,
    app: AppHandle,
    name: String,
    request_id: Option<String>,
    payload: Value,
) -> Result<Response, Failure> {
    let call = Call { window: id_of(&window)?, request_id, name, payload };
    let reply = Portal::of(&app).bridge.call(call).await?;
    Ok(Response::new(reply.to_vec()))
}

/// Pushes to the page, from now until the next page of this window asks or the window is gone.
#[tauri::command]
pub async fn subscribe(window: WebviewWindow, app: AppHandle, channel: Channel<Push>) -> Result<(), Failure> {
    let portal = Portal::of(&app);
    let mut pushes = portal.bridge.open_window(&id_of(&window)?);
    let pushing = tauri::async_runtime::spawn(async move {
        while let Some(push) = pushes.next().await {
            if let Err(error) = channel.send(push) {
                tracing::info!(%error, "A page no longer takes pushes");
                break;
            }
        }
    });
    portal.page_listens(window.label(), pushing);
    Ok(())
}

fn id_of(window: &WebviewWindow) -> Result<WindowId, Failure> {
    WindowId::new(window.label()).ok_or_else(|| Failure {
        code: Code::Internal,
        message: format!("Window `{}` has a label that is no id", window.label()),
        hint: None,
        detail: None,
    })
}
