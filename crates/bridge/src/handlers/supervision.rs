//! What keeps instances well: sleep, waking, continuing, their history.

use crate::messages::{ContinueSessions, HistoryView, InstanceRef, Nothing};
use crate::{Core, Failure};

pub(crate) async fn instance_history(_core: &Core, _request: InstanceRef) -> Result<HistoryView, Failure> {
    Err(crate::convert::invalid("`instance_history` is being built"))
}

pub(crate) async fn sleep_instance(_core: &Core, _request: InstanceRef) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`sleep_instance` is being built"))
}

pub(crate) async fn wake_instance(_core: &Core, _request: InstanceRef) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`wake_instance` is being built"))
}

pub(crate) async fn continue_sessions(_core: &Core, _request: ContinueSessions) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`continue_sessions` is being built"))
}

pub(crate) async fn dismiss_interrupted(_core: &Core, _request: InstanceRef) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`dismiss_interrupted` is being built"))
}
