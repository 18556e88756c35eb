//! Something that is wrong beside any instance.

use crate::NoticeId;

/// Something that is wrong beside any instance: a corrupt registry, a full disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Tells notices apart.
    pub id: NoticeId,
    /// How bad.
    pub level: NoticeLevel,
    /// What failed, with what.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// How bad a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// Something does not work as it should.
    Warning,
    /// Something was not done.
    Error,
}
