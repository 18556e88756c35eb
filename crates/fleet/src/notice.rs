//! Something that is wrong beside any instance.

use crate::{InstanceId, NoticeId};

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

/// What is said of an instance as long as it is known, and no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AboutInstance {
    /// Its project's git folder is not in its container.
    GitOutside,
    /// Some of its directories cannot be read.
    Unread,
}

impl AboutInstance {
    pub(crate) const ALL: [Self; 2] = [Self::GitOutside, Self::Unread];

    /// Its notice.
    pub(crate) fn of(self, instance: &InstanceId) -> NoticeId {
        let word = match self {
            Self::GitOutside => "git-outside",
            Self::Unread => "unread",
        };
        NoticeId::from(format!("{word}-{instance}").as_str())
    }
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
