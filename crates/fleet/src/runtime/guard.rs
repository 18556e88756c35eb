//! Tasks of one instance. One that breaks is caught, logged and shown on that instance alone.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tokio::task::AbortHandle;

use super::context::Context;
use crate::event::{Event, RunId};

/// Runs a task of an instance.
pub(super) fn spawn(context: &Context, at: &RunId, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
    let (context, at) = (context.clone(), at.clone());
    let guarded = async move {
        if let Err(panic) = AssertUnwindSafe(task).catch_unwind().await {
            let message = message_of(panic.as_ref());
            tracing::error!(instance = %at.instance, run = at.run, message, "A task of an instance broke");
            context.report(Event::Panicked { at, message });
        }
    };
    tokio::spawn(guarded).abort_handle()
}

/// What a panic said.
pub(super) fn message_of(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
