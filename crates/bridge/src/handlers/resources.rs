//! What instances use, and what they write.

use crate::messages::{
    EndChild, InstanceRef, LogMatches, LogPageView, Nothing, ReadLog, ResourcesView, SavedFile, SearchLog,
};
use crate::{Core, Failure};

pub(crate) async fn instance_resources(_core: &Core, _request: InstanceRef) -> Result<ResourcesView, Failure> {
    Err(crate::convert::invalid("`instance_resources` is being built"))
}

pub(crate) async fn end_child(_core: &Core, _request: EndChild) -> Result<Nothing, Failure> {
    Err(crate::convert::invalid("`end_child` is being built"))
}

pub(crate) async fn read_log(_core: &Core, _request: ReadLog) -> Result<LogPageView, Failure> {
    Err(crate::convert::invalid("`read_log` is being built"))
}

pub(crate) async fn search_log(_core: &Core, _request: SearchLog) -> Result<LogMatches, Failure> {
    Err(crate::convert::invalid("`search_log` is being built"))
}

pub(crate) async fn save_log(_core: &Core, _request: InstanceRef) -> Result<SavedFile, Failure> {
    Err(crate::convert::invalid("`save_log` is being built"))
}
